internal import Domain
internal import Foundation

/// What reaches the ledger thread.
enum LedgerWork: Sendable {
    case batch(AppliedBatch)
    /// Somebody waits for the tables: write what is there.
    case now
}

/// Lets applied batches gather before they are written to the tables: a transaction costs as much
/// for one payment as for hundreds. Nobody waits for it: who reads asks for the tables at once.
struct LedgerGathering {
    /// How long batches gather, in seconds, counted from the write before.
    private static let interval = 0.1
    /// Payments that are worth a transaction at once.
    private static let enough = 1 << 14
    /// Batches that are worth one, long before the replica has to wait for the tables.
    private static let enoughBatches = Int(Replica.ledgerBacklog / 2)

    private var last = Date.distantPast

    /// The batches to be written next; nil when there will be none.
    mutating func next(_ work: Inbox<LedgerWork>) -> [AppliedBatch]? {
        guard let first = work.takeAll() else { return nil }
        var batches: [AppliedBatch] = []
        var payments = 0
        var isWanted = false
        func add(_ items: [LedgerWork]) {
            for item in items {
                switch item {
                case .now: isWanted = true
                case .batch(let batch):
                    batches.append(batch)
                    payments += batch.effects.payments.count
                }
            }
        }
        add(first)
        // A clock that was set back must not let the tables stand still.
        let until = min(last, Date()).addingTimeInterval(LedgerGathering.interval)
        while !isWanted, payments < LedgerGathering.enough,
            batches.count < LedgerGathering.enoughBatches, Date() < until
        {
            guard let more = work.takeAll(until: until) else { break }
            add(more)
        }
        last = Date()
        return batches
    }

    /// The first batches that make one transaction; a batch larger than that goes alone.
    static func transaction(of batches: ArraySlice<AppliedBatch>) -> ArraySlice<AppliedBatch> {
        var payments = 0
        let group = batches.prefix {
            payments += $0.effects.payments.count
            return payments <= Replica.paymentsPerLedgerWrite
        }
        return group.isEmpty ? batches.prefix(1) : group
    }
}
