internal import Foundation
internal import Testing

/// `langqiao serve` with certificates and a private PostgreSQL in a temporary directory.
///
/// Owned by one test; `remove()` ends everything and deletes the directory.
final class GatewayUnderTest {
    let directory: String
    private(set) var port = 0
    /// What `serve` is given besides the usual.
    var serveArguments: [String] = []
    private var serving: ChildProgram?
    private var runs = 0
    /// A shell that tidies up when this process dies before `remove()`: its input ends then.
    private let sentry = Process()
    private let lifeline = Pipe()

    /// The program under test: `LANGQIAO_PROGRAM`, or the one built beside the tests.
    static let program: String = {
        if let named = ProcessInfo.processInfo.environment["LANGQIAO_PROGRAM"] { return named }
        // The test bundle lies in the build directory, under Linux as a plain executable.
        return URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().appendingPathComponent("langqiao").path
    }()

    var certificates: String { "\(directory)/certificates" }
    var data: String { "\(directory)/data" }
    var endpoint: Endpoint { Endpoint(port: port, certificates: certificates) }

    /// Makes directory and certificates; starts nothing yet.
    init(banks: [String]) async throws {
        directory =
            FileManager.default.temporaryDirectory.path
            + "/langqiao-system-\(UUID().uuidString.prefix(8))"
        // Everybody may pass through: PostgreSQL runs under an account of its own.
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        try startSentry()
        _ = try await run(
            ["init", "--certificates", certificates] + banks.flatMap { ["--bank", $0] })
    }

    /// Runs the program with these arguments to its end.
    func run(_ arguments: [String], expecting: Int32 = 0) async throws -> String {
        try await ChildProgram.run(
            GatewayUnderTest.program, arguments, in: directory, expecting: expecting)
    }

    /// Starts serving and waits until it says on which port.
    ///
    /// - Parameter wanted: the port; 0 takes a free one.
    func start(port wanted: Int = 0) async throws {
        try begin(port: wanted)
        try await waitUntilServing()
    }

    /// Starts serving, and waits for nothing: a node may need others first.
    func begin(port wanted: Int = 0) throws { _ = try launch(port: wanted) }

    /// Waits until it says on which port.
    func waitUntilServing() async throws {
        let child = try #require(serving)
        for _ in 0..<6_000 {
            if let line = child.outputText.split(separator: "\n").first {
                port = try JSONDecoder().decode(Announcement.self, from: Data(line.utf8)).port
                return
            }
            guard child.isRunning else { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TestFailure("serve does not start: \(child.errorText.suffix(4_000))")
    }

    private func launch(port: Int = 0) throws -> ChildProgram {
        runs += 1
        let child = try ChildProgram(
            GatewayUnderTest.program,
            [
                "serve", "--data", data, "--certificates", certificates, "--port", "\(port)",
                "--json", "--grace", "10",
            ] + serveArguments, in: directory, name: "serve-\(runs)")
        serving = child
        try "\(child.processID)".write(
            toFile: "\(directory)/gateway.pid", atomically: true, encoding: .utf8)
        return child
    }

    /// Kills it again before it serves, or just when it does.
    func startAndKill(after milliseconds: Int64) async throws {
        _ = try launch()
        try await Task.sleep(for: .milliseconds(milliseconds))
        try await killHard()
    }

    private struct Announcement: Decodable {
        var port: Int
    }

    /// SIGKILL: no chance to finish anything.
    func killHard() async throws {
        serving?.send(SIGKILL)
        try await serving?.end()
        serving = nil
    }

    /// Asks it to stop; ``waitForEnd()`` tells how that went.
    func askToStop() { serving?.send(SIGTERM) }

    /// Asks it to read its certificates again.
    func hangUp() { serving?.send(SIGHUP) }

    /// The exit status once it has ended.
    func waitForEnd() async throws -> Int32 {
        let child = try #require(serving)
        let status = try await child.end()
        serving = nil
        return status
    }

    var isRunning: Bool { serving?.isRunning ?? false }

    /// The log lines of the last run that is or was serving.
    var log: String {
        (try? String(contentsOfFile: "\(directory)/serve-\(runs).err", encoding: .utf8)) ?? ""
    }

    /// Ends what still runs and deletes the directory.
    func remove() async {
        try? await killHard()
        // The end of its input makes the sentry stop PostgreSQL and delete everything.
        try? lifeline.fileHandleForWriting.close()
        for _ in 0..<1_500 where sentry.isRunning { try? await Task.sleep(for: .milliseconds(20)) }
        #expect(!FileManager.default.fileExists(atPath: directory), "the directory stays behind")
    }

    /// Process numbers are only believed when the process is what it was: the gateway names our
    /// directory in its arguments, the server has its data as working directory.
    private func startSentry() throws {
        sentry.executableURL = URL(fileURLWithPath: "/bin/sh")
        sentry.arguments = [
            "-c",
            """
            read -r _
            gateway=$(cat "$1/gateway.pid" 2>/dev/null)
            if grep -qaF "$1" "/proc/$gateway/cmdline" 2>/dev/null; then kill -KILL "$gateway"; fi
            file="$1/data/data/postmaster.pid"
            server=$(sed -n 1p "$file" 2>/dev/null)
            socket=$(sed -n 5p "$file" 2>/dev/null)
            if [ "$(readlink "/proc/$server/cwd")" = "$1/data/data" ]; then
                kill -QUIT "$server"
                for _ in 1 2 3 4 5 6 7 8 9 10; do
                    [ -d "/proc/$server" ] || break
                    sleep 0.2
                done
            fi
            case "$socket" in */langqiao-*) rm -rf "$socket" ;; esac
            rm -rf "$1"
            """, "sentry", directory,
        ]
        sentry.standardInput = lifeline
        sentry.standardOutput = FileHandle.nullDevice
        sentry.standardError = FileHandle.nullDevice
        try sentry.run()
    }
}

/// Where a gateway can be reached, and with which certificates.
struct Endpoint: Sendable {
    let port: Int
    let certificates: String
}

/// The private PostgreSQL of a gateway, seen past the gateway.
struct ServerUnderTest {
    private let gateway: String
    let processID: Int32
    let socketDirectory: String
    private let binaries: String

    /// The server that runs in a gateway's data directory; nil when there is none.
    init?(of gateway: GatewayUnderTest) {
        self.gateway = gateway.directory
        let data = "\(gateway.data)/data"
        guard
            let file = try? String(contentsOfFile: "\(data)/postmaster.pid", encoding: .utf8),
            let options = try? String(contentsOfFile: "\(data)/postmaster.opts", encoding: .utf8)
        else { return nil }
        let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 5, let processID = Int32(lines[0]),
            let server = options.split(separator: " ").first
        else { return nil }
        self.processID = processID
        socketDirectory = String(lines[4])
        binaries = String(server.dropLast("/postgres".count))
    }

    var connectionString: String {
        "host=\(socketDirectory) user=langqiao dbname=postgres"
    }

    /// A process that has ended but was not collected yet has no working directory any more.
    var isRunning: Bool {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(processID)/cwd"))
            == "\(gateway)/data/data"
    }

    /// Immediate shutdown: no session is told, no checkpoint is made.
    func stopImmediately() async throws {
        kill(processID, SIGQUIT)
        for _ in 0..<1_500 where isRunning { try await Task.sleep(for: .milliseconds(20)) }
        guard !isRunning else { throw TestFailure("PostgreSQL \(processID) does not stop") }
    }

    /// Starts it again as the account that owns its data, on the same socket.
    func startAgain() async throws {
        let data = "\(gateway)/data/data"
        var command = [
            "\(binaries)/pg_ctl", "start", "-D", data, "-l", "\(gateway)/data/postgresql.log",
            "-w", "-t", "60", "-o", "-k '\(socketDirectory)'",
        ]
        if geteuid() == 0 {
            let owner = try FileManager.default.attributesOfItem(atPath: data)
            let user = try #require(owner[.ownerAccountID] as? NSNumber)
            let group = try #require(owner[.groupOwnerAccountID] as? NSNumber)
            command =
                ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"]
                + command
        }
        _ = try await ChildProgram.run(command[0], Array(command.dropFirst()), in: gateway)
    }

    /// Starts a session that runs the statements of a file one by one.
    func session(running script: String, in directory: String) throws -> ChildProgram {
        try ChildProgram(
            "\(binaries)/psql", ["-X", "-A", "-t", "-d", connectionString, "-f", script],
            in: directory, name: "session-\(UUID().uuidString.prefix(8))")
    }

    /// Ends the sessions with this application name; how many there were.
    func endSessions(named name: String) async throws -> Int {
        let answer = try await ChildProgram.run(
            "\(binaries)/psql",
            [
                "-X", "-A", "-t", "-d", connectionString, "-c",
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE application_name = '\(name)'
                """,
            ], in: gateway)
        return Int(answer.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
}
