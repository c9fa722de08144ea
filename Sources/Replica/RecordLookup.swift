internal import Domain
internal import Engine
internal import Node
internal import Store

// A UETR is answered for the life of its record, but the engine forgets final payments. So before
// commands go into a batch, those that may be about a forgotten payment are looked up in the
// tables.
//
// Why nothing is paid twice. The batch that is being built has the index i; a payment was recorded
// by batch r, and by batch e it is final.
// 1. The filter knows every payment that an applied batch recorded. One that is on its way to be
//    applied is remembered by the engine when batch i is.
// 2. The engine remembers a payment at i while it is open, and while i < e + finalBatches.
// 3. The tables were read when they stood at batch T. A payment that they show as final is answered
//    from there. One that they do not show, or show as open, has r > T or e > T; either way e > T,
//    so the engine remembers it at every i ≤ T + finalBatches. Up to there the answer is good.
// 4. That holds for the UETRs that were asked, whoever pays under them, and the answer is held
//    against every command of the submission that names one. It holds for nothing else: every time
//    a batch is built, all other payments are held against 1 and 2.
// 5. Which of these payments a command is about depends on whom its BICs mean. Whoever is found
//    when the answer is read is found when batch i is applied: a command that changes that makes a
//    batch by itself, no batch is built behind it before it is applied, and then every answer that
//    was read before is void and what it was about is asked again (`namings`).
// 6. What 2 asks of the engine is the payment of an order's content, whoever pays (R2.16). That the
//    payer has another one in memory proves nothing of the first, which may be forgotten.
// 7. An attempt is final in the batch that made it (r = e), has a filter of its own, and 1 to 5
//    hold for it as for a payment. Those that the engine has forgotten at i came in batches up to
//    i - finalBatches ≤ T, so the tables showed all of them, and an order says how many there are
//    where its batch is built; the engine adds those that it remembers (R2.15). Of a UETR that the
//    filter does not know none is forgotten. Where nothing was asked because the engine remembers
//    the order's own attempt at i, the order is that one again, and nothing is counted.
// 8. An operator's command is final in the batch that it came in, and has a filter of its own. Its
//    key is its identification, which stands among the UETRs here: whatever a key is asked for, the
//    tables of payments, of attempts and of commands are all read. So 1 to 4 hold for it as well,
//    whichever operators use the same identification, and a payment with that UETR changes nothing.

/// A submission, some of whose payments may be on record though the engine knows them no more.
struct RecordLookup: Sendable {
    var submission: Submission
    /// Places of the commands in question, ascending, and their payments.
    let positions: [Int]
    let uetrs: [UETR]
    /// What the tables know: payments as far as they are final.
    var record: [UETR: RecordedPayments] = [:]
    /// Where the tables stood then.
    var tablesAt: UInt64 = 0
}

extension RecordLookup {
    /// UETRs in one query; what is more goes into the next one.
    private static let uetrsPerQuery = 16_384

    /// Asks what is to be asked before the submission goes into the batch at `index`; nil when it
    /// can go.
    ///
    /// - Complexity: O(commands).
    static func needed(
        for submission: Submission, in index: UInt64, _ ledger: borrowing LedgerFollower
    ) -> RecordLookup? {
        let wanted = toBeAsked(submission, index, ledger)
        guard !wanted.isEmpty else { return nil }
        // The answer is about a UETR, so it is held against all that the submission says of it:
        // another payment with it may be known now and forgotten when the answer is still good.
        var positions: [Int] = []
        var uetrs: [UETR] = []
        submission.commands.withCommands { views in
            var views = views
            var position = 0
            while let view = views.next() {
                if let uetr = view.recordKey, wanted.contains(uetr) {
                    positions.append(position)
                    uetrs.append(uetr)
                }
                position += 1
            }
        }
        return RecordLookup(submission: submission, positions: positions, uetrs: uetrs)
    }

    /// The UETRs of a submission that have to be asked for.
    private static func toBeAsked(
        _ submission: Submission, _ index: UInt64, _ ledger: borrowing LedgerFollower
    ) -> Set<UETR> {
        var wanted: Set<UETR> = []
        submission.commands.withCommands { views in
            var views = views
            while let view = views.next() {
                guard let uetr = view.recordKey, ledger.mayBeForgotten(view, at: index),
                    !submission.isLookedUp(uetr, for: index, ledger.namings)
                else { continue }
                wanted.insert(uetr)
            }
        }
        return wanted
    }

    /// The submission with what the record answers; the rest of it may go into a batch.
    func answered(by ledger: borrowing LedgerFollower) -> Submission {
        var found: [RecordedOutcome] = []
        submission.commands.withCommands { views in
            var views = views
            var position = 0
            var next = 0
            while let view = views.next(), next < positions.count {
                if positions[next] == position {
                    if let known = record[uetrs[next]], let outcome = ledger.answer(view, known) {
                        found.append(RecordedOutcome(position: position, outcome: outcome))
                    }
                    next += 1
                }
                position += 1
            }
        }
        var lookedUp: [UETR: LookedUp] = [:]
        for uetr in uetrs {
            lookedUp[uetr] = LookedUp(
                attempts: record[uetr]?.attempts ?? [],
                goodUntil: tablesAt + UInt64(Limits.finalBatches), namings: ledger.namings)
        }
        return submission.answered(found, lookedUp)
    }

    /// The thread that looks into the tables, many questions in one query.
    static func run(
        _ address: DatabaseAddress, _ work: Inbox<RecordLookup>, _ events: Inbox<Event>
    ) {
        var waiting: ArraySlice<RecordLookup> = []
        do {
            var reader = try LedgerReader(address)
            while let lookups = work.takeAll() {
                waiting = lookups[...]
                while !waiting.isEmpty {
                    let group = group(of: waiting)
                    let answered: [RecordLookup]
                    do {
                        answered = try look(into: reader, for: group)
                    } catch let error as StoreError where error.code == .connectionLost {
                        // A session that was idle for long may be gone. It only reads.
                        reader = try LedgerReader(address)
                        answered = try look(into: reader, for: group)
                    }
                    waiting = waiting.dropFirst(answered.count)
                    for lookup in answered where !events.put(.lookedUp(lookup)) {
                        lookup.submission.refuse()
                    }
                }
            }
        } catch {
            work.close()
            events.put(.failed(error))
            for lookup in waiting + (work.takeAll() ?? []) { lookup.submission.refuse() }
        }
    }

    private static func group(of waiting: ArraySlice<RecordLookup>) -> ArraySlice<RecordLookup> {
        var count = 0
        let group = waiting.prefix {
            count += $0.uetrs.count
            return count <= uetrsPerQuery
        }
        return group.isEmpty ? waiting.prefix(1) : group
    }

    private static func look(
        into reader: LedgerReader, for lookups: ArraySlice<RecordLookup>
    ) throws -> [RecordLookup] {
        try reader.snapshot {
            let tablesAt = try reader.position().logIndex
            var known: [UETR: RecordedPayments] = [:]
            let uetrs = lookups.flatMap(\.uetrs)
            for found in try reader.payments(uetrs: uetrs) where found.row.status.isFinal {
                known[found.row.uetr, default: RecordedPayments()].payments.append(found.row)
            }
            for row in try reader.attempts(uetrs: uetrs) {
                known[row.uetr, default: RecordedPayments()].attempts.append(row)
            }
            for row in try reader.operatorCommands(uetrs) {
                known[row.commandID, default: RecordedPayments()].commands.append(row)
            }
            return lookups.map { lookup in
                var lookup = lookup
                lookup.tablesAt = tablesAt
                for uetr in lookup.uetrs { lookup.record[uetr] = known[uetr] }
                return lookup
            }
        }
    }
}
