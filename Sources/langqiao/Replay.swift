internal import Domain
internal import Engine
internal import Gateway
internal import Hexadecimal
internal import Node
internal import SwiftProtobuf

/// A line of a replay that can be read but not run.
struct ReplayError: Error {
    let reason: String
}

/// Gathers lines of the same time into batches and runs them through an engine of its own.
struct Replay: ~Copyable {
    private var ledger = LedgerFollower()
    private var time: Timestamp?
    /// Those by which an empty ledger begins.
    private var rules = RuleVersion.first
    /// Of the content hashes.
    private var key = ContentKey.none
    /// What the waiting commands take in a batch.
    private var waitingBytes = 0
    private var waiting: [(number: UInt32, command: ReplayMapping.Mapped)] = []
    private var uetrs: [PaymentID: String] = [:]
    /// What a gateway finds in its tables.
    private var record: [UETR: RecordedPayments] = [:]
    /// By their keys: the last one of a currency gets its date later.
    private var businessDays: [UInt64: BusinessDayRow] = [:]
    private var accountDays: [AccountDayRow] = []
    /// The same by account, the oldest day first.
    private var daysByAccount: [AccountID: [AccountDayRow]] = [:]
    private var commands: UInt64 = 0
    private let write: (String) -> Void

    /// - Parameter write: takes the lines of output.
    init(write: @escaping (String) -> Void) {
        self.write = write
    }

    /// Takes the next line; a later time closes the batch of the earlier one.
    ///
    /// - Throws: `GatewayError` for a line that cannot be read, ``ReplayError`` for one that cannot
    ///   be run.
    mutating func add(_ line: String, number: UInt32) throws {
        let line = try ReplayMapping.read(line, number: number)
        if let time, line.time < time { throw ReplayError(reason: "time goes back") }
        if let time, line.time > time { try closeBatch(time) }
        time = line.time
        if let rules = line.rules {
            guard ledger.engine.follows(rules), waiting.isEmpty else {
                throw ReplayError(reason: "rule_version stands on the first line")
            }
            self.rules = rules
        }
        let mapped = try ReplayMapping.command(on: line, under: nextRules, key: key)
        key = mapped.key ?? key
        guard mapped.command != nil else { return }
        guard mapped.since <= nextRules else {
            throw ReplayError(reason: "this needs rules of version \(mapped.since)")
        }
        guard waiting.count < Limits.commandsPerBatch else {
            throw ReplayError(
                reason: "more than \(Limits.commandsPerBatch) commands share this time")
        }
        waitingBytes += mapped.command.map { SealedCommands.mostBytes(of: $0) } ?? 0
        guard waitingBytes <= Limits.bytesPerBatch - Batch.headerSize else {
            throw ReplayError(
                reason: "the commands of this time take more than \(Limits.bytesPerBatch) bytes")
        }
        waiting.append((number, mapped))
    }

    /// Closes the last batch and writes the summary.
    mutating func finish() throws {
        if let time { try closeBatch(time) }
        var summary = ProtoReplaySummary()
        summary.commands = commands
        summary.batches = ledger.end.index
        var totals: [Int128] = Array(repeating: 0, count: Currency.count)
        var isUsed: [Bool] = Array(repeating: false, count: Currency.count)
        let accounts = ledger.engine.accounts
        for row in accounts {
            summary.accounts.append(
                ProtoAccount(row, participant: ledger.engine.bic(of: row.owner)))
            totals[Int(row.currency.rawValue)] += Int128(row.balance)
            isUsed[Int(row.currency.rawValue)] = true
        }
        for currency in Currency.allCases where isUsed[Int(currency.rawValue)] {
            var total = ProtoReplayTotal()
            total.currency = currency.code
            total.sum = currency.decimal(totals[Int(currency.rawValue)])
            summary.totals.append(total)
        }
        summary.businessDays = businessDays.values
            .sorted { ($0.beganIn, $0.id) < ($1.beganIn, $1.id) }.map { ProtoBusinessDay($0) }
        summary.accountDays = accountDays.map { row in
            var day = ProtoReplayAccountDay()
            day.accountID = row.account
            day.day = row.day
            let currency = accounts[Int(row.account) - 1].currency
            day.opening = Money(minorUnits: row.opening, currency: currency).decimal
            return day
        }
        summary.stateHash = hexadecimal(ledger.engine.position.stateHash)
        write(try summary.jsonString(options: ReplayMapping.jsonOptions))
    }

    private var nextRules: RuleVersion {
        ledger.end.index == 0 ? rules : ledger.engine.nextRules
    }

    /// Applies what shares a time; nothing but the time is a batch too.
    private mutating func closeBatch(_ time: Timestamp) throws {
        let recorded = try recordedOutcomes()
        let batch = Batch(
            sealing: zip(waiting, recorded).compactMap { $1 == nil ? $0.command.command : nil },
            rules: nextRules, timestamp: time)
        let applied = try ledger.apply(batch)
        for row in applied.effects.payments {
            if row.isNew { uetrs[row.id] = row.uetr.description }
            if row.status.isFinal {
                record[row.uetr, default: RecordedPayments()].payments.append(row)
            }
        }
        for row in applied.effects.declared[DatedPaymentRow.self] {
            guard let payment = applied.payment(row.payment) else { continue }
            record[payment.uetr, default: RecordedPayments()].dates[row.payment] = row.date
        }
        for row in applied.effects.declared[AttemptRow.self] {
            record[row.uetr, default: RecordedPayments()].attempts.append(row)
        }
        for row in applied.effects.declared[OperatorCommandRow.self] {
            record[row.commandID, default: RecordedPayments()].commands.append(row)
        }
        for row in applied.effects.declared[ProposalRow.self] {
            record[row.commandID, default: RecordedPayments()].put(row)
        }
        for row in applied.effects.declared[BusinessDayRow.self] { businessDays[row.id] = row }
        for row in applied.effects.declared[AccountDayRow.self] {
            accountDays.append(row)
            daysByAccount[row.account, default: []].append(row)
        }
        try tellStatements(applied)
        commands += UInt64(waiting.count)
        var position = 0
        for ((number, mapped), recorded) in zip(waiting, recorded) {
            let answer: CommandAnswer
            if let recorded {
                answer = CommandAnswer(recorded: recorded)
            } else {
                answer = CommandAnswer(applied: applied, position: position)
                position += 1
            }
            let outcome = ReplayMapping.outcome(answer, of: mapped, line: number) { id in
                uetrs[id] ?? ""
            }
            write(try outcome.jsonString(options: ReplayMapping.jsonOptions))
        }
        waiting.removeAll(keepingCapacity: true)
        waitingBytes = 0
    }

    /// R14.11 A line for each statement of a day that has ended. Told at the beginning of a batch,
    /// they come before the answers to its commands.
    private func tellStatements(_ applied: AppliedBatch) throws {
        let told = applied.effects.declared[BankMessageRow.self].filter { $0.kind == .statement }
        guard !told.isEmpty else { return }
        let accounts = ledger.engine.accounts
        for row in told {
            let account = accounts[Int(row.subject) - 1]
            let day = businessDays[BusinessDayRow.id(of: account.currency, row.day)]
            let statement = ProtoReplayStatement(
                row, of: account, bank: ledger.engine.bic(of: row.participant),
                date: day?.date ?? .none, opening: balance(of: account, before: row.day),
                closing: balance(of: account, before: row.day + 1))
            write(try ProtoReplayTold(statement).jsonString(options: ReplayMapping.jsonOptions))
        }
    }

    /// R20.4 What an account had when a day began: what its first row of that day or a later one
    /// says, else what it has.
    ///
    /// - Complexity: O(days behind that one on which the account changed).
    private func balance(of account: AccountRow, before day: DayNumber) -> Int64 {
        let later = (daysByAccount[account.id] ?? []).reversed().prefix { $0.day >= day }
        return later.last?.opening ?? account.balance
    }

    /// The answers to the waiting commands about payments that the engine has forgotten: those of
    /// the record, as a gateway gives them (R2.10). An exported log holds no such command.
    ///
    /// - Throws: ``ReplayError`` for one that stands behind a change of whom a BIC means and shares
    ///   its time: a gateway asks anew then, and forms a later batch.
    private func recordedOutcomes() throws -> [Outcome?] {
        var changesNames = false
        var outcomes: [Outcome?] = []
        for (number, mapped) in waiting {
            guard let command = mapped.command.map({ EncodedCommands($0) }) else {
                outcomes.append(nil)
                continue
            }
            let outcome = recordedOutcome(command)
            if changesNames, outcome.isForgotten {
                throw ReplayError(
                    reason: "line \(number) is about an old payment and stands behind a change of "
                        + "whom a BIC means: give it a later time")
            }
            outcomes.append(outcome.answer)
            changesNames = changesNames || command.changesNames
        }
        return outcomes
    }

    private func recordedOutcome(
        _ command: EncodedCommands
    ) -> (isForgotten: Bool, answer: Outcome?) {
        command.withCommands { views in
            var views = views
            guard let view = views.next(), let known = view.recordKey.flatMap({ record[$0] }),
                ledger.mayBeForgotten(view, at: ledger.end.index + 1)
            else { return (false, nil) }
            return (
                ledger.end.index >= UInt64(Limits.finalBatches), ledger.answer(view, known)
            )
        }
    }
}
