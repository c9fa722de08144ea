/// The log is not what was written.
public struct LogDamage: Error, Sendable, CustomStringConvertible {
    public let index: UInt64
    public let reason: String

    package init(index: UInt64, reason: String) {
        self.index = index
        self.reason = reason
    }

    public var description: String { "raft_log entry \(index): \(reason)" }
}

/// A batch states another state hash than this node reached: the node must not go on.
public struct StateDivergence: Error, Sendable, CustomStringConvertible {
    public let index: UInt64
    public let stated: UInt64
    public let reached: UInt64

    public var description: String {
        "state hash after entry \(index) is \(String(reached, radix: 16)), "
            + "but the log states \(String(stated, radix: 16))"
    }
}
