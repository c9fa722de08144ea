internal import Glibc

/// The installed PostgreSQL programs and the account under which they run.
struct ServerSoftware {
    let binaries: String
    /// Nil when this process is an ordinary user and runs them itself.
    let account: Account?

    /// An unprivileged account for a server that refuses to run as root.
    struct Account {
        let name: String
        let user: uid_t
        let group: gid_t
    }

    /// - Throws: ``StoreError`` with code `clusterUnavailable`, naming the package to install.
    static func find() throws(StoreError) -> ServerSoftware {
        let candidates = (pathDirectories() + debianDirectories()).filter {
            isProgram("\($0)/initdb") && isProgram("\($0)/postgres") && isProgram("\($0)/pg_ctl")
        }
        guard let binaries = candidates.first else {
            throw StoreError(
                .clusterUnavailable,
                """
                No PostgreSQL server is installed: initdb, postgres and pg_ctl are missing. On \
                Debian install the package postgresql.
                """)
        }
        return ServerSoftware(binaries: binaries, account: try account())
    }

    /// Runs one of the programs, as the unprivileged account when there is one.
    func run(_ program: String, _ arguments: [String], output: String) throws(StoreError) -> Int32 {
        let environment = ["LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC"]
        let path = "\(binaries)/\(program)"
        guard let account else {
            return try ChildProcess.run(
                path, arguments, environment: environment, output: output)
        }
        guard let setpriv = ServerSoftware.program("setpriv") else {
            throw StoreError(
                .clusterUnavailable,
                "PostgreSQL does not run as root and setpriv is missing: install util-linux.")
        }
        let switching = [
            "--reuid=\(account.user)", "--regid=\(account.group)", "--clear-groups", "--", path,
        ]
        return try ChildProcess.run(
            setpriv, switching + arguments, environment: environment, output: output)
    }

    /// Gives a file or directory to the account that runs the server.
    func handOver(_ path: String) throws(StoreError) {
        guard let account else { return }
        guard chown(path, account.user, account.group) == 0 else {
            throw StoreError(
                .clusterUnavailable,
                "\(path) cannot be given to \(account.name): \(ChildProcess.reason(errno)).")
        }
    }

    private static func account() throws(StoreError) -> Account? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            guard let entry = getpwnam(name) else { continue }
            return Account(name: name, user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
        }
        throw StoreError(
            .clusterUnavailable,
            "PostgreSQL does not run as root, and there is neither a user postgres nor nobody.")
    }

    /// Directories of the search path; a link there leads to the directory with all programs.
    private static func pathDirectories() -> [String] {
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        return path.split(separator: ":").compactMap { directory in
            guard let resolved = realpath("\(directory)/pg_ctl", nil) else { return nil }
            defer { free(resolved) }
            return String(String(cString: resolved).dropLast("/pg_ctl".utf8.count))
        }
    }

    /// Debian keeps every major version in its own directory; the newest one first.
    private static func debianDirectories() -> [String] {
        var matches = glob_t()
        defer { globfree(&matches) }
        guard glob("/usr/lib/postgresql/*/bin", 0, nil, &matches) == 0 else { return [] }
        let paths = (0..<Int(matches.gl_pathc)).compactMap { position in
            matches.gl_pathv[position].map { String(cString: $0) }
        }
        return paths.sorted { version($0) > version($1) }
    }

    private static func version(_ path: String) -> Int {
        path.split(separator: "/").lazy.compactMap { Int($0) }.first ?? 0
    }

    private static func program(_ name: String) -> String? {
        ["/usr/bin", "/bin", "/usr/sbin"].map { "\($0)/\(name)" }.first(where: isProgram)
    }

    private static func isProgram(_ path: String) -> Bool { access(path, X_OK) == 0 }
}
