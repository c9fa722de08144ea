internal import Domain

/// Business days that have ended, in the order in which they did, and how far their statements are
/// told (R14.11).
///
/// Invariants: the runs before the first open one are told whole, and none behind it has begun. So
/// a node that starts from the tables goes on where the others are.
struct Statements: ~Copyable {
    private let runs: Registry<StatementRunRow>
    /// Runs that are told whole; the next one is told now.
    private var finished: UInt32 = 0
    /// Whether anything is left to tell: the only question of a batch in which no day ended.
    private(set) var areOpen = false

    /// - Parameter runs: the register, which is changed here alone.
    init(_ runs: Registry<StatementRunRow>) {
        self.runs = runs
    }

    /// The run that is told now.
    var current: StatementRunRow? { areOpen ? runs[finished + 1] : nil }

    /// A business day has ended while so many accounts were open.
    mutating func begin(_ day: DayNumber, of currency: Currency, accounts: Int) {
        runs.put(
            StatementRunRow(
                UInt32(runs.count + 1), of: day, in: currency, accounts: AccountID(accounts)))
        skipFinished()
    }

    /// The current run has come further.
    mutating func put(_ run: StatementRunRow) {
        require(run.number == finished + 1, "runs are told one after the other")
        runs.put(run)
        skipFinished()
    }

    private mutating func skipFinished() {
        while finished < UInt32(runs.count), !runs[finished + 1].isOpen { finished += 1 }
        areOpen = finished < UInt32(runs.count)
    }

    /// Takes over what the register was loaded with.
    ///
    /// - Throws: ``LoadError/inconsistent(_:)`` for runs that are not told in their order.
    mutating func adoptLoaded(accounts: Int) throws(LoadError) {
        skipFinished()
        for number in 0..<UInt32(runs.count) {
            let run = runs[number + 1]
            let isTold = number < finished ? !run.isOpen : number == finished || run.told == 0
            guard run.number == number + 1, isTold, run.told <= run.accounts,
                Int(run.accounts) <= accounts
            else { throw .inconsistent("\(StatementRunRow.table) \(run.number)") }
        }
    }
}
