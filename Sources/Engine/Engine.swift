public import Domain

/// The settlement engine: order book and ledger in one value, changed only by batches.
///
/// Owned by one thread and mutated in place. The same batches give the same outcomes, rows and
/// state hash on every node and build.
public struct Engine: ~Copyable {
    var ledger: LedgerEngine<LadderBook>

    /// An empty ledger, before the first batch.
    public init() {
        ledger = LedgerEngine()
    }

    /// The ledger as the tables hold it.
    ///
    /// - Throws: ``LoadError`` when the rows contradict each other or their state hash.
    /// - Complexity: O(rows).
    public init(loading image: LedgerImage) throws(LoadError) {
        ledger = try LedgerEngine(loading: image)
    }

    /// Applies the next batch of the log; `output` is emptied and filled with what happened.
    ///
    /// - Precondition: `logIndex` is one more than the last and the batch's timestamp is later.
    /// - Complexity: per command O(1), plus the fills it causes and the resting orders it passes.
    public mutating func apply(_ batch: Batch, at logIndex: UInt64, into output: inout Effects) {
        ledger.apply(batch, at: logIndex, into: &output)
    }

    /// How far the ledger has come, with the hash of its whole state.
    public var position: LedgerPosition { ledger.position }

    /// When the next order ends by itself, or ``Swift/Int64/never``.
    public var nextExpiry: Timestamp { ledger.nextExpiry }

    /// The best levels of one side of a corridor's book, best first.
    ///
    /// - Complexity: O(orders on those levels).
    public func depth(_ foreign: Currency, _ side: Side, levels: Int) -> [BookLevel] {
        ledger.depth(foreign, side, levels: levels)
    }

    /// All accounts in order of id.
    public var accounts: [AccountRow] { ledger.allAccounts }

    /// The corridor as configured now, or nil.
    public func corridor(_ foreign: Currency) -> CorridorRow? {
        ledger.corridors[Int(foreign.rawValue)].row
    }

    /// The BIC of a participant on record; ``BIC/none`` for 0 and unknown numbers.
    public func bic(of participant: ParticipantID) -> BIC {
        Int(participant) < ledger.participants.count
            ? ledger.participants[Int(participant)].row.registration.bic : .none
    }
}

extension LedgerEngine where Book: ~Copyable {
    var nextExpiry: Timestamp {
        expiries.first == 0 ? .never : orders.pointer(expiries.first).pointee.expiresAt
    }

    package var allAccounts: [AccountRow] {
        accounts.count == 0
            ? [] : (1...AccountID(accounts.count)).map { accounts.row($0) }
    }

    package var stateHash: UInt64 { position.stateHash }

    package func depth(_ foreign: Currency, _ side: Side, levels: Int) -> [BookLevel] {
        var depth: [BookLevel] = []
        var slot = book.first(side, of: foreign, in: orders)
        while slot != 0 {
            let order = orders.pointer(slot).pointee
            if depth.last?.rate != order.limit {
                guard depth.count < levels else { break }
                depth.append(BookLevel(rate: order.limit))
            }
            depth[depth.count - 1].add(order)
            slot = book.next(after: slot, in: orders)
        }
        return depth
    }
}

extension BookLevel {
    fileprivate mutating func add(_ order: Order) {
        let fen =
            order.countsRenminbi
            ? order.remaining
            : rate.fen(forForeign: order.remaining, in: order.foreign, .down) ?? .max
        let other =
            order.countsRenminbi
            ? rate.foreign(forFen: order.remaining, in: order.foreign, .down) ?? .max
            : order.remaining
        orders += 1
        renminbi = renminbi.addingReportingOverflow(fen).overflow ? .max : renminbi + fen
        foreign = foreign.addingReportingOverflow(other).overflow ? .max : foreign + other
    }
}
