internal import Chance
package import Domain

/// The commands of one batch with its time.
package struct TimedCommands {
    package var rules: RuleVersion
    package var timestamp: Timestamp
    package var commands: [Command]

    package init(
        rules: RuleVersion = .current, timestamp: Timestamp, commands: [Command]
    ) {
        self.rules = rules
        self.timestamp = timestamp
        self.commands = commands
    }

    package var batch: Batch {
        guard rules >= .v3 else {
            return Batch(
                commands.map { EncodedCommand($0) }, rules: rules, timestamp: timestamp)
        }
        let commands = commands.map { EncodedCommand($0, attachment: $0.words) }
        return Batch(fake: commands, rules: rules, timestamp: timestamp)
    }
}

/// A random but repeatable life of a ledger, made so that most orders meet others: few banks, rates
/// within some ticks of the reference, amounts from one minor unit to thousands of fills, and all
/// that goes wrong in practice in between.
package struct RandomHistory {
    package private(set) var batches: [TimedCommands] = []
    /// Those of the next batch.
    package private(set) var rules: RuleVersion
    var random: SplitMix64
    private let namings: Int
    var corridors: [Corridor] = []
    var submitted: [PaymentOrder] = []
    var funded: [Fund] = []
    /// In the order of their numbers.
    var nostros: [OpenNostro] = []
    var fundedNostros: [FundNostro] = []
    var withdrawals: [RequestWithdrawal] = []
    var entries: [BookAgentEntry] = []
    var noticed: [RecordNotice] = []
    /// What the key of the content hashes makes of them; 0 before there is one.
    private(set) var keyed: UInt128 = 0
    var operators = RandomOperators()
    private var suspended: [BIC] = []
    private var troubled: [Currency] = []
    /// The dates behind the calendars that were adopted, as far as that went well.
    var calendarEnds: [Currency: CivilDate] = [:]
    /// Monday, 5 January 2026, 01:00 UTC.
    private(set) var now: Timestamp = 1_767_574_800_000_000_000

    /// - Parameters:
    ///   - namings: commands of a thousand that change whom BICs mean, beside usual ones.
    ///   - first: the rules by which the ledger begins; any when left out.
    package init(
        seed: UInt64, commands count: Int = 2_000, namings: Int = 0, rules first: RuleVersion? = nil
    ) {
        self.namings = namings
        var seeded = SplitMix64(seed: seed)
        let any: RuleVersion = seeded.pick([.v2, .v3, .v4])
        rules = first ?? any
        random = seeded
        corridors = RandomHistory.corridors(&random)
        batches.append(TimedCommands(rules: rules, timestamp: now, commands: opening()))
        var made = batches[0].commands.count
        while made < count {
            let step = random.percent(4) ? 40 * hour : 10 * minute
            now += random.between(1...step)
            // Cases pass their deadlines.
            if random.percent(3) { now += 250 * hour }
            let size = min(count - made, random.percent(10) ? 0 : 1 + random.below(70))
            var commands = (0..<size).map { _ in given(command()) }
            made += size
            if rules >= .v4, random.percent(15) { commands += calendarCommands() }
            if rules >= .v4, random.percent(45) { commands += agentStatementCommands() }
            let raised = random.percent(3) ? raisedTo() : 0
            if raised != 0 { commands.append(raise(to: raised)) }
            batches.append(TimedCommands(rules: rules, timestamp: now, commands: commands))
            // Behind the batch, and never back.
            rules = max(rules, RuleVersion(rawValue: raised) ?? rules)
        }
    }

    /// Rules to ask for. Whether an operator is heard who asks for newer ones than version 3 a
    /// history does not know beforehand, so it does not ask.
    private mutating func raisedTo() -> UInt16 {
        let version = UInt16(random.between(1...Int64(RuleVersion.current.rawValue) + 1))
        let isHeard = rules < .v3 || version <= rules.rawValue
        return isHeard ? version : RuleVersion.current.rawValue + 1
    }

    private mutating func raise(to version: UInt16) -> Command {
        let raise = Command.declared(RaiseRules(version: version))
        return raise.given(by: People.wang, as: random.uetr().bits).under(rules)
    }

    private var minute: Int64 { 60_000_000_000 }
    private var hour: Int64 { 60 * minute }

    private mutating func opening() -> [Command] {
        var commands = Banks.registrations.map { Command.declared(RegisterParticipant($0)) }
        commands += corridors.map { .declared(ConfigureCorridor($0)) }
        for bic in Banks.direct {
            for currency in [.cny] + corridors.map(\.foreign) where random.percent(90) {
                let isRich = random.percent(85)
                let most = isRich ? Limits.maximumAmount / 4 : 1_000_000
                let amount = random.between((isRich ? 1_000_000_000 : 1)...most)
                commands.append(fund(bic, currency, amount))
            }
        }
        if rules >= .v4 { commands += firstAgentStatements() }
        return commands.enumerated().map { opened($1, $0) }
    }

    private mutating func fund(_ bic: BIC, _ currency: Currency, _ amount: Int64) -> Command {
        let funding = Fund(
            reference: random.uetr(), contentHash: UInt128(UInt64(bitPattern: amount)),
            participant: bic, currency: currency, amount: amount)
        funded.append(funding)
        return .declared(funding)
    }

    private mutating func command() -> Command {
        if rules >= .v3, random.percent(8) { return nostroCommand() }
        if rules >= .v3, random.percent(2) { return messagingCommand() }
        if rules >= .v3, random.percent(7) { return .declared(followUpCommand()) }
        if rules >= .v3, random.percent(3) { return .declared(notice()) }
        if rules >= .v4, random.percent(4) { return .declared(policyCommand()) }
        if rules >= .v4, random.percent(2) { return .declared(keyCommand()) }
        if rules >= .v4, random.percent(1) { return .declared(debitCap()) }
        if rules >= .v4, random.percent(1) { return datedFunding() }
        if namings > 0, random.below(1_000) < namings {
            return random.percent(50) ? naming() : registration()
        }
        switch random.below(1_000) {
        case 0..<770: return .submitPayment(newOrder())
        case 770..<870: return cancellation()
        case 870..<905: return .submitPayment(repeatedOrder())
        case 905..<925:
            return fund(
                random.pick(Banks.direct + [Banks.kunming, Banks.unknown]), currency(),
                fundingAmount())
        case 925..<930: return repeatedFunding()
        case 930..<945: return creditLimit()
        case 945..<962: return participantState()
        case 962..<975: return corridorState()
        case 975..<987: return referenceRate()
        case 987..<992: return configuration()
        case 992..<994: return random.percent(60) ? naming() : ofContents()
        case 994..<998: return setOperator()
        default: return registration()
        }
    }

    mutating func currency() -> Currency {
        random.percent(50) ? .cny : random.pick(corridors).foreign
    }

    mutating func fundingAmount() -> Int64 {
        switch random.below(20) {
        case 0: 0
        case 1: .min
        case 2: Limits.maximumAmount + 1
        case 3...9: -random.between(1...10_000_000)
        default: random.between(1...1_000_000_000)
        }
    }

    private mutating func cancellation() -> Command {
        guard !submitted.isEmpty, random.percent(95) else {
            return .cancelPayment(Cancellation(uetr: random.uetr(), submitter: Banks.beijing))
        }
        let recent = random.percent(80) ? min(60, submitted.count) : submitted.count
        let order = submitted[submitted.count - 1 - random.below(recent)]
        let submitter = random.percent(90) ? order.submitter : random.pick(Banks.payers)
        var wish = Cancellation(uetr: order.uetr, submitter: submitter)
        if rules >= .v3, random.percent(30) {
            wish.payer = random.percent(80) ? order.payer : random.pick(Banks.payers)
        }
        return .cancelPayment(wish)
    }

    private mutating func repeatedOrder() -> PaymentOrder {
        guard !submitted.isEmpty else { return newOrder() }
        var order = random.pick(submitted)
        switch random.below(6) {
        case 0:
            order.amount &+= 1
            return sealed(order)
        case 1: order.submitter = random.pick(Banks.payers)
        // With another date, or on its date without one.
        case 2 where rules >= .v4:
            order.settlementDate = random.percent(50) ? .none : settlementDate()
        default: break
        }
        // Repeated by its bank, or delayed on its way.
        if random.percent(70) { order = sealed(order) }
        // A refused bank tries again, and late duplicates of older attempts come in between.
        if rules >= .v3, random.percent(60) { order.attempt = UInt128(1 + random.below(12)) }
        return order
    }

    private mutating func repeatedFunding() -> Command {
        var funding = random.pick(funded)
        if random.percent(70) { funding.contentHash ^= keyed }
        if random.percent(30) { funding.contentHash += 1 }
        return .declared(funding)
    }

    private mutating func creditLimit() -> Command {
        let bic = random.pick(Banks.direct + [Banks.kunming, Banks.unknown])
        let amount = random.percent(10) ? -1 : random.between(0...100_000_000)
        return .declared(
            SetCreditLimit(bic: bic, limit: Money(minorUnits: amount, currency: currency())))
    }

    /// Large enough for many orders, mostly.
    private mutating func debitCap() -> SetDebitCap {
        let banks =
            random.percent(90) ? Banks.direct : Banks.direct + [Banks.kunming, Banks.unknown]
        let most = random.pick([-1, 1_000_000, 100_000_000, 10_000_000_000, Limits.maximumAmount])
        return SetDebitCap(
            participant: random.pick(banks),
            counterparty: random.percent(60) ? random.pick(banks) : .none,
            cap: Money(
                minorUnits: most > 0 ? random.between(0...most) : most, currency: currency()),
            removed: random.percent(25))
    }

    /// Suspensions end soon, or a history would be nothing but refusals.
    private mutating func participantState() -> Command {
        if let bic = suspended.popLast() {
            return .declared(SetParticipantState(bic: bic, state: .active))
        }
        guard random.percent(30) else {
            return .declared(SetParticipantState(bic: Banks.unknown, state: .suspended))
        }
        let bic = random.pick(Banks.payers + [Banks.receiver])
        suspended.append(bic)
        return .declared(SetParticipantState(bic: bic, state: .suspended))
    }

    private mutating func corridorState() -> Command {
        if let foreign = troubled.popLast() {
            return .declared(SetCorridorState(foreign: foreign, state: .open))
        }
        let foreign = random.percent(10) ? Currency.jpy : random.pick(corridors).foreign
        troubled.append(foreign)
        let state = random.pick([CorridorState.halted, .halted, .closed])
        return .declared(SetCorridorState(foreign: foreign, state: state))
    }

    private mutating func referenceRate() -> Command {
        let corridor = random.pick(corridors)
        let move = corridor.tick.scaled * random.between(-3...3)
        let rate = Rate(scaled: corridor.referenceRate.scaled + move)
        return .declared(
            SetReferenceRate(
                foreign: random.percent(10) ? .cny : corridor.foreign,
                rate: random.percent(10) ? Rate(scaled: -1) : rate))
    }

    private mutating func configuration() -> Command {
        var corridor = random.pick(corridors)
        switch random.below(6) {
        case 0: corridor.tick.scaled *= 2
        case 1: corridor.cutOffMinute = 0
        case 2: corridor.minimumSize += 1
        case 3: corridor.selfMatch = random.pick(SelfMatch.allCases)
        default: corridor.feePartsPerMillion = UInt32(random.below(3_000))
        }
        return .declared(ConfigureCorridor(corridor))
    }

    /// The key of the content hashes, and erasures.
    private mutating func ofContents() -> Command {
        guard rules >= .v3 else { return registration() }
        if keyed == 0 || random.percent(10) {
            let number: UInt32 = random.percent(90) ? 1 : 2
            if number == 1 { keyed = 0x5EED << 64 | 0x5EED }
            return .declared(SetContentKey(number: number))
        }
        let order = submitted.isEmpty ? newOrder() : random.pick(submitted)
        let payer = random.percent(80) ? order.payer : Banks.unknown
        return .declared(EraseContent(uetr: order.uetr, payer: payer))
    }

    /// The order with the hash that the gateway would form now.
    func sealed(_ order: PaymentOrder) -> PaymentOrder {
        var order = order.sealed
        order.contentHash ^= keyed
        return order
    }

    /// Clearing codes and correspondents, which version 2 does not know.
    private mutating func naming() -> Command {
        guard rules >= .v3 else { return registration() }
        let banks = [Banks.beijing, Banks.bangkok, Banks.branch, Banks.office, Banks.unknown]
        guard random.percent(60) else {
            let codes = ["CNAPS:104100000004", "THCBC:002", "CNAPS:104100000012"]
            let code = ClearingCode(random.pick(codes)) ?? ClearingCode(packed: 0)
            return .declared(
                SetIdentifier(
                    identifier: random.percent(90) ? code : ClearingCode(packed: 37),
                    participant: random.pick(banks), removed: random.percent(30)))
        }
        let bank = random.pick([Banks.vientiane, Banks.vientiane, Banks.luang, Banks.office])
        return .declared(
            SetCorrespondent(
                correspondent: random.pick(banks), bank: bank, ended: random.percent(25)))
    }

    private mutating func registration() -> Command {
        var registration = random.pick(Banks.registrations)
        switch random.below(5) {
        case 0: registration.roles = .payer
        case 3: registration = random.pick(Banks.lateRegistrations)
        case 1:
            registration.bic = Banks.unknown
            registration.settlesThrough = Banks.kunming
        case 2:
            registration.roles = []
            registration.bic = Banks.unknown
        default: break
        }
        return .declared(RegisterParticipant(registration))
    }
}
