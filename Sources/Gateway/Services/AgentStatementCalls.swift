internal import Domain
internal import Store

extension Services {
    /// Many commands in one submission, which the ledger carries out one behind the other.
    func addAgentStatementLines(
        _ request: ProtoAddAgentStatementLinesRequest, _ caller: Caller
    ) async throws -> ProtoAddAgentStatementLinesAnswer {
        try Access.operate.check(caller)
        guard AddAgentStatementLine.since <= directory.rules else {
            throw GatewayError(
                .rulesTooOld, "needs rules of version \(AddAgentStatementLine.since)")
        }
        guard !request.lines.isEmpty else { throw Field.malformed("lines", "must not be empty") }
        let sender = try CommandSender(
            request, by: try caller.operatorName, otherwise: .random, under: directory.rules)
        let first = max(request.firstPosition, 1)
        var commands = EncodedCommands()
        for (place, line) in request.lines.enumerated() {
            commands.append(
                try encoded(line, at: first &+ UInt32(place), of: request, sender, caller))
        }
        let outcomes = try await submit(commands).map(\.outcome)
        var answer = ProtoAddAgentStatementLinesAnswer()
        answer.added = UInt32(outcomes.count { $0.code == .accepted })
        let refused = outcomes.firstIndex { $0.code != .accepted }
        if let refused { answer.refusedPosition = first &+ UInt32(refused) }
        answer.result = ProtoResult(refused.map { outcomes[$0].code } ?? .accepted)
        answer.commandID = sender?.commandID.description ?? ""
        return answer
    }

    private func encoded(
        _ line: ProtoAddAgentStatementLineRequest, at position: UInt32,
        of request: ProtoAddAgentStatementLinesRequest, _ sender: CommandSender?, _ caller: Caller
    ) throws(GatewayError) -> EncodedCommand {
        var line = line
        line.statement = request.statement
        line.position = position
        line.currency = request.currency
        var own = sender
        own?.commandID = sender?.commandID.part(position) ?? .random
        do {
            return try AddAgentStatementLine.encoded(
                line, by: caller.name, own, try directory.hashing
            ).bytes
        } catch {
            throw GatewayError(error.code, "line \(position): \(error.detail)")
        }
    }

    func listAgentStatements(
        _ request: ProtoListAgentStatementsRequest, _ caller: Caller
    ) async throws -> ProtoListAgentStatementsResponse {
        let page = Page(request.pageSize)
        let before = try Services.token(request.pageToken, "page_token")
        let state = try agentStatementState(request.state)
        return try await read(.list) { [self] reader in
            let found = try reader.agentStatements(
                of: try account(request, reader), state,
                before: before.map { AgentStatementID(clamping: $0) }, limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoListAgentStatementsResponse()
            response.statements = records.map { ProtoAgentStatement($0) }
            if hasMore, let last = records.last { response.nextPageToken = String(last.row.id) }
            return response
        }
    }

    private func agentStatementState(
        _ text: String
    ) throws(GatewayError) -> AgentStatementState? {
        guard !text.isEmpty else { return nil }
        guard let state = AgentStatementState(text: text.lowercased()) else {
            let words = AgentStatementState.allCases.map(\.word).listed("or")
            throw Field.malformed("state", "must be \(words)", text)
        }
        return state
    }

    /// The account that a list is about: a nostro has its currency, the default ones are named by
    /// theirs.
    private func account(
        _ request: ProtoListAgentStatementsRequest, _ reader: LedgerReader
    ) throws -> (nostro: NostroID, currency: Currency)? {
        guard request.nostro > 0 else {
            guard !request.currency.isEmpty else { return nil }
            return (0, try Field.currency(request.currency, "currency"))
        }
        let nostros = try reader.records(NostroRow.self).map(\.row)
        guard let row = nostros.first(where: { $0.id == request.nostro }) else {
            throw GatewayError(.notFound, "nostro \(request.nostro)")
        }
        guard request.currency.isEmpty || request.currency == row.currency.code else {
            throw Field.malformed("currency", "must be that of the nostro", request.currency)
        }
        return (row.id, row.currency)
    }

    func getAgentStatement(
        _ request: ProtoGetAgentStatementRequest, _ caller: Caller
    ) async throws -> ProtoAgentStatementDetail {
        try await read(.lookup) { reader in
            guard let record = try reader.agentStatement(request.statement) else {
                throw GatewayError(.notFound, "statement \(request.statement)")
            }
            let row = record.row
            var detail = ProtoAgentStatementDetail()
            detail.statement = ProtoAgentStatement(record)
            detail.earlier = try reader.agentStatement(before: row)?.id ?? 0
            let exception = try reader.exception(of: row.id)
            detail.reason = OperatorRecord(json: exception?.details)?.note ?? ""
            let proven = try reader.provenThrough(row.nostro, row.currency)
            detail.provenThrough = proven?.description ?? ""
            return detail
        }
    }

    func listAgentStatementLines(
        _ request: ProtoListAgentStatementLinesRequest, _ caller: Caller
    ) async throws -> ProtoListAgentStatementLinesResponse {
        let page = Page(request.pageSize)
        let after = try Services.token(request.pageToken, "page_token") ?? 0
        return try await read(.list) { reader in
            guard let statement = try reader.agentStatement(request.statement)?.row else {
                throw GatewayError(.notFound, "statement \(request.statement)")
            }
            let found = try reader.agentStatementLines(
                of: statement.id, after: UInt32(clamping: after), limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoListAgentStatementLinesResponse()
            response.lines = records.map { ProtoAgentStatementLine($0, statement.currency) }
            if hasMore, let last = records.last {
                response.nextPageToken = String(last.row.position)
            }
            return response
        }
    }
}
