internal import Foundation
internal import Glibc
internal import Shares
internal import Synchronization

/// `langqiao serve` as a child of this process, from the same executable.
///
/// It is in a process group of its own: Ctrl-C at a terminal is for its parent alone. Not made of
/// Foundation's `Process`, whose children inherit what is open here.
final class NodeProcess: Sendable {
    /// What a child has said and how it ended, in files, so that no full pipe can block it.
    private let output: String
    private let log: String
    private let child: pid_t
    /// As `waitpid` gave it; nil while it runs.
    private let ended = Mutex<Int32?>(nil)

    /// - Parameters:
    ///   - arguments: of the program.
    ///   - files: the paths of its output, which is overwritten, and its log, without endings.
    /// - Throws: ``SettingsError`` when it cannot be started.
    init(_ arguments: [String], files: String) throws {
        output = "\(files).out"
        log = "\(files).log"
        child = try NodeProcess.spawn(
            try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"), arguments,
            output: output, log: log)
    }

    private static func spawn(
        _ program: String, _ arguments: [String], output: String, log: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // Nothing of ours stays open in the child, above all no socket.
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            guard let descriptor = Int32(name), descriptor > 2 else { continue }
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for string in argv { free(string) } }
        var child: pid_t = 0
        let failure = posix_spawn(&child, program, &actions, &attributes, argv, environ)
        guard failure == 0 else {
            throw SettingsError(
                "\(program) cannot be started: \(String(cString: strerror(failure)))")
        }
        return child
    }

    var isRunning: Bool { status == nil }

    /// How it ended, if it has.
    private var status: Int32? {
        ended.withLock { ended in
            var status: Int32 = 0
            if ended == nil, waitpid(child, &status, WNOHANG) == child { ended = status }
            return ended
        }
    }

    func send(_ signal: Int32) {
        if isRunning { Glibc.kill(child, signal) }
    }

    private struct Announcement: Decodable {
        let port: Int
    }

    /// Waits until it says at which port it serves.
    ///
    /// - Throws: ``SettingsError`` with the end of its log when it ends or does not serve in a
    ///   minute; when the task is cancelled.
    func waitUntilServing() async throws -> Int {
        for _ in 0..<3_000 where isRunning {
            let said = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            if said.hasSuffix("\n") {
                return try JSONDecoder().decode(Announcement.self, from: Data(said.utf8)).port
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw failure("a node does not serve")
    }

    /// Waits for its end, and kills it when that takes longer than a node may take to stop. Waits
    /// also in a task that is cancelled.
    ///
    /// - Returns: why its end was none of its own, or nil.
    func waitForEnd() async -> (any Error)? {
        _ = try? await WorkerThread.run("node-end") { [self] in
            for turn in 0..<2_000 where isRunning {
                if turn == 1_500 { send(SIGKILL) }
                usleep(10_000)
            }
        }
        return status == 0 ? nil : failure("a node did not stop as it should")
    }

    private func failure(_ what: String) -> SettingsError {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        let end = text.split(separator: "\n").suffix(8).joined(separator: "\n")
        return SettingsError("\(what). The end of \(log):\n\(end)")
    }
}
