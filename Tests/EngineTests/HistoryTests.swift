internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// Two hundred random lives of a ledger, each told to five witnesses that must agree.
@Suite struct HistoryTests {
    static let seeds: [UInt64] = Array(1...200)

    @Test(arguments: [0, 100])
    func everyWitnessAgrees(first: Int) throws {
        var reached: Set<ResultCode> = []
        var broughtBack = 0
        var days = 0
        var statements = StatementCheck.Counts()
        var agents = AgentStatementCheck.Counts()
        var entered = 0
        var entryRefused = 0
        for seed in HistoryTests.seeds[first..<first + 100] {
            do {
                var witnesses = Witnesses(seed: seed)
                try witnesses.run()
                reached.formUnion(witnesses.reached)
                broughtBack += witnesses.broughtBack
                days += witnesses.daysCompared
                statements += witnesses.statements
                agents += witnesses.agents
                entered += witnesses.entered
                entryRefused += witnesses.entryRefused
            } catch {
                Issue.record("seed \(seed): \(error)")
                return
            }
        }
        #expect(reached.isSuperset(of: ResultCodeTests.ofOperators.map(\.0)))
        #expect(reached.isSuperset(of: ResultCodeTests.ofCalendars))
        #expect(days > 0)
        #expect(reached.isSuperset(of: [.debitCapReached, .bilateralCapReached]))
        // R14.12 is nothing that only idle accounts show.
        #expect(statements.all > 300 && statements.moved > 60, "\(statements)")
        #expect(reached.isSuperset(of: ResultCodeTests.ofDates))
        #expect(reached.isSuperset(of: ResultCodeTests.ofAgentStatements))
        // R23.6 Gaps remain, and so do chains without one.
        #expect(agents.gaps > 20 && agents.taken > 200 && agents.closed > 5, "\(agents)")
        #expect(entered > 0 && entryRefused > 0)
        // R15.13 is no rule that random orders never reach.
        #expect(broughtBack > 0)
        // R17, what people meet often.
        let often: [ResultCode] = [
            .proposed, .policyInvalid, .personsMissing, .proposalWaits, .proposalUnknown,
            .proposalDecided, .proposalDiffers, .samePerson, .dutiesSeparate, .proposalExpired,
        ]
        #expect(reached.isSuperset(of: often))
    }
}

/// One history, applied to the engine, to an engine with the slow book, to an engine that reads
/// bytes and is rebuilt from its tables on the way, and to the plain ledger; audited every batch.
struct Witnesses: ~Copyable {
    private let history: RandomHistory
    private var random: SplitMix64
    private var engine = Engine()
    private var slow = LedgerEngine<ReferenceBook>()
    private var restarted = Engine()
    private var plain = PlainLedger()
    private var tables = Tables()
    private var effects = Effects()
    private(set) var reached: Set<ResultCode> = []
    /// Business days whose balances were compared.
    private(set) var daysCompared = 0
    /// Statements that were added up, and those of them with entries.
    private(set) var statements = StatementCheck.Counts()
    /// Statements of agents that were compared.
    private(set) var agents = AgentStatementCheck.Counts()

    init(seed: UInt64, commands: Int = 2_000) {
        history = RandomHistory(seed: seed, commands: commands)
        random = SplitMix64(seed: ~seed)
    }

    /// Return orders that were filled.
    var broughtBack: Int {
        tables.declared[ReturnRow.self].count {
            $0.order > 0 && tables.payments[Int($0.order) - 1].paid > 0
        }
    }

    /// Payments that entered on their date after they had waited for it, and those that could not.
    var entered: Int {
        tables.declared[DatedPaymentRow.self].count {
            $0.state == .entered && $0.enteredAt != tables.payments[Int($0.payment) - 1].acceptedAt
        }
    }

    var entryRefused: Int { tables.payments.count { $0.endReason == .entryRefused } }

    mutating func run() throws {
        let restart = 1 + random.below(history.batches.count - 1)
        for (number, timed) in history.batches.enumerated() {
            if number == restart { restarted = try Engine(loading: image) }
            try apply(timed, at: UInt64(number + 1))
        }
        try comparePlain()
        try compareDays()
        try compareKeys()
        try compareCaps()
        try compareMessages()
        statements += try StatementCheck(tables).run()
        agents += try AgentStatementCheck(tables: tables, statements: plain.agentStatements).run()
        try repeatEverything()
    }

    /// With what came beside open proposals, which rows do not hold.
    private var image: LedgerImage {
        var image = tables.image
        for row in tables.declared[ProposalRow.self] where row.state == .open {
            let words = row.command.map { Command.declared($0).words } ?? []
            if !words.isEmpty { image.proposalAttachments[row.id] = words }
        }
        return image
    }

    private mutating func apply(_ timed: TimedCommands, at index: UInt64) throws {
        var timed = timed
        let seen = tables.declared[ProposalRow.self]
        var numbers = StatementNumbers(seeing: tables.declared[AgentStatementRow.self])
        timed.commands = timed.commands.map { numbers.made(Decisions.made($0, seeing: seen)) }
        let batch = timed.batch
        let before = tables
        engine.apply(batch, at: index, into: &effects)
        try tables.absorb(effects)
        try check("R1.7", tables.hash == effects.position.stateHash, "state hash at \(index)")
        let audit = Audit(before: before, after: tables, effects: effects)
        try audit.run()
        try audit.engine(engine)

        var others = Effects()
        slow.apply(batch, at: index, into: &others)
        try compare(others, "slow book at \(index)")
        restarted.apply(
            try Batch(decoding: batch.bytes, contents: batch.contents), at: index, into: &others)
        try audit.engine(restarted)
        try compare(others, "restarted engine at \(index)")
        try compareOutcomes(plain.apply(timed), timed)
        for outcome in effects.outcomes { reached.insert(outcome.code) }
    }

    /// R1.1 the same batches give the same outcomes and rows, byte for byte.
    private func compare(_ others: Effects, _ name: String) throws {
        var bytes: (mine: [UInt8], others: [UInt8]) = ([], [])
        for outcome in effects.outcomes { outcome.encode(into: &bytes.mine) }
        for outcome in others.outcomes { outcome.encode(into: &bytes.others) }
        try check("R1.1", bytes.mine == bytes.others, "outcomes, \(name)")
        try check("R1.1", effects.position == others.position, "position, \(name)")
        for type in DeclaredRows.all { try compare(type, others, name) }
        try check("R1.1", effects.accounts == others.accounts, "accounts, \(name)")
        try check("R1.1", effects.payments == others.payments, "payments, \(name)")
        try check("R1.1", effects.fills == others.fills, "fills, \(name)")
    }

    private func compare<Row: DeclaredRow>(
        _ type: Row.Type, _ others: Effects, _ name: String
    ) throws {
        try check(
            "R1.1", effects.declared[type] == others.declared[type], "\(Row.table), \(name)")
    }

    /// The plain ledger numbers no fills; all else of an outcome must be the same.
    private func compareOutcomes(_ plain: [Outcome], _ timed: TimedCommands) throws {
        try check("R1.1", plain.count == effects.outcomes.count, "outcomes")
        for (position, pair) in zip(plain, effects.outcomes).enumerated() {
            var mine = pair.1
            mine.firstFill = 0
            try check(
                "R3.1", pair.0 == mine,
                "\(timed.commands[position])\nplain  \(pair.0)\nengine \(mine)")
        }
    }

    private func comparePlain() throws {
        try check("R6.3", plain.fills.count == tables.fills.count, "number of fills")
        for (mine, row) in zip(plain.fills, tables.fills) {
            let fill = PlainLedger.Fill(
                renminbiPayment: Int(row.renminbiPayment), foreignPayment: Int(row.foreignPayment),
                renminbi: Int128(row.renminbiAmount), foreign: Int128(row.foreignAmount),
                rate: Int128(row.rate.scaled), renminbiFee: Int128(row.renminbiFee),
                foreignFee: Int128(row.foreignFee))
            try check("R6.3", mine == fill, "plain \(mine)\nengine \(fill)")
        }
        for row in tables.accounts {
            let key = key(row)
            let account = PlainLedger.Account(
                balance: Int128(row.balance), held: Int128(row.held),
                credit: Int128(row.creditLimit))
            let mine = plain.accounts[key] ?? PlainLedger.Account()
            try check("R1.3", mine == account, "\(key): plain \(mine), engine \(account)")
        }
    }

    /// R21 how each cap stands, from its row and from all that was filled and is open.
    private func compareCaps() throws {
        let rows = tables.declared[DebitCapRow.self].filter { !$0.removed }
        try check("R21.2", rows.count == plain.caps.count, "\(rows) \(plain.caps)")
        for row in rows {
            let key = PlainLedger.CapKey(
                payer: bic(row.participant),
                payee: row.counterparty == 0 ? nil : bic(row.counterparty),
                currency: row.currency)
            guard let cap = plain.caps[key] else { throw Violation(description: "\(row)") }
            let days = plain.calendars[row.currency]?.openings.count ?? 0
            let position = Int128(row.position(on: DayNumber(days)))
            let isSame =
                cap.amount == Int128(row.cap) && plain.held(key) == Int128(row.held)
                && plain.position(key, cap) == position
            try check(
                "R21.3", isSame,
                "\(row): held \(plain.held(key)), position \(plain.position(key, cap))")
        }
    }

    private func bic(_ id: ParticipantID) -> BIC {
        tables.declared[ParticipantRow.self].first { $0.id == id }?.registration.bic ?? .none
    }

    /// R20.4 what every account had when each business day began, from the rows that were written
    /// when it changed, and from a ledger that keeps all balances of all days.
    private mutating func compareDays() throws {
        var days: [UInt64: BusinessDayRow] = [:]
        for row in tables.declared[BusinessDayRow.self] { days[row.id] = row }
        for (currency, calendar) in plain.calendars {
            for (place, opening) in calendar.openings.enumerated() {
                let number = DayNumber(place + 1)
                let row = days.removeValue(forKey: BusinessDayRow.id(of: currency, number))
                let isSame =
                    row?.began == opening.time
                    && row?.date.rawValue == calendar.business[place] ?? 0
                try check("R20.2", isSame, "day \(number) of \(currency.code): \(row as Any)")
                for account in tables.accounts where account.currency == currency {
                    let mine = opening.balances[key(account)] ?? 0
                    let kept = Int128(tables.opening(of: account, on: number))
                    try check("R20.4", mine == kept, "\(account) on \(number): \(mine), \(kept)")
                }
                daysCompared += 1
            }
        }
        try check("R20.2", days.isEmpty, "more business days: \(days)")
    }

    /// R18.1, R18.5 the same keys, of the same owners, in the same state.
    private func compareKeys() throws {
        let rows = tables.declared[KeyRow.self].sorted { $0.id < $1.id }
        try check("R18.5", rows.count == plain.keys.count, "number of keys")
        try check("R18.1", rows.map { Int($0.id) } == Array(1..<rows.count + 1), "\(rows)")
        for row in rows {
            let mine = plain.keys[row.fingerprint]
            let isSame =
                mine?.owner == row.owner && mine?.purpose == row.purpose
                && mine?.until == row.until && mine?.state == row.state.word
                && (row.state == .revoked) == (row.revokedAt > 0)
            try check("R18.1", isSame, "plain \(mine as Any)\nengine \(row)")
        }
    }

    private func key(_ row: AccountRow) -> PlainLedger.AccountKey {
        let owner =
            row.kind == .settlement
            ? "\(tables.participants[Int(row.participant) - 1].registration.bic)"
            : row.kind.word + (row.participant > 0 ? " \(row.participant)" : "")
        return PlainLedger.AccountKey(owner: owner, currency: row.currency)
    }

    /// R14 every bank is told the same under the same numbers, but for what comes at one time.
    private func compareMessages() throws {
        let rows = Dictionary(grouping: tables.declared[BankMessageRow.self], by: \.participant)
        try compareUntold()
        for row in tables.declared[MessagingRow.self] {
            let bic = tables.participants[Int(row.participant) - 1].registration.bic
            let told = (rows[row.participant] ?? []).sorted { $0.number < $1.number }
            try check("R14.2", told.map(\.number) == Array(0..<row.newest).map { $0 + 1 }, "\(bic)")
            let mine = plain.messaging[bic] ?? PlainLedger.Messaging()
            try check("R14.3", mine.acknowledged == row.acknowledged, "\(bic) acknowledged")
            try compare(mine.messages, told.map { message($0) }, bic)
        }
    }

    /// R14.7 what is untold of each account.
    private func compareUntold() throws {
        for row in tables.declared[NotificationRow.self] {
            let account = tables.accounts[Int(row.account) - 1]
            let owner = tables.participants[Int(account.participant) - 1].registration.bic
            let key = PlainLedger.AccountKey(owner: "\(owner)", currency: account.currency)
            let known =
                plain.untold[key] ?? PlainLedger.Untold(since: 0, first: 0, entries: 0)
            let isSame =
                known.entries == Int(row.entries) && known.since == row.since
                && known.first == row.first
            try check("R14.7", isSame, "\(key): plain \(known), engine \(row)")
        }
    }

    private func message(_ row: BankMessageRow) -> PlainLedger.Message {
        let isOfAccount = [.notification, .accountReport, .statement].contains(row.kind)
        let isNumbered = !isOfAccount && row.kind != .paymentReturn
        return PlainLedger.Message(
            kind: row.kind, time: row.timestamp, payment: isNumbered ? Int(row.subject) : 0,
            fill: Int(row.fill), status: row.status, reason: row.reason, credit: row.credit,
            caseState: row.caseState, code: row.code, paid: Int128(row.paid),
            received: Int128(row.received),
            currency: isOfAccount ? tables.accounts[Int(row.subject) - 1].currency : nil,
            since: row.since, until: row.until, part: Int(row.part), parts: Int(row.parts),
            day: Int(row.day))
    }

    /// The plain ledger opens no account before something is booked on it, and does not know in
    /// which order accounts were opened.
    private func compare(
        _ mine: [PlainLedger.Message], _ told: [PlainLedger.Message], _ bank: BIC
    ) throws {
        let reports = mine.filter { $0.kind == .accountReport }
        for report in reports {
            try check("R14.8", told.contains(report), "\(bank) is not told \(report)")
        }
        let (mine, told) = (mine.others, told.others)
        try check("R14.4", mine.count == told.count, "\(bank): \(mine.count), \(told.count)")
        for (mine, told) in zip(mine, told) {
            try check("R14.4", mine == told, "\(bank)\nplain  \(mine)\nengine \(told)")
        }
    }

    private func key(_ payer: BIC, _ uetr: UETR) -> PlainLedger.OrderKey {
        PlainLedger.OrderKey(payer: payer, uetr: uetr)
    }

    /// Whether a command without an actor finds that it is a repetition.
    private func mayRepeat(_ command: any DeclaredCommand) -> Bool {
        history.rules < .v3 || !type(of: command).isOperators
    }

    /// R2.5, R2.6, R13.4 repeating whatever is on record changes nothing.
    private mutating func repeatEverything() throws {
        var references = Dictionary(
            uniqueKeysWithValues: tables.fundings.map { ($0.reference, $0.contentHash) })
        for row in tables.withdrawals { references[row.reference] = row.contentHash }
        for row in tables.entries { references[row.reference] = row.contentHash }
        let contents = Dictionary(
            uniqueKeysWithValues: tables.payments.map {
                (
                    key(tables.participants[Int($0.payer) - 1].registration.bic, $0.uetr),
                    $0.contentHash
                )
            })
        var dates: [PlainLedger.OrderKey: CivilDate] = [:]
        for row in tables.declared[DatedPaymentRow.self] {
            let payment = tables.payments[Int(row.payment) - 1]
            let payer = tables.participants[Int(payment.payer) - 1].registration.bic
            dates[key(payer, payment.uetr)] = row.date
        }
        let names = tables.declared[OperatorRow.self].map(\.name)
        let given = Set(
            tables.declared[OperatorCommandRow.self].map {
                CommandActor(
                    name: names[Int($0.operatorID) - 1], commandID: $0.commandID.bits,
                    contentHash: $0.contentHash)
            })
        var seen: Set<PlainLedger.OrderKey> = []
        let commands = history.batches.flatMap(\.commands).filter { command in
            switch command {
            case .submitPayment(let order):
                contents[key(order.payer, order.uetr)] == order.contentHash
                    && order.submitter == order.payer
                    && [CivilDate.none, dates[key(order.payer, order.uetr)] ?? .none]
                        .contains(order.settlementDate)
                    && seen.insert(key(order.payer, order.uetr)).inserted
            case .declared(_, by: let actor) where actor != .none && history.rules >= .v3:
                given.contains(actor)
            case .declared(let declared, by: _):
                mayRepeat(declared)
                    && declared.identity.map { reference, content in
                        references[reference] == content
                            && seen.insert(key(.none, reference)).inserted
                    } ?? false
            case .cancelPayment: false
            }
        }
        let registered = Banks.registrations.map { Command.declared(RegisterParticipant($0)) }
            .filter { _ in history.rules < .v3 }
        let timed = TimedCommands(
            rules: history.rules, timestamp: tables.position.timestamp + 1,
            commands: commands.map { $0.under(history.rules) } + registered)
        engine.apply(timed.batch, at: tables.position.logIndex + 1, into: &effects)
        let isUnchanged =
            effects.position.stateHash == tables.position.stateHash
            && effects.payments.isEmpty && effects.accounts.isEmpty
        try check("R2.5", isUnchanged, "a repetition changed the ledger")
        let repeated = effects.outcomes.filter { $0.isRepetition }.count
        try check("R2.5", repeated == timed.commands.count, "\(repeated) of \(commands.count)")
    }
}

extension [PlainLedger.Message] {
    /// All but reports; those of accounts that come at one time by currency.
    fileprivate var others: [PlainLedger.Message] {
        let others = filter { $0.kind != .accountReport }
        let place = { (message: PlainLedger.Message) in
            [
                message.time, message.currency.map { Int64($0.rawValue) + 1 } ?? 0,
                Int64(message.part),
            ]
        }
        return others.enumerated().sorted {
            (place($0.element) + [Int64($0.offset)])
                .lexicographicallyPrecedes(place($1.element) + [Int64($1.offset)])
        }.map(\.element)
    }
}

extension DeclaredCommand {
    /// By which a repetition is known.
    fileprivate var identity: (reference: UETR, content: UInt128)? {
        switch self {
        case let it as Fund: (it.reference, it.contentHash)
        case let it as FundNostro: (it.funding.reference, it.funding.contentHash)
        case let it as RequestWithdrawal: (it.reference, it.contentHash)
        case let it as BookAgentEntry: (it.reference, it.contentHash)
        default: nil
        }
    }
}
