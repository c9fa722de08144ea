package import Consensus
package import Domain

// The log's time is its leader's. A leader whose clock is far from the others' hands over.

/// What is known of the other nodes' clocks.
struct PeerClocks {
    /// A leader may be so far from the middle of a majority's clocks: 0.5 s.
    static let tolerance: Timestamp = 500_000_000
    /// How long a reading counts, in nanoseconds.
    private static let life: UInt64 = 10_000_000_000

    /// Nanoseconds to the next try, when a handover has failed.
    private static let pause: UInt64 = 10_000_000_000

    private var readings: [NodeID: (ahead: Timestamp, at: UInt64)] = [:]
    private var triedAt: UInt64?

    /// Whether a handover may be tried; a leader that does takes no proposals meanwhile.
    mutating func mayHandOver(_ now: UInt64) -> Bool {
        if let triedAt, now - min(now, triedAt) < PeerClocks.pause { return false }
        triedAt = now
        return true
    }

    /// - Parameter ahead: by how many nanoseconds the other clock is ahead of this node's.
    mutating func note(_ node: NodeID, ahead: Timestamp, at now: UInt64) {
        readings[node] = (ahead, now)
    }

    /// By how much the clock of a node is ahead of this one's, if it is known.
    func ahead(_ node: NodeID, _ now: UInt64) -> Timestamp? {
        guard let reading = readings[node], now - min(now, reading.at) <= PeerClocks.life else {
            return nil
        }
        return reading.ahead
    }

    /// By how much the middle of the voters' clocks is ahead of this node's; nil while less than a
    /// majority is known. Of two in the middle the nearer one counts: nobody knows who is right.
    func median(of voters: NodeSet, self own: NodeID, _ now: UInt64) -> Timestamp? {
        let known = voters.compactMap { $0 == own ? 0 : ahead($0, now) }.sorted()
        guard known.count * 2 > voters.count else { return nil }
        let upper = known[known.count / 2]
        guard known.count % 2 == 0 else { return upper }
        let lower = known[known.count / 2 - 1]
        return lower.magnitude < upper.magnitude ? lower : upper
    }
}

extension Node {
    /// A leader that is far from the others' time hands over to who is near it and has nearly all
    /// of the log.
    mutating func handOverIfClockIsOff() {
        guard raft.role == .leader, raft.transferee == noNode, !options.isAlone,
            duties.handsOverForClock,
            let median = peerClocks.median(
                of: raft.membership.voters, self: raft.id, now.steady),
            median.magnitude > UInt64(PeerClocks.tolerance)
        else { return }
        let near = raft.progress.filter { follower in
            guard follower.id != raft.id, follower.isRecentlyActive, !follower.isLearner,
                let ahead = peerClocks.ahead(follower.id, now.steady),
                follower.match + Node.unapplied >= end.index
            else { return false }
            return (ahead - median).magnitude <= UInt64(PeerClocks.tolerance)
        }
        guard let best = near.max(by: { $0.match < $1.match }),
            peerClocks.mayHandOver(now.steady)
        else { return }
        actions.append(.clockDeviates(by: -median, handsOverTo: best.id))
        raft.transferLeadership(to: best.id)
    }

    /// Hands over before it ends, so that nobody has to find out that it is gone.
    mutating func handOverBeforeEnd() {
        guard raft.role == .leader, raft.transferee == noNode, !options.isAlone else { return }
        let able = raft.progress.filter {
            $0.id != raft.id && $0.isRecentlyActive && !$0.isLearner
        }
        guard let best = able.max(by: { $0.match < $1.match }) else { return }
        raft.transferLeadership(to: best.id)
    }

    /// By how many nanoseconds the clock of a node is ahead of this one's, if it is known.
    package func clockAhead(of node: NodeID) -> Timestamp? { peerClocks.ahead(node, now.steady) }
}
