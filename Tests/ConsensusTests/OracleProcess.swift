internal import Foundation

/// The program of `ops/raft-oracle`, which plays the nodes of etcd's Raft 3.4.
final class OracleProcess {
    /// Why there is none; the text says what to install.
    struct Unavailable: Error { var reason: String }

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread: [UInt8] = []

    /// Builds the program below a directory; nil when Go or etcd's source is not installed.
    static func build(in directory: URL) throws -> URL? {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let build = Process()
        build.executableURL = URL(filePath: "/bin/bash")
        build.arguments = [
            root.appending(path: "ops/raft-oracle/build").path, directory.path,
        ]
        let errors = Pipe()
        build.standardOutput = FileHandle.nullDevice
        build.standardError = errors
        try build.run()
        let text = String(
            decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        build.waitUntilExit()
        switch build.terminationStatus {
        case 0: return directory.appending(path: "raft-oracle")
        case 3:
            print("SKIPPED: comparison with etcd's Raft 3.4: \(text.trimmingSpaces)")
            return nil
        default: throw Unavailable(reason: text)
        }
    }

    init(_ program: URL) throws {
        process.executableURL = program
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func stop() {
        try? input.fileHandleForWriting.write(contentsOf: Array("quit\n".utf8))
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Sends commands and returns the lines of the answer, without their ends. The program reads
    /// everything before it answers, so that neither side waits for the other.
    func run(_ commands: [UInt8], answers: Int) throws -> [ArraySlice<UInt8>] {
        try input.fileHandleForWriting.write(contentsOf: commands)
        var lines: [Range<Int>] = []
        var start = 0
        var seen = 0
        unread.removeAll(keepingCapacity: true)
        while lines.count < answers {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { throw Unavailable(reason: "raft-oracle ended") }
            unread.append(contentsOf: data)
            while seen < unread.count {
                if unread[seen] == UInt8(ascii: "\n") {
                    lines.append(start..<seen)
                    start = seen + 1
                }
                seen += 1
            }
        }
        return lines.map { unread[$0] }
    }
}
