package import Domain
package import Engine
internal import Evidence

/// A ledger that follows its log, batch by batch: the one way in which a batch is applied, for a
/// node that serves, one that starts, `verify-store` and `replay`.
///
/// It owns the engine, the place in the log and its hash chain, the state hashes that later batches
/// may state, and the filter of old payments. No thread, no clock, no I/O: entries come in, what
/// they did goes out.
///
/// Invariants: every batch follows the one before; what it states about an earlier state is what
/// was reached here, or it is counted in ``uncomparedHashes``; the filter knows every payment that
/// is on record.
package struct LedgerFollower: ~Copyable {
    package private(set) var engine: Engine
    /// Where the last applied entry stands; without a checksum where batches come from no log.
    package private(set) var end: LogPosition
    /// Every payment on record, perhaps.
    package private(set) var recorded: RecordedUETRs
    /// Every UETR at which an attempt is on record, perhaps.
    package private(set) var attempted: RecordedUETRs
    /// The identification of every operator's command on record, perhaps.
    package private(set) var given: RecordedUETRs
    /// Batches that stated the hash of a state that is not known here: they prove nothing.
    package private(set) var uncomparedHashes: UInt64 = 0
    /// Attachments of the entries followed that are erased.
    package private(set) var erasedContents = 0
    /// The orders among them for which no wish has followed yet, and their batches.
    package private(set) var unaskedErasures: [UETR: UInt64] = [:]
    /// Grows with every batch that changes whom a BIC means.
    package private(set) var namings: UInt64 = 0
    /// The key of the content hashes; ``ContentKey/none`` while the ledger has none.
    package private(set) var contentKey = ContentKey.none
    private var history = StateHashHistory()
    var duties = Duties(without: nil)

    /// An empty ledger, before the first batch.
    package init() {
        engine = Engine()
        end = .start
        recorded = RecordedUETRs(seed: 0)
        attempted = RecordedUETRs(seed: 0)
        given = RecordedUETRs(seed: 0)
    }

    /// A ledger as its tables show it.
    ///
    /// - Parameters:
    ///   - end: the place in the log at which the tables stand.
    ///   - recorded: knows the payments of the tables.
    ///   - attempted: knows their attempts.
    ///   - given: knows the commands of operators.
    ///   - seed: of the engine's hash tables; it has no part in any result.
    /// - Throws: `LoadError` when the rows contradict each other or their state hash.
    package init(
        loading image: LedgerImage, at end: LogPosition, recorded: consuming RecordedUETRs,
        attempted: consuming RecordedUETRs, given: consuming RecordedUETRs, seed: UInt64
    ) throws(LoadError) {
        engine = try Engine(loading: image, seed: seed)
        self.end = end
        self.recorded = recorded
        self.attempted = attempted
        self.given = given
        contentKey = image.contentKey
        history.add(image.position)
    }

    /// Takes the memory that so many more payments need. Changes no result.
    package mutating func makeRoom(payments: Int) {
        engine.makeRoom(payments: payments)
    }

    /// Whether what a command is about may be on record though the engine will not know it when it
    /// applies the batch at `index`.
    ///
    /// - Complexity: O(1).
    package func mayBeForgotten(_ command: CommandView, at index: UInt64) -> Bool {
        guard let uetr = command.recordKey else { return false }
        guard command.isOfPayment else {
            return given.mayContain(uetr) && !engine.remembersCommand(command, at: index)
        }
        if recorded.mayContain(uetr), !engine.remembers(command, at: index) { return true }
        return command.kind.isOrder && attempted.mayContain(uetr)
            && !engine.remembersAttempt(command.order, at: index)
    }

    /// The answer of the record to a command, without an entry in the log; see
    /// ``Engine/answer(_:_:)``.
    package func answer(_ command: CommandView, _ record: RecordedPayments) -> Outcome? {
        engine.answer(command, record)
    }

    /// Applies the next entry of the log.
    ///
    /// - Throws: ``LogDamage`` when it does not follow the last one, is no batch, or has
    ///   other rules than the ledger,
    ///   ``StateDivergence`` when it states another state than was reached; nothing is applied
    ///   then.
    package mutating func follow(_ entry: LogEntry) throws -> AppliedBatch {
        let (batch, erased) = try LogChain.decode(entry, after: end, rules: rulesOfConsensus)
        guard engine.follows(batch.rules) else {
            throw LogDamage(
                index: entry.index,
                reason: "its rules are version \(batch.rules), but the ledger is at version "
                    + "\(engine.nextRules)")
        }
        let applied = try apply(batch, at: LogPosition(of: entry))
        note(erased, applied)
        return applied
    }

    /// The rules by which an entry of consensus' own is applied next.
    var rulesOfConsensus: RuleVersion { end.index == 0 ? .first : engine.nextRules }

    /// What is erased has to be asked for; the wish stands in the same batch or behind it.
    private mutating func note(_ erased: [UETR], _ applied: AppliedBatch) {
        erasedContents += erased.count
        for uetr in erased { unaskedErasures[uetr] = applied.logIndex }
        guard !unaskedErasures.isEmpty, !applied.effects.declared.isEmpty else { return }
        for row in applied.effects.declared[ErasureRow.self] { unaskedErasures[row.uetr] = nil }
    }

    /// Applies the next batch, which stands in the log already.
    ///
    /// - Parameter position: where it stands.
    /// - Precondition: it has the rules of the ledger.
    /// - Throws: ``StateDivergence``, as for ``follow(_:)``.
    package mutating func apply(
        _ batch: Batch, at position: LogPosition
    ) throws(StateDivergence) -> AppliedBatch {
        if try !history.check(batch) { uncomparedHashes += 1 }
        var effects = Effects()
        effects.reserve(commands: batch.commandCount)
        engine.apply(batch, at: position.index, into: &effects)
        effects.trim()
        end = position
        history.add(effects.position)
        var knownBefore: [PaymentID] = []
        for row in effects.payments where row.isNew && duties.knowsPayments {
            if recorded.mayContain(row.uetr) { knownBefore.append(row.id) }
            recorded.insert(row.uetr)
        }
        if !effects.declared.isEmpty {
            for row in effects.declared[AttemptRow.self] where duties.knowsAttempts {
                attempted.insert(row.uetr)
            }
            if effects.declared.changeNames { namings += 1 }
            for row in effects.declared[OperatorCommandRow.self] where duties.knowsCommands {
                given.insert(row.commandID)
            }
            for row in effects.declared[ContentKeyRow.self] {
                contentKey = ContentKey(row, in: batch)
            }
        }
        return AppliedBatch(batch: batch, effects: effects, knownBefore: knownBefore)
    }

    /// Applies a batch that stands in no log, behind the last one.
    package mutating func apply(_ batch: Batch) throws(StateDivergence) -> AppliedBatch {
        try apply(
            batch,
            at: LogPosition(
                index: end.index + 1, term: end.term, timestamp: batch.timestamp, checksum: []))
    }
}

extension DeclaredRowLists {
    /// Whether a BIC may mean another one now; also true of some changes that leave all as it was.
    fileprivate var changeNames: Bool {
        !self[ParticipantRow.self].isEmpty || !self[CorrespondentRow.self].isEmpty
            || !self[RuleVersionRow.self].isEmpty
    }
}
