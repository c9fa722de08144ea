internal import Domain
internal import Store
internal import SwiftProtobuf

/// Cases about settled payments: both sides see them, others nothing.
extension Services {
    func listCases(
        _ request: ProtoListCasesRequest, _ caller: Caller
    ) async throws -> ProtoListCasesResponse {
        let page = Page(request.pageSize)
        let before = try caseNumber(request.pageToken)
        let parties = try parties(request.participant, caller)
        return try await read(.list) { reader in
            let found = try reader.cases(
                of: parties, onlyOpen: request.onlyOpen, before: before, limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoListCasesResponse()
            response.cases = records.map { ProtoCase($0, in: directory) }
            if hasMore, let last = records.last { response.nextPageToken = String(last.row.id) }
            return response
        }
    }

    func getCase(_ request: ProtoGetCaseRequest, _ caller: Caller) async throws -> ProtoCase {
        let number = request.number
        return try await read(.lookup) { reader in
            guard let record = try reader.case(number), maySee(record.row, caller) else {
                throw GatewayError(.notFound, "case \(number)")
            }
            return ProtoCase(record, in: directory)
        }
    }

    private func maySee(_ row: CaseRow, _ caller: Caller) -> Bool {
        guard !caller.may(.seeEveryBank) else { return true }
        guard let own = caller.bank.flatMap({ directory.participant($0) })?.id else { return false }
        return directory.settles(row.payer, through: own)
            || directory.settles(row.creditor, through: own)
    }

    private func caseNumber(_ token: String) throws(GatewayError) -> CaseID? {
        guard !token.isEmpty else { return nil }
        guard let number = CaseID(token) else {
            throw Field.malformed("page_token", "must come from an earlier page", token)
        }
        return number
    }

    /// Whose cases the caller lists; nil for every bank's.
    private func parties(
        _ requested: String, _ caller: Caller
    ) throws(GatewayError) -> [ParticipantID]? {
        let bic: BIC
        if caller.may(.seeEveryBank) {
            guard !requested.isEmpty else { return nil }
            bic = try Field.bic(requested, "participant")
        } else {
            bic = try participant(caller)
            guard requested.isEmpty || isSame(requested, as: bic) else {
                throw GatewayError(.permissionDenied, "participants list their own cases")
            }
        }
        return directory.participant(bic).map { directory.participants(settlingThrough: $0.id) }
            ?? []
    }
}
