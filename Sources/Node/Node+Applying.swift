internal import Consensus
internal import Domain
internal import Engine

// What is committed is applied, one batch a step.

extension Node {
    /// Whether a committed entry may be applied: the tables are near.
    var mayApply: Bool {
        guard !applying.isEmpty else { return false }
        return duties.mayApply(ledger.end.index - tables.logIndex)
            && lag.bytes < Node.bytesBehindTables
    }

    /// Applies the next committed entry, and answers whoever waits for it.
    mutating func applyNext() {
        guard mayApply, let request = applying.first else { return }
        let entry = request.entries[appliedOfFirst]
        do {
            try apply(entry)
        } catch {
            return stop(error)
        }
        appliedOfFirst += 1
        guard appliedOfFirst == request.entries.count else { return }
        applying.removeFirst()
        appliedOfFirst = 0
        for response in request.responses { raft.stepOwn(response) }
        raft.storage.trim(applied: ledger.end.index)
    }

    private mutating func apply(_ entry: Entry) throws {
        let applied: AppliedBatch
        if let own = proposals.first, own.id == entry.id {
            applied = try ledger.apply(own.batch, at: own.position)
        } else {
            applied = try ledger.follow(
                try LogEntry(entry, after: ledger.end, commit: raft.committed))
        }
        let (own, lost) = proposals.take(entry.id)
        chain.removeFirst()
        lag.batches.append((applied.logIndex, applied.batch.byteCount))
        lag.bytes += applied.batch.byteCount
        if let change = MembershipChange(applying: entry) {
            _ = raft.applyChange(change, at: entry.index)
        }
        // Before anybody is told: whoever hears of a registration finds it.
        actions.append(.applied(applied))
        for place in own?.waiting ?? [] {
            let first = duties.place(
                place.first, of: place.submission.commands.count,
                in: applied.effects.outcomes.count)
            answer(place.submission, .success(place.submission.answer((applied, first))))
        }
        answerForwarded(entry.id, applied)
        for proposal in lost where duties.answersLostProposals {
            for place in proposal.waiting { answer(place.submission, .failure(.unavailable)) }
        }
    }

    /// The tables have come so far.
    mutating func tablesShow(_ position: LedgerPosition) {
        tables = position
        while let first = lag.batches.first, first.index <= position.logIndex {
            lag.bytes -= first.bytes
            lag.batches.removeFirst()
        }
    }
}

extension MembershipChange {
    /// The change that an entry asks for.
    fileprivate init?(applying entry: Entry) {
        guard entry.kind.changesMembership else { return nil }
        self.init(encoded: entry.data)
    }
}
