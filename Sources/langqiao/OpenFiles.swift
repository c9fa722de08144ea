internal import Foundation
internal import Logging

/// How many files and sockets the process may have open.
enum OpenFiles {
    /// All connections a gateway takes, those that are just ending, the database and the rest.
    static let wanted = 8_192

    /// Raises the limit to what the system allows, and warns when that is too little.
    static func prepare(_ logger: Logger) {
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(kind, &limit)
        guard allowed < wanted else { return }
        logger.warning(
            "few open files are allowed",
            metadata: ["allowed": "\(allowed)", "connections": "\(connections)"])
    }

    private static var kind: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

    private static var allowed: Int {
        var limit = rlimit()
        return getrlimit(kind, &limit) == 0 ? Int(clamping: limit.rlim_cur) : wanted
    }

    /// How many connections the limit has room for, those that are just ending beside them.
    static var connections: Int { min(4_096, max(64, allowed / 2)) }
}
