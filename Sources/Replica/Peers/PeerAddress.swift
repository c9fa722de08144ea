package import Consensus
package import Node

/// Another node of the cluster, and where it listens for its peers.
package struct PeerAddress: Equatable, Sendable {
    package var id: NodeID
    package var host: String
    package var port: Int

    package init(id: NodeID, host: String, port: Int) {
        self.id = id
        self.host = host
        self.port = port
    }
}

/// Who a node is among its peers.
package struct PeerIdentification: Equatable, Sendable {
    /// The name of the cluster.
    package var cluster: String
    package var node: NodeID
    /// Rule versions that this build can apply.
    package var rules: ClosedRange<UInt16>

    package init(cluster: String, node: NodeID, rules: ClosedRange<UInt16>) {
        self.cluster = cluster
        self.node = node
        self.rules = rules
    }

    /// The URI by which the certificate of a node names it.
    package static func uri(cluster: String, node: NodeID) -> String {
        "urn:langqiao:node:\(cluster)/\(node)"
    }
}

/// What a node is told of its peers, on any thread; none of it may block.
package struct PeerReceiver: Sendable {
    /// A message, and what gives its bytes back once it is taken.
    package var message: @Sendable (NodeID, PeerMessage, _ done: @escaping @Sendable () -> Void) -> Void
    /// The way to a node, or from it, is broken.
    package var broken: @Sendable (NodeID) -> Void
    /// By how many nanoseconds the clock of a node is ahead of this one's.
    package var clock: @Sendable (NodeID, Int64) -> Void
    /// The ledger's rule version; 0 while it is not known.
    package var rules: @Sendable () -> UInt16
}

/// What an operator should see of the way to a peer.
package enum PeerNews: Sendable {
    case connected(NodeID)
    case disconnected(NodeID, reason: String)
    /// Somebody was refused, and why.
    case refused(String)
}
