internal import Chance
internal import Domain

extension RandomHistory {
    /// Nostros, withdrawals and agents' entries, most of them sensible.
    mutating func nostroCommand() -> Command {
        switch random.below(24) {
        case 0..<3: .declared(openNostro())
        case 3:
            .declared(
                SetNostroState(
                    nostro: nostro(currency()), state: random.pick([.open, .open, .closed])))
        case 4..<9: .declared(fundNostro())
        case 9..<14: .declared(requestWithdrawal())
        case 14..<17: .declared(OrderWithdrawal(reference: withdrawal()))
        case 17..<19: .declared(ConfirmWithdrawal(reference: withdrawal()))
        case 19:
            .declared(
                ReverseWithdrawal(
                    reference: withdrawal(), reason: random.pick(ReversalReason.allCases)))
        default: .declared(agentEntry())
        }
    }

    private mutating func openNostro() -> OpenNostro {
        guard random.percent(95) else {
            return OpenNostro(agent: BIC(packed: .max), account: .none, currency: .cny)
        }
        let text = random.pick([
            "1", "#7", "TH12-0000/345", "GB33BUKB20201555555555123456789012",
        ])
        guard let account = AgentAccount(text) else { fatalError("no account: \(text)") }
        let wish = OpenNostro(
            agent: random.pick([Banks.beijing, Banks.bangkok]), account: account,
            currency: currency())
        if !nostros.contains(wish) { nostros.append(wish) }
        return wish
    }

    /// Mostly one of the currency.
    mutating func nostro(_ currency: Currency) -> NostroID {
        let fitting = nostros.indices.filter { nostros[$0].currency == currency }
        guard random.percent(90) else { return NostroID(random.below(nostros.count + 2)) }
        guard !fitting.isEmpty, random.percent(70) else { return 0 }
        return NostroID(random.pick(fitting) + 1)
    }

    private mutating func fundNostro() -> FundNostro {
        if !fundedNostros.isEmpty, random.percent(15) {
            var repeated = random.pick(fundedNostros)
            if random.percent(30) { repeated.funding.contentHash += 1 }
            return repeated
        }
        let currency = currency()
        let amount = random.percent(70) ? random.between(1...10_000_000) : fundingAmount()
        let funding = FundNostro(
            Fund(
                reference: reference(), contentHash: UInt128(UInt64(bitPattern: amount)),
                participant: random.pick(Banks.direct + [Banks.kunming, Banks.unknown]),
                currency: currency, amount: amount), nostro: nostro(currency))
        fundedNostros.append(funding)
        return funding
    }

    private mutating func requestWithdrawal() -> RequestWithdrawal {
        if !withdrawals.isEmpty, random.percent(15) {
            var repeated = random.pick(withdrawals)
            if random.percent(30) { repeated.contentHash += 1 }
            return repeated
        }
        let currency = currency()
        let amount = random.percent(80) ? random.between(1...10_000_000) : fundingAmount()
        let wish = RequestWithdrawal(
            reference: reference(), contentHash: UInt128(UInt64(bitPattern: amount)),
            participant: random.pick(Banks.direct + [Banks.kunming, Banks.office, Banks.unknown]),
            currency: currency, amount: amount, nostro: nostro(currency))
        withdrawals.append(wish)
        return wish
    }

    /// A new one, or at times that of something else at an agent.
    private mutating func reference() -> UETR {
        if random.percent(3), let other = withdrawals.last { return other.reference }
        return random.percent(3) ? random.pick(funded).reference : random.uetr()
    }

    /// Mostly a late one, which is still under way.
    private mutating func withdrawal() -> UETR {
        guard !withdrawals.isEmpty, random.percent(95) else { return random.uetr() }
        let recent = random.percent(85) ? min(4, withdrawals.count) : withdrawals.count
        return withdrawals[withdrawals.count - 1 - random.below(recent)].reference
    }

    private mutating func agentEntry() -> BookAgentEntry {
        if !entries.isEmpty, random.percent(15) {
            var repeated = random.pick(entries)
            if random.percent(30) { repeated.contentHash += 1 }
            return repeated
        }
        let currency = currency()
        let kind = random.pick(AgentEntryKind.allCases)
        let isUsual = random.percent(90)
        let usual = random.between(-1_000...1_000)
        let amount = random.percent(20) ? Limits.maximumAmount : usual
        let entry = BookAgentEntry(
            reference: reference(), contentHash: UInt128(UInt64(bitPattern: amount)),
            entry: kind, currency: currency, nostro: nostro(currency),
            otherNostro: (kind == .transfer) == isUsual ? nostro(currency) : 0,
            amount: isUsual ? amount : fundingAmount())
        entries.append(entry)
        return entry
    }
}
