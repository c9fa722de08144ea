/// A batch with its place in the log and what applying it did. Immutable once made.
public struct AppliedBatch: Sendable {
    public let batch: Batch
    public let effects: Effects
    private let rowByPayment: [PaymentID: Int32]
    /// Each fill twice, under both of its payments, in order of payment and fill.
    private let fillsByPayment: [(payment: PaymentID, fill: Int32)]

    /// - Complexity: O(changed payments + fills × log fills).
    public init(batch: Batch, effects: Effects) {
        self.batch = batch
        self.effects = effects
        var rows: [PaymentID: Int32] = [:]
        rows.reserveCapacity(effects.payments.count)
        for (position, row) in effects.payments.enumerated() {
            rows[row.id] = Int32(position)
        }
        rowByPayment = rows
        var fills: [(payment: PaymentID, fill: Int32)] = []
        fills.reserveCapacity(effects.fills.count * 2)
        for (position, fill) in effects.fills.enumerated() {
            fills.append((fill.renminbiPayment, Int32(position)))
            fills.append((fill.foreignPayment, Int32(position)))
        }
        fills.sort { ($0.payment, $0.fill) < ($1.payment, $1.fill) }
        fillsByPayment = fills
    }

    /// All fills of a payment in this batch, also those that later orders of the batch caused.
    ///
    /// - Complexity: O(log fills + fills of the payment).
    public func fills(ofPayment id: PaymentID) -> [FillRow] {
        var low = 0
        var high = fillsByPayment.count
        while low < high {
            let middle = (low + high) / 2
            if fillsByPayment[middle].payment < id { low = middle + 1 } else { high = middle }
        }
        return fillsByPayment[low...].prefix { $0.payment == id }
            .map { effects.fills[Int($0.fill)] }
    }

    public var logIndex: UInt64 { effects.position.logIndex }

    /// The payment as it stood at the end of the batch; nil when the batch did not change it.
    public func payment(_ id: PaymentID) -> PaymentRow? {
        rowByPayment[id].map { effects.payments[Int($0)] }
    }

    /// The fills that one outcome of the batch caused.
    public func fills(of outcome: Outcome) -> ArraySlice<FillRow> {
        guard outcome.fillCount > 0, let first = effects.fills.first else { return [] }
        let start = Int(outcome.firstFill - first.id)
        return effects.fills[start..<start + Int(outcome.fillCount)]
    }
}

/// Where a submitted command's outcome is found: a place in an applied batch.
public struct CommandAnswer: Sendable {
    public let applied: AppliedBatch
    /// The command's position in its batch.
    public let position: Int

    public init(applied: AppliedBatch, position: Int) {
        self.applied = applied
        self.position = position
    }

    public var outcome: Outcome { applied.effects.outcomes[position] }

    public var fills: ArraySlice<FillRow> { applied.fills(of: outcome) }

    /// The payment as it stood at the end of the batch, when the batch changed it.
    public var payment: PaymentRow? { applied.payment(outcome.payment) }
}

/// Why a command got no outcome.
public enum SubmissionFailure: Error, Equatable, Sendable {
    /// The queue is full; nothing was recorded.
    case overloaded
    /// The node is starting, stopping or without its database; nothing was recorded.
    case unavailable
    /// The node lost sight of the command; it may or may not be on record.
    case outcomeUnknown
}

/// All that rests at one rate of a book.
public struct BookLevel: Equatable, Sendable {
    public var rate: Rate
    public var orders: Int
    /// What rests, in fen; parts counted in foreign currency are converted at the level's rate.
    public var renminbi: Int64
    /// What rests, in foreign minor units; parts counted in renminbi are converted likewise.
    public var foreign: Int64

    public init(rate: Rate, orders: Int = 0, renminbi: Int64 = 0, foreign: Int64 = 0) {
        self.rate = rate
        self.orders = orders
        self.renminbi = renminbi
        self.foreign = foreign
    }
}

/// The best levels of both sides of a book, best first.
public struct BookSides: Equatable, Sendable {
    public var payRenminbi: [BookLevel]
    public var payForeign: [BookLevel]

    public init(payRenminbi: [BookLevel], payForeign: [BookLevel]) {
        self.payRenminbi = payRenminbi
        self.payForeign = payForeign
    }
}
