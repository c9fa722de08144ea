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

/// A corridor, if opened.
struct CorridorEntry: BitwiseCopyable {
    var row: CorridorRow?
    var rowHash: UInt64 = 0
    var openOrders = 0
    var tick: Int64 = 1
    var lowest = Rate.none
    var highest = Rate.none
    var selfMatch = SelfMatch.allow
    var renminbiFees: AccountID = 0
    var foreignFees: AccountID = 0
    /// Foreign minor units = fen × rate ÷ divisor.
    var divisor: Int64 = 1
    /// The batch time for which `cutOff` was asked last.
    private var cutOffAskedAt: Timestamp = .min
    private var cutOffAnswer: Timestamp?

    /// The corridor's parameters, with what follows from them.
    mutating func set(_ row: CorridorRow, fees: (renminbi: AccountID, foreign: AccountID)) {
        self.row = row
        tick = row.corridor.tick.scaled
        lowest = row.corridor.lowestRate
        highest = row.corridor.highestRate
        selfMatch = row.corridor.selfMatch
        divisor = row.corridor.foreign.rateDivisor
        (renminbiFees, foreignFees) = fees
        cutOffAskedAt = .min
    }

    /// The cut-off of the session running at `now`; the calendar is asked once a batch.
    @inline(__always)
    mutating func cutOff(at now: Timestamp) -> Timestamp? {
        if cutOffAskedAt != now { askCutOff(now) }
        return cutOffAnswer
    }

    @inline(never)
    private mutating func askCutOff(_ now: Timestamp) {
        cutOffAskedAt = now
        cutOffAnswer = row.unsafelyUnwrapped.corridor.cutOff(at: now)
    }

    @inline(__always)
    func rate(_ tick: UInt32) -> Rate { Rate(scaled: Int64(tick) * self.tick) }

    /// The gateway's accounts that a corridor needs in both of its currencies.
    static var ownAccounts: [AccountKind] { [.nostro, .feeIncome, .suspense] }
}
