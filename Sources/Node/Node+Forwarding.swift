internal import Consensus
internal import Domain

// Any node serves. What comes in at one that does not lead goes to who does, bound to one term:
// there it waits, is looked up and proposed as if it had come in there. The leader says where it
// goes, and the outcome is read from that entry here, when it is applied here. So what is known of
// a submission does not rest on its leader living on.

extension Node {
    /// Sends a submission to who leads, or lets it wait until somebody does.
    mutating func forward(_ submission: Submission) {
        guard raft.leader != noNode, raft.leader != raft.id, submission.isWhole else {
            forwarding.leaderless.append((submission, now.steady))
            return
        }
        forwarding.sent(submission, to: raft.leader)
        let patience =
            submission.deadline == .max
            ? .max : submission.deadline - min(submission.deadline, now.steady)
        actions.append(
            .send(
                .submission(
                    ForwardedSubmission(
                        commands: submission.commands, owner: submission.owner, term: raft.term,
                        ticket: submission.ticket, patience: patience)),
                to: raft.leader))
    }

    /// Somebody else leads, or this node does.
    mutating func forwardToLeader() {
        guard raft.leader != noNode else { return }
        forwarding.hurry(exceptTo: raft.leader, until: now.steady + options.leaderPatience / 2)
        let waiting = forwarding.leaderless
        forwarding.leaderless = []
        for wait in waiting { admit(wait.submission) }
    }

    /// The leader has said what becomes of a submission.
    mutating func take(_ reply: ForwardReply) {
        guard var submission = forwarding.take(reply.ticket) else { return }
        switch reply.fate {
        case .placed(let id, let first, let recorded):
            guard recorded.count <= submission.count, first >= 0 else {
                return answer(submission, .failure(.outcomeUnknown))
            }
            submission.answer(by: recorded)
            // It was applied here already, and with it whether it is this entry went by.
            guard id.index > ledger.end.index else {
                return answer(submission, .failure(.outcomeUnknown))
            }
            forwarding.place(submission, at: id, first: first)
        case .recorded(let recorded, let index):
            guard recorded.count == submission.count else {
                return answer(submission, .failure(.outcomeUnknown))
            }
            submission.answer(by: recorded)
            // Whoever hears of something finds it here.
            if index > ledger.end.index, duties.comesAlong {
                return forwarding.hold(submission, until: index)
            }
            answer(submission, .success(submission.answer(nil)))
        case .refused(let failure):
            answer(submission, .failure(failure))
        }
    }

    /// The way to a node or from it is broken: what it was sent, or has said, may be lost.
    mutating func lose(_ node: NodeID) {
        raft.reportUnreachable(node)
        for submission in forwarding.takeUnplaced(at: node) {
            answer(
                submission,
                .failure(duties.unplacedIsUnknown ? .outcomeUnknown : .unavailable))
        }
    }

    /// An entry is applied: who waits for it has its outcomes, who can never be in the log any more
    /// was never recorded.
    mutating func answerForwarded(_ id: EntryID, _ applied: AppliedBatch) {
        for submission in forwarding.takeHeld(upTo: id.index) {
            answer(submission, .success(submission.answer(nil)))
        }
        for (submission, first, verdict) in forwarding.decide(id, duties) {
            let left = submission.count - submission.recordedCount
            switch verdict {
            case .carriedOut where first + left <= applied.effects.outcomes.count:
                answer(submission, .success(submission.answer((applied, first))))
            case .carriedOut: answer(submission, .failure(.outcomeUnknown))
            case .lost: answer(submission, .failure(.unavailable))
            }
        }
    }

    /// Tells the node where a submission came in.
    mutating func reply(_ fate: ForwardReply.Fate, to origin: Submission.Origin) {
        actions.append(
            .send(
                .reply(ForwardReply(ticket: origin.ticket, fate: fate)), to: origin.node))
    }

    /// Tells the node where a submission came in what it cannot find out by itself.
    mutating func reply(
        _ result: Result<SubmissionAnswer, SubmissionFailure>, of submission: Submission
    ) {
        guard let origin = submission.origin else { return }
        switch result {
        case .success(let answer) where answer.applied == nil:
            reply(.recorded(submission.recorded, at: ledger.end.index), to: origin)
        case .success: break
        case .failure(let failure): reply(.refused(failure), to: origin)
        }
    }

    /// Callers of other nodes' who wait no longer.
    mutating func giveUpForwarded() {
        let limit = now.steady - min(now.steady, options.leaderPatience)
        for submission in forwarding.takeLeaderless(since: limit, now.steady) {
            answer(submission, .failure(.leaderless))
        }
        for submission in forwarding.takeOverdue(now.steady) {
            answer(submission, .failure(.outcomeUnknown))
        }
    }
}
