internal import Domain
internal import Evidence
internal import Store

extension BeginAgentStatement: RecordsTexts {
    typealias Request = ProtoBeginAgentStatementRequest
    typealias Answer = ProtoBeginAgentStatementAnswer

    static let verb = "POST"
    static let template = "/v1/nostros/{nostro}/statements"
    static let recordedTexts: KeyValuePairs = [
        "identification": 35, "sequence": 35, "format": 35, "file_name": 255, "message_name": 35,
        "findings": 1_000,
    ]

    static func filled(_ request: Request) -> Request {
        var request = request
        let isNamed = !request.identification.isEmpty || !request.sequence.isEmpty
        guard request.identity.isEmpty, isNamed else { return request }
        let name = request.identification + "\n" + request.sequence
        request.identity = RowsDigest(of: Array(name.utf8)).description
        return request
    }

    /// As it would stand on record.
    private var row: AgentStatementRow { AgentStatementRow(id: 0, self, begunAt: 0) }

    func explained(
        _ outcome: Outcome, _ services: Services, _ caller: Caller
    ) async throws -> (outcome: Outcome, words: String) {
        guard outcome.proposal == 0 else {
            return (outcome, RefusalWords.waiting(outcome))
        }
        let row = row
        let words = try await services.read(.lookup) { reader -> String in
            switch outcome.code {
            case .agentStatementConflict:
                try reader.agentStatement(namedAs: row).map { RefusalWords.statement($0) } ?? ""
            case .agentStatementOverlaps:
                try reader.agentStatement(overlapping: row).map { RefusalWords.statement($0) } ?? ""
            case .agentStatementInvalid: RefusalWords.days(row)
            case .nostroUnknown: "nostro \(row.nostro)"
            case .agentStatementsFull:
                "at most \(Domain.Limits.receivedAgentStatements) are received at one time"
            default: ""
            }
        }
        return (outcome, words)
    }

    /// The command given again under its identification is answered without the number.
    func completed(_ outcome: Outcome, _ services: Services) async throws -> Outcome {
        guard outcome.code == .accepted, outcome.agentStatement == 0 else { return outcome }
        let row = row
        var outcome = outcome
        outcome.caseID =
            try await services.read(.lookup) { try $0.agentStatement(sameAs: row)?.id } ?? 0
        return outcome
    }

    func answer(
        _ outcome: Outcome, to request: Request, _ directory: Directory
    ) -> ProtoBeginAgentStatementAnswer {
        var answer = ProtoBeginAgentStatementAnswer()
        answer.result = ProtoResult(outcome.code)
        answer.repetition = outcome.isRepetition
        answer.statement = outcome.agentStatement
        return answer
    }
}

extension AddAgentStatementLine: RecordsTexts {
    typealias Request = ProtoAddAgentStatementLineRequest

    static let verb = "PUT"
    static let template = "/v1/agentStatements/{statement}/lines/{position}"
    static let recordedTexts: KeyValuePairs = [
        "end_to_end_id": 35, "agent_reference": 35, "owner_reference": 35, "transaction_code": 35,
        "counterparty": 140, "remittance": 1_000, "details": 1_000,
    ]

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .agentStatementUnknown: "statement \(statement)"
        case .nostroCurrencyDiffers: "currency \(currency.code)"
        case .agentLineOutOfOrder: "position \(position) of statement \(statement)"
        case .amountInvalid: "amount \(currency.decimal(Int128(amount)))"
        case .agentLinesFull: "at most \(Domain.Limits.openAgentLines)"
        default: ""
        }
    }
}

extension TakeAgentStatement: OperatorCommand {
    typealias Request = ProtoTakeAgentStatementRequest

    static let verb = "POST"
    static let template = "/v1/agentStatements/{statement}:take"
    /// The most characters of a reason.
    private static var longestReason: Int { 140 }

    static func filled(_ request: Request) -> Request {
        var request = request
        if request.way == .unspecified { request.way = .regular }
        return request
    }

    static func completed(_ request: Request, _ services: Services) async throws -> Request {
        let isSaid = (1...longestReason).contains(request.note.unicodeScalars.count)
        guard request.way != .exception || isSaid else {
            throw Field.malformed(
                "note", "must say why, in 1 to \(longestReason) characters", request.note)
        }
        return request
    }

    func explained(
        _ outcome: Outcome, _ services: Services, _ caller: Caller
    ) async throws -> (outcome: Outcome, words: String) {
        guard outcome.proposal == 0 else { return (outcome, RefusalWords.waiting(outcome)) }
        let words = try await services.read(.lookup) { reader in
            guard let row = try reader.agentStatement(statement)?.row else {
                return "statement \(statement)"
            }
            return try RefusalWords.taking(row, refusedWith: outcome.code, reader)
        }
        return (outcome, words)
    }
}

extension AbandonAgentStatement: OperatorCommand {
    typealias Request = ProtoAbandonAgentStatementRequest

    static let verb = "POST"
    static let template = "/v1/agentStatements/{statement}:abandon"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        "statement \(statement)"
    }
}

extension RefusalWords {
    /// Of a command that takes two persons.
    fileprivate static func waiting(_ outcome: Outcome) -> String {
        let waits = outcome.code == .proposalWaits ? " waits" : ""
        return "proposal \(outcome.proposal)\(waits)"
    }

    /// Which one, and its days.
    fileprivate static func statement(_ row: AgentStatementRow) -> String {
        "statement \(row.id), \(days(row)), is \(row.state.word)"
    }

    fileprivate static func days(_ row: AgentStatementRow) -> String {
        "\(row.first.text ?? "no date") to \(row.last.text ?? "no date")"
    }

    /// With the figures that do not fit.
    fileprivate static func taking(
        _ row: AgentStatementRow, refusedWith code: ResultCode, _ reader: LedgerReader
    ) throws -> String {
        func decimal(_ minorUnits: Int64) -> String { row.currency.decimal(Int128(minorUnits)) }
        switch code {
        case .agentStatementNotReceiving: return statement(row)
        case .agentStatementIncomplete:
            return "\(row.received) of \(row.lines) lines have come"
        case .agentStatementOverlaps:
            return try reader.agentStatement(overlapping: row).map { statement($0) } ?? ""
        case .agentStatementUnbalanced:
            return "opening \(decimal(row.opening)) and lines \(decimal(row.sum)) make "
                + "\(decimal(row.opening + row.sum)), closing is \(decimal(row.closing)): "
                + "\(decimal(row.imbalance)) apart"
        case .agentStatementGap:
            if let before = try reader.agentStatement(before: row) {
                return "opens with \(decimal(row.opening)), statement \(before.id) of "
                    + "\(days(before)) closes with \(decimal(before.closing)): "
                    + "\(decimal(row.opening - before.closing)) apart"
            }
            guard let behind = try reader.agentStatement(behind: row) else { return "" }
            return "closes with \(decimal(row.closing)), statement \(behind.id) of "
                + "\(days(behind)) opens with \(decimal(behind.opening)): "
                + "\(decimal(behind.opening - row.closing)) apart"
        default: return ""
        }
    }
}
