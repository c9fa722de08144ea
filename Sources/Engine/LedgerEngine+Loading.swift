package import Domain
internal import Hexadecimal

/// Why rows from the tables make no ledger.
package enum LoadError: Error, Equatable, Sendable {
    /// A row contradicts the others; the text names it.
    case inconsistent(String)
    /// The rows do not add up to the state hash that was stored with them.
    case stateHashDiffers(stored: UInt64, loaded: UInt64)
}

extension LoadError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .inconsistent(let row):
            "the tables contradict themselves at \(row); verify-store names what differs"
        case .stateHashDiffers(let stored, let loaded):
            "the tables lead to state hash \(hexadecimal(loaded)), but "
                + "\(hexadecimal(stored)) was stored; verify-store names what differs"
        }
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// Starts from the tables as they stood after one batch.
    ///
    /// - Throws: ``LoadError`` when rows are missing or differ from what the engine wrote. Rows of
    ///   old final payments are not seen here; `verify-store` compares them.
    /// - Complexity: O(rows of the image).
    package init(
        loading image: LedgerImage, finalBatches: Int = Limits.finalBatches, seed: UInt64 = 0
    ) throws(LoadError) {
        self.init(finalBatches: finalBatches, seed: seed)
        rowsHash = try registers.load(image)
        try loadRules(image)
        try participants.adoptLoaded()
        correspondents.adoptLoaded()
        try loadOperators(image)
        try keys.adoptLoaded()
        for participant in 1..<ParticipantID(participants.count) {
            accounts.addParticipant(participant)
        }
        for row in image.accounts {
            guard accounts.load(row) else { throw .inconsistent("account \(row.id)") }
            rowsHash &+= row.stateHash
        }
        try debitCaps.adoptLoaded(&accounts)
        now = image.position.timestamp
        let due = try outbox.adoptLoaded(
            participants: participants.count, accounts: accounts.count)
        for due in due { schedule(due) }
        try loadCalendars(image)
        for row in image.declared[CorridorRow.self] { try adopt(row) }
        try checkNostros(image)
        for row in image.declared[WithdrawalRow.self] where row.state.holds {
            withdrawalsUnderWay[row.account, default: 0] += 1
        }
        var ended: [(at: Timestamp, slot: OrderSlot)] = []
        for row in image.declared[AttemptRow.self] {
            ended.append((row.timestamp, try load(row)))
        }
        let dates = try datesOnRecord(image)
        for row in inOrderOfArrival(image.payments, dates) {
            let slot = try load(row, dates[row.id])
            if row.status.isFinal { ended.append((row.updatedAt, slot)) }
        }
        for foreign in Currency.allCases { scheduleEntries(of: foreign) }
        try remember(ended, image)
        try checkDebitCaps()
        try loadFollowUps(image)
        try loadNotices(image)
        try loadProposals(image)
        try agentStatements.adoptLoaded(image)
        position = image.position
        let loaded = rowsHash &+ position.fillsHash &+ position.finalsHash
        guard loaded == position.stateHash else {
            throw .stateHashDiffers(stored: position.stateHash, loaded: loaded)
        }
    }

    private mutating func adopt(_ row: CorridorRow) throws(LoadError) {
        guard row.corridor.isValid else {
            throw .inconsistent("corridor \(row.corridor.foreign.code)")
        }
        makeReady(row)
    }

    /// Each nostro has its account, and each such account its nostro.
    private func checkNostros(_ image: LedgerImage) throws(LoadError) {
        let rows = image.declared[NostroRow.self]
        for row in rows {
            guard row.id > 0, Int(row.id) <= accounts.nostroCount,
                accounts.row(accounts.find(nostro: row.id, row.currency)).currency == row.currency
            else { throw .inconsistent("nostro \(row.id)") }
        }
        guard rows.count == accounts.nostroCount else { throw .inconsistent("nostros") }
    }

    /// Puts a corridor on record, or replaces its row.
    mutating func store(_ row: CorridorRow) {
        registers.of(CorridorRow.self).put(row)
        makeReady(row)
        scheduleEntries(of: row.corridor.foreign)
    }

    private mutating func makeReady(_ row: CorridorRow) {
        let foreign = row.corridor.foreign
        corridors[foreign].pointee.set(
            row,
            fees: (accounts.find(.feeIncome, .cny), accounts.find(.feeIncome, foreign)))
    }

    /// Final payments in the order in which they ended, as far as that matters: by batch.
    private mutating func remember(
        _ ended: [(at: Timestamp, slot: OrderSlot)], _ image: LedgerImage
    ) throws(LoadError) {
        let ended = ended.sorted { $0.at < $1.at }
        var next = 0
        var logIndex = image.position.logIndex - UInt64(image.recentTimestamps.count)
        for timestamp in image.recentTimestamps {
            logIndex += 1
            while next < ended.count, ended[next].at <= timestamp {
                becomeFinal(ended[next].slot, in: logIndex)
                next += 1
            }
            finals.finishBatch(logIndex)
        }
        guard next == ended.count else {
            throw .inconsistent("payment \(orders.payment(ended[next].slot))")
        }
    }

    private mutating func load(_ row: AttemptRow) throws(LoadError) -> OrderSlot {
        let hash = ordersByUETR.hash(row.uetr.bits)
        guard row.payer > 0, Int(row.payer) < participants.count, orders.hasRoom,
            !attempts(at: row.uetr, of: row.payer, hash).contains(row.attempt)
        else { throw .inconsistent("attempt \(row.id)") }
        return remember(row, vacancy(hash))
    }

    private mutating func load(
        _ row: PaymentRow, _ dated: DatedPaymentRow?
    ) throws(LoadError) -> OrderSlot {
        let hash = ordersByUETR.hash(row.uetr.bits)
        guard row.id <= UInt64(Limits.payments), Int(row.payer) < participants.count,
            Int(row.creditor) < participants.count, orders.hasRoom,
            !knowsPayment(row.uetr, of: row.payer, hash),
            row.status.isFinal || openCount < Limits.openOrders, dated?.fits(row) != false
        else { throw .inconsistent("payment \(row.id)") }
        let corridor = corridors[row.foreign]
        var order = Order(
            tick: 0, payer16: UInt16(row.payer), code: row.code, remaining: row.remaining,
            foreign: row.foreign, side: row.side, fixed: row.fixed, timeInForce: row.timeInForce,
            fillPolicy: row.fillPolicy, endReason: row.endReason)
        var record = OrderRecord(
            uetr: row.uetr, contentHash: row.contentHash, amount: row.amount,
            minimumFill: row.minimumFill, held: row.held, paid: row.paid, received: row.received,
            acceptedAt: row.acceptedAt, rowHash: row.stateHash, payment: UInt32(row.id),
            feePartsPerMillion: row.feePartsPerMillion, creditorAndDate: UInt32(row.creditor))
        record.date = dated?.date ?? .none
        let waits = dated?.state == .waiting
        if !row.status.isFinal {
            try openOrder(row, corridor, waits: waits, &order, &record)
            rowsHash &+= row.stateHash
        }
        let slot = orders.take(order, record)
        index(slot, vacancy(hash))
        if !row.status.isFinal { rest(slot, row.expiresAt) }
        return slot
    }

    private func openOrder(
        _ row: PaymentRow, _ corridor: UnsafeMutablePointer<CorridorEntry>, waits: Bool,
        _ order: inout Order, _ record: inout OrderRecord
    ) throws(LoadError) {
        let payer = participants.standing(row.payer).settlesThrough
        let creditor = participants.standing(row.creditor).settlesThrough
        record.debitAccount = accounts.find(payer, row.payCurrency)
        record.creditAccount = accounts.find(creditor, row.receiveCurrency)
        let tick = row.limit.scaled / corridor.pointee.tick.value
        guard corridor.pointee.row != nil, record.debitAccount != 0 || waits && row.held == 0,
            record.creditAccount != 0 || waits, row.limit.scaled > 0,
            row.limit.scaled % corridor.pointee.tick.value == 0,
            tick < Limits.ticksPerCorridor,
            row.statedLimit == .none || row.statedLimit == row.limit
        else { throw .inconsistent("open payment \(row.id)") }
        order.tick = UInt32(tick)
        order.state = [.open, waits ? .waiting : .resting]
        if row.statedLimit != .none { order.state.insert(.limitStated) }
    }

    private mutating func rest(_ slot: OrderSlot, _ expiresAt: Timestamp) {
        openCount += 1
        corridors[orders.pointer(slot).pointee.foreign].pointee.openOrders += 1
        if orders.pointer(slot).pointee.state.contains(.waiting) {
            dated.add(slot, in: orders)
        } else {
            book.insert(slot, in: orders)
        }
        scheduleExpiry(slot, at: expiresAt)
    }
}
