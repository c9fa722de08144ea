/// Linearizable reads without an entry in the log (Raft thesis, 6.4).
extension Raft {
    /// Asks for an index that is safe to read at. The answer is a `ReadState` with this context in
    /// a later `Ready`, or never, if leadership is lost meanwhile: then ask again.
    ///
    /// - Parameter context: tells requests apart, across all nodes and for good: one used again,
    ///   after a restart too, could be answered by a late answer to the first. Not empty.
    /// - Throws: `noLeader`, `tooManyReads`, or `malformed` for an empty context.
    package mutating func requestRead(_ context: [UInt8]) throws(Refusal) {
        if halted != nil { throw .halted }
        if context.isEmpty { throw .malformed }
        try handle(Message(.readIndex, from: id, to: noNode, context: context))
    }

    /// Before the first commit of its term a leader does not know how far its log is committed, so
    /// the read waits for it.
    mutating func readAsLeader(_ message: Message) throws(Refusal) {
        if reads.count + postponedReads.count >= options.maxPendingReads { throw .tooManyReads }
        let hasCommittedInTerm = log.term(at: log.committed).known == term
        if safeguards.mayRead(hasCommittedInTerm: hasCommittedInTerm) {
            startRead(message)
        } else {
            postponedReads.append(message)
        }
    }

    mutating func releasePostponedReads() {
        guard !postponedReads.isEmpty, log.term(at: log.committed).known == term else { return }
        let released = postponedReads
        postponedReads = []
        for message in released { startRead(message) }
    }

    private mutating func startRead(_ message: Message) {
        // Alone it is a quorum as the only voter, of both halves when joint.
        let isQuorum = quorum.voteResult { $0 == id ? true : nil } == .won
        if safeguards.isConfirmed(isQuorum || options.readPolicy == .leaseBased) {
            answerRead(message, index: log.committed)
        } else {
            reads.add(message, index: log.committed, leader: id)
            broadcastHeartbeat(context: message.context)
        }
    }

    mutating func answerRead(_ message: Message, index: UInt64) {
        guard safeguards.answersReads else { return }
        if message.from == id {
            readStates.append(ReadState(index: index, context: message.context))
        } else {
            send(
                Message(
                    .readIndexResponse, to: message.from, index: index, context: message.context))
        }
    }
}
