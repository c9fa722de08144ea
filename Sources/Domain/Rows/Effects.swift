// The rows in which the ledger's state is written to the tables and read back at start-up.
// One effect is one row; a row that changed several times in a batch is written once, as it was
// at the end of the batch. Rows are what the state hash covers.

/// What applying one batch did: outcomes in the order of its commands, and the rows that changed.
public struct Effects: Sendable {
    public var position = LedgerPosition()
    public var outcomes: [Outcome] = []
    public var accounts: [AccountRow] = []
    public var payments: [PaymentRow] = []
    public var fills: [FillRow] = []
    /// Which of the payments state a settlement date, for who tells of their changes; the rows of
    /// dates that are new or changed stand with what is declared.
    public var dates: [StatedPaymentDate] = []
    /// The rows of everything that is declared.
    public var declared = DeclaredRowLists()

    public init() {}

    /// Makes room for what a batch of so many commands usually leads to.
    public mutating func reserve(commands: Int) {
        outcomes.reserveCapacity(commands)
        payments.reserveCapacity(commands * 2)
        fills.reserveCapacity(commands)
    }

    /// Gives back what was reserved in vain, where that is most of it: a batch of refusals has few
    /// rows, and whoever keeps it shall not keep room for those that it might have had.
    public mutating func trim() {
        payments.trim()
        fills.trim()
    }

    /// Empties the lists and keeps their storage, so that a reused value allocates nothing but for
    /// declared rows, which are few.
    public mutating func removeAll() {
        position = LedgerPosition()
        outcomes.removeAll(keepingCapacity: true)
        accounts.removeAll(keepingCapacity: true)
        payments.removeAll(keepingCapacity: true)
        fills.removeAll(keepingCapacity: true)
        if !dates.isEmpty { dates = [] }
        if !declared.isEmpty { declared = DeclaredRowLists() }
    }
}

/// The settlement date of a payment that a batch changed.
public struct StatedPaymentDate: BitwiseCopyable, Equatable, Sendable {
    public let payment: PaymentID
    public let date: CivilDate

    public init(payment: PaymentID, date: CivilDate) {
        self.payment = payment
        self.date = date
    }
}

extension Array {
    /// Moves a few elements out of room for many.
    fileprivate mutating func trim() {
        guard capacity >= 256, capacity / 4 > count else { return }
        self = withUnsafeBufferPointer { Array($0) }
    }
}
