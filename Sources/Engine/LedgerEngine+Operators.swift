internal import Domain

extension LedgerEngine where Book: ~Copyable {
    mutating func register(
        _ registration: ParticipantRegistration, _ attachment: AttachmentRange
    ) -> (code: ResultCode, isRepetition: Bool) {
        let known = participants.find(registration.bic)
        if known != 0 {
            let same = participants.rows[Int(known)].registration == registration
            return (same ? .accepted : .participantConflict, same)
        }
        guard registration.firstInvalidParameter == nil else {
            return (.registrationInvalid, false)
        }
        guard participants.count <= Limits.participants else { return (.participantsFull, false) }
        let id = ParticipantID(participants.count)
        var settlement = id
        if registration.settlesThrough != .none {
            settlement = participants.find(registration.settlesThrough)
            guard settlement != 0, participants.isDirect(settlement) else {
                return (.directParticipantInvalid, false)
            }
        }
        let row = ParticipantRow(
            id: id, registration: registration, settlementParticipant: settlement, state: .active,
            attachment: attachment)
        rowsHash &+= participants.append(row)
        accounts.addParticipant(id)
        effects.participants.append(row)
        return (.accepted, false)
    }

    mutating func setParticipantState(_ bic: BIC, _ state: ParticipantState) -> ResultCode {
        let id = participants.find(bic)
        guard id != 0 else { return .participantUnknown }
        var row = participants.rows[Int(id)]
        guard row.state != state else { return .accepted }
        row.state = state
        row.attachment = .none
        // A batch writes each row once. The attachment of a registration in it stays known.
        let known = effects.participants.lastIndex(where: { $0.id == id })
        if let known { row.attachment = effects.participants[known].attachment }
        rowsHash &+= participants.set(row)
        if let known {
            effects.participants[known] = row
        } else {
            effects.participants.append(row)
        }
        if state == .suspended { endOrders(ofSuspended: id) }
        return .accepted
    }

    private mutating func endOrders(ofSuspended id: ParticipantID) {
        let rows = participants.rows
        endOrders(.participantSuspended) { order, creditor in
            order.payer == id || creditor == id
                || rows[Int(order.payer)].settlementParticipant == id
                || rows[Int(creditor)].settlementParticipant == id
        }
    }

    mutating func configure(_ corridor: Corridor) -> ResultCode {
        guard corridor.isValid else { return .corridorInvalid }
        let entry = corridors[corridor.foreign]
        if let known = entry.pointee.row, known.corridor.tick != corridor.tick,
            entry.pointee.openOrders > 0
        {
            return .corridorHasOpenOrders
        }
        guard accounts.room >= missingAccounts(corridor.foreign) else { return .accountsFull }
        for kind in CorridorEntry.ownAccounts {
            _ = accounts.open(kind, .cny)
            _ = accounts.open(kind, corridor.foreign)
        }
        store(CorridorRow(corridor: corridor, state: entry.pointee.row?.state ?? .open))
        return .accepted
    }

    /// How many of the gateway's own accounts a corridor to this currency has still to open.
    private func missingAccounts(_ foreign: Currency) -> Int {
        CorridorEntry.ownAccounts.reduce(0) { missing, kind in
            missing + (accounts.find(kind, .cny) == 0 ? 1 : 0)
                + (accounts.find(kind, foreign) == 0 ? 1 : 0)
        }
    }

    mutating func setReferenceRate(_ foreign: Currency, _ rate: Rate) -> ResultCode {
        guard var row = corridors[foreign].pointee.row else { return .corridorUnknown }
        row.corridor.referenceRate = rate
        guard row.corridor.isValid else { return .corridorInvalid }
        store(row)
        return .accepted
    }

    mutating func setCorridorState(_ foreign: Currency, _ state: CorridorState) -> ResultCode {
        guard var row = corridors[foreign].pointee.row else { return .corridorUnknown }
        row.state = state
        store(row)
        if state == .closed { endOrders(.corridorClosed) { order, _ in order.foreign == foreign } }
        return .accepted
    }

    private mutating func store(_ row: CorridorRow) {
        let entry = corridors[row.corridor.foreign]
        guard entry.pointee.row != row else { return }
        let hash = row.stateHash
        rowsHash &+= hash &- entry.pointee.rowHash
        entry.pointee.rowHash = hash
        entry.pointee.set(row, fees: feeAccounts(row.corridor.foreign))
        // A batch writes each row once.
        if let known = effects.corridors.firstIndex(where: {
            $0.corridor.foreign == row.corridor.foreign
        }) {
            effects.corridors[known] = row
        } else {
            effects.corridors.append(row)
        }
    }

    func feeAccounts(_ foreign: Currency) -> (renminbi: AccountID, foreign: AccountID) {
        (accounts.find(.feeIncome, .cny), accounts.find(.feeIncome, foreign))
    }

    mutating func fund(
        _ funding: Funding, _ attachment: AttachmentRange
    ) -> (code: ResultCode, isRepetition: Bool) {
        let search = searchFunding(funding.reference)
        if search.number != 0 {
            let same = fundings.pointer(search.number).pointee.contentHash == funding.contentHash
            return (same ? .accepted : .referenceConflict, same)
        }
        if let code = rejectFunding(funding) { return (code, false) }

        // From here on it must succeed.
        let account = accounts.open(participants.find(funding.participant), funding.currency)
        let nostro = accounts.open(.nostro, funding.currency)
        accounts.changeExposure(funding.currency, by: funding.amount)
        if funding.amount > 0 {
            accounts.transfer(funding.amount, from: nostro, to: account)
        } else {
            accounts.transfer(-funding.amount, from: account, to: nostro)
        }
        let row = FundingRow(
            reference: funding.reference, contentHash: funding.contentHash, account: account,
            amount: funding.amount, timestamp: now, attachment: attachment)
        index(funding: fundings.take(row), search)
        rowsHash &+= row.stateHash
        effects.fundings.append(row)
        return (.accepted, false)
    }

    /// Makes a funding known by its reference.
    mutating func index(funding number: UInt32, _ search: IdentifierTable.Search) {
        fundingsByReference.insert(number, at: search, upTo: number - 1) {
            fundings.pointer($0).pointee.reference.bits
        }
    }

    /// The funding with this reference if it is on record.
    func searchFunding(_ reference: UETR) -> IdentifierTable.Search {
        fundingsByReference.search(hash: fundingsByReference.hash(reference.bits)) {
            fundings.pointer($0).pointee.reference == reference
        }
    }

    private func rejectFunding(_ funding: Funding) -> ResultCode? {
        guard funding.amount != 0, funding.amount.magnitude <= UInt64(Limits.maximumAmount) else {
            return .amountInvalid
        }
        let id = participants.find(funding.participant)
        guard id != 0 else { return .participantUnknown }
        guard participants.isDirect(id) else { return .participantNotDirect }
        guard !fundings.isFull else { return .fundingsFull }
        let account = accounts.find(id, funding.currency)
        let missing =
            (account == 0 ? 1 : 0) + (accounts.find(.nostro, funding.currency) == 0 ? 1 : 0)
        guard accounts.room >= missing else { return .accountsFull }
        guard funding.amount < 0 else {
            return accounts.exposureAllows(funding.currency, growth: funding.amount)
                ? nil : .currencyTotalExceeded
        }
        guard account != 0 else { return .balanceInsufficient }
        let row = accounts.row(account)
        return row.balance - row.held >= -funding.amount ? nil : .balanceInsufficient
    }

    mutating func setCreditLimit(_ bic: BIC, _ limit: Money) -> ResultCode {
        guard limit.minorUnits >= 0, limit.minorUnits <= Limits.maximumAmount else {
            return .amountInvalid
        }
        let id = participants.find(bic)
        guard id != 0 else { return .participantUnknown }
        guard participants.isDirect(id) else { return .participantNotDirect }
        let known = accounts.find(id, limit.currency)
        guard known != 0 || accounts.room >= 1 else { return .accountsFull }
        let row =
            known != 0
            ? accounts.row(known)
            : AccountRow(id: 0, kind: .settlement, participant: id, currency: limit.currency)
        let growth = limit.minorUnits - row.creditLimit
        guard growth <= 0 || accounts.exposureAllows(limit.currency, growth: growth) else {
            return .currencyTotalExceeded
        }
        guard row.available + growth >= 0 else { return .creditLimitInUse }
        let account = accounts.open(id, limit.currency)
        accounts.setCreditLimit(account, to: limit.minorUnits)
        return .accepted
    }
}
