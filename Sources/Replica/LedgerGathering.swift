internal import Domain
internal import Foundation
internal import Node

/// What reaches the ledger thread.
enum LedgerWork: Sendable {
    case batch(AppliedBatch)
    /// Somebody waits for the tables: write what is there.
    case now
}

/// Lets applied batches gather before they are written to the tables: a transaction costs as much
/// for one payment as for hundreds. Nobody waits for it: who reads asks for the tables at once.
struct LedgerGathering {
    /// How long batches gather, in seconds, counted from the last ones.
    private static let interval = 0.1
    /// Payments that are worth a transaction at once.
    private static let enough = 1 << 14
    /// Batches that are worth one, long before the replica has to wait for the tables.
    private static let enoughBatches = Int(Node.behindTables / 2)
    /// Payments of a batch that make it worth looking whether there is enough.
    static let large = enough / 16

    /// Payments in one transaction, when more wait.
    private let transactionSize: Int
    /// In log order; bounded as the replica bounds its lead over the tables.
    private var batches: [AppliedBatch] = []
    private var payments = 0
    private var isWanted = false
    private var last = Date.distantPast

    init(transactionSize: Int) { self.transactionSize = transactionSize }

    /// Waits until there is enough for a transaction, or what is there has waited long enough;
    /// false when there will be nothing more.
    mutating func gather(from work: Inbox<LedgerWork>) -> Bool {
        if batches.isEmpty {
            guard let first = work.takeAll() else { return false }
            add(first)
        }
        // A clock that was set back must not let the tables stand still.
        let until = min(last, Date()).addingTimeInterval(LedgerGathering.interval)
        while !isWanted, payments < LedgerGathering.enough,
            batches.count < LedgerGathering.enoughBatches, Date() < until
        {
            let missing = LedgerGathering.enoughBatches - batches.count
            guard let more = work.takeAll(until: until, worthwhile: missing) else { break }
            add(more)
        }
        last = Date()
        return true
    }

    /// Takes what is there without waiting.
    mutating func gatherMore(from work: Inbox<LedgerWork>) {
        add(work.takeAll(until: .distantPast) ?? [])
    }

    /// Whether more would not fit into the next transaction.
    var fillsTransaction: Bool { payments >= transactionSize }

    /// Takes the first batches that make one transaction; a batch larger than that goes alone. None
    /// when somebody only asked for what is written already.
    mutating func takeTransaction() -> [AppliedBatch] {
        var taken = 0
        var group = batches.prefix {
            taken += $0.effects.payments.count
            return taken <= transactionSize
        }
        if group.isEmpty { group = batches.prefix(1) }
        batches.removeFirst(group.count)
        payments -= group.reduce(0) { $0 + $1.effects.payments.count }
        if batches.isEmpty { isWanted = false }
        return Array(group)
    }

    private mutating func add(_ items: [LedgerWork]) {
        for item in items {
            switch item {
            case .now: isWanted = true
            case .batch(let batch):
                batches.append(batch)
                payments += batch.effects.payments.count
            }
        }
    }
}
