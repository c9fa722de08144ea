internal import Domain
internal import Store

extension Services {
    func listDebitCaps(
        _ request: ProtoListDebitCapsRequest, _ caller: Caller
    ) async throws -> ProtoListDebitCapsResponse {
        let page = Page(request.pageSize)
        let after = try Services.token(request.pageToken, "page_token") ?? 0
        let bic = try owner(request.participant, caller)
        let owner = bic.map { directory.participant($0)?.id ?? 0 }
        return try await read(.list) { [self] reader in
            let found = try reader.debitCaps(of: owner, after: after, limit: page.size + 1)
            let (caps, hasMore) = page.cut(found)
            var response = ProtoListDebitCapsResponse()
            response.debitCaps = caps.map { cap in
                ProtoDebitCap(
                    cap, participant: directory.bic(of: cap.row.participant),
                    counterparty: directory.bic(of: cap.row.counterparty))
            }
            if hasMore, let last = caps.last { response.nextPageToken = String(last.row.id) }
            return response
        }
    }
}

extension ProtoDebitCap {
    init(_ cap: DebitCap, participant: BIC, counterparty: BIC) {
        self.init()
        let row = cap.row
        func decimal(_ minorUnits: Int128) -> String { row.currency.decimal(minorUnits) }
        let position = Int128(row.position(on: cap.day))
        self.participant = participant.description
        self.counterparty = counterparty == .none ? "" : counterparty.description
        currency = row.currency.code
        self.cap = decimal(Int128(row.cap))
        self.position = decimal(position)
        held = decimal(Int128(row.held))
        room = decimal(Int128(row.cap) - position - Int128(row.held))
    }
}
