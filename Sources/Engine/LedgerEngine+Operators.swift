internal import Domain

extension LedgerEngine where Book: ~Copyable {
    func findParticipant(_ bic: BIC) -> ParticipantID {
        participantsByBIC.find(hash: IdentifierTable.hash(UInt128(bic.packed))) {
            participants[Int($0)].row.registration.bic == bic
        }
    }

    /// Whether the participant and the one through which it settles are active.
    func isActive(_ participant: ParticipantID) -> Bool {
        let row = participants[Int(participant)].row
        return row.state == .active
            && participants[Int(row.settlementParticipant)].row.state == .active
    }

    mutating func register(
        _ registration: ParticipantRegistration, _ attachment: AttachmentRange
    ) -> (code: ResultCode, isRepetition: Bool) {
        let known = findParticipant(registration.bic)
        if known != 0 {
            let same = participants[Int(known)].row.registration == registration
            return (same ? .accepted : .participantConflict, same)
        }
        let roles = registration.roles
        guard registration.bic != .none, !roles.isEmpty, roles.rawValue < 8,
            !roles.contains(.receiveOnly) || roles == .receiveOnly,
            hasWrittenForms(registration)
        else { return (.registrationInvalid, false) }
        guard participants.count <= Limits.participants else { return (.participantsFull, false) }
        let id = ParticipantID(participants.count)
        var settlement = id
        if registration.settlesThrough != .none {
            settlement = findParticipant(registration.settlesThrough)
            guard settlement != 0, isDirect(settlement) else {
                return (.directParticipantInvalid, false)
            }
        }
        let row = ParticipantRow(
            id: id, registration: registration, settlementParticipant: settlement, state: .active,
            attachment: attachment)
        participants.append(Participant(row: row, rowHash: 0))
        participantsByBIC.insert(id) {
            IdentifierTable.hash(UInt128(participants[Int($0)].row.registration.bic.packed))
        }
        accounts.addParticipant(id)
        rehashParticipant(id)
        effects.participants.append(row)
        return (.accepted, false)
    }

    /// Whether the identifiers are numbers that their written forms lead back to; others could
    /// never be named again.
    private func hasWrittenForms(_ registration: ParticipantRegistration) -> Bool {
        BIC("\(registration.bic)") == registration.bic
            && CountryCode("\(registration.country)") == registration.country
            && (registration.lei == .none || LEI("\(registration.lei)") == registration.lei)
    }

    private func isDirect(_ participant: ParticipantID) -> Bool {
        participants[Int(participant)].row.settlementParticipant == participant
    }

    mutating func setParticipantState(_ bic: BIC, _ state: ParticipantState) -> ResultCode {
        let id = findParticipant(bic)
        guard id != 0 else { return .participantUnknown }
        guard participants[Int(id)].row.state != state else { return .accepted }
        participants[Int(id)].row.state = state
        participants[Int(id)].row.attachment = .none
        writeParticipant(id)
        if state == .suspended {
            let participants = participants
            endOrders(.participantSuspended) { order in
                order.payer == id || order.creditor == id
                    || participants[Int(order.payer)].row.settlementParticipant == id
                    || participants[Int(order.creditor)].row.settlementParticipant == id
            }
        }
        return .accepted
    }

    private mutating func rehashParticipant(_ id: ParticipantID) {
        let hash = participants[Int(id)].row.stateHash
        rowsHash &+= hash &- participants[Int(id)].rowHash
        participants[Int(id)].rowHash = hash
    }

    private mutating func writeParticipant(_ id: ParticipantID) {
        rehashParticipant(id)
        // A batch writes each row once. The attachment of a registration in it stays known.
        if let index = effects.participants.lastIndex(where: { $0.id == id }) {
            participants[Int(id)].row.attachment = effects.participants[index].attachment
            effects.participants[index] = participants[Int(id)].row
        } else {
            effects.participants.append(participants[Int(id)].row)
        }
    }

    mutating func configure(_ corridor: Corridor) -> ResultCode {
        guard corridor.isValid else { return .corridorInvalid }
        let entry = corridors[Int(corridor.foreign.rawValue)]
        if let known = entry.row, known.corridor.tick != corridor.tick, entry.openOrders > 0 {
            return .corridorHasOpenOrders
        }
        guard accounts.room >= missingAccounts(corridor.foreign) else { return .accountsFull }
        for kind in CorridorEntry.ownAccounts {
            _ = accounts.open(kind, .cny)
            _ = accounts.open(kind, corridor.foreign)
        }
        store(CorridorRow(corridor: corridor, state: entry.row?.state ?? .open))
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
        guard var row = corridors[Int(foreign.rawValue)].row else { return .corridorUnknown }
        row.corridor.referenceRate = rate
        guard row.corridor.isValid else { return .corridorInvalid }
        store(row)
        return .accepted
    }

    mutating func setCorridorState(_ foreign: Currency, _ state: CorridorState) -> ResultCode {
        guard var row = corridors[Int(foreign.rawValue)].row else { return .corridorUnknown }
        row.state = state
        store(row)
        if state == .closed { endOrders(.corridorClosed) { $0.foreign == foreign } }
        return .accepted
    }

    private mutating func store(_ row: CorridorRow) {
        let index = Int(row.corridor.foreign.rawValue)
        guard corridors[index].row != row else { return }
        let hash = row.stateHash
        rowsHash &+= hash &- corridors[index].rowHash
        corridors[index].row = row
        corridors[index].rowHash = hash
        corridors[index].lowestRate = row.corridor.lowestRate
        corridors[index].highestRate = row.corridor.highestRate
        // A batch writes each row once.
        if let known = effects.corridors.firstIndex(where: {
            $0.corridor.foreign == row.corridor.foreign
        }) {
            effects.corridors[known] = row
        } else {
            effects.corridors.append(row)
        }
    }

    mutating func fund(
        _ funding: Funding, _ attachment: AttachmentRange
    ) -> (code: ResultCode, isRepetition: Bool) {
        let known = fundingsByReference.find(hash: IdentifierTable.hash(funding.reference.bits)) {
            fundings.pointer($0).pointee.reference == funding.reference
        }
        if known != 0 {
            let same = fundings.pointer(known).pointee.contentHash == funding.contentHash
            return (same ? .accepted : .referenceConflict, same)
        }
        if let code = rejectFunding(funding) { return (code, false) }

        // From here on it must succeed.
        let account = accounts.open(findParticipant(funding.participant), funding.currency)
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
        let number = fundings.take(row)
        fundingsByReference.insert(number) {
            IdentifierTable.hash(fundings.pointer($0).pointee.reference.bits)
        }
        rowsHash &+= row.stateHash
        effects.fundings.append(row)
        return (.accepted, false)
    }

    private func rejectFunding(_ funding: Funding) -> ResultCode? {
        guard funding.amount != 0, funding.amount.magnitude <= UInt64(Limits.maximumAmount) else {
            return .amountInvalid
        }
        let id = findParticipant(funding.participant)
        guard id != 0 else { return .participantUnknown }
        guard isDirect(id) else { return .participantNotDirect }
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
        let id = findParticipant(bic)
        guard id != 0 else { return .participantUnknown }
        guard isDirect(id) else { return .participantNotDirect }
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
