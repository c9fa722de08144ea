package import Domain
package import Node

/// Another node of the cluster, and where it listens for its peers.
package struct PeerNode: Equatable, Sendable {
    package var name: NodeName
    package var host: String
    package var port: Int

    package init(name: NodeName, host: String, port: Int) {
        self.name = name
        self.host = host
        self.port = port
    }
}

/// Who a node is among its peers.
package struct PeerIdentification: Equatable, Sendable {
    package var name: NodeName
    /// Rule versions that its program can apply.
    package var rules: ClosedRange<UInt16>

    package init(
        name: NodeName,
        rules: ClosedRange<UInt16> = RuleVersion.oldest.rawValue...RuleVersion.current.rawValue
    ) {
        self.name = name
        self.rules = rules
    }
}

/// What a node is told of its peers, on any thread; none of it may block.
package struct PeerReceiver: Sendable {
    /// A message, and what gives its bytes back once it is taken.
    var message: @Sendable (UInt64, PeerMessage, _ done: @escaping @Sendable () -> Void) -> Void
    /// The way to a node, or from it, is broken.
    var broken: @Sendable (UInt64) -> Void
    /// By how many nanoseconds the clock of a node is ahead of this one's.
    var clock: @Sendable (UInt64, Int64) -> Void
    /// The ledger's rule version; 0 while it is not known.
    var rules: @Sendable () -> UInt16
    /// Whether this node takes entries with commands.
    var hasRoom: @Sendable () -> Bool

    package init(
        message: @escaping @Sendable (UInt64, PeerMessage, @escaping @Sendable () -> Void) -> Void,
        broken: @escaping @Sendable (UInt64) -> Void,
        clock: @escaping @Sendable (UInt64, Int64) -> Void,
        rules: @escaping @Sendable () -> UInt16,
        hasRoom: @escaping @Sendable () -> Bool = { true }
    ) {
        self.message = message
        self.broken = broken
        self.clock = clock
        self.rules = rules
        self.hasRoom = hasRoom
    }
}

/// A receiver, told apart from those before and behind it.
struct AttachedReceiver: Sendable {
    let number: UInt64
    let receiver: PeerReceiver
}

/// What an operator should see of the way to a peer.
package enum PeerNews: Sendable {
    case connected(UInt64)
    case disconnected(UInt64, reason: String)
    /// Somebody was refused, and why.
    case refused(String)
}
