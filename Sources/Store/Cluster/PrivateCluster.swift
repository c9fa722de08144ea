internal import Glibc
internal import Synchronization

/// A PostgreSQL server of one's own in a directory: for a single node, for trials and for tests.
///
/// It listens on a Unix socket in a short temporary directory and on no network. It runs detached:
/// when the gateway is killed it goes on, and the next ``start(directory:)`` of the same directory
/// adopts it. Two processes cannot hold one directory at a time.
package final class PrivateCluster: Sendable {
    /// The data directory, the log file and the settings lie below it.
    package let directory: String
    /// The process number of the server.
    package let postmasterPID: Int32
    /// The server was running already.
    package let wasAdopted: Bool
    private let socketDirectory: String
    private let software: ServerSoftware
    /// The descriptor that holds the lock on the directory; −1 after it is released.
    private let lock: Mutex<Int32>

    /// The superuser of the server; only this system user (and root) can reach the socket.
    package static let user = "langqiao"

    /// A libpq connection string for the server's database.
    package var connectionString: String {
        PrivateCluster.connectionString(socketDirectory)
    }

    /// Starts the server of a directory, or adopts the one that still runs.
    ///
    /// The directory is created when it is missing and filled when it is empty. Started as root,
    /// the server runs as `postgres` (or `nobody`), which must be able to reach the directory.
    ///
    /// - Parameter isSmall: a directory that is filled now gets settings for one of several servers
    ///   on this machine that work little.
    /// - Throws: ``StoreError`` with code `clusterUnavailable`; the message has the end of the
    ///   server's own log.
    package static func start(directory: String, isSmall: Bool = false) throws -> PrivateCluster {
        let software = try ServerSoftware.find()
        let path = try prepareDirectory(directory, software)
        let lock = try lockDirectory(path)
        do {
            let paths = ClusterPaths(directory: path)
            try prepareLog(paths, software)
            try initialise(paths, software, isSmall: isSmall)
            if let running = try runningServer(paths) {
                return PrivateCluster(paths, software, running, lock, wasAdopted: true)
            }
            let started = try startServer(paths, software)
            return PrivateCluster(paths, software, started, lock, wasAdopted: false)
        } catch {
            close(lock)
            throw error
        }
    }

    private init(
        _ paths: ClusterPaths, _ software: ServerSoftware, _ server: PostmasterFile,
        _ lock: Int32, wasAdopted: Bool
    ) {
        directory = paths.directory
        postmasterPID = server.process
        socketDirectory = server.socketDirectory
        self.wasAdopted = wasAdopted
        self.software = software
        self.lock = Mutex(lock)
    }

    deinit {
        let descriptor = lock.withLock { $0 }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Asks the server to stop and does not wait for it; nothing when somebody waits already.
    package func stopSoon() {
        lock.withLockIfAvailable { descriptor in
            guard descriptor >= 0 else { return }
            let paths = ClusterPaths(directory: directory)
            // Whether it is heard shows at the next start.
            _ = try? software.run(
                "pg_ctl", ["stop", "-D", paths.data, "-m", "fast", "-W"], output: paths.log)
        }
    }

    /// Stops the server: open transactions are rolled back, everything committed is on disk.
    ///
    /// The data stays. Stopping twice does nothing.
    ///
    /// - Throws: ``StoreError`` with code `clusterUnavailable`.
    package func stop() throws {
        try lock.withLock { descriptor in
            guard descriptor >= 0 else { return }
            let paths = ClusterPaths(directory: directory)
            let status = try software.run(
                "pg_ctl", ["stop", "-D", paths.data, "-m", "fast", "-w", "-t", "60"],
                output: paths.log)
            // Somebody else may have stopped or killed it already; then nothing is left to do.
            let left = PostmasterFile(dataDirectory: paths.data)
            guard status == 0 || left?.isServing(paths.data) != true else {
                throw PrivateCluster.failure("PostgreSQL does not stop", paths)
            }
            PrivateCluster.removeSocketDirectory(socketDirectory)
            close(descriptor)
            descriptor = -1
        }
    }
}

/// Where things lie in a cluster's directory.
private struct ClusterPaths {
    let directory: String
    var data: String { "\(directory)/data" }
    var log: String { "\(directory)/postgresql.log" }
}

// MARK: - Preparing

extension PrivateCluster {
    private static func prepareDirectory(
        _ directory: String, _ software: ServerSoftware
    ) throws(StoreError) -> String {
        if mkdir(directory, 0o700) == 0 {
            try software.handOver(directory)
        } else if errno != EEXIST {
            throw StoreError(
                .clusterUnavailable,
                "\(directory) cannot be created: \(ChildProcess.reason(errno)).")
        }
        guard let resolved = realpath(directory, nil) else {
            throw StoreError(
                .clusterUnavailable,
                "\(directory) cannot be resolved: \(ChildProcess.reason(errno)).")
        }
        defer { free(resolved) }
        let path = String(cString: resolved)
        if access("\(path)/data", F_OK) != 0 { try software.handOver(path) }
        return path
    }

    /// The lock dies with its holder, so it needs no cleaning up after a crash.
    private static func lockDirectory(_ directory: String) throws(StoreError) -> Int32 {
        let path = "\(directory)/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(
                .clusterUnavailable, "\(path) cannot be opened: \(ChildProcess.reason(errno)).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError(
                .clusterUnavailable,
                "Another process holds the database in \(directory). If a gateway runs there, "
                    + "stop it first.")
        }
        return descriptor
    }

    /// The programs write to one log, whichever user opens it first.
    private static func prepareLog(
        _ paths: ClusterPaths, _ software: ServerSoftware
    ) throws(StoreError) {
        let descriptor = open(paths.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(
                .clusterUnavailable,
                "\(paths.log) cannot be opened: \(ChildProcess.reason(errno)).")
        }
        close(descriptor)
        try software.handOver(paths.log)
    }

    private static func initialise(
        _ paths: ClusterPaths, _ software: ServerSoftware, isSmall: Bool
    ) throws {
        // The settings are written last: a directory without them was left half-made.
        let marker = "\(paths.directory)/initialised"
        guard access(marker, F_OK) != 0 else { return }
        let status = try software.run(
            "initdb",
            [
                "-D", paths.data, "-U", user, "-A", "trust", "--encoding=UTF8", "--locale=C",
                "--data-checksums", "--no-instructions",
            ], output: paths.log)
        guard status == 0 else { throw failure("initdb fails", paths) }
        let settings = "\(paths.data)/postgresql.conf"
        try writeSmallFile(
            settings,
            isSmall
                ? ClusterSettings.small
                : ClusterSettings.text(machineMegabytes: ClusterSettings.machineMegabytes))
        try software.handOver(settings)
        try writeSmallFile(marker, "")
    }

    static func failure(_ what: String, logAt path: String) -> StoreError {
        let tail = (readSmallFile(path) ?? "").split(separator: "\n").suffix(8)
        return StoreError(
            .clusterUnavailable, "\(what). The end of \(path):\n\(tail.joined(separator: "\n"))")
    }

    private static func failure(_ what: String, _ paths: ClusterPaths) -> StoreError {
        failure(what, logAt: paths.log)
    }
}

// MARK: - Starting

extension PrivateCluster {
    /// The live server of the directory, once it answers; nil when there is none.
    private static func runningServer(_ paths: ClusterPaths) throws -> PostmasterFile? {
        guard let file = PostmasterFile(dataDirectory: paths.data) else { return nil }
        guard file.isServing(paths.data) else {
            // Left behind by a crash. The number may be somebody else's by now, and then
            // PostgreSQL itself would refuse to start.
            unlink("\(paths.data)/postmaster.pid")
            removeSocketDirectory(file.socketDirectory)
            return nil
        }
        // It may be on its way up or down: up to a minute, as for a start.
        for _ in 0..<600 {
            guard file.isServing(paths.data) else { return try runningServer(paths) }
            if serverAnswers(at: connectionString(file.socketDirectory)) { return file }
            usleep(100_000)
        }
        throw failure("The running PostgreSQL \(file.process) does not answer", paths)
    }

    private static func startServer(
        _ paths: ClusterPaths, _ software: ServerSoftware
    ) throws -> PostmasterFile {
        let socketDirectory = try makeSocketDirectory(software)
        let status = try software.run(
            "pg_ctl",
            [
                "start", "-D", paths.data, "-l", paths.log, "-w", "-t", "60",
                "-o", "-k '\(socketDirectory)'",
            ], output: paths.log)
        guard status == 0, let file = PostmasterFile(dataDirectory: paths.data) else {
            removeSocketDirectory(socketDirectory)
            throw failure("PostgreSQL does not start", paths)
        }
        return file
    }

    private static func connectionString(_ socketDirectory: String) -> String {
        "host=\(socketDirectory) user=\(user) dbname=postgres"
    }

    /// The path of a socket has at most 107 bytes, so it does not lie in the data directory.
    private static func makeSocketDirectory(_ software: ServerSoftware) throws -> String {
        let stated = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        let parent = stated.isEmpty || stated.utf8.count > 64 ? "/tmp" : stated
        var template = Array("\(parent)/\(socketPrefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw StoreError(
                .clusterUnavailable,
                "No directory can be made in \(parent): \(ChildProcess.reason(errno)).")
        }
        let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
        try software.handOver(path)
        return path
    }

    private static let socketPrefix = "langqiao-"

    /// Removes only what this type made; the server has removed the socket itself.
    private static func removeSocketDirectory(_ path: String) {
        guard path.split(separator: "/").last?.hasPrefix(socketPrefix) == true else { return }
        unlink("\(path)/.s.PGSQL.5432")
        unlink("\(path)/.s.PGSQL.5432.lock")
        rmdir(path)
    }
}
