internal import BankMessages
internal import Domain
internal import Gateway
internal import SwiftProtobuf

/// The statements of one file on their way into the ledger, one after the other.
struct ImportSession {
    let client: APIClient
    let request: StatementImport.Request
    let address: GatewayAddress
    let fileName: String
    let accounts: [NostroName: UInt32]
    private(set) var results: [StatementImport.Result] = []
    /// Accounts of which a statement was announced and not taken: none can follow it.
    private(set) var stopped: Set<NostroName>
    private var current: UnderWay?

    init(
        client: APIClient, request: StatementImport.Request, address: GatewayAddress,
        fileName: String, accounts: [NostroName: UInt32], stopped: Set<NostroName>
    ) {
        self.client = client
        self.request = request
        self.address = address
        self.fileName = fileName
        self.accounts = accounts
        self.stopped = stopped
    }

    /// A statement whose lines are coming.
    private struct UnderWay {
        var result: StatementImport.Result
        let currency: Currency
        /// Whether the ledger waits for its lines.
        var isOpen = false
        /// How many the ledger has, and how many have been seen.
        var received = 0
        var seen = 0
        var lines: [ProtoAddAgentStatementLineRequest] = []
    }

    // MARK: Its beginning

    /// Announces it, unless it cannot be brought in.
    mutating func begin(_ summary: StatementFile.Summary) async throws {
        require(current == nil, "one statement is under way")
        let figures = summary.figures
        var next = UnderWay(
            result: StatementImport.Result(figures: figures, verdict: .refused),
            currency: figures.currency.flatMap { Currency(code: $0) } ?? .cny)
        switch announcement(of: summary) {
        case .failure(let reason):
            (next.result.verdict, next.result.sentence) = (reason.verdict, reason.sentence)
        case .success(let announcement): try await announce(announcement, &next)
        }
        current = next
    }

    private struct Reason: Error {
        var verdict = StatementImport.Verdict.refused
        let sentence: String
    }

    private func announcement(
        of summary: StatementFile.Summary
    ) -> Result<ProtoBeginAgentStatementRequest, Reason> {
        let (figures, head) = (summary.figures, summary.figures.head)
        guard head.kind == .booked else {
            return .failure(
                Reason(
                    verdict: .passedOver,
                    sentence: "It is \(head.format.rawValue), no statement of what is booked."))
        }
        guard let code = figures.currency, let currency = Currency(code: code) else {
            return .failure(Reason(sentence: "The ledger has no currency of this code."))
        }
        guard let opening = figures.opening, let closing = figures.closing, let days = summary.days
        else { return .failure(Reason(sentence: "It lacks a balance or its dates.")) }
        guard let first = opening.amount.money(in: currency),
            let last = closing.amount.money(in: currency)
        else {
            return .failure(
                Reason(sentence: "A balance has more digits than \(currency.code) has."))
        }
        if let fault = summary.findings.first(where: { $0.code.leavesDoubt }) {
            return .failure(Reason(sentence: fault.sentence))
        }
        guard figures.refusedLines == 0 else {
            return .failure(
                Reason(sentence: "\(figures.refusedLines) of its lines cannot be read."))
        }
        let name = NostroName(account: head.account ?? "", currency: code)
        guard !stopped.contains(name) else {
            return .failure(Reason(sentence: "One before it was not taken."))
        }
        guard let nostro = request.nostro ?? accounts[name], nostro > 0 || request.nostro == 0
        else {
            return .failure(
                Reason(
                    sentence: "No single nostro in \(code) is called "
                        + "'\(line(head.account, 40))'; say which one it is."))
        }
        var begin = ProtoBeginAgentStatementRequest()
        (begin.nostro, begin.currency) = (nostro, code)
        (begin.firstDate, begin.lastDate) = (
            days.lowerBound.description, days.upperBound.description
        )
        (begin.opening, begin.closing) = (first.decimal, last.decimal)
        begin.lines = UInt32(clamping: figures.bookedLines)
        begin.digest = summary.digest.description
        begin.identification = line(head.identification, 35)
        begin.sequence = line(head.sequence ?? head.legalSequence, 35)
        begin.format = line(
            head.messageName.isEmpty ? head.format.rawValue : head.messageName, 35)
        begin.fileName = line(fileName, 255)
        begin.messageName = line(head.messageIdentification, 35)
        begin.findings = line(summary.findings.map(\.sentence).joined(separator: " "), 1_000)
        return .success(begin)
    }

    private func announce(
        _ announcement: ProtoBeginAgentStatementRequest, _ next: inout UnderWay
    ) async throws {
        let answered: Result<ProtoBeginAgentStatementAnswer, CallFailure> = try await ask(
            "OperatorService/BeginAgentStatement", announcement)
        guard let answer = take(answered, &next.result) else { return }
        guard answer.proposal == 0 else {
            next.result.verdict = .proposed
            next.result.sentence = "Proposal \(answer.proposal) waits for a second person."
            return
        }
        next.result.statement = answer.statement
        next.isOpen = true
        guard answer.repetition else { return }
        var question = ProtoGetAgentStatementRequest()
        question.statement = answer.statement
        let found: ProtoAgentStatementDetail = try await client.call(
            "AgentStatementService/GetAgentStatement", question)
        next.received = Int(found.statement.received)
        guard found.statement.state == .taken else { return }
        next.isOpen = false
        next.result.verdict = .known
        next.result.sentence = "The same bytes were taken as statement \(answer.statement)."
    }

    // MARK: Its lines

    mutating func add(_ line: StatementLine) async throws {
        guard var next = current, next.isOpen else { return }
        current = nil
        defer { current = next }
        next.seen += 1
        guard next.seen > next.received else { return }
        let signed = line.direction == .credit ? line.amount : -line.amount
        guard let amount = signed.money(in: next.currency),
            line.currency == nil || line.currency == next.currency.code
        else {
            next.isOpen = false
            next.result.sentence =
                "Line \(line.position) has another currency than the statement, or more digits."
            return
        }
        next.lines.append(row(line, amount))
        if next.lines.count == MessageShapes.largestList { try await send(&next) }
    }

    private func row(_ line: StatementLine, _ amount: Money) -> ProtoAddAgentStatementLineRequest {
        var row = ProtoAddAgentStatementLineRequest()
        row.amount = amount.decimal
        row.bookingDate = line.bookingDate?.description ?? ""
        row.valueDate = line.valueDate?.description ?? ""
        row.reversal = line.isReversal
        row.agentReference = self.line(line.agentReference ?? line.entryReference, 35)
        row.ownerReference = self.line(line.ownerReference, 35)
        row.transactionCode = self.line(line.transactionCode, 35)
        let details = line.details
        if details.count == 1 {
            row.uetr = details[0].uetr.flatMap { UETR($0)?.description } ?? ""
            row.endToEndID = self.line(details[0].endToEndIdentification, 35)
            row.counterparty = self.line(details[0].counterparty, 140)
        }
        let texts = details.compactMap(\.remittance)
        row.remittance = self.line(
            texts.isEmpty ? line.text : texts.joined(separator: " "), 1_000)
        if details.count > 1 {
            let references = details.compactMap { $0.uetr ?? $0.endToEndIdentification }
            row.details = self.line(references.joined(separator: " "), 1_000)
        }
        return row
    }

    /// Sends the lines that have gathered.
    private func send(_ next: inout UnderWay) async throws {
        guard next.isOpen, !next.lines.isEmpty else { return }
        var call = ProtoAddAgentStatementLinesRequest()
        call.statement = next.result.statement
        call.firstPosition = UInt32(next.received + 1)
        call.currency = next.currency.code
        call.lines = next.lines
        next.lines.removeAll(keepingCapacity: true)
        let answered: Result<ProtoAddAgentStatementLinesAnswer, CallFailure> = try await ask(
            "AgentStatementService/AddAgentStatementLines", call)
        guard let answer = take(answered, &next.result) else {
            next.isOpen = false
            return
        }
        next.received += Int(answer.added)
        guard answer.refusedPosition > 0 else { return }
        next.isOpen = false
        next.result.sentence =
            "Line \(answer.refusedPosition): \(answer.result.code) \(answer.result.sentence)"
    }

    // MARK: Its end

    /// The file has no end of it: it does not count.
    mutating func breakOff() {
        guard var next = current else { return }
        current = nil
        next.result.verdict = .refused
        next.result.sentence = "The file ends before this statement does."
        results.append(next.result)
    }

    /// Lets it count.
    mutating func end() async throws {
        guard var next = current else { return }
        current = nil
        try await send(&next)
        if next.isOpen { try await take(&next) }
        let isTaken = next.result.verdict == .taken || next.result.verdict == .known
        let isAnnounced = next.result.statement > 0 || next.result.verdict == .proposed
        if !isTaken, isAnnounced, let account = next.result.figures.head.account {
            stopped.insert(NostroName(account: account, currency: next.currency.code))
        }
        results.append(next.result)
    }

    private func take(_ next: inout UnderWay) async throws {
        var call = ProtoTakeAgentStatementRequest()
        call.statement = next.result.statement
        (call.way, call.note) = (request.way, request.note)
        let answered: Result<ProtoCommandAnswer, CallFailure> = try await ask(
            "OperatorService/TakeAgentStatement", call)
        guard let answer = take(answered, &next.result) else { return }
        next.result.verdict = answer.proposal > 0 ? .proposed : .taken
        if answer.proposal > 0 {
            next.result.sentence = "Proposal \(answer.proposal) waits for a second person."
        }
    }

    // MARK: Calls

    /// A refusal is an answer; a lost connection ends the import.
    private func ask<Input: Message, Output: Message>(
        _ method: String, _ input: Input
    ) async throws -> Result<Output, CallFailure> {
        do {
            return .success(try await client.call(method, input))
        } catch {
            guard let failure = CallFailure(error, from: address), !failure.isUnanswered else {
                throw error
            }
            return .failure(failure)
        }
    }

    private func take<Answer>(
        _ answered: Result<Answer, CallFailure>, _ result: inout StatementImport.Result
    ) -> Answer? {
        switch answered {
        case .success(let answer): return answer
        case .failure(let failure):
            result.sentence = failure.message
            return nil
        }
    }

    /// A text of an agent as the ledger takes it: one line, no longer than this.
    private func line(_ text: String?, _ most: Int) -> String {
        let scalars = (text ?? "").unicodeScalars.prefix(most).map { scalar in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return String(scalars)
    }
}

extension StatementFinding.Code {
    /// Whether nobody can say what the statement comes to. What does not add up or follow is the
    /// ledger's to refuse: somebody may take it all the same.
    fileprivate var leavesDoubt: Bool { self == .isCutOff || self == .currencyDiffers }
}
