internal import CPostgres
internal import Glibc

/// Runs a program to its end.
enum ChildProcess {
    /// Starts a program, waits for it and returns its exit status (128 + signal when killed).
    ///
    /// The child gets no descriptors but an empty input and `output` as both outputs: a server that
    /// it leaves behind must not keep the gateway's sockets open. It starts in `/` with default
    /// signal handling.
    ///
    /// - Throws: ``StoreError`` with code `clusterUnavailable` when the program cannot be started.
    static func run(
        _ program: String, _ arguments: [String], environment: [String] = [], output: String
    ) throws(StoreError) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        posix_spawn_file_actions_addchdir_np(&actions, "/")

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
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var child: pid_t = 0
        let argv = cStrings([program] + arguments)
        let envp = cStrings(environment)
        defer {
            for string in argv + envp { free(string) }
        }
        let failure = posix_spawn(&child, program, &actions, &attributes, argv, envp)
        guard failure == 0 else {
            throw StoreError(
                .clusterUnavailable, "\(program) cannot be started: \(reason(failure)).")
        }
        return wait(for: child)
    }

    /// What the system calls an error number.
    static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

    private static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    }

    private static func cStrings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        strings.map { strdup($0) } + [nil]
    }
}
