internal import Domain

extension PlainLedger {
    mutating func register(_ registration: ParticipantRegistration) -> Outcome {
        if let known = banks[registration.bic] {
            let isSame = known.registration == registration
            return Outcome(
                code: isSame ? .accepted : .participantConflict, kind: RegisterParticipant.kind,
                isRepetition: isSame)
        }
        let roles = registration.roles
        if roles.isEmpty || roles.contains(.receiveOnly) && roles != .receiveOnly {
            return Outcome(code: .registrationInvalid, kind: RegisterParticipant.kind)
        }
        let through = registration.settlesThrough
        if through != .none, banks[through] == nil || direct(through) != through {
            return Outcome(code: .directParticipantInvalid, kind: RegisterParticipant.kind)
        }
        banks[registration.bic] = Bank(registration: registration)
        return Outcome(code: .accepted, kind: RegisterParticipant.kind)
    }

    mutating func setState(_ named: BIC, _ state: ParticipantState) -> ResultCode {
        guard let bic = registered(named) else { return .participantUnknown }
        banks[bic]?.isActive = state == .active
        for order in open where !isActive(order.terms.payer) || !isActive(order.terms.creditor) {
            end(order, .participantSuspended)
        }
        return .accepted
    }

    mutating func configure(_ corridor: Corridor) -> ResultCode {
        guard isAllowed(corridor) else { return .corridorInvalid }
        let known = corridors[corridor.foreign]
        if let known, known.corridor.tick != corridor.tick,
            open.contains(where: { $0.terms.foreign == corridor.foreign })
        {
            return .corridorHasOpenOrders
        }
        corridors[corridor.foreign] = (corridor, known?.state ?? .open)
        return .accepted
    }

    private func isAllowed(_ corridor: Corridor) -> Bool {
        let reference = Int128(corridor.referenceRate.scaled)
        let tick = Int128(corridor.tick.scaled)
        let width = Int128(corridor.collarBasisPoints)
        guard corridor.foreign != .cny, tick > 0, reference > 0, corridor.cutOffMinute > 0 else {
            return false
        }
        let low = ceil(reference * (10_000 - width), 10_000 * tick)
        let high = floor(reference * (10_000 + width), 10_000 * tick)
        return reference <= 10_000_000_000_000 && low <= high && high < 1 << 20
    }

    mutating func setState(_ foreign: Currency, _ state: CorridorState) -> ResultCode {
        guard corridors[foreign] != nil else { return .corridorUnknown }
        corridors[foreign]?.state = state
        if state == .closed {
            for order in open where order.terms.foreign == foreign { end(order, .corridorClosed) }
        }
        return .accepted
    }

    mutating func setReference(_ foreign: Currency, _ rate: Rate) -> ResultCode {
        guard var corridor = corridors[foreign]?.corridor else { return .corridorUnknown }
        corridor.referenceRate = rate
        guard isAllowed(corridor) else { return .corridorInvalid }
        corridors[foreign]?.corridor = corridor
        return .accepted
    }

    /// - Parameter nostro: 0 is the currency's default one.
    mutating func fund(_ funding: Fund, at nostro: Int, kind: CommandKind) -> Outcome {
        if let known = fundings[funding.reference] {
            let isEarly = contentKey.map { known.time <= $0.time } ?? false
            let account = participant(funding.participant).map { key($0, funding.currency) }
            let isSame =
                known.hash == funding.contentHash
                || isEarly && known.amount == funding.amount && known.account == account
                    && known.nostro == nostro
            return Outcome(
                code: isSame ? .accepted : .referenceConflict, kind: kind, isRepetition: isSame)
        }
        let code =
            isKnown(funding.reference) ? .referenceConflict : rejectFunding(funding, at: nostro)
        if code == .accepted {
            fundings[funding.reference] = Funding(
                hash: funding.contentHash,
                account: key(participant(funding.participant) ?? .none, funding.currency),
                amount: funding.amount, nostro: nostro, time: now)
            move(
                Int128(funding.amount), mirror(nostro, funding.currency),
                key(registered(funding.participant) ?? .none, funding.currency))
        }
        return Outcome(code: code, kind: kind)
    }

    private func rejectFunding(_ funding: Fund, at nostro: Int) -> ResultCode {
        let amount = Int128(funding.amount)
        if amount == 0 || abs(amount) > 10_000_000_000_000_000 { return .amountInvalid }
        guard let bank = registered(funding.participant) else { return .participantUnknown }
        if direct(bank) != bank { return .participantNotDirect }
        if let code = objection(nostro, funding.currency) { return code }
        let account = accounts[key(bank, funding.currency)] ?? Account()
        if account.balance - account.held < -amount, amount < 0 { return .balanceInsufficient }
        guard fits(mirror(nostro, funding.currency), -amount) else {
            return .currencyTotalExceeded
        }
        if amount < 0 { return .accepted }
        return exposure(funding.currency) + amount <= 4_000_000_000_000_000_000
            ? .accepted : .currencyTotalExceeded
    }

    /// All that participants brought, and all that they may overdraw; what agents charged or paid
    /// is neither.
    private func exposure(_ currency: Currency) -> Int128 {
        accounts.filter { $0.key.currency == currency }.reduce(0) {
            let isAgents = $1.key.owner.hasPrefix("nostro") || $1.key.owner.hasPrefix("agent-")
            return $0 + $1.value.credit - (isAgents ? $1.value.balance : 0)
        }
    }

    mutating func setCredit(_ named: BIC, _ limit: Money) -> ResultCode {
        let amount = Int128(limit.minorUnits)
        guard amount >= 0, amount <= 10_000_000_000_000_000 else { return .amountInvalid }
        guard let bic = registered(named) else { return .participantUnknown }
        guard direct(bic) == bic else { return .participantNotDirect }
        let account = accounts[key(bic, limit.currency)] ?? Account()
        let growth = amount - account.credit
        if growth > 0, exposure(limit.currency) + growth > 4_000_000_000_000_000_000 {
            return .currencyTotalExceeded
        }
        guard account.available + growth >= 0 else { return .creditLimitInUse }
        accounts[key(bic, limit.currency), default: Account()].credit = amount
        return .accepted
    }

    mutating func set(_ command: SetIdentifier) -> Outcome {
        func answer(_ code: ResultCode, isRepetition: Bool = false) -> Outcome {
            Outcome(code: code, kind: SetIdentifier.kind, isRepetition: isRepetition)
        }
        guard ClearingCode("\(command.identifier)") == command.identifier else {
            return answer(.identifierInvalid)
        }
        guard let bank = registered(command.participant) else {
            return answer(.participantUnknown)
        }
        let owner = identifiers[command.identifier]
        if let owner, owner != bank { return answer(.identifierConflict) }
        identifiers[command.identifier] = command.removed ? nil : bank
        return answer(.accepted, isRepetition: (owner == nil) == command.removed)
    }

    mutating func set(_ command: SetCorrespondent) -> Outcome {
        func answer(_ code: ResultCode, isRepetition: Bool = false) -> Outcome {
            Outcome(code: code, kind: SetCorrespondent.kind, isRepetition: isRepetition)
        }
        guard let own = registered(command.correspondent) else {
            return answer(.participantUnknown)
        }
        let serves = served[own, default: []].contains(command.bank)
        if serves != command.ended { return answer(.accepted, isRepetition: true) }
        if command.ended {
            served[own, default: []].remove(command.bank)
            return answer(.accepted)
        }
        guard BIC("\(command.bank)") == command.bank, participant(command.bank) == nil else {
            return answer(.correspondentInvalid)
        }
        served[own, default: []].insert(command.bank)
        everServed[own, default: []].insert(command.bank)
        return answer(.accepted)
    }
}
