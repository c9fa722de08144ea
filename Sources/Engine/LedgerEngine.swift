package import Domain

/// The ledger's state and its one way to change: applying batches in log order.
///
/// Deterministic: the same batches give the same outcomes and rows, byte for byte. It has no clock;
/// time is the batch's. It is generic over the book so that tests can run a slow obvious book under
/// the same rules.
package struct LedgerEngine<Book: OrderBook & ~Copyable>: ~Copyable {
    var book: Book
    /// Every payment that the ledger knows: open ones, and final ones until they are forgotten.
    var orders: OrderSlab
    var ordersByUETR: IdentifierTable
    var finals: FinalQueue
    var accounts: Accounts
    var participants: Participants
    var correspondents: Correspondents
    var operators: Operators
    /// Certificates and keys of whoever there is.
    var keys: Keys
    /// What they may give.
    var policy: Policy
    /// What of theirs waits for a second person.
    var proposals: Proposals
    /// What operators gave in the last batches.
    var recentCommands: RecentRows<OperatorCommandRow>
    var followUps: FollowUps
    /// Returns of the last batches.
    var recentReturns: RecentRows<ReturnRow>
    var returnOrders: ReturnOrders
    var cases: Cases
    /// Notices of the last batches.
    var recentNotices: RecentNotices
    var corridors: Corridors
    /// Calendars in force, and the business day of each currency.
    var calendars: Calendars
    /// How much banks may owe.
    var debitCaps: DebitCaps
    /// Payments that wait for their settlement dates.
    var dated: DatedPayments
    /// What agents say of our accounts there.
    var agentStatements: AgentStatements
    /// What banks are told without asking.
    var outbox: Outbox
    /// Business days that ended, and whose banks have their statements.
    var statements: Statements
    /// The rows of all declared tables; participants and corridors are changed through the above.
    let registers: Registers
    /// When resting orders end.
    var expiries: DueHeap
    /// When everything else happens that does so by itself.
    var dueTimes: DueHeap
    var position: LedgerPosition
    /// The open rows' part of the state hash; the position holds those of fills and finals.
    var rowsHash: UInt64
    var openCount = 0
    /// Withdrawals that are neither confirmed nor reversed, by the account that they leave.
    var withdrawalsUnderWay: [AccountID: Int] = [:]
    /// Attempts of the batch that is being applied.
    var attemptsInBatch = 0
    /// And erasures.
    var erasuresInBatch = 0
    /// Who gave the command that is carried out, where an operator did.
    var acting: OperatorID = 0
    /// The batch that is being applied, for what came with its commands; nil between batches.
    private var batch: Batch?
    /// Whether orders rest whose time has come: more than may end in this batch (R8.4).
    var leavesOverdue = false
    /// Time of the batch that is being applied.
    var now: Timestamp
    /// The rules of the batch that is being applied.
    var rules: RuleVersion
    /// The rules by which the next batch has to be applied; those of an empty ledger are its own.
    package private(set) var nextRules: RuleVersion
    /// When the order that is arriving ends by itself.
    var arrivalExpiresAt = Timestamp.never
    /// Orders that changed in this batch, some ended since.
    var dirtyOrders: RawList<OrderSlot>
    /// Of the batch that is being applied, while its commands are carried out.
    var outcomes: RawList<Outcome>
    /// Filled while a batch is applied; empty otherwise.
    var effects: Effects

    /// - Parameters:
    ///   - finalBatches: batches during which an ended payment is known, its own included. A rule:
    ///     all nodes must use the same.
    ///   - seed: of the hash tables; has no part in any result.
    package init(finalBatches: Int = Limits.finalBatches, seed: UInt64 = 0) {
        book = Book()
        orders = OrderSlab(capacity: Limits.paymentsInMemory)
        ordersByUETR = IdentifierTable(seed: seed)
        finals = FinalQueue(span: finalBatches)
        accounts = Accounts()
        registers = Registers(seed: seed)
        participants = Participants(registers.of(ParticipantRow.self), seed: seed)
        correspondents = Correspondents(registers.of(CorrespondentRow.self))
        operators = Operators(registers.of(OperatorRow.self))
        keys = Keys(registers.of(KeyRow.self))
        policy = Policy(registers.of(PolicyLineRow.self))
        proposals = Proposals(span: finalBatches)
        recentCommands = RecentRows(span: finalBatches)
        followUps = FollowUps(span: finalBatches)
        recentReturns = RecentRows(span: finalBatches)
        returnOrders = ReturnOrders()
        cases = Cases()
        recentNotices = RecentNotices(span: finalBatches)
        corridors = Corridors()
        calendars = Calendars(
            registers.of(CalendarDayRow.self), registers.of(StagedDayRow.self),
            registers.of(BusinessDayRow.self))
        debitCaps = DebitCaps(registers.of(DebitCapRow.self))
        dated = DatedPayments(registers.of(DatedFundingRow.self))
        agentStatements = AgentStatements(registers.of(AgentStatementRow.self))
        outbox = Outbox(registers.of(MessagingRow.self), registers.of(NotificationRow.self))
        expiries = DueHeap(capacity: Limits.openOrders)
        statements = Statements(registers.of(StatementRunRow.self))
        dueTimes = DueHeap(
            capacity: Limits.openCases + Limits.accounts + Limits.participants
                + Limits.openProposals + 2 * Currency.count)
        position = LedgerPosition()
        rowsHash = 0
        now = 0
        rules = .current
        nextRules = .current
        dirtyOrders = RawList(capacity: Limits.commandsPerBatch)
        outcomes = RawList(capacity: Limits.commandsPerBatch)
        effects = Effects()
        accounts.addParticipant(0)
    }

    /// Applies one batch.
    ///
    /// - Parameters:
    ///   - logIndex: the batch's place in the log, one more than the last.
    ///   - output: emptied, then filled with outcomes and changed rows; its storage is reused.
    /// - Complexity: per command O(1) plus the fills it causes and the resting orders it passes.
    package mutating func apply(_ batch: Batch, at logIndex: UInt64, into output: inout Effects) {
        require(logIndex == position.logIndex + 1, "batches are applied in log order")
        require(batch.timestamp > position.timestamp, "time moves forward")
        require(follows(batch.rules), "a batch has the rules of its ledger")
        output.removeAll()
        swap(&effects, &output)
        now = batch.timestamp
        // Not where nothing came with its commands: bare orders retain nothing.
        if !batch.contents.isEmpty { self.batch = batch }
        attemptsInBatch = 0
        erasuresInBatch = 0
        begin(by: batch.rules)
        forgetOldFinals(before: logIndex)
        recentCommands.begin(logIndex)
        proposals.begin(logIndex)
        outbox.begin()
        followUps.begin(logIndex)
        recentReturns.begin(logIndex)
        recentNotices.begin(logIndex)
        returnOrders.begin()
        debitCaps.begin()
        doWhatIsDue()
        if statements.areOpen { tellStatements() }
        batch.withCommands { executeAll($0) }
        finishBatch(logIndex)
        self.batch = nil
        requireWhole(batch)
        swap(&effects, &output)
    }

    // MARK: Rules

    /// Whether the next batch may be one of these rules.
    package func follows(_ rules: RuleVersion) -> Bool {
        rules == nextRules || position.logIndex == 0
    }

    /// A ledger's first batch decides by which rules it begins.
    private mutating func begin(by rules: RuleVersion) {
        self.rules = rules
        guard position.logIndex == 0 else { return }
        nextRules = .oldest
        if rules > nextRules { setRules(rules) }
    }

    /// From the next batch on.
    mutating func setRules(_ rules: RuleVersion) {
        nextRules = rules
        registers.of(RuleVersionRow.self).put(
            RuleVersionRow(version: rules.rawValue, timestamp: now))
    }

    /// Takes over what the tables say.
    mutating func loadRules(_ image: LedgerImage) throws(LoadError) {
        guard image.position.logIndex > 0 else { return }
        nextRules = .oldest
        for row in image.declared[RuleVersionRow.self] {
            guard let rules = RuleVersion(rawValue: row.version) else {
                throw .inconsistent("\(RuleVersionRow.table) \(row.version)")
            }
            nextRules = max(nextRules, rules)
        }
    }

    /// Carries out one command, which reports its one outcome.
    @inline(__always)
    mutating func execute(_ view: CommandView, _ hash: UInt64) {
        switch view.kind {
        case .submitPayment where accounts.cappedCount == 0: submit(view.order, hash)
        case .submitPayment: submitUnderCaps(view.order, hash)
        case .cancelPayment: cancel(view.cancellation, hash)
        default: executeSeldom(view, hash)
        }
    }

    @inline(never)
    private mutating func executeSeldom(_ view: CommandView, _ hash: UInt64) {
        if view.kind == .submitDatedPayment { return submitDated(view.order, hash) }
        report(carryOutDeclared(view))
    }

    /// Adds the outcome of the command that is carried out, built where it stays.
    @inline(__always)
    mutating func report(_ outcome: Outcome) { outcomes.append(outcome) }

    /// What came with a command of the batch that is being applied; empty where nothing did.
    func attached(_ range: AttachmentRange) -> ArraySlice<UInt8> {
        range.length == 0 ? [] : batch?.attachment(range) ?? []
    }

    private mutating func finishBatch(_ logIndex: UInt64) {
        outcomes.move(to: &effects.outcomes)
        writeDirtyRows()
        takeReturnOrders()
        if !debitCaps.isEmpty { bookCappedFills() }
        if !outbox.wanted.isEmpty { tellOfBatch() }
        rowsHash &+= accounts.takeChanges(into: &effects.accounts)
        recordFirstChanges()
        rowsHash &+= registers.takeChanges(into: &effects)
        takeFollowUps()
        position.finalsHash &+= proposals.takeChanges(into: &effects)
        position.finalsHash &+= dated.takeChanges(into: &effects)
        position.finalsHash &+= agentStatements.takeChanges(into: &effects)
        finals.finishBatch(logIndex)
        position.logIndex = logIndex
        position.timestamp = now
        position.stateHash = rowsHash &+ position.fillsHash &+ position.finalsHash
        effects.position = position
    }

    /// What holds between batches, as far as counts tell it. What takes a walk over all orders and
    /// accounts is the audit's of the tests.
    private func requireWhole(_ batch: Batch) {
        require(effects.outcomes.count == batch.commandCount, "a command has one outcome")
        require(
            nextDue > now || nextDue == .never || leavesOverdue
                || dueTimes.first?.kind == .datedEntry, "what was due is done")
        require(openCount + finals.count == orders.count, "a payment is open or final")
        require(ordersByUETR.count == orders.count, "a payment is found by its UETR")
        let fills = effects.fills.count
        require(
            fills == 0 || effects.fills[fills - 1].id == position.fillCount, "fills are in a row")
    }

    private mutating func writeDirtyRows() {
        let distance = 8
        for number in 0..<dirtyOrders.count {
            if number + distance < dirtyOrders.count {
                orders.fetch(dirtyOrders[number + distance])
            }
            let slot = dirtyOrders[number]
            if orders.pointer(slot).pointee.state.contains(.dirty) { writeRow(slot) }
        }
        dirtyOrders.removeAll()
    }

    // MARK: Final payments

    /// From now on the tables answer for payments that ended so many batches ago.
    private mutating func forgetOldFinals(before logIndex: UInt64) {
        var due = finals.due(before: logIndex)
        while due > 0 {
            let slot = finals.removeFirst(in: orders)
            ordersByUETR.remove(slot) { orders.record($0).pointee.uetr.bits }
            orders.giveBack(slot)
            due -= 1
        }
    }

    /// The first payment or attempt with this UETR that the ledger knows.
    @inline(__always)
    func searchOrder(_ uetr: UETR, _ hash: UInt64) -> IdentifierTable.Search {
        ordersByUETR.search(hash: hash) { orders.record($0).pointee.uetr == uetr }
    }

    /// Where one more with this hash would stand.
    func vacancy(_ hash: UInt64) -> IdentifierTable.Search {
        ordersByUETR.search(hash: hash) { _ in false }
    }

    /// R2.16 The payment of this very content, whoever was found as its payer; else the one of this
    /// payer with the UETR of the order. At most one is on record of either.
    ///
    /// - Complexity: O(payments and attempts with the UETR).
    @inline(never)
    func searchPayment(
        _ order: PaymentOrderView, of payer: ParticipantID, _ hash: UInt64
    ) -> OrderSlot? {
        var own: OrderSlot?
        var same: OrderSlot?
        ordersByUETR.eachCandidate(hash: hash) { slot in
            let record = orders.record(slot)
            guard record.pointee.uetr == order.uetr,
                !orders.pointer(slot).pointee.state.contains(.attempt)
            else { return }
            if orders.pointer(slot).pointee.payer == payer { own = slot }
            if record.pointee.contentHash == order.contentHash { same = slot }
        }
        return same ?? own
    }

    /// Whether the ledger knows a payment of this payer with this UETR.
    func knowsPayment(_ uetr: UETR, of payer: ParticipantID, _ hash: UInt64) -> Bool {
        let search = ordersByUETR.search(hash: hash) {
            orders.record($0).pointee.uetr == uetr && orders.pointer($0).pointee.payer == payer
                && !orders.pointer($0).pointee.state.contains(.attempt)
        }
        return search.number != 0
    }
}
