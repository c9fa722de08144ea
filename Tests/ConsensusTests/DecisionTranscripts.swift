internal import Consensus

/// `committed` and `vote`: the decisions of majorities.
struct QuorumTranscript {
    mutating func run(_ command: TranscriptFile.Command) -> String {
        let incoming = NodeSet((command.values("cfg") ?? []).compactMap(NodeID.init))
        let joint = command.values("cfgj")
        let outgoing = NodeSet((joint ?? []).compactMap(NodeID.init))
        let ids = incoming.union(outgoing)
        // Values go to the nodes in the order in which they are named first.
        var named: [NodeID] = []
        for id in ((command.values("cfg") ?? []) + (joint ?? [])).compactMap(NodeID.init)
        where !named.contains(id) {
            named.append(id)
        }
        let quorum = JointQuorum(incoming: incoming, outgoing: outgoing)
        switch command.name {
        case "committed":
            var indices: [NodeID: UInt64] = [:]
            for (id, word) in zip(named, command.values("idx") ?? []) { indices[id] = UInt64(word) }
            let committed = quorum.committedIndex { indices[$0] }
            // Halves do not depend on their order.
            let swapped = JointQuorum(incoming: outgoing, outgoing: incoming)
            guard swapped.committedIndex({ indices[$0] }) == committed else { return "asymmetric" }
            return bars(ids, indices)
                + (committed == .max ? "∞" : "\(committed)")
        case "vote":
            var votes: [NodeID: Bool] = [:]
            for (id, word) in zip(named, command.values("votes") ?? []) where word != "_" {
                votes[id] = word == "y"
            }
            switch quorum.voteResult({ votes[$0] }) {
            case .pending: return "VotePending"
            case .won: return "VoteWon"
            case .lost: return "VoteLost"
            }
        default:
            return "unknown command \(command.name)"
        }
    }

    private func bars(_ ids: NodeSet, _ indices: [NodeID: UInt64]) -> String {
        if ids.isEmpty { return "<empty majority quorum>" }
        var text = String(repeating: " ", count: ids.count) + "    idx\n"
        for id in ids {
            let bar = ids.ids.count { (indices[$0] ?? 0) < (indices[id] ?? 0) }
            let mark =
                indices[id] == nil
                ? "?" + String(repeating: " ", count: ids.count)
                : String(repeating: "x", count: bar) + ">"
                    + String(repeating: " ", count: ids.count - bar)
            let number = "\(indices[id] ?? 0)"
            let padding = String(repeating: " ", count: max(0, 5 - number.count))
            text += "\(mark) \(padding)\(number)    (id=\(id))\n"
        }
        return text
    }
}

/// `simple`, `enter-joint` and `leave-joint`: changes of a configuration that starts empty.
struct ChangeTranscript {
    private var tracker = ProgressTracker(window: InflightWindow())
    private var lastIndex: UInt64 = 0

    mutating func run(_ command: TranscriptFile.Command) -> String {
        defer { lastIndex += 1 }
        guard let steps = ChangeTranscript.steps(command.input) else { return "bad input" }
        var changer = MembershipChanger(tracker, lastIndex: lastIndex)
        do {
            switch command.name {
            case "simple": try changer.simple(steps)
            case "enter-joint":
                try changer.enterJoint(steps, autoLeave: command.flag("autoleave"))
            case "leave-joint": try changer.leaveJoint()
            default: return "unknown command \(command.name)"
            }
        } catch {
            return error.message
        }
        tracker.adopt(changer)
        return
            ([Describe.membership(tracker.membership)]
            + tracker.progress.map { "\($0.id): \(Describe.progress($0))" })
            .joined(separator: "\n")
    }

    /// `v1 l2 r3 u4`; nil when that is not what the lines hold.
    static func steps(_ input: [String]) -> [MembershipChange.Step]? {
        var steps: [MembershipChange.Step] = []
        for word in input.flatMap({ $0.split(separator: " ") }) {
            let actions: [Character: MembershipChange.Action] = [
                "v": .addVoter, "l": .addLearner, "r": .remove, "u": .update,
            ]
            guard let action = word.first.flatMap({ actions[$0] }),
                let id = NodeID(word.dropFirst())
            else { return nil }
            steps.append(.init(action, id))
        }
        return steps
    }
}
