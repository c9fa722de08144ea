internal import Consensus

/// How the transcripts write things down: the notation of etcd's Raft.
enum Describe {
    static func role(_ role: Role) -> String {
        switch role {
        case .follower: "StateFollower"
        case .preCandidate: "StatePreCandidate"
        case .candidate: "StateCandidate"
        case .leader: "StateLeader"
        }
    }

    static func kind(_ kind: MessageKind) -> String {
        switch kind {
        case .propose: "MsgProp"
        case .append: "MsgApp"
        case .appendResponse: "MsgAppResp"
        case .vote: "MsgVote"
        case .voteResponse: "MsgVoteResp"
        case .preVote: "MsgPreVote"
        case .preVoteResponse: "MsgPreVoteResp"
        case .heartbeat: "MsgHeartbeat"
        case .heartbeatResponse: "MsgHeartbeatResp"
        case .snapshot: "MsgSnap"
        case .timeoutNow: "MsgTimeoutNow"
        case .transferLeader: "MsgTransferLeader"
        case .readIndex: "MsgReadIndex"
        case .readIndexResponse: "MsgReadIndexResp"
        case .storageAppend: "MsgStorageAppend"
        case .storageAppendResponse: "MsgStorageAppendResp"
        case .storageApply: "MsgStorageApply"
        case .storageApplyResponse: "MsgStorageApplyResp"
        }
    }

    static func node(_ id: NodeID) -> String {
        switch id {
        case StorageThread.append: "AppendThread"
        case StorageThread.apply: "ApplyThread"
        default: "\(id)"
        }
    }

    static func steps(_ steps: [MembershipChange.Step]) -> String {
        steps.map { step in
            switch step.action {
            case .addVoter: "v\(step.node)"
            case .addLearner: "l\(step.node)"
            case .remove: "r\(step.node)"
            case .update: "u\(step.node)"
            }
        }.joined(separator: " ")
    }

    static func entry(_ entry: Entry) -> String {
        let place = "\(entry.term)/\(entry.index)"
        switch entry.kind {
        case .normal:
            return "\(place) EntryNormal \(quoted(entry.data))"
        case .singleChange, .change:
            let kind = entry.kind == .change ? "EntryConfChangeV2" : "EntryConfChange"
            let change = MembershipChange(encoded: entry.data).map { steps($0.steps) } ?? "?"
            return change.isEmpty ? "\(place) \(kind)" : "\(place) \(kind) \(change)"
        }
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        var text = "\""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar == "\"" || scalar == "\\" { text += "\\" }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }

    static func snapshot(_ snapshot: Snapshot) -> String {
        let members = snapshot.membership
        return "Index:\(snapshot.index) Term:\(snapshot.term) "
            + "ConfState:Voters:\(list(members.voters)) "
            + "VotersOutgoing:\(list(members.votersOutgoing)) Learners:\(list(members.learners)) "
            + "LearnersNext:\(list(members.learnersNext)) AutoLeave:\(members.autoLeave)"
    }

    private static func list(_ nodes: NodeSet) -> String {
        "[\(nodes.map { "\($0)" }.joined(separator: " "))]"
    }

    static func hardState(_ state: HardState) -> String {
        let vote = state.vote == noNode ? "" : " Vote:\(state.vote)"
        return "Term:\(state.term)\(vote) Commit:\(state.commit)"
    }

    /// Lines without a newline at the end; all but the first begin with `indent`.
    static func message(_ message: Message, indent: String = "") -> String {
        var text = "\(indent)\(node(message.from))->\(node(message.to)) \(kind(message.kind)) "
        text += "Term:\(message.term) Log:\(message.logTerm)/\(message.index)"
        if message.isRejected { text += " Rejected (Hint: \(message.hint))" }
        if message.commit != 0 { text += " Commit:\(message.commit)" }
        if message.vote != noNode { text += " Vote:\(message.vote)" }
        if message.entries.count == 1 {
            text += " Entries:[\(entry(message.entries[0]))]"
        } else if !message.entries.isEmpty {
            text += " Entries:["
            for entry in message.entries { text += "\n\(indent)  \(Describe.entry(entry))" }
            text += "\n\(indent)]"
        }
        if let snapshot = message.snapshot {
            text += "\n\(indent)  Snapshot: \(Describe.snapshot(snapshot))"
        }
        if !message.responses.isEmpty {
            text += " Responses:["
            for response in message.responses {
                text += "\n" + Describe.message(response, indent: indent + "  ")
            }
            text += "\n\(indent)]"
        }
        return text
    }

    static func ready(_ ready: Ready) -> [String] {
        var lines: [String] = []
        if let soft = ready.softState {
            lines.append("Lead:\(soft.leader) State:\(role(soft.role))")
        }
        if !ready.hardState.isEmpty { lines.append("HardState \(hardState(ready.hardState))") }
        if !ready.readStates.isEmpty {
            let reads = ready.readStates.map { read in
                "{\(read.index) [\(read.context.map { "\($0)" }.joined(separator: " "))]}"
            }
            lines.append("ReadStates [\(reads.joined(separator: " "))]")
        }
        if !ready.entries.isEmpty { lines += ["Entries:"] + ready.entries.map(entry) }
        if let snapshot = ready.snapshot { lines.append("Snapshot \(Describe.snapshot(snapshot))") }
        if !ready.committed.isEmpty {
            lines += ["CommittedEntries:"] + ready.committed.map(entry)
        }
        if !ready.messages.isEmpty {
            lines.append("Messages:")
            for message in ready.messages {
                lines += Describe.message(message).split(separator: "\n").map(String.init)
            }
        }
        return lines.isEmpty
            ? ["<empty Ready>"] : ["Ready MustSync=\(ready.mustSync):"] + lines
    }

    static func progress(_ progress: Progress) -> String {
        let state =
            switch progress.state {
            case .probe: "StateProbe"
            case .replicate: "StateReplicate"
            case .snapshot: "StateSnapshot"
            }
        var text = "\(state) match=\(progress.match) next=\(progress.next)"
        if progress.isLearner { text += " learner" }
        if progress.isPaused { text += " paused" }
        if progress.pendingSnapshot > 0 { text += " pendingSnap=\(progress.pendingSnapshot)" }
        if !progress.isRecentlyActive { text += " inactive" }
        if progress.inflightCount > 0 { text += " inflight=\(progress.inflightCount)" }
        if progress.inflightCount > 0, progress.isWindowFull { text += "[full]" }
        return text
    }

    static func membership(_ members: Membership) -> String {
        func set(_ nodes: NodeSet) -> String {
            "(\(nodes.map { "\($0)" }.joined(separator: " ")))"
        }
        var text = "voters=\(set(members.voters))"
        if members.isJoint { text += "&&\(set(members.votersOutgoing))" }
        if !members.learners.isEmpty { text += " learners=\(set(members.learners))" }
        if !members.learnersNext.isEmpty { text += " learners_next=\(set(members.learnersNext))" }
        if members.autoLeave { text += " autoleave" }
        return text
    }
}
