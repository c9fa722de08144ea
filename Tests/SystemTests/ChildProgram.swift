internal import Foundation

/// A program that runs beside the tests, its outputs in files so that no full pipe can block it.
final class ChildProgram: @unchecked Sendable {
    // Unchecked because `Process` is: it is configured before it runs and only asked afterwards.
    private let process = Process()
    private let output: URL
    private let errors: URL

    var processID: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    /// What it wrote so far.
    var outputText: String { Self.text(output) }
    var errorText: String { Self.text(errors) }

    /// Starts a program; `name` names its files in `directory`.
    init(
        _ program: String, _ arguments: [String], in directory: String, name: String,
        environment: [String: String] = [:]
    ) throws {
        output = URL(fileURLWithPath: "\(directory)/\(name).out")
        errors = URL(fileURLWithPath: "\(directory)/\(name).err")
        try Data().write(to: output)
        try Data().write(to: errors)
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    func send(_ signal: Int32) {
        if process.isRunning { kill(process.processIdentifier, signal) }
    }

    /// Waits for the end; the exit status, or 128 + signal.
    ///
    /// - Throws: ``TestFailure`` when it still runs after a time that no healthy run takes; it is
    ///   killed then.
    @discardableResult
    func end(within seconds: Int = 60) async throws -> Int32 {
        for _ in 0..<(seconds * 50) where process.isRunning {
            try await Task.sleep(for: .milliseconds(20))
        }
        guard !process.isRunning else {
            send(SIGKILL)
            throw TestFailure("\(process.executableURL?.lastPathComponent ?? "") does not end")
        }
        let status = process.terminationStatus
        return process.terminationReason == .exit ? status : 128 + status
    }

    /// Runs a program to its end and gives its output.
    ///
    /// - Throws: ``TestFailure`` with what it wrote when its exit status is not `expecting`.
    static func run(
        _ program: String, _ arguments: [String], in directory: String, expecting: Int32 = 0,
        within seconds: Int = 60, environment: [String: String] = [:]
    ) async throws -> String {
        let name = "run-\(UUID().uuidString.prefix(8))"
        let child = try ChildProgram(
            program, arguments, in: directory, name: name, environment: environment)
        let status = try await child.end(within: seconds)
        guard status == expecting else {
            throw TestFailure(
                """
                \(program) \(arguments.joined(separator: " ")) ended with \(status):
                \(child.outputText.suffix(4_000))\(child.errorText.suffix(4_000))
                """)
        }
        return child.outputText
    }

    /// The program of this name on the search path, or nil.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func text(_ file: URL) -> String {
        (try? Data(contentsOf: file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
