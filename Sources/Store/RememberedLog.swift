internal import Consensus
internal import Domain
internal import Glibc
internal import Shares

/// What a node remembers outside of its database.
struct RememberedLog: Equatable, Sendable {
    var term: UInt64
    var vote: NodeID
    /// The last entry that it acknowledged.
    var last: EntryID
}

extension RememberedLog {
    /// One line for each value, after a line that names the form.
    var text: String {
        """
        langqiao memory 1
        term \(term)
        vote \(vote)
        last-index \(last.index)
        last-term \(last.term)

        """
    }

    /// - Returns: nil unless it is exactly what ``text`` gives.
    init?(text: String) {
        let names = ["term", "vote", "last-index", "last-term"]
        let lines = text.split(separator: "\n").dropFirst()
        let values = zip(names, lines).compactMap { name, line in
            let words = line.split(separator: " ")
            return words.count == 2 && words[0] == name ? UInt64(words[1]) : nil
        }
        guard values.count == names.count else { return nil }
        self.init(
            term: values[0], vote: values[1], last: EntryID(term: values[3], index: values[2]))
        guard self.text == text else { return nil }
    }
}

/// The file in which a node remembers its log; each version of it replaces the one before.
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

    /// Durable when it returns; a crash leaves the old version or the new one.
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

    private func failure(_ what: String) -> StoreError {
        StoreError(.unsafeGround, "\(what): \(ChildProcess.reason(errno)).")
    }
}

/// Keeps a ``MemoryFile`` near what a node has acknowledged: at most a second behind it, and never
/// before it. A thread of its own writes; nobody waits for it but who ends it.
final class LogMemory: Sendable {
    private struct State {
        var newest: RememberedLog
        var written: RememberedLog
        var isEnding = false
        var failure: StoreError?
    }

    private let state: Monitor<State>
    private let thread: WorkerThread

    /// Writes the file once, then begins.
    init(_ file: MemoryFile, _ now: RememberedLog) throws {
        try file.write(now)
        let state = Monitor(State(newest: now, written: now))
        self.state = state
        thread = try WorkerThread("log-memory") { LogMemory.run(file, state) }
    }

    /// Says what is durable now. Returns at once.
    func note(_ remembered: RememberedLog) { state.withLock { $0.newest = remembered } }

    /// - Throws: why the file could not be written: a node that asked for it does not go on
    ///   without.
    func check() throws(StoreError) {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Writes what is left and ends the thread.
    func end() {
        state.withLock { $0.isEnding = true }
        state.signal()
        thread.join()
    }

    private static func run(_ file: MemoryFile, _ state: Monitor<State>) {
        while true {
            state.waitForChange(atMost: .seconds(1)) { !$0.isEnding }
            let (next, isEnding) = state.withLock { state in
                (state.newest == state.written ? nil : state.newest, state.isEnding)
            }
            if let next {
                do throws(StoreError) {
                    try file.write(next)
                } catch {
                    return state.withLock { $0.failure = error }
                }
                state.withLock { $0.written = next }
            }
            if isEnding { return }
        }
    }
}
