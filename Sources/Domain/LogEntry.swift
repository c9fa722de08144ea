/// What an entry of the log is there for.
public enum LogEntryKind: UInt8, Equatable, Sendable {
    /// A batch of commands.
    case batch = 0
    /// A leader's first entry in its term: an empty batch.
    case leaderStart = 1
    /// A change of the cluster's members: an empty batch.
    case membership = 2
}

/// One row of the log: a batch in its encoded form and its place in the hash chain.
///
/// Every index is a batch. What is consensus' own, of the other kinds, is applied as a batch
/// without commands, one nanosecond after the last.
public struct LogEntry: Equatable, Sendable {
    /// 1 for the first.
    public var index: UInt64
    /// The Raft term in which the entry was proposed.
    public var term: UInt64
    /// The batch timestamp, nanoseconds since 1970.
    public var timestamp: Int64
    /// Commands in the batch, for people.
    public var commandCount: Int32
    /// The checksum of the entry before.
    public var previousHash: [UInt8]
    /// 32 bytes computed by the caller over this entry and `previousHash`; stored, never computed
    /// here.
    public var checksum: [UInt8]
    public var payload: [UInt8]
    /// What stands beside the batch, outside the chain; see ``SealedCommands/contents``.
    public var contents: [UInt8]
    public var kind: LogEntryKind
    /// The commit index that the node knew when it wrote the entry; never less than that of the
    /// entry before.
    public var commit: UInt64

    public init(
        index: UInt64, term: UInt64, timestamp: Int64, commandCount: Int32, previousHash: [UInt8],
        checksum: [UInt8], payload: [UInt8], contents: [UInt8] = [], kind: LogEntryKind = .batch,
        commit: UInt64 = 0
    ) {
        self.index = index
        self.term = term
        self.timestamp = timestamp
        self.commandCount = commandCount
        self.previousHash = previousHash
        self.checksum = checksum
        self.payload = payload
        self.contents = contents
        self.kind = kind
        self.commit = commit
    }
}

/// The end of the log.
public struct LogPosition: Equatable, Sendable {
    /// 0 while the log is empty.
    public var index: UInt64
    public var term: UInt64
    public var timestamp: Int64
    /// Empty while the log is.
    public var checksum: [UInt8]

    public static let start = LogPosition(index: 0, term: 0, timestamp: 0, checksum: [])

    public init(index: UInt64, term: UInt64, timestamp: Int64, checksum: [UInt8]) {
        self.index = index
        self.term = term
        self.timestamp = timestamp
        self.checksum = checksum
    }

    /// The position of an entry.
    public init(of entry: LogEntry) {
        self.init(
            index: entry.index, term: entry.term, timestamp: entry.timestamp,
            checksum: entry.checksum)
    }
}
