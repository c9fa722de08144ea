internal import Glibc

/// What a running server wrote into `postmaster.pid` of its data directory.
struct PostmasterFile {
    let process: pid_t
    let socketDirectory: String

    /// Reads the file; nil when there is none or the server has not finished writing it.
    init?(dataDirectory: String) {
        guard let text = readSmallFile("\(dataDirectory)/postmaster.pid") else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 5, let process = pid_t(lines[0]), process > 0 else { return nil }
        self.process = process
        socketDirectory = String(lines[4])
    }

    /// Whether the process is alive and is a server of this data directory, which it has as its
    /// working directory: after a crash the number can belong to anybody. Who may not see that of
    /// another account's process (root in a container, often) goes by the directory it was given.
    func isServing(_ dataDirectory: String) -> Bool {
        guard kill(process, 0) == 0 || errno == EPERM else { return false }
        guard let current = realpath("/proc/\(process)/cwd", nil) else {
            return (errno == EACCES || errno == EPERM)
                && (readSmallFile("/proc/\(process)/cmdline") ?? "").split(separator: "\0")
                    .contains(Substring(dataDirectory))
        }
        defer { free(current) }
        guard let expected = realpath(dataDirectory, nil) else { return false }
        defer { free(expected) }
        return strcmp(current, expected) == 0
    }
}

/// The text of a file of at most 64 KiB, nil when it cannot be read.
func readSmallFile(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(file, &bytes, bytes.count)
    guard count >= 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
}

/// Writes a small file anew and makes it durable.
func writeSmallFile(_ path: String, _ text: String) throws(StoreError) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else {
        throw StoreError(
            .clusterUnavailable, "\(path) cannot be written: \(ChildProcess.reason(errno)).")
    }
    defer { close(file) }
    let bytes = Array(text.utf8)
    guard write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
        throw StoreError(
            .clusterUnavailable, "\(path) cannot be written: \(ChildProcess.reason(errno)).")
    }
}
