package import Domain

/// Why rows from the tables make no ledger.
public enum LoadError: Error, Equatable, Sendable {
    /// A row contradicts the others; the text names it.
    case inconsistent(String)
    /// The rows do not add up to the state hash that was stored with them.
    case stateHashDiffers(stored: UInt64, loaded: UInt64)
}

extension LoadError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .inconsistent(let row):
            "the tables contradict themselves at \(row); verify-store names what differs"
        case .stateHashDiffers(let stored, let loaded):
            "the tables lead to state hash \(String(loaded, radix: 16)), but "
                + "\(String(stored, radix: 16)) was stored; verify-store names what differs"
        }
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// Starts from the tables as they stood after one batch.
    ///
    /// - Throws: ``LoadError`` when rows are missing or differ from what the engine wrote.
    /// - Complexity: O(rows).
    package init(loading image: LedgerImage) throws(LoadError) {
        self.init()
        for row in image.participants { try load(row) }
        for row in image.corridors { try load(row) }
        for row in image.accounts {
            guard accounts.load(row) else { throw .inconsistent("account \(row.id)") }
            rowsHash &+= row.stateHash
        }
        for row in image.payments { try load(row) }
        for row in image.fundings { load(row) }
        position = image.position
        let loaded = rowsHash &+ position.fillsHash
        guard loaded == position.stateHash else {
            throw .stateHashDiffers(stored: position.stateHash, loaded: loaded)
        }
        guard position.paymentCount == UInt64(payments.count) else {
            throw .inconsistent("\(payments.count) payments of \(position.paymentCount)")
        }
    }

    private mutating func load(_ row: ParticipantRow) throws(LoadError) {
        guard Int(row.id) == participants.count, row.settlementParticipant <= row.id,
            row.settlementParticipant > 0
        else { throw .inconsistent("participant \(row.id)") }
        participants.append(Participant(row: row, rowHash: row.stateHash))
        participantsByBIC.insert(row.id) {
            IdentifierTable.hash(UInt128(participants[Int($0)].row.registration.bic.packed))
        }
        accounts.addParticipant(row.id)
        rowsHash &+= row.stateHash
    }

    private mutating func load(_ row: CorridorRow) throws(LoadError) {
        guard row.corridor.isValid else {
            throw .inconsistent("corridor \(row.corridor.foreign.code)")
        }
        let index = Int(row.corridor.foreign.rawValue)
        corridors[index] = CorridorEntry(
            row: row, rowHash: row.stateHash, lowestRate: row.corridor.lowestRate,
            highestRate: row.corridor.highestRate)
        rowsHash &+= row.stateHash
    }

    private mutating func load(_ row: FundingRow) {
        let number = fundings.take(row)
        fundingsByReference.insert(number) {
            IdentifierTable.hash(fundings.pointer($0).pointee.reference.bits)
        }
        rowsHash &+= row.stateHash
    }

    private mutating func load(_ row: PaymentRow) throws(LoadError) {
        let number = payments.take(
            Payment(
                uetr: row.uetr, contentHash: row.contentHash, order: 0, payer: row.payer,
                code: row.code, status: row.status, endReason: row.endReason, paid: row.paid,
                received: row.received))
        guard PaymentID(number) == row.id, Int(row.payer) < participants.count,
            Int(row.creditor) < participants.count
        else { throw .inconsistent("payment \(row.id)") }
        paymentsByUETR.insert(number) {
            IdentifierTable.hash(payments.pointer($0).pointee.uetr.bits)
        }
        rowsHash &+= row.stateHash
        if !row.status.isFinal { try loadOrder(row, number) }
    }

    private mutating func loadOrder(_ row: PaymentRow, _ number: UInt32) throws(LoadError) {
        let payer = participants[Int(row.payer)].row.settlementParticipant
        let creditor = participants[Int(row.creditor)].row.settlementParticipant
        let debit = accounts.find(payer, row.payCurrency)
        let credit = accounts.find(creditor, row.receiveCurrency)
        guard let corridor = corridors[Int(row.foreign.rawValue)].row?.corridor,
            debit != 0, credit != 0, row.limit.scaled > 0,
            row.limit.scaled / corridor.tick.scaled < Limits.ticksPerCorridor
        else { throw .inconsistent("open payment \(row.id)") }
        let slot = orders.slab.take(
            Order(
                tick: UInt32(row.limit.scaled / corridor.tick.scaled), payment: number,
                payer: row.payer, creditor: row.creditor, debitAccount: debit,
                creditAccount: credit, foreign: row.foreign, side: row.side, fixed: row.fixed,
                timeInForce: row.timeInForce, fillPolicy: row.fillPolicy, isResting: true,
                isNew: false, amount: row.amount, remaining: row.remaining,
                minimumFill: row.minimumFill, feePartsPerMillion: row.feePartsPerMillion,
                statedLimit: row.statedLimit, limit: row.limit, held: row.held, paid: row.paid,
                received: row.received, fee: row.fee, acceptedAt: row.acceptedAt,
                updatedAt: row.updatedAt, expiresAt: row.expiresAt, rowHash: row.stateHash,
                attachment: .none))
        payments.pointer(number).pointee.order = slot
        corridors[Int(row.foreign.rawValue)].openOrders += 1
        book.insert(slot, in: orders)
        if row.expiresAt != .never { expiries.insert(slot, in: orders) }
    }
}
