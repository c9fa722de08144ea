internal import Hexadecimal

/// The log is not what was written.
package struct LogDamage: Error, Sendable, CustomStringConvertible {
    package let index: UInt64
    package let reason: String

    package init(index: UInt64, reason: String) {
        self.index = index
        self.reason = reason
    }

    package var description: String { "raft_log entry \(index): \(reason)" }
}

/// A batch states another state hash than this node reached: the node must not go on.
package struct StateDivergence: Error, Sendable, CustomStringConvertible {
    package let index: UInt64
    package let stated: UInt64
    package let reached: UInt64

    package var description: String {
        "state hash after entry \(index) is \(hexadecimal(reached)), "
            + "but the log states \(hexadecimal(stated))"
    }
}
