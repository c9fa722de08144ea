internal import Domain

/// The chart of accounts: settlement accounts of participants and the gateway's own.
///
/// Double entry: the only ways to change balances are ``transfer(_:from:to:)`` and
/// ``settle(_:_:)``, which debit one account by what they credit to others of its currency, so per
/// currency the balances always sum to zero.
struct Accounts: ~Copyable {
    /// At its number, from 1 on. Only what is in use takes memory.
    private let accounts: UnsafeMutablePointer<Account>
    private(set) var count = 0
    /// Account of (participant, currency) at `participant × currencies + currency`; 0 if unopened.
    private var settlement: [AccountID] = []
    /// The gateway's accounts at `kind × currencies + currency`, of nostros the default ones.
    private var own: [AccountID]
    /// Nostros at their number; at 0 none, those are in `own`.
    private var nostros: [AccountID] = [0]
    /// Per currency: what was brought in, plus all credit limits; the bound on any one balance.
    /// What agents charge and pay is no part of it.
    private var exposure: [Int64]
    /// Per currency: how far the balances of a batch that were looked at are from a sum of zero.
    private var moved: [Int64]
    /// Per currency: the business day that runs; 0 before the first.
    private let runningDays: UnsafeMutablePointer<DayNumber>
    /// Accounts that changed in this batch for the first time on a business day.
    private var firstChanges: [AccountDayRow] = []
    private var dirty = RawList<AccountID>(capacity: 1_024)

    init() {
        require(MemoryLayout<Account>.stride == 64, "an account is a cache line")
        accounts = LargeMemory.allocate(Limits.accounts + 1)
        own = Array(repeating: 0, count: AccountKind.allCases.count * Currency.count)
        exposure = Array(repeating: 0, count: Currency.count)
        moved = Array(repeating: 0, count: Currency.count)
        runningDays = .allocate(capacity: Currency.count)
        runningDays.initialize(repeating: 0, count: Currency.count)
    }

    deinit {
        accounts.deallocate()
        runningDays.deallocate()
    }

    @inline(__always)
    private func pointer(_ account: AccountID) -> UnsafeMutablePointer<Account> {
        require(account != 0 && account <= count, "account out of range")
        return accounts + Int(account)
    }

    /// Makes room for the accounts of a new participant; they open when first needed.
    mutating func addParticipant(_ participant: ParticipantID) {
        require(settlement.count <= Int(participant) * Currency.count, "participants come in order")
        let missing = (Int(participant) + 1) * Currency.count - settlement.count
        settlement.append(contentsOf: repeatElement(0, count: missing))
    }

    /// How many more accounts can be opened.
    var room: Int { Limits.accounts - count }

    /// How many accounts a debit cap stands over.
    private(set) var cappedCount = 0

    /// The participant's account in a currency, or 0 while it is not open.
    @inline(__always)
    func find(_ participant: ParticipantID, _ currency: Currency) -> AccountID {
        settlement[Int(participant) * Currency.count + Int(currency.rawValue)]
    }

    /// The same where the participant may not even be one; nil while it is not open.
    func known(_ participant: ParticipantID, _ currency: Currency) -> AccountID? {
        guard participant > 0, (Int(participant) + 1) * Currency.count <= settlement.count else {
            return nil
        }
        let account = find(participant, currency)
        return account == 0 ? nil : account
    }

    /// The gateway's own account, or 0 while it is not open.
    func find(_ kind: AccountKind, _ currency: Currency) -> AccountID {
        own[Int(kind.rawValue) * Currency.count + Int(currency.rawValue)]
    }

    /// The participant's account, opened when it is not yet.
    ///
    /// - Precondition: there is room.
    @inline(__always)
    mutating func open(_ participant: ParticipantID, _ currency: Currency) -> AccountID {
        let existing = find(participant, currency)
        return existing != 0 ? existing : openNew(participant, currency)
    }

    @inline(never)
    private mutating func openNew(
        _ participant: ParticipantID, _ currency: Currency
    ) -> AccountID {
        let account = add(.settlement, participant, currency)
        settlement[Int(participant) * Currency.count + Int(currency.rawValue)] = account
        return account
    }

    /// The gateway's account, opened when it is not yet.
    mutating func open(_ kind: AccountKind, _ currency: Currency) -> AccountID {
        let existing = find(kind, currency)
        guard existing == 0 else { return existing }
        let account = add(kind, 0, currency)
        own[Int(kind.rawValue) * Currency.count + Int(currency.rawValue)] = account
        return account
    }

    /// A nostro by its number; of 0, the currency's default one, or 0 while that is not open.
    ///
    /// - Precondition: the number is 0, or of a nostro on record.
    func find(nostro: NostroID, _ currency: Currency) -> AccountID {
        nostro == 0 ? find(.nostro, currency) : nostros[Int(nostro)]
    }

    /// The same, opened when it is the default one and not open yet.
    mutating func open(nostro: NostroID, _ currency: Currency) -> AccountID {
        nostro == 0 ? open(.nostro, currency) : nostros[Int(nostro)]
    }

    /// Opens the account of the next nostro.
    mutating func addNostro(_ nostro: NostroID, _ currency: Currency) {
        require(Int(nostro) == nostros.count, "nostros come in order")
        nostros.append(add(.nostro, nostro, currency))
    }

    /// Nostros opened so far, the default ones apart.
    var nostroCount: Int { nostros.count - 1 }

    private mutating func add(
        _ kind: AccountKind, _ participant: ParticipantID, _ currency: Currency
    ) -> AccountID {
        let row = AccountRow(
            id: AccountID(count + 1), kind: kind, participant: participant, currency: currency)
        append(Account(row: row, rowHash: 0))
        markDirty(row.id)
        return row.id
    }

    private mutating func append(_ account: Account) {
        require(count < Limits.accounts, "there is room for an account")
        count += 1
        (accounts + count).initialize(to: account)
    }

    /// The account as it stands.
    @inline(__always)
    func row(_ account: AccountID) -> AccountRow { pointer(account).pointee.row }

    /// What new orders of the account can use.
    @inline(__always)
    func available(_ account: AccountID) -> Int64 { pointer(account).pointee.row.available }

    /// Moves an amount: debits one account and credits another of the same currency.
    ///
    /// - Precondition: `amount ≥ 0`; the exposure bound keeps balances from overflowing.
    @inline(__always)
    mutating func transfer(_ amount: Int64, from debit: AccountID, to credit: AccountID) {
        let source = pointer(debit)
        let target = pointer(credit)
        require(amount >= 0, "a transfer moves a positive amount")
        require(source.pointee.row.currency == target.pointee.row.currency, "one currency")
        source.pointee.row.balance -= amount
        target.pointee.row.balance += amount
        markDirty(debit)
        markDirty(credit)
    }

    /// Settles the two legs of a fill at once, with their fees, out of what the debited accounts
    /// hold. Each leg must be in one currency, so orders of one side or of two corridors stop here.
    @inline(always)
    mutating func settle(_ a: Leg, _ b: Leg) {
        let currencyA = payHeld(a.amount + a.fee, from: a.debit)
        let currencyB = payHeld(b.amount + b.fee, from: b.debit)
        credit(a.amount, currencyA, to: a.credit)
        credit(b.amount, currencyB, to: b.credit)
        if a.fee > 0 { credit(a.fee, currencyA, to: a.fees) }
        if b.fee > 0 { credit(b.fee, currencyB, to: b.fees) }
    }

    /// Debits an account by what it holds for the purpose; gives its currency.
    @inline(__always)
    private mutating func payHeld(_ amount: Int64, from account: AccountID) -> Currency {
        let source = pointer(account)
        require(amount >= 0, "a leg moves a positive amount")
        source.pointee.row.balance -= amount
        source.pointee.row.held -= amount
        require(source.pointee.row.held >= 0, "holds are never negative")
        markDirty(account)
        return source.pointee.row.currency
    }

    @inline(__always)
    private mutating func credit(_ amount: Int64, _ currency: Currency, to account: AccountID) {
        let target = pointer(account)
        require(amount > 0, "a leg moves money")
        require(target.pointee.row.currency == currency, "a leg is in one currency")
        target.pointee.row.balance += amount
        markDirty(account)
    }

    /// Holds more, or with a negative change less, of an account's balance; says whether it is
    /// capped.
    @inline(__always) @discardableResult
    mutating func changeHold(_ account: AccountID, by change: Int64) -> Bool {
        let pointer = pointer(account)
        pointer.pointee.row.held += change
        require(pointer.pointee.row.held >= 0, "holds are never negative")
        markDirty(account)
        return pointer.pointee.isCapped
    }

    /// Whether a debit cap stands over what it pays (R21).
    func isCapped(_ account: AccountID) -> Bool {
        pointer(account).pointee.isCapped
    }

    mutating func setCapped(_ account: AccountID, _ isCapped: Bool) {
        let pointer = pointer(account)
        if isCapped != pointer.pointee.isCapped { cappedCount += isCapped ? 1 : -1 }
        pointer.pointee.isCapped = isCapped
    }

    mutating func setCreditLimit(_ account: AccountID, to limit: Int64) {
        let pointer = pointer(account)
        changeExposure(pointer.pointee.row.currency, by: limit - pointer.pointee.row.creditLimit)
        pointer.pointee.row.creditLimit = limit
        markDirty(account)
    }

    /// Whether one of the gateway's accounts may change by so much. It keeps nostros, between which
    /// money moves without end, from overflowing; one that is not open (0) has room.
    func allows(_ account: AccountID, change: Int64) -> Bool {
        let balance = account == 0 ? 0 : row(account).balance
        return (balance + change).magnitude <= UInt64(Limits.maximumCurrencyTotal)
    }

    /// Whether what was brought in and the limits of the currency may grow by `change`.
    func exposureAllows(_ currency: Currency, growth change: Int64) -> Bool {
        let (sum, overflow) = exposure[Int(currency.rawValue)].addingReportingOverflow(change)
        return !overflow && sum <= Limits.maximumCurrencyTotal
    }

    mutating func changeExposure(_ currency: Currency, by change: Int64) {
        let exposure = exposure[Int(currency.rawValue)] + change
        require(
            exposure >= 0 && exposure <= Limits.maximumCurrencyTotal, "a currency has its bound")
        self.exposure[Int(currency.rawValue)] = exposure
    }

    @inline(__always)
    private mutating func markDirty(_ account: AccountID) {
        let pointer = pointer(account)
        guard !pointer.pointee.isDirty else { return }
        pointer.pointee.isDirty = true
        dirty.append(account)
    }

    // MARK: Business days

    /// The batch belongs to this business day of the currency; nothing is walked.
    mutating func beginDay(_ day: DayNumber, of currency: Currency) {
        require(day > runningDays[Int(currency.rawValue)], "days go on")
        runningDays[Int(currency.rawValue)] = day
    }

    /// R20.4 What every account of the currency had when its business day began is what it has now,
    /// until it changes: then that is kept, once.
    @inline(never)
    private mutating func keepOpening(_ account: AccountID, _ day: DayNumber) {
        let pointer = pointer(account)
        require(day > pointer.pointee.day, "an account changes first once a day")
        pointer.pointee.day = day
        firstChanges.append(
            AccountDayRow(account: account, day: day, opening: pointer.pointee.balanceBefore))
    }

    /// The openings that this batch kept; forgets them.
    mutating func takeFirstChanges() -> [AccountDayRow] {
        guard !firstChanges.isEmpty else { return [] }
        defer { firstChanges.removeAll() }
        return firstChanges
    }

    /// Takes in an account's last row of a business day from the tables.
    mutating func load(_ row: AccountDayRow) -> Bool {
        guard row.account > 0, row.account <= count else { return false }
        let pointer = pointer(row.account)
        let running = runningDays[Int(pointer.pointee.row.currency.rawValue)]
        guard row.day > 0, row.day <= running else { return false }
        pointer.pointee.day = max(pointer.pointee.day, row.day)
        return true
    }

    /// Appends the changed rows in order of change, and gives the change of the state hash.
    mutating func takeChanges(into rows: inout [AccountRow]) -> UInt64 {
        requireDoubleEntry()
        var change: UInt64 = 0
        for number in 0..<dirty.count {
            let pointer = pointer(dirty[number])
            let day = runningDays[Int(pointer.pointee.row.currency.rawValue)]
            if pointer.pointee.day != day, pointer.pointee.moved != 0 {
                keepOpening(dirty[number], day)
            }
            let hash = pointer.pointee.row.stateHash
            change &+= hash &- pointer.pointee.rowHash
            pointer.pointee.rowHash = hash
            pointer.pointee.balanceBefore = pointer.pointee.row.balance
            pointer.pointee.isDirty = false
            rows.append(pointer.pointee.row)
        }
        dirty.removeAll()
        return change
    }

    /// R1.3, R1.4 in each currency a batch credits what it debits, and spends nothing that is not
    /// there.
    private mutating func requireDoubleEntry() {
        for number in 0..<dirty.count {
            let account = pointer(dirty[number])
            account.pointee.requireCover()
            moved[Int(account.pointee.row.currency.rawValue)] &+= account.pointee.moved
        }
        for number in 0..<dirty.count {
            let currency = pointer(dirty[number]).pointee.row.currency
            require(moved[Int(currency.rawValue)] == 0, "what is debited is credited")
        }
    }

    /// Puts back an account from the tables; rows come in order of id.
    mutating func load(_ row: AccountRow) -> Bool {
        guard row.id == AccountID(count + 1), room > 0 else { return false }
        let index = Int(row.currency.rawValue)
        switch row.kind {
        case .settlement:
            let position = Int(row.participant) * Currency.count + index
            guard row.participant > 0, position < settlement.count, settlement[position] == 0 else {
                return false
            }
            settlement[position] = row.id
        case .nostro where row.participant > 0:
            guard Int(row.participant) == nostros.count else { return false }
            nostros.append(row.id)
        case .nostro, .feeIncome, .suspense, .agentCharges, .agentInterest:
            own[Int(row.kind.rawValue) * Currency.count + index] = row.id
        }
        // In the order of accounts a sum may pass what the whole of it may not.
        exposure[index] &+= row.creditLimit &- row.broughtIn
        append(Account(row: row, rowHash: row.stateHash))
        return true
    }
}

extension AccountRow {
    /// Its part of what participants brought in, negative as in a nostro. What agents charged and
    /// paid stands on nostros too and is taken off again.
    fileprivate var broughtIn: Int64 {
        switch kind {
        case .nostro, .agentCharges, .agentInterest: balance
        case .settlement, .feeIncome, .suspense: 0
        }
    }
}

/// One way of a fill: an amount from one participant's account to another's, and the fee on it from
/// the same account to the gateway's.
struct Leg: BitwiseCopyable {
    var amount: Int64
    var fee: Int64
    var debit: AccountID
    var credit: AccountID
    var fees: AccountID
}

/// An account with its part of the state hash.
struct Account: BitwiseCopyable {
    var row: AccountRow
    var rowHash: UInt64
    /// At the end of the batch before.
    var balanceBefore: Int64
    var isDirty = false
    /// A debit cap stands over what it pays.
    var isCapped = false
    /// The last business day on which it changed; 0 when none was.
    var day: DayNumber = 0

    init(row: AccountRow, rowHash: UInt64) {
        self.row = row
        self.rowHash = rowHash
        balanceBefore = row.balance
    }

    /// What the batch has added to the balance.
    @inline(__always)
    var moved: Int64 { row.balance &- balanceBefore }

    /// Stops unless everything that was spent and held was there.
    @inline(__always)
    func requireCover() {
        require(row.held >= 0, "holds are never negative")
        switch row.kind {
        case .settlement:
            require(row.creditLimit >= 0 && row.available >= 0, "an account covers its holds")
        case .nostro, .feeIncome, .suspense, .agentCharges, .agentInterest:
            require(row.held == 0 && row.creditLimit == 0, "no order draws on the gateway")
        }
    }
}
