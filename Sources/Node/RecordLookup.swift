package import Domain
package import Engine

// A UETR is answered for the life of its record, but the engine forgets final payments. So before
// commands go into a batch, those that may be about a forgotten payment are looked up in the
// tables. Why nothing is paid twice is proven in docs/architecture.md, "Old payments".

/// A submission, some of whose payments may be on record though the engine knows them no more.
package struct RecordLookup: Sendable {
    package let submission: Submission
    /// Places of the commands in question, ascending, and their payments.
    let positions: [Int]
    package let uetrs: [UETR]
    /// What the tables know: payments as far as they are final.
    package var record: [UETR: RecordedPayments] = [:]
    /// Where the tables stood then, as a log index.
    package var tablesAt: UInt64 = 0
}

extension RecordLookup {
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
                if let uetr = view.recordKey, wanted.contains(uetr),
                    ledger.duties.holdsAgainst(uetr, beside: uetrs)
                {
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
                    !submission.isLookedUp(uetr, for: index, ledger.namings, ledger.duties)
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
}
