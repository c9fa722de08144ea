internal import Domain
internal import Engine
internal import Foundation
internal import Scenarios
import Simulation
internal import Testing

/// Plays the transcripts in `Transcripts/`: a case is commands, `----` and all that the ledger
/// answered; `#` begins a comment. With `LANGQIAO_REWRITE=1` the answers are written anew, to be
/// reviewed as a difference.
@Suite struct TranscriptTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Transcripts")
    static let names = [
        "1-payment-versus-payment", "2-rounding", "3-priority-and-policies", "4-self-match",
        "5-time", "6-operators", "7-repetition", "8-limits", "9-rules",
        "10-nostros",
        "11-branches", "12-operators", "13-messages", "14-after-settlement",
        "15-notices",
        "16-return-orders", "17-proposals", "18-calendars", "19-keys",
        "20-debit-caps", "21-dates", "22-statements", "23-agent-statements",
    ]

    @Test(arguments: names)
    func transcript(name: String) throws {
        let file = TranscriptTests.folder.appending(path: name + ".txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        var player = Player<LadderBook>()
        let played = try player.play(text)
        var slow = Player<ReferenceBook>()
        #expect(try slow.play(text) == played)
        if ProcessInfo.processInfo.environment["LANGQIAO_REWRITE"] == "1" {
            try played.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(played == text)
        }
    }
}

/// Applies each line as a batch of its own, audits it and says what happened.
struct Player<Book: OrderBook & ~Copyable>: ~Copyable {
    private var ledger = LedgerEngine<Book>()
    private var effects = Effects()
    private var script = Script()
    private var logIndex: UInt64 = 0
    private var rules = RuleVersion.current
    /// Monday, 5 January 2026, 10:00 in Beijing.
    private var now: Timestamp = 1_767_578_400_000_000_000
    private var tables = Tables()
    /// What came with commands that were proposed.
    private var proposed: [ProposalID: [UInt8]] = [:]

    init() {}

    mutating func play(_ text: String) throws -> String {
        var cases: [String] = []
        for part in text.split(separator: "\n\n") {
            let lines = part.split(separator: "\n", omittingEmptySubsequences: true)
            let input = lines.prefix { $0 != "----" }
            var output: [String] = input.map(String.init)
            let commands = input.filter { !$0.hasPrefix("#") }
            if !commands.isEmpty { output.append("----") }
            for line in commands { output += try run(String(line)) }
            cases.append(output.joined(separator: "\n"))
        }
        return cases.joined(separator: "\n\n") + "\n"
    }

    private mutating func run(_ line: String) throws -> [String] {
        let together = line.components(separatedBy: " & ")
        if together.count > 1 {
            let commands = try together.map { one -> (Command, [UInt8]) in
                guard case .command(let command) = try script.read(one) else {
                    throw Violation(description: "no command: \(one)")
                }
                return formed(command, one)
            }
            return try apply(commands)
        }
        switch try script.read(line) {
        case .rules(let rules):
            self.rules = rules
            return []
        case .time(let time):
            now = max(now, time - 1)
            return try apply([])
        case .command(let command): return try apply([formed(command, line)])
        case .book(let foreign): return book(foreign)
        case .accounts: return ledger.allAccounts.compactMap { account($0) }
        }
    }

    /// The command of a line as its sender gives it, and what comes with it.
    private mutating func formed(_ command: Command, _ line: String) -> (Command, [UInt8]) {
        let words = line.split(separator: " ").map(String.init)
        let hash: (ProposalID) -> UInt128 = { [tables] number in
            let row = tables.declared[ProposalRow.self].first { $0.id == number }
            return words.contains("hash=wrong") ? 7 : row?.contentHash ?? 0
        }
        var command = command
        var details = script.option("note", in: words).map { Array($0.utf8) } ?? command.details
        switch command {
        case .declared(var it as ApproveProposal, by: let actor):
            it.proposalHash = hash(it.number)
            command = .declared(it, by: actor)
            if details.isEmpty { details = proposed[it.number] ?? [] }
        case .declared(var it as RefuseProposal, by: let actor):
            it.proposalHash = hash(it.number)
            command = .declared(it, by: actor)
            if words.contains("why=nothing") { details = [] }
        default: break
        }
        return (script.given(command, line).under(rules), details)
    }

    private mutating func apply(_ commands: [(command: Command, details: [UInt8])]) throws
        -> [String]
    {
        now += 1
        let encoded = commands.map { EncodedCommand($0.command, attachment: $0.details) }
        let batch =
            rules >= .v3
            ? Batch(fake: encoded, rules: rules, timestamp: now)
            : Batch(encoded, rules: rules, timestamp: now)
        logIndex += 1
        ledger.apply(batch, at: logIndex, into: &effects)
        rules = ledger.nextRules
        let before = tables
        try tables.absorb(effects)
        try Audit(before: before, after: tables, effects: effects).run()
        for row in effects.declared[ProposalRow.self] where row.attachment.length > 0 {
            proposed[row.id] = batch.attachment(row.attachment).map(Array.init)
        }
        let own = effects.outcomes.first?.payment ?? 0
        var lines: [String] = []
        for outcome in effects.outcomes { lines.append(answer(outcome)) }
        lines += effects.declared[OperatorRow.self].map {
            "  operator \($0.name) \($0.state.word): \($0.roles.text ?? "")"
        }
        lines += effects.declared[PolicyLineRow.self].map { policyLine($0) }
        lines += effects.declared[ProposalRow.self].map { proposal($0) }
        lines += effects.declared[KeyRow.self].map { key($0) }
        lines += effects.declared[NostroRow.self].map { "  nostro \($0.id) \($0.state.word)" }
        lines += effects.declared[WithdrawalRow.self].map { withdrawal($0) }
        lines += effects.declared[BusinessDayRow.self].map {
            "  day \($0.number) of \($0.currency.code): \($0.date.text ?? "no date yet")"
        }
        lines += effects.declared[AccountDayRow.self].map { opening($0) }
        lines += effects.declared[DatedPaymentRow.self].map { dated($0) }
        lines += effects.declared[NoticeRow.self].map { notice($0) }
        lines += effects.declared[ReturnRow.self].map { returned($0) }
        lines += effects.declared[FollowUpRow.self].map { followUp($0) }
        lines += effects.declared[CaseRow.self].map { closing($0) }
        lines += effects.declared[AgentStatementRow.self].map { agentStatement($0) }
        lines += effects.fills.map { fill($0) }
        lines += effects.declared[BankMessageRow.self].map { message($0) }
        lines += effects.payments.filter { $0.id != own }.map { "  \(state($0))" }
        return lines.isEmpty ? ["nothing happened"] : lines
    }

    private func answer(_ outcome: Outcome) -> String {
        var text = outcome.code.name
        if outcome.isRepetition { text += " (repetition)" }
        if outcome.caseID > 0 {
            let isOfBank = DeclaredCommands.type(of: outcome.kind)?.isOperators != true
            let known = outcome.agentStatement
            let ofOperator = known == 0 ? " proposal \(outcome.proposal)" : " statement \(known)"
            text += isOfBank ? " case \(outcome.caseID)" : ofOperator
        }
        guard outcome.payment > 0 else { return text }
        return text + " " + state(tables.payments[Int(outcome.payment) - 1])
    }

    private func state(_ row: PaymentRow) -> String {
        var text = "\(name(row.id)) \(row.status.code)"
        if row.endReason != .none { text += " \(row.endReason.name)" }
        guard row.code == .accepted else { return text }
        text += ": paid \(money(row.paid, row.payCurrency))"
        if row.fee > 0 { text += " + fee \(money(row.fee, row.payCurrency))" }
        text += ", received \(money(row.received, row.receiveCurrency))"
        let fixed = row.fixed == .pay ? row.payCurrency : row.receiveCurrency
        if row.remaining > 0 { text += ", rest \(money(row.remaining, fixed))" }
        if row.held > 0 { text += ", holds \(money(row.held, row.payCurrency))" }
        return text
    }

    private func fill(_ row: FillRow) -> String {
        let legs = [
            "\(name(row.renminbiPayment)) gives \(money(row.renminbiAmount, .cny))",
            "\(name(row.foreignPayment)) gives \(money(row.foreignAmount, row.foreign))",
        ]
        return "  fill \(row.id) at \(row.rate.decimal): \(legs[0]), \(legs[1])"
    }

    private func key(_ row: KeyRow) -> String {
        "  key K\(row.fingerprint.high) of \(row.owner.kind.word) \(row.owner.name) for "
            + "\(row.purpose.word): \(row.state.word)"
            + (row.until == 0 ? "" : ", until \(minute(row.until))")
    }

    /// As scripts say a time.
    private func minute(_ time: Timestamp) -> String {
        let date = Date(timeIntervalSince1970: TimeInterval(time / 1_000_000_000))
        return String(date.ISO8601Format().prefix(16))
    }

    private func policyLine(_ row: PolicyLineRow) -> String {
        let about = "\(row.command) in \(row.currency.text ?? "any") from \(row.from)"
        guard !row.removed else { return "  no line for \(about)" }
        return "  line for \(about): \(row.roles.text ?? ""), \(row.persons) persons"
    }

    private func proposal(_ row: ProposalRow) -> String {
        let operators = tables.declared[OperatorRow.self]
        let proposer = operators[Int(row.proposer) - 1].name
        var text = "  proposal \(row.id) of \(proposer), \(row.kind): \(row.state.word)"
        if row.state != .open { text += ", \(row.code.name)" }
        if row.decidedBy > 0 { text += " by \(operators[Int(row.decidedBy) - 1].name)" }
        return text
    }

    private func agentStatement(_ row: AgentStatementRow) -> String {
        var text =
            "  statement \(row.id) \(row.state.word), \(row.received) of \(row.lines): "
            + "\(money(row.opening, row.currency)) to \(money(row.closing, row.currency))"
        if row.way != .regular { text += ", \(row.way.word)" }
        if row.difference != 0 { text += ", difference \(money(row.difference, row.currency))" }
        return row.gap == 0 ? text : text + ", gap \(money(row.gap, row.currency))"
    }

    private func dated(_ row: DatedPaymentRow) -> String {
        let why = row.code == .accepted ? "" : ", \(row.code.name)"
        return "  \(name(row.payment)) of \(row.date): \(row.state.word)\(why)"
    }

    private func withdrawal(_ row: WithdrawalRow) -> String {
        let account = tables.accounts[Int(row.account) - 1]
        let reason = row.reason == .none ? "" : " \(row.reason.word)"
        return "  U\(row.reference.bits) \(row.state.word)\(reason): "
            + money(row.amount, account.currency)
    }

    private func opening(_ row: AccountDayRow) -> String {
        let account = tables.accounts[Int(row.account) - 1]
        let owner =
            account.owner == 0
            ? account.kind.word
            : "\(tables.participants[Int(account.owner) - 1].registration.bic)"
        return "  \(owner) began day \(row.day) with \(money(row.opening, account.currency))"
    }

    private func message(_ row: BankMessageRow) -> String {
        let bank = tables.participants[Int(row.participant) - 1].registration.bic
        var text = "  \(bank) \(row.number): \(row.kind.word)"
        guard ![.notification, .accountReport, .statement].contains(row.kind) else {
            text += " \(tables.accounts[Int(row.subject) - 1].currency.code)"
            if row.kind == .statement { return text + ", day \(row.day)" }
            return row.parts > 1 ? text + ", part \(row.part) of \(row.parts)" : text
        }
        guard row.kind == .statusReport || row.kind == .creditTransfer else {
            let state = row.caseState == .none ? "" : " \(row.caseState.word)"
            text += state + (row.code == .none ? "" : " \(row.code)")
            return row.kind == .paymentReturn ? text + brought(row) : text
        }
        let payment = tables.payments[Int(row.subject) - 1]
        if row.credit != .none { text += " \(row.credit.word)" }
        text += " \(name(payment.id)) \(row.status.code)"
        if row.fill != 0 { text += ", fill \(row.fill)" }
        return text + ", received \(money(row.received, payment.receiveCurrency))"
    }

    private func notice(_ row: NoticeRow) -> String {
        let bank = tables.participants[Int(row.sender) - 1].registration.bic
        let other = row.bank == .none ? "" : " for \(row.bank)"
        let date = row.settlementDate == .none ? "" : " on \(row.settlementDate)"
        return "  notice of \(bank): \(row.notice.word) \(row.message) of U\(row.uetr.bits), "
            + money(row.amount, row.currency) + other + date
    }

    /// What an order brought back; of another return nothing.
    private func brought(_ row: BankMessageRow) -> String {
        guard
            let returned = tables.declared[ReturnRow.self].first(where: {
                $0.id == row.subject && $0.order > 0
            })
        else { return "" }
        let order = tables.payments[Int(returned.order) - 1]
        return ", \(money(row.paid, order.payCurrency)) for "
            + money(row.received, order.receiveCurrency)
    }

    private func returned(_ row: ReturnRow) -> String {
        guard row.order == 0 else {
            let order = tables.payments[Int(row.order) - 1]
            return
                "  return of \(name(row.payment)): up to \(money(row.amount, order.payCurrency)) "
                + "by \(state(order)), \(row.reason)"
        }
        let (from, to) = (tables.accounts[Int(row.debit) - 1], tables.accounts[Int(row.credit) - 1])
        let owners = [from, to].map {
            "\(tables.participants[Int($0.participant) - 1].registration.bic)"
        }
        return "  return of \(name(row.payment)): \(money(row.amount, from.currency)) from "
            + "\(owners[0]) to \(owners[1]), \(row.reason)"
    }

    private func followUp(_ row: FollowUpRow) -> String {
        var text = "  after \(name(row.payment)):"
        if row.credit != .none { text += " \(row.credit.word)" }
        if row.creditReason != .none { text += " \(row.creditReason)" }
        text += " returned \(money(row.returned, row.receiveCurrency))"
        return text + " of \(money(row.received, row.receiveCurrency))"
    }

    private func closing(_ row: CaseRow) -> String {
        var text = "  case \(row.id) \(row.kind.word) \(row.reason) \(row.state.word)"
        if row.answer != .none { text += " \(row.answer)" }
        return row.attachment == .none ? text : text + " (with words)"
    }

    private func name(_ payment: PaymentID) -> String {
        if let row = tables.declared[ReturnRow.self].first(where: { $0.order == payment }) {
            return "R\(row.returnKey)/\(name(row.payment))"
        }
        return "U\(tables.payments[Int(payment) - 1].uetr.bits)"
    }

    private func money(_ amount: Int64, _ currency: Currency) -> String {
        Money(minorUnits: amount, currency: currency).decimal + " " + currency.code
    }

    private func account(_ row: AccountRow) -> String? {
        guard row.balance != 0 || row.held != 0 || row.creditLimit != 0 else { return nil }
        let owner =
            row.kind == .settlement
            ? "\(tables.participants[Int(row.participant) - 1].registration.bic)"
            : row.kind.word + (row.participant > 0 ? " \(row.participant)" : "")
        var text = "\(owner) \(money(row.balance, row.currency))"
        if row.held != 0 { text += ", held \(money(row.held, row.currency))" }
        if row.creditLimit != 0 { text += ", limit \(money(row.creditLimit, row.currency))" }
        return text
    }

    private func book(_ foreign: Currency) -> [String] {
        let lines = Side.allCases.flatMap { side in
            ledger.depth(foreign, side, levels: 10).map { level in
                let pays = side == .payRenminbi ? "gives CNY" : "gives \(foreign.code)"
                return "\(pays) at \(level.rate.decimal): \(level.orders) orders, "
                    + "\(money(level.renminbi, .cny)), \(money(level.foreign, foreign))"
            }
        }
        return lines.isEmpty ? ["empty"] : lines
    }
}

extension Command {
    /// What goes on record beside a wish for cancellation.
    fileprivate var details: [UInt8] {
        guard case .declared(let command, by: _) = self, command is RequestCancellation else {
            return words
        }
        return Array("words".utf8)
    }
}
