internal import Synchronization

/// A batch with its place in the log and what applying it did. Immutable once made.
public struct AppliedBatch: Sendable {
    public let batch: Batch
    public let effects: Effects
    private let index = LazyIndex()

    public init(batch: Batch, effects: Effects) {
        self.batch = batch
        self.effects = effects
    }

    public var logIndex: UInt64 { effects.position.logIndex }

    /// The fills that one outcome of the batch caused.
    ///
    /// - Complexity: O(1).
    public func fills(of outcome: Outcome) -> ArraySlice<FillRow> {
        guard outcome.fillCount > 0, let first = effects.fills.first else { return [] }
        let start = Int(outcome.firstFill - first.id)
        return effects.fills[start..<start + Int(outcome.fillCount)]
    }

    /// The payment as it stood at the end of the batch; nil when the batch did not change it.
    ///
    /// - Complexity: O(1); the first question about payments makes an index in O(changed payments +
    ///   fills × log fills). Who reads outcomes alone never pays for it.
    public func payment(_ id: PaymentID) -> PaymentRow? {
        index.made(for: effects).rowByPayment[id].map { effects.payments[Int($0)] }
    }

    /// All fills of a payment in this batch, also those that later orders of the batch caused.
    ///
    /// - Complexity: O(log fills + fills of the payment), and the index as for ``payment(_:)``.
    public func fills(ofPayment id: PaymentID) -> [FillRow] {
        let entries = index.made(for: effects).fillsByPayment
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].payment < id { low = middle + 1 } else { high = middle }
        }
        return entries[low...].prefix { $0.payment == id }.map { effects.fills[Int($0.fill)] }
    }
}

/// Finds the rows of a payment among the effects of a batch; made once, by whoever asks first.
private final class LazyIndex: Sendable {
    final class Made: Sendable {
        let rowByPayment: [PaymentID: Int32]
        /// Each fill twice, under both of its payments, in order of payment and fill.
        let fillsByPayment: [(payment: PaymentID, fill: Int32)]

        init(_ effects: Effects) {
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
    }

    private let index = Mutex<Made?>(nil)

    /// The index; whoever comes while it is being made waits for it.
    func made(for effects: Effects) -> Made {
        index.withLock {
            if let made = $0 { return made }
            let made = Made(effects)
            $0 = made
            return made
        }
    }
}

/// What a submitted command led to.
public struct CommandAnswer: Sendable {
    public let outcome: Outcome
    /// The batch that carried the command out; nil when the record answered it.
    public let applied: AppliedBatch?

    /// The answer to the command at a position of a batch.
    public init(applied: AppliedBatch, position: Int) {
        self.outcome = applied.effects.outcomes[position]
        self.applied = applied
    }

    /// An answer from the record.
    public init(recorded outcome: Outcome) {
        self.outcome = outcome
        self.applied = nil
    }

    public var fills: ArraySlice<FillRow> { applied?.fills(of: outcome) ?? [] }

    /// The payment as it stood at the end of the batch, when the batch changed it.
    public var payment: PaymentRow? { applied?.payment(outcome.payment) }
}

/// The outcome of a command that was answered from the record and has no place in a batch.
public struct RecordedOutcome: BitwiseCopyable, Equatable, Sendable {
    /// The command's position in its submission.
    public var position: Int
    public var outcome: Outcome

    public init(position: Int, outcome: Outcome) {
        self.position = position
        self.outcome = outcome
    }
}

/// The answers to the commands of one submission, in their order.
///
/// It refers to the batch and copies nothing: answering a submission costs the same for one command
/// and for thousands.
public struct SubmissionAnswer: RandomAccessCollection, Sendable {
    /// The batch that the commands went into; nil when the record answered all of them.
    public let applied: AppliedBatch?
    /// The place in the batch of the first command that went into it.
    private let place: Int
    /// Few as a rule, in order of position.
    private let recorded: [RecordedOutcome]
    public let endIndex: Int

    /// - Parameters:
    ///   - first: where the submission's commands begin in the batch.
    ///   - count: how many commands were submitted, those answered from the record included.
    ///   - recorded: these went into no batch; in order of position, each once.
    public init(
        applied: AppliedBatch?, first: Int, count: Int, recorded: [RecordedOutcome] = []
    ) {
        let carriedOut = count - recorded.count
        let places = applied.map { $0.effects.outcomes.count - first } ?? 0
        require(carriedOut >= 0 && carriedOut <= places, "every command has an outcome")
        self.applied = applied
        place = first
        self.recorded = recorded
        endIndex = count
    }

    /// The answer to no commands.
    public static var empty: SubmissionAnswer { .init(applied: nil, first: 0, count: 0) }

    public var startIndex: Int { 0 }

    /// - Complexity: O(log of the outcomes answered from the record).
    public subscript(position: Int) -> CommandAnswer {
        require(position >= 0 && position < endIndex, "a command of this submission")
        let before = recordedBefore(position)
        if before < recorded.count, recorded[before].position == position {
            return CommandAnswer(recorded: recorded[before].outcome)
        }
        guard let applied else {
            brokenInvariant("no outcome of a command", file: #fileID, line: #line)
        }
        return CommandAnswer(applied: applied, position: place + position - before)
    }

    /// Visits the outcomes in order with their positions.
    ///
    /// - Complexity: O(commands); allocates nothing.
    public func forEachOutcome(_ body: (Int, Outcome) -> Void) {
        let outcomes = applied?.effects.outcomes ?? []
        var before = 0
        for position in 0..<endIndex {
            if before < recorded.count, recorded[before].position == position {
                body(position, recorded[before].outcome)
                before += 1
            } else {
                body(position, outcomes[place + position - before])
            }
        }
    }

    /// How many commands before this one went into no batch.
    private func recordedBefore(_ position: Int) -> Int {
        var low = 0
        var high = recorded.count
        while low < high {
            let middle = (low + high) / 2
            if recorded[middle].position < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
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
