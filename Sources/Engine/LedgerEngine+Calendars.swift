internal import Domain

// R20 The business day of a currency: it begins with a batch, and everything of that batch belongs
// to it. What an account had then is kept when it first changes (``Accounts/takeChanges(into:)``).

extension LedgerEngine where Book: ~Copyable {
    /// R20.2 The running business day of a currency has reached its turn.
    mutating func turnDay(at place: UInt32) {
        let due = unschedule(at: calendars.duePosition(at: place))
        guard due.kind == .dayTurn, let currency = Currency(rawValue: UInt8(due.number)) else {
            preconditionFailure("a turn is a currency's")
        }
        statements.begin(calendars.number(currency), of: currency, accounts: accounts.count)
        beginDay(of: currency)
    }

    /// Begins the next business day of a currency with this batch.
    ///
    /// - Complexity: O(log n) of what falls due, and the closed days before the next working one.
    mutating func beginDay(of currency: Currency) {
        bookCappedFills()
        let number = calendars.beginNext(currency, in: position.logIndex + 1, at: now)
        accounts.beginDay(number, of: currency)
        giveDate(to: currency)
    }

    /// The running business day without a date gets the next one in force, and its turn falls due.
    mutating func giveDate(to currency: Currency) {
        calendars.giveDate(currency)
        if let turn = calendars.turn(currency) { schedule(turn) }
        for foreign in Currency.allCases { corridors[foreign].pointee.forgetCutOff() }
    }

    /// The cut-off of the corridor's session that is running; nil outside a session.
    @inline(__always)
    mutating func cutOff(of corridor: UnsafeMutablePointer<CorridorEntry>) -> Timestamp? {
        if corridor.pointee.cutOffAskedAt != now { askCutOff(corridor) }
        return corridor.pointee.cutOff
    }

    @inline(never)
    private mutating func askCutOff(_ corridor: UnsafeMutablePointer<CorridorEntry>) {
        guard let row = corridor.pointee.row else { return }
        // What waited for this session comes before what arrives in it (R22.6).
        let answer =
            isOpening(row.corridor.foreign)
            ? nil
            : row.followsCalendars
                ? calendars.cutOff(row.corridor.foreign, at: now)
                : row.corridor.cutOff(at: now, under: rules)
        corridor.pointee.keepCutOff(answer, askedAt: now)
    }

    /// What accounts had when their business day began, of those that changed first in this batch.
    mutating func recordFirstChanges() {
        for row in accounts.takeFirstChanges() {
            position.finalsHash &+= row.stateHash
            effects.declared.append(row)
        }
    }

    /// Takes over what the tables say.
    mutating func loadCalendars(_ image: LedgerImage) throws(LoadError) {
        try calendars.adoptLoaded()
        for currency in Currency.allCases {
            let number = calendars.number(currency)
            if number > 0 { accounts.beginDay(number, of: currency) }
            if let turn = calendars.turn(currency) { schedule(turn) }
        }
        try statements.adoptLoaded(accounts: accounts.count)
        for row in image.declared[AccountDayRow.self] {
            guard accounts.load(row) else {
                throw .inconsistent("\(AccountDayRow.table) \(row.id)")
            }
        }
    }
}
