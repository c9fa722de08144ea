internal import Consensus
internal import Domain
internal import Engine

// What comes in and is proposed.

extension Node {
    /// Batches between the last applied one and the log's end, at most, and between what the tables
    /// show and the log's end: well below ``Limits/finalBatches``, so that what was looked up in
    /// the tables stays good for a while (see ``RecordLookup``).
    static let unapplied: UInt64 = 128
    package static let behindTables: UInt64 = 192
    /// Payments on record that the tables may lag behind: some seconds of them at full speed.
    static let paymentsBehindTables: UInt64 = 1 << 19
    /// Bytes of batches that the tables may lag behind.
    static let bytesBehindTables = 256 << 20
    /// Nanoseconds from one batch to the next for which some may wait.
    private static let pace: UInt64 = 2_000_000
    /// Nanoseconds from one look to the next at a clock that is behind the log.
    private static let clockPace: UInt64 = 100_000_000
    /// The most bytes of one submission.
    package static let largestSubmission = Limits.bytesPerBatch - Batch.headerSize

    /// A submission waits where it may be proposed. What another node has sent is for the leader of
    /// the term that it says.
    mutating func admit(_ submission: Submission, since: UInt64? = nil) {
        guard let origin = submission.origin else {
            if raft.role == .leader { return waiting.append(submission) }
            return forward(submission, since: since ?? now.steady)
        }
        guard raft.role == .leader, origin.term == raft.term else {
            return answer(submission, .failure(.unavailable))
        }
        waiting.append(submission)
    }

    /// Who leads no longer proposes nothing: what waits was never recorded, and what came in here
    /// goes to the next leader. What was proposed waits for what the log says at its index.
    mutating func roleChanged() {
        var news = role
        news.reason = news.reason(after: lastRole)
        lastRole = role
        actions.append(.role(news))
        reads.giveUpRound()
        if raft.role != .leader {
            if !duties.keepsProposals { refuseProposed() }
            for submission in waiting.takeAll() { admit(submission) }
        }
        forwardToLeader()
    }

    mutating func answer(
        _ submission: Submission, _ result: Result<SubmissionAnswer, SubmissionFailure>
    ) {
        reply(result, of: submission)
        actions.append(.answer(ticket: submission.ticket, result))
    }

    /// The tables have spoken: what is left of the submission waits for a batch again.
    mutating func takeUpAgain(_ lookup: RecordLookup) {
        // Nobody waits for it any more.
        guard lookups.removeValue(forKey: lookup.submission.ticket) != nil else { return }
        let rest = lookup.answered(by: ledger)
        if rest.commands.isEmpty { return answer(rest, .success(rest.answer(nil))) }
        // What the tables said is for a batch of this node's.
        guard raft.role == .leader else { return answer(rest, .failure(.unavailable)) }
        admit(rest)
    }

    /// Callers who wait no longer: what was proposed may be on record, what waits is not.
    mutating func giveUpOverdue() {
        guard duties.givesUp else { return }
        for submission in proposals.takeOverdue(now.steady) {
            answer(
                submission,
                .failure(duties.overdueProposalsAreUnknown ? .outcomeUnknown : .unavailable))
        }
        for submission in waiting.takeOverdue(now.steady) {
            answer(submission, .failure(.unavailable))
        }
        giveUpForwarded()
        giveUpReads()
        guard duties.givesUpLookups, !lookups.isEmpty else { return }
        let overdue = lookups.filter { $0.value.deadline <= now.steady }
        for ticket in overdue.keys.sorted() { stopAsking(ticket) }
    }

    /// What is being looked up was never recorded.
    mutating func stopAsking(_ ticket: UInt64) {
        guard let submission = lookups.removeValue(forKey: ticket) else { return }
        answer(submission, .failure(.unavailable))
    }

    // MARK: Proposing

    /// Proposes the next batch if one may be proposed and something is to be done. An empty batch
    /// goes out when something has fallen due and nothing else lets time pass.
    ///
    /// - Returns: whether one was proposed.
    mutating func proposeNext() -> Bool {
        guard mayPropose else { return false }
        let isIdle = end.index == ledger.end.index
        let hasFallenDue =
            isIdle && duties.letsTimePass && ledger.engine.nextDue <= now.wall
        let wantsKey = isIdle && needsContentKey
        guard wantsKey || hasFallenDue || isDue else { return false }
        guard
            let timestamp = ClockWatch.timestamp(
                after: end.timestamp, now: now.wall, isBounded: duties.boundsLead)
        else {
            reportClock()
            return false
        }
        isClockBehind = false
        if wantsKey, let key = options.contentKey {
            return propose([key], [], timestamp, holdsOthers: true)
        }
        let submissions = takeSubmissions()
        guard !submissions.isEmpty || hasFallenDue else { return false }
        let changesNames = submissions.contains { $0.changesNames }
        return propose(
            submissions.map(\.commands), submissions, timestamp, holdsOthers: changesNames)
    }

    /// A leader forms a batch by what the ledger is after all before it that could change how: it
    /// has applied the first entry of its term, so that nothing of others is missing; nothing is on
    /// its way that changes whom a BIC means; the engine and the tables are near.
    private var mayPropose: Bool {
        guard isServing, !isStopped, !duties.waits(forNamings: proposals.holdOthers) else {
            return false
        }
        let last = end.index
        let payments = ledger.engine.position.paymentCount - tables.paymentCount
        return duties.isInWindow(last - raft.committed, of: options.window)
            && duties.isNear(applied: ledger.end.index, last)
            && duties.isNear(tables: tables.logIndex, last)
            && payments < Node.paymentsBehindTables && lag.bytes < Node.bytesBehindTables
    }

    /// To write a batch costs the processors as much as some payments do. So those who were
    /// answered together may come together again: until as many wait as went into the last batch,
    /// or it is a while ago. One who asks again and again, alone, never waits.
    private var isDue: Bool {
        guard !waiting.isEmpty else { return false }
        return waiting.count >= begun.submissions || waiting.bytes >= SubmissionQueue.turnBytes
            || isClosing || now.steady - min(now.steady, begun.at) >= Node.pace
    }

    /// Whether the ledger lacks the key of its content hashes: at its beginning, and when its rules
    /// are raised. Orders wait until it is there.
    var needsContentKey: Bool {
        options.contentKey != nil && ledger.contentKey == .none
            && ledger.engine.nextRules.sealsAttachments
    }

    private mutating func reportClock() {
        guard !isClockBehind else { return }
        isClockBehind = true
        actions.append(.clockBehind(by: end.timestamp - now.wall))
    }

    private mutating func propose(
        _ commands: [SealedCommands], _ submissions: [Submission], _ timestamp: Timestamp,
        holdsOthers: Bool
    ) -> Bool {
        let stated = ledger.engine.position
        let batch = Batch(
            packed: commands, rules: ledger.engine.nextRules, timestamp: timestamp,
            hashedIndex: stated.logIndex, stateHash: stated.stateHash)
        let row = LogEntry(
            batch, after: end, term: raft.term,
            commit: duties.stated(raft.committed, at: end.index + 1))
        proposed = row
        do {
            try raft.propose(Entry.data(of: row))
        } catch {
            proposed = nil
            for submission in submissions { answer(submission, .failure(.unavailable)) }
            return false
        }
        begun = (now.steady, submissions.count)
        var first = 0
        let places = submissions.map { submission in
            defer { first += submission.commands.count }
            return (submission: submission, first: first)
        }
        for place in places {
            guard let origin = place.submission.origin else { continue }
            let id = EntryID(term: row.term, index: row.index)
            reply(
                .placed(id, first: place.first, recorded: place.submission.recorded), to: origin)
        }
        proposals.append(
            Proposal(
                position: LogPosition(of: row), batch: batch, waiting: places,
                holdsOthers: holdsOthers || mayRaiseRules(batch)))
        return true
    }

    /// Only a ledger that is behind this build's rules can have them raised; else no batch is read.
    private func mayRaiseRules(_ batch: Batch) -> Bool {
        ledger.engine.nextRules != .current && batch.raisesRules
    }

    /// The submissions of the next batch. Those that may be about old payments are looked up first.
    private mutating func takeSubmissions() -> [Submission] {
        let index = duties.indexAsked(behind: end.index, applied: ledger.end.index)
        while !waiting.isEmpty {
            var ready: [Submission] = []
            for var submission in waiting.takeBatch() {
                guard isHashedForNow(submission) else {
                    answer(submission, .failure(.unavailable))
                    continue
                }
                if let lookup = RecordLookup.needed(for: submission, in: index, ledger) {
                    lookups[submission.ticket] = submission
                    actions.append(.lookUp(lookup))
                    continue
                }
                if duties.countsForgottenAttempts {
                    submission.countForgottenAttempts(in: index, ledger)
                }
                ready.append(submission)
            }
            if !ready.isEmpty { return ready }
        }
        return []
    }

    /// Whether the content hashes of a submission are those of the ledger now. One that was formed
    /// before the ledger got its key would not be known again; its sender forms it anew.
    private func isHashedForNow(_ submission: Submission) -> Bool {
        guard let key = submission.commands.hashedWith else { return true }
        return key == ledger.contentKey
            && (key != .none || !ledger.engine.nextRules.sealsAttachments)
    }

    /// When to look again without an event, by the steady clock; nil when nothing waits for time.
    package var nextLook: UInt64? {
        guard mayPropose else { return nil }
        let look = [paced, due].compactMap { $0 }.min()
        return look.map { isClockBehind ? max($0, now.steady + Node.clockPace) : $0 }
    }

    private var paced: UInt64? { waiting.isEmpty ? nil : begun.at + Node.pace }

    /// When something falls due of which no batch on its way lets the ledger know.
    private var due: UInt64? {
        guard end.index == ledger.end.index, ledger.engine.nextDue != .never else { return nil }
        let rest = max(0, ledger.engine.nextDue - now.wall)
        // A clock may wake us a little early.
        return now.steady + UInt64(rest) + 1_000_000
    }
}
