internal import Domain
internal import Store
internal import SwiftProtobuf

extension Services {
    /// Asks for money to go home, in the caller's own name.
    func requestWithdrawal(
        _ request: ProtoRequestWithdrawalRequest, _ caller: Caller
    ) async throws -> ProtoRequestWithdrawalAnswer {
        let bank = try participant(caller)
        guard RequestWithdrawal.since <= directory.rules else {
            throw GatewayError(.rulesTooOld, "needs rules of version \(RequestWithdrawal.since)")
        }
        let command = try RequestWithdrawal(request, by: bank, try directory.hashing)
        let record = try OperatorRecord(operator: caller.name, note: request.note).bounded()
        let bytes = EncodedCommand(.declared(command), attachment: record)
        let outcome = try await submit(bytes).outcome
        guard outcome.code == .accepted else { throw GatewayError(outcome.code) }
        var answer = ProtoRequestWithdrawalAnswer()
        answer.result = ProtoResult(outcome.code)
        answer.repetition = outcome.isRepetition
        return answer
    }

    /// A withdrawal of the caller, or any for who sees every bank.
    func getWithdrawal(
        _ request: ProtoGetWithdrawalRequest, _ caller: Caller
    ) async throws -> ProtoWithdrawal {
        let reference = try Field.uetr(request.reference, "reference")
        return try await read(.lookup) { [directory] reader in
            guard let record = try reader.withdrawal(reference),
                let account = try reader.account(record.row.account), mayRead(account, caller)
            else { throw GatewayError(.notFound, "withdrawal \(reference)") }
            return ProtoWithdrawal(record, of: directory.bic(of: account.owner), account.currency)
        }
    }

    /// Withdrawals of the caller, or of every bank for who sees them all, newest first.
    func listWithdrawals(
        _ request: ProtoListWithdrawalsRequest, _ caller: Caller
    ) async throws -> ProtoListWithdrawalsResponse {
        let page = Page(request.pageSize)
        let states = try Services.states(request.state)
        let before = try WithdrawalToken(wire: request.pageToken)
        let bic = try owner(request.participant, caller)
        try await refresh()
        let accounts = bic.map { bic in
            directory.participant(bic).map { directory.accounts(of: $0.id).map(\.id) } ?? []
        }
        return try await read(.list) { [directory] reader in
            let found = try reader.withdrawals(
                of: accounts, states, before: before, limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoListWithdrawalsResponse()
            response.withdrawals = try records.map { record in
                guard let account = directory.account(record.row.account) else {
                    throw GatewayError(.internalError, "withdrawal \(record.row.reference)")
                }
                return ProtoWithdrawal(
                    record, of: directory.bic(of: account.owner), account.currency)
            }
            if hasMore, let last = records.last {
                response.nextPageToken = WithdrawalToken(last.row).wire
            }
            return response
        }
    }

    private static func states(_ text: String) throws(GatewayError) -> [WithdrawalState]? {
        let underWay = "under-way"
        switch text.lowercased() {
        case "": return nil
        case underWay: return WithdrawalState.allCases.filter(\.holds)
        case let word:
            if let state = WithdrawalState.allCases.first(where: { $0.word == word }) {
                return [state]
            }
            let words = WithdrawalState.allCases.map(\.word) + [underWay]
            throw Field.malformed("state", "must be \(words.listed("or"))", text)
        }
    }

    func listNostros(
        _ request: ProtoListNostrosRequest, _ caller: Caller
    ) async throws -> ProtoListNostrosResponse {
        try await read(.list) { reader in
            var response = ProtoListNostrosResponse()
            response.nostros = try reader.records(NostroRow.self).map { ProtoNostro($0) }
            return response
        }
    }
}

extension WithdrawalToken {
    fileprivate init(_ row: WithdrawalRow) {
        self.init(requestedAt: row.requestedAt, reference: row.reference)
    }

    /// As in a page token: time and reference.
    fileprivate var wire: String { "\(requestedAt).\(reference)" }

    /// - Throws: `MALFORMED_REQUEST` for anything that no earlier page gave out.
    fileprivate init?(wire text: String) throws(GatewayError) {
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let time = Timestamp(parts[0]), let reference = UETR(parts[1])
        else { throw Field.malformed("page_token", "must come from an earlier page", text) }
        self.init(requestedAt: time, reference: reference)
    }
}
