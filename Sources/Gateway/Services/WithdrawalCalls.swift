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
