internal import Foundation
internal import Glibc

/// A program that runs beside the tests, its outputs in files so that no full pipe can block it.
///
/// Not made of Foundation's `Process`: that one lets its children's children keep a descriptor by
/// which it waits, so it never sees the end of a program that leaves a server behind.
final class ChildProgram {
    let processID: pid_t
    private let name: String
    private let output: String
    private let errors: String
    /// As `waitpid` gave it; nil while the program runs.
    private var ended: Int32?

    /// What it wrote so far.
    var outputText: String { Self.text(output) }
    var errorText: String { Self.text(errors) }

    /// Starts a program; `name` names its files in `directory`.
    init(
        _ program: String, _ arguments: [String], in directory: String, name: String,
        environment: [String: String] = [:]
    ) throws {
        self.name = program
        output = "\(directory)/\(name).out"
        errors = "\(directory)/\(name).err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o644)
        // Nothing of ours stays open in the child, above all no socket and no lifeline.
        let opened = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        for descriptor in opened.compactMap({ Int32($0) }) where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        // Threads of the test process block signals; the child must get them.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for string in argv + envp { free(string) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, program, &actions, &attributes, argv, envp)
        guard failure == 0 else {
            throw TestFailure("\(program): \(String(cString: strerror(failure)))")
        }
        processID = child
    }

    var isRunning: Bool {
        if ended == nil {
            var status: Int32 = 0
            if waitpid(processID, &status, WNOHANG) == processID { ended = status }
        }
        return ended == nil
    }

    func send(_ signal: Int32) {
        if isRunning { kill(processID, signal) }
    }

    /// Waits for the end; the exit status, or 128 + signal.
    ///
    /// - Throws: ``TestFailure`` when it still runs after a time that no healthy run takes; it is
    ///   killed then.
    @discardableResult
    func end(within seconds: Int = 60) async throws -> Int32 {
        for _ in 0..<(seconds * 100) where isRunning {
            try await Task.sleep(for: .milliseconds(10))
        }
        guard let ended else {
            send(SIGKILL)
            for _ in 0..<500 where isRunning { try await Task.sleep(for: .milliseconds(10)) }
            throw TestFailure("\(name) does not end")
        }
        return ended & 0x7F == 0 ? (ended >> 8) & 0xFF : 128 + (ended & 0x7F)
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

    private static func text(_ file: String) -> String {
        FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

/// Why a test cannot go on.
struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
