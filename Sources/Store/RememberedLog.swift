internal import Consensus
internal import Domain
internal import Glibc

/// What a node remembers outside of its database.
struct RememberedLog: Equatable, Sendable {
    var term: UInt64
    var vote: NodeID
    /// The last entry that it acknowledged.
    var last: EntryID
}

extension RememberedLog {
    /// The size of ``text``: less than a sector, which is written whole or not at all. PostgreSQL
    /// relies on the same for its control file.
    private static let size = 256

    /// One line for each value, after a line that names the form, and empty lines to the full size.
    var text: String {
        let lines = self.lines
        return lines + String(repeating: "\n", count: RememberedLog.size - lines.utf8.count)
    }

    private var lines: String {
        """
        langqiao memory 1
        term \(term)
        vote \(vote)
        last-index \(last.index)
        last-term \(last.term)

        """
    }

    /// - Returns: nil unless it is what ``text`` gives; empty lines at the end may be missing.
    init?(text: String) {
        let names = ["term", "vote", "last-index", "last-term"]
        let rest = text.split(separator: "\n").dropFirst()
        let values = zip(names, rest).compactMap { name, line in
            let pair = line.split(separator: " ")
            return pair.count == 2 && pair[0] == name ? UInt64(pair[1]) : nil
        }
        guard values.count == names.count else { return nil }
        self.init(
            term: values[0], vote: values[1], last: EntryID(term: values[3], index: values[2]))
        guard text.hasPrefix(self.lines), self.text.hasPrefix(text) else { return nil }
    }
}

/// The file in which a node remembers its log.
struct MemoryFile: Sendable {
    private let directory: String
    let path: String

    /// - Parameter schema: gives the file its name, so that ledgers can share a directory.
    init(directory: String, schema: String) {
        self.directory = directory
        path = "\(directory)/\(schema).memory"
    }

    /// What was written last; nil when there is no file.
    ///
    /// - Throws: ``StoreError`` with code `unsafeGround` when there is no directory, or when the
    ///   file cannot be read or says something else.
    func read() throws(StoreError) -> RememberedLog? {
        guard access(directory, R_OK | W_OK | X_OK) == 0 else {
            throw failure("Nothing can be kept in the directory \(directory)")
        }
        guard access(path, F_OK) == 0 else {
            guard errno == ENOENT else { throw failure("\(path) cannot be read") }
            return nil
        }
        guard let text = readSmallFile(path) else { throw failure("\(path) cannot be read") }
        guard let remembered = RememberedLog(text: text) else {
            throw StoreError(.unsafeGround, "\(path) is not a file that this program wrote.")
        }
        return remembered
    }

    /// Begins the file anew. Durable when it returns; a crash leaves the old one or the new one.
    func write(_ remembered: RememberedLog) throws(StoreError) {
        let next = "\(path).new"
        try writeSmallFile(next, remembered.text)
        guard rename(next, path) == 0 else { throw failure("\(path) cannot be replaced") }
        let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw failure("\(directory) cannot be made durable")
        }
    }

    fileprivate func failure(_ what: String) -> StoreError {
        StoreError(.unsafeGround, "\(what): \(ChildProcess.reason(errno)).")
    }
}

/// A ``MemoryFile`` that is open: it is written whenever something was made durable in the database
/// and before anybody hears of it, so it knows all that was acknowledged, and never more than the
/// log has.
final class LogMemory {
    private let file: MemoryFile
    private let descriptor: Int32

    /// Writes the file anew and keeps it open.
    init(_ file: MemoryFile, _ now: RememberedLog) throws(StoreError) {
        try file.write(now)
        self.file = file
        descriptor = open(file.path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw file.failure("\(file.path) cannot be opened") }
    }

    deinit { close(descriptor) }

    /// Durable when it returns: one sync.
    ///
    /// - Throws: ``StoreError`` with code `unsafeGround`: a node that asked for the file does not
    ///   go on without.
    func keep(_ remembered: RememberedLog) throws(StoreError) {
        let bytes = Array(remembered.text.utf8)
        guard pwrite(descriptor, bytes, bytes.count, 0) == bytes.count, fdatasync(descriptor) == 0
        else { throw file.failure("\(file.path) cannot be written") }
    }
}
