internal import Consensus

/// How a node should answer a request for its vote, from the papers alone.
///
/// Answers leave a node in the order of the requests, so each is held against the oldest one
/// expected.
struct VoteOracle {
    private struct Expected {
        var candidate: NodeID
        var isGranted: Bool
    }

    private var expected: [Expected] = []

    mutating func removeAll() {
        expected = []
    }

    /// A request is about to be taken by a node.
    mutating func willTake(_ message: Message, on node: Raft<MemoryLog>) {
        let isNewer = message.term > node.term
        // Whoever hears from a leader keeps silent, unless that leader wants to be replaced.
        if isNewer, node.isInLease, message.context.isEmpty { return }
        let isFresh =
            message.logTerm > node.lastID.term
            || message.logTerm == node.lastID.term && message.index >= node.lastID.index
        let isGranted: Bool
        if message.kind == .preVote {
            if !isNewer, message.term < node.term {
                isGranted = false
            } else {
                let mayVote =
                    isNewer || node.vote == message.from
                    || node.vote == noNode && node.leader == noNode
                isGranted = mayVote && isFresh
            }
        } else {
            if message.term < node.term { return }
            let mayVote =
                isNewer || node.vote == message.from
                || node.vote == noNode && node.leader == noNode
            isGranted = mayVote && isFresh
        }
        expected.append(Expected(candidate: message.from, isGranted: isGranted))
    }

    /// An answer leaves the node. Nil when it is the one expected.
    mutating func check(_ answer: Message) -> String? {
        guard !expected.isEmpty else { return "node \(answer.from) votes without being asked" }
        let expectation = expected.removeFirst()
        if expectation.candidate == answer.to, expectation.isGranted == !answer.isRejected {
            return nil
        }
        return "node \(answer.from) should have "
            + (expectation.isGranted ? "granted" : "refused") + " its vote to \(answer.to)"
    }
}
