package import Consensus
package import Domain
package import Shares

/// What the nodes of a cluster tell each other. On its way it may be lost and delayed; a submission
/// arrives once at most, or what was refused could be carried out.
package enum PeerMessage: Sendable {
    /// Of consensus.
    case consensus(Message)
    /// A caller's commands, for who leads.
    case submission(ForwardedSubmission)
    /// What has become of them there.
    case reply(ForwardReply)
}

/// Commands that came in at a node which does not lead. They are for the leader of one term; nobody
/// sends them again.
package struct ForwardedSubmission: Sendable {
    package var commands: SealedCommands
    /// Whose share of the leader's room they take.
    package var owner: Owner
    package var term: UInt64
    /// Names them to the node where they came in.
    package var ticket: UInt64
    /// Nanoseconds for which the caller still waits.
    package var patience: UInt64

    package init(
        commands: SealedCommands, owner: Owner, term: UInt64, ticket: UInt64, patience: UInt64
    ) {
        self.commands = commands
        self.owner = owner
        self.term = term
        self.ticket = ticket
        self.patience = patience
    }

    /// As the leader takes it.
    ///
    /// - Parameters:
    ///   - from: where it came in.
    ///   - now: the leader's steady clock.
    package func submission(from node: NodeID, at now: UInt64) -> Submission {
        let (deadline, isNever) = now.addingReportingOverflow(patience)
        return Submission(
            commands, for: owner, deadline: isNever ? .max : deadline,
            origin: Submission.Origin(node: node, term: term, ticket: ticket))
    }
}

/// What a leader tells the node where commands came in.
package struct ForwardReply: Equatable, Sendable {
    package enum Fate: Equatable, Sendable {
        /// They go into the entry with this term and index, from this place on; the record has
        /// answered some. Who applies that entry has their outcomes; who applies another one of
        /// that index, or of a later term, knows that they were never recorded.
        case placed(EntryID, first: Int, recorded: [RecordedOutcome])
        /// The record has answered all of them, and shows what was applied up to this entry.
        case recorded([RecordedOutcome], at: UInt64)
        case refused(SubmissionFailure)
    }

    package var ticket: UInt64
    package var fate: Fate

    package init(ticket: UInt64, fate: Fate) {
        self.ticket = ticket
        self.fate = fate
    }
}
