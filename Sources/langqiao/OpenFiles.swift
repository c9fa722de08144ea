internal import Foundation
internal import Logging

/// How many files and sockets the process may have open.
enum OpenFiles {
    /// All connections a gateway takes, those that are just ending, the database and the rest.
    static let wanted = 8_192

    /// Raises the limit to what the system allows, and warns when that is too little.
    static func prepare(_ logger: Logger) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
            limit.rlim_cur < wanted
        else { return }
        logger.warning(
            "few open files are allowed",
            metadata: ["allowed": "\(limit.rlim_cur)", "wanted": "\(wanted)"])
    }
}
