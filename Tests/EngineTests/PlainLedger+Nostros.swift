internal import Domain

/// R12: accounts at agents, withdrawals, and what agents do of their own accord.
extension PlainLedger {
    struct Nostro: Equatable {
        var agent: BIC
        var account: AgentAccount
        var currency: Currency
        var isOpen = true
    }

    struct Withdrawal {
        var terms: RequestWithdrawal
        var stage = "asked"
        var reason = ReversalReason.none
    }

    /// The command's outcome, if it is one of these.
    mutating func carryOutNostro(_ command: any DeclaredCommand) -> Outcome? {
        let (code, isRepetition): (ResultCode, Bool)
        switch command {
        case let it as OpenNostro: (code, isRepetition) = open(it)
        case let it as SetNostroState: (code, isRepetition) = (setState(it), false)
        case let it as FundNostro:
            return fund(it.funding, at: Int(it.nostro), kind: FundNostro.kind)
        case let it as RequestWithdrawal: (code, isRepetition) = ask(it)
        case let it as OrderWithdrawal: (code, isRepetition) = order(it.reference)
        case let it as ConfirmWithdrawal: (code, isRepetition) = confirm(it.reference)
        case let it as ReverseWithdrawal: (code, isRepetition) = reverse(it)
        case let it as BookAgentEntry: (code, isRepetition) = book(it)
        default: return nil
        }
        return Outcome(code: code, kind: type(of: command).kind, isRepetition: isRepetition)
    }

    func mirror(_ nostro: Int, _ currency: Currency) -> AccountKey {
        AccountKey(owner: nostro == 0 ? "nostro" : "nostro \(nostro)", currency: currency)
    }

    /// R12.4 what stands against booking there.
    func objection(_ nostro: Int, _ currency: Currency) -> ResultCode? {
        if nostro == 0 { return nil }
        if nostro > nostros.count { return .nostroUnknown }
        if !nostros[nostro - 1].isOpen { return .nostroClosed }
        return nostros[nostro - 1].currency == currency ? nil : .nostroCurrencyDiffers
    }

    /// R12.5 one of the gateway's accounts stays within its bound.
    func fits(_ key: AccountKey, _ change: Int128) -> Bool {
        abs((accounts[key]?.balance ?? 0) + change) <= 4_000_000_000_000_000_000
    }

    func isKnown(_ reference: UETR) -> Bool {
        fundings[reference] != nil || withdrawals[reference] != nil || entries[reference] != nil
    }

    private mutating func open(_ wish: OpenNostro) -> (ResultCode, Bool) {
        let isWritten = BIC("\(wish.agent)") == wish.agent
        guard isWritten, AgentAccount("\(wish.account)") == wish.account else {
            return (.nostroInvalid, false)
        }
        let isKnown = nostros.contains {
            $0.agent == wish.agent && $0.account == wish.account && $0.currency == wish.currency
        }
        if !isKnown {
            nostros.append(
                Nostro(agent: wish.agent, account: wish.account, currency: wish.currency))
        }
        return (.accepted, isKnown)
    }

    private mutating func setState(_ wish: SetNostroState) -> ResultCode {
        let number = Int(wish.nostro)
        guard number > 0, number <= nostros.count else { return .nostroUnknown }
        let key = mirror(number, nostros[number - 1].currency)
        if wish.state == .closed, accounts[key]?.balance ?? 0 != 0 { return .nostroInUse }
        nostros[number - 1].isOpen = wish.state == .open
        return .accepted
    }

    private mutating func ask(_ wish: RequestWithdrawal) -> (ResultCode, Bool) {
        if let known = withdrawals[wish.reference] {
            let isSame = known.terms.contentHash == wish.contentHash
            return (isSame ? .accepted : .referenceConflict, isSame)
        }
        if isKnown(wish.reference) { return (.referenceConflict, false) }
        let amount = Int128(wish.amount)
        if amount <= 0 || amount > 10_000_000_000_000_000 { return (.amountInvalid, false) }
        guard let bank = participant(wish.participant) else { return (.participantUnknown, false) }
        if direct(bank) != bank { return (.participantNotDirect, false) }
        if !isActive(bank) { return (.participantSuspended, false) }
        if let code = objection(Int(wish.nostro), wish.currency) { return (code, false) }
        let key = key(bank, wish.currency)
        let account = accounts[key] ?? Account()
        if account.balance - account.held < amount { return (.balanceInsufficient, false) }
        let underWay = withdrawals.values.count {
            ["asked", "ordered"].contains($0.stage)
                && self.key($0.terms.participant, $0.terms.currency) == key
        }
        if underWay >= 1_000 { return (.withdrawalsFull, false) }
        accounts[key]?.held += amount
        var terms = wish
        terms.participant = bank
        withdrawals[wish.reference] = Withdrawal(terms: terms)
        return (.accepted, false)
    }

    private mutating func order(_ reference: UETR) -> (ResultCode, Bool) {
        guard let known = withdrawals[reference] else { return (.withdrawalUnknown, false) }
        if known.stage == "ordered" { return (.accepted, true) }
        if known.stage != "asked" { return (.withdrawalNotInState, false) }
        if let code = objection(Int(known.terms.nostro), known.terms.currency) {
            return (code, false)
        }
        withdrawals[reference]?.stage = "ordered"
        return (.accepted, false)
    }

    private mutating func confirm(_ reference: UETR) -> (ResultCode, Bool) {
        guard let known = withdrawals[reference] else { return (.withdrawalUnknown, false) }
        if known.stage == "paid" { return (.accepted, true) }
        if known.stage != "ordered" { return (.withdrawalNotInState, false) }
        let terms = known.terms
        if let code = objection(Int(terms.nostro), terms.currency) { return (code, false) }
        let agents = mirror(Int(terms.nostro), terms.currency)
        if !fits(agents, Int128(terms.amount)) { return (.currencyTotalExceeded, false) }
        accounts[key(terms.participant, terms.currency)]?.held -= Int128(terms.amount)
        move(Int128(terms.amount), key(terms.participant, terms.currency), agents)
        fundings[reference] = Funding(
            hash: terms.contentHash, account: key(terms.participant, terms.currency),
            amount: -terms.amount, nostro: Int(terms.nostro), time: now)
        withdrawals[reference]?.stage = "paid"
        return (.accepted, false)
    }

    private mutating func reverse(_ wish: ReverseWithdrawal) -> (ResultCode, Bool) {
        if wish.reason == .none { return (.reasonMissing, false) }
        guard let known = withdrawals[wish.reference] else { return (.withdrawalUnknown, false) }
        if known.stage == "given back" {
            let isSame = known.reason == wish.reason
            return (isSame ? .accepted : .withdrawalNotInState, isSame)
        }
        if known.stage == "paid" { return (.withdrawalNotInState, false) }
        let key = key(known.terms.participant, known.terms.currency)
        accounts[key]?.held -= Int128(known.terms.amount)
        withdrawals[wish.reference]?.stage = "given back"
        withdrawals[wish.reference]?.reason = wish.reason
        return (.accepted, false)
    }

    private mutating func book(_ wish: BookAgentEntry) -> (ResultCode, Bool) {
        if let known = entries[wish.reference] {
            let isSame = known == wish.contentHash
            return (isSame ? .accepted : .referenceConflict, isSame)
        }
        if isKnown(wish.reference) { return (.referenceConflict, false) }
        let amount = Int128(wish.amount)
        if amount == 0 || abs(amount) > 10_000_000_000_000_000 { return (.amountInvalid, false) }
        let isTransfer = wish.entry == .transfer
        if isTransfer && wish.nostro == wish.otherNostro || !isTransfer && wish.otherNostro != 0 {
            return (.agentEntryInvalid, false)
        }
        for nostro in [wish.nostro, wish.otherNostro] {
            if let code = objection(Int(nostro), wish.currency) { return (code, false) }
        }
        let agents = mirror(Int(wish.nostro), wish.currency)
        let owners = ["agent-charges", "agent-interest"]
        let other =
            isTransfer
            ? mirror(Int(wish.otherNostro), wish.currency)
            : AccountKey(owner: owners[wish.entry == .fee ? 0 : 1], currency: wish.currency)
        if !fits(agents, -amount) || !fits(other, amount) { return (.currencyTotalExceeded, false) }
        move(amount, agents, other)
        entries[wish.reference] = wish.contentHash
        return (.accepted, false)
    }
}
