internal import Foundation
internal import LoadClient

/// A peer cannot be measured here.
struct PeerSkipped: Error {
    let reason: String
}

/// Programs of others, by where they usually are.
enum Programs {
    private static let more = ["/usr/local/sbin", "/usr/sbin"]

    /// - Parameter package: Debian's.
    /// - Throws: ``PeerSkipped`` when it is not installed.
    static func find(_ name: String, package: String) throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let places = path.split(separator: ":").map { "\($0)" } + more
        for place in places where FileManager.default.isExecutableFile(atPath: "\(place)/\(name)") {
            return "\(place)/\(name)"
        }
        throw PeerSkipped(reason: "\(name) is not installed (Debian: \(package))")
    }

    /// What a program says when it has ended, on standard output.
    static func output(_ path: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    /// The first number with points in what `--version` prints.
    static func version(_ path: String) -> String {
        let text = (try? output(path, ["--version"])) ?? ""
        let number = text.firstMatch(of: /[0-9]+(\.[0-9]+)+/)
        return number.map { "\($0.output.0)" } ?? "of unknown version"
    }
}

/// A server program of somebody else's.
struct ForeignServer {
    private let process: Process

    /// Starts it; it is stopped by `undo`.
    ///
    /// - Parameter log: gets all that it says.
    static func start(
        _ path: String, _ arguments: [String], log: String,
        _ undo: inout [@Sendable () async -> Void]
    ) throws -> ForeignServer {
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let file = FileHandle(forWritingAtPath: log) ?? .nullDevice
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = file
        process.standardError = file
        try process.run()
        undo.append {
            // Nothing of it is kept, and it may have inherited that other signals are blocked.
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
        }
        return ForeignServer(process: process)
    }

    /// Asks again and again until it answers.
    ///
    /// - Throws: ``StageError`` when it does not within half a minute.
    func wait<Value>(
        _ name: String, until answer: () async throws -> Value?
    ) async throws -> Value {
        for _ in 0..<300 where process.isRunning {
            if let value = try? await answer() { return value }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw StageError("\(name) does not start")
    }
}
