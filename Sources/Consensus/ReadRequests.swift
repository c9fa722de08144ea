/// Reads that wait for a quorum to confirm that the leader still leads (Raft thesis, 6.4).
struct ReadRequests: Sendable {
    private struct Request {
        var message: Message
        /// The commit index when the request came.
        var index: UInt64
        var confirmations: NodeSet
    }

    private var requests: [Request] = []

    var count: Int { requests.count }

    /// Rides on every heartbeat, so that lost confirmations are asked for again.
    var lastContext: [UInt8] { requests.last?.message.context ?? [] }

    mutating func add(_ message: Message, index: UInt64, leader: NodeID) {
        if requests.contains(where: { $0.message.context == message.context }) { return }
        requests.append(Request(message: message, index: index, confirmations: [leader]))
    }

    /// Notes a confirmation; returns the requests that a quorum has confirmed now, oldest first.
    ///
    /// Whoever confirms a request confirms all earlier ones.
    mutating func confirm(
        _ context: [UInt8], by node: NodeID, quorum: JointQuorum
    ) -> [(message: Message, index: UInt64)] {
        guard let place = requests.firstIndex(where: { $0.message.context == context }) else {
            return []
        }
        requests[place].confirmations.insert(node)
        let confirmed = requests[place].confirmations
        guard quorum.voteResult({ confirmed.contains($0) ? true : nil }) == .won else { return [] }
        let released = requests[...place].map { ($0.message, $0.index) }
        requests.removeSubrange(...place)
        return released
    }
}
