internal import Domain

/// The corridors by foreign currency, with what the hot path needs of them made ready.
struct Corridors: ~Copyable {
    private let entries: UnsafeMutablePointer<CorridorEntry>

    init() {
        entries = .allocate(capacity: Currency.count)
        entries.initialize(repeating: CorridorEntry(), count: Currency.count)
    }

    deinit { entries.deallocate() }

    @inline(__always)
    subscript(_ foreign: Currency) -> UnsafeMutablePointer<CorridorEntry> {
        entries + Int(foreign.rawValue)
    }
}

/// A corridor, if opened: its row, and what every order asks of it.
struct CorridorEntry: BitwiseCopyable {
    private(set) var row: CorridorRow?
    var openOrders = 0
    /// Why it takes no orders now, whatever the time; otherwise accepted.
    private(set) var standing = ResultCode.corridorUnknown
    private(set) var selfMatch = SelfMatch.allow
    private(set) var feePartsPerMillion: UInt32 = 0
    private(set) var renminbiFees: AccountID = 0
    private(set) var foreignFees: AccountID = 0
    private(set) var tick = Divisor(1)
    private(set) var lowest = Rate.none
    private(set) var highest = Rate.none
    private(set) var referenceRate = Divisor(1)
    private(set) var minimumSize = Divisor(1)
    private(set) var maximumSize: Int64 = 0
    /// Foreign minor units = fen × rate ÷ divisor.
    private(set) var divisor = Divisor(1)
    /// The batch time for which ``cutOff`` was asked last.
    private(set) var cutOffAskedAt: Timestamp = .min
    /// Of the session that ran then; nil when none did.
    private(set) var cutOff: Timestamp?

    /// The corridor's parameters, with what follows from them.
    mutating func set(_ row: CorridorRow, fees: (renminbi: AccountID, foreign: AccountID)) {
        self.row = row
        standing =
            switch row.state {
            case .open: .accepted
            case .halted: .corridorHalted
            case .closed: .corridorClosed
            }
        selfMatch = row.corridor.selfMatch
        feePartsPerMillion = row.corridor.feePartsPerMillion
        (renminbiFees, foreignFees) = fees
        tick = Divisor(row.corridor.tick.scaled)
        lowest = row.corridor.lowestRate
        highest = row.corridor.highestRate
        referenceRate = Divisor(row.corridor.referenceRate.scaled)
        minimumSize = Divisor(row.corridor.minimumSize)
        maximumSize = row.corridor.maximumSize
        divisor = Divisor(row.corridor.foreign.rateDivisor)
        cutOffAskedAt = .min
    }

    /// Remembers what was answered, so that it is asked for once a batch.
    mutating func keepCutOff(_ answer: Timestamp?, askedAt now: Timestamp) {
        cutOffAskedAt = now
        cutOff = answer
    }

    /// What a calendar says has changed.
    mutating func forgetCutOff() { cutOffAskedAt = .min }

    @inline(__always)
    func rate(_ tick: UInt32) -> Rate { Rate(scaled: Int64(tick) * self.tick.value) }

    /// The gateway's accounts that a corridor needs in both of its currencies.
    static var ownAccounts: [AccountKind] { [.nostro, .feeIncome, .suspense] }
}
