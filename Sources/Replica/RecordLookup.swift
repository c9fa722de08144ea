public import Domain
internal import Engine
internal import Store

// A UETR is answered for the life of its record, but the engine forgets final payments. So before
// commands go into a batch, those that may be about a forgotten payment are looked up in the tables.
//
// Why nothing is paid twice. Say that a payment was recorded by batch r and the batch that is being
// built has the index i.
// 1. The filter knows every payment recorded by an applied batch; one that is not applied yet is
//    remembered by the engine when batch i is applied.
// 2. The engine remembers an open payment, and a final one for `Limits.finalBatches` batches.
// 3. Tables lag by at most `Replica.ledgerBacklog` batches, which is less. So a payment that the
//    engine will have forgotten at i is in the tables, and final there.
// 4. A look into the tables that found nothing, asked when batch a was the last applied, says that
//    the payment was not recorded by batch a − backlog. If it was recorded later, the engine
//    remembers it up to batch a − backlog + finalBatches. Up to there the look is good.

/// A submission, some of whose payments may be on record though the engine knows them no more.
struct RecordLookup: Sendable {
    var submission: Submission
    /// Places of the commands in question, ascending, and their payments.
    let positions: [Int]
    let uetrs: [UETR]
    /// The last applied batch when the question was asked.
    let askedAt: UInt64
    /// What the tables know of them.
    var rows: [PaymentRow] = []

    /// The last batch for which "not on record" holds.
    var isGoodUntil: UInt64 {
        askedAt + UInt64(Limits.finalBatches) - Replica.ledgerBacklog - 1
    }
}

extension RecordLookup {
    /// Asks what is to be asked before the submission goes into the batch at `index`; nil when it
    /// can go.
    ///
    /// - Complexity: O(commands).
    static func needed(
        for submission: Submission, in index: UInt64, recorded: borrowing RecordedUETRs,
        engine: borrowing Engine
    ) -> RecordLookup? {
        var positions: [Int] = []
        var uetrs: [UETR] = []
        guard submission.isLookedUpUntil < index else { return nil }
        submission.commands.withCommands { views in
            var views = views
            var position = 0
            while let view = views.next() {
                if let uetr = view.uetr, recorded.mayContain(uetr),
                    !engine.remembers(uetr, at: index)
                {
                    positions.append(position)
                    uetrs.append(uetr)
                }
                position += 1
            }
        }
        guard !positions.isEmpty else { return nil }
        return RecordLookup(
            submission: submission, positions: positions, uetrs: uetrs,
            askedAt: engine.position.logIndex)
    }

    /// The submission with what the record answers; the rest of it may go into a batch.
    ///
    /// - Throws: ``RecordContradiction`` when the tables show as open what the engine forgot.
    func answered(by engine: borrowing Engine) throws(RecordContradiction) -> Submission {
        var known: [UETR: PaymentRow] = [:]
        for row in rows { known[row.uetr] = row }
        if let row = rows.first(where: { !$0.status.isFinal }) {
            throw RecordContradiction(uetr: row.uetr)
        }
        var found: [RecordedOutcome] = []
        submission.commands.withCommands { views in
            var views = views
            var position = 0
            var next = 0
            while let view = views.next(), next < positions.count {
                if positions[next] == position {
                    if let row = known[uetrs[next]] {
                        let outcome = engine.answer(view, onRecord: row)
                        found.append(RecordedOutcome(position: position, outcome: outcome))
                    }
                    next += 1
                }
                position += 1
            }
        }
        return submission.answered(found, lookedUpUntil: isGoodUntil)
    }

    /// The thread that looks into the tables, many questions in one query.
    static func run(
        _ address: DatabaseAddress, _ work: Inbox<RecordLookup>, _ events: Inbox<Event>
    ) {
        do {
            let reader = try LedgerReader(address)
            while let lookups = work.takeAll() {
                for var lookup in lookups {
                    lookup.rows = try reader.payments(uetrs: lookup.uetrs).map(\.row)
                    if !events.put(.lookedUp(lookup)) { lookup.submission.refuse() }
                }
            }
        } catch {
            work.close()
            events.put(.failed(error))
            for lookup in work.takeAll() ?? [] { lookup.submission.refuse() }
        }
    }
}

/// The tables do not show a payment as final that the engine has forgotten: the node must not go on.
public struct RecordContradiction: Error, Sendable, CustomStringConvertible {
    public let uetr: UETR

    public var description: String {
        "payment \(uetr) is open in the tables, but the engine knows it no more"
    }
}
