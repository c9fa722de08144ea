internal import Domain
internal import Store
internal import SwiftProtobuf

extension Services {
    func listCorridors(
        _ request: ProtoListCorridorsRequest, _ caller: Caller
    ) async throws -> ProtoListCorridorsResponse {
        var response = ProtoListCorridorsResponse()
        try await refresh()
        response.corridors = directory.corridors.map { ProtoCorridor($0) }
        return response
    }

    func getBook(_ request: ProtoGetBookRequest, _ caller: Caller) async throws -> ProtoBook {
        let foreign = try Field.foreign(request.foreignCurrency, "foreign_currency")
        let levels = request.levels == 0 ? 20 : min(Int(request.levels), Page.largestSize)
        try await refresh()
        guard let sides = await node.book(foreign, levels: levels) else {
            throw GatewayError(.unavailable)
        }
        var book = ProtoBook()
        book.foreignCurrency = foreign.code
        book.payRenminbi = sides.payRenminbi.map { ProtoBookLevel($0, foreign) }
        book.payForeign = sides.payForeign.map { ProtoBookLevel($0, foreign) }
        return book
    }

    func listAccounts(
        _ request: ProtoListAccountsRequest, _ caller: Caller
    ) async throws -> ProtoListAccountsResponse {
        let bic = try owner(request.participant, caller)
        let id = bic.flatMap { directory.participant($0)?.id }
        guard bic == nil || id != nil else { return ProtoListAccountsResponse() }
        try await refresh()
        guard let id else {
            return try await compute(.long) { [self] in shown(directory.accounts) }
        }
        return shown(directory.accounts(of: id))
    }

    private func shown(_ accounts: [AccountRow]) -> ProtoListAccountsResponse {
        var response = ProtoListAccountsResponse()
        response.accounts = accounts.map {
            ProtoAccount($0, participant: directory.bic(of: $0.owner))
        }
        return response
    }

    /// Whose accounts are meant; nil for every bank's.
    func owner(_ requested: String, _ caller: Caller) throws(GatewayError) -> BIC? {
        guard !caller.may(.seeEveryBank) else {
            return requested.isEmpty ? nil : try Field.bic(requested, "participant")
        }
        let own = try participant(caller)
        guard requested.isEmpty || isSame(requested, as: own) else {
            throw GatewayError(.permissionDenied, "participants see their own accounts")
        }
        return own
    }

    func listTransfers(
        _ request: ProtoListTransfersRequest, _ caller: Caller
    ) async throws -> ProtoListTransfersResponse {
        let page = Page(request.pageSize)
        let account = request.accountID
        let token = try TransferToken(wire: request.pageToken)
        let found = try await read(.list) { reader in
            guard let row = try reader.account(account), mayRead(row, caller) else {
                throw GatewayError(.notFound, "account \(account)")
            }
            return try reader.transfers(of: account, before: token, limit: page.size + 1)
        }
        let (records, hasMore) = page.cut(found)
        var response = ProtoListTransfersResponse()
        response.transfers = shown(records, of: account, caller)
        if hasMore, let last = records.last { response.nextPageToken = last.token.wire }
        return response
    }

    /// An account's transfers. Who stands on the other side is not a bank's to know.
    func shown(
        _ records: some Sequence<TransferRecord>, of account: AccountID, _ caller: Caller
    ) -> [ProtoTransfer] {
        records.map { record in
            var transfer = ProtoTransfer(record)
            guard !caller.may(.seeEveryBank) else { return transfer }
            if transfer.debitAccount != account { transfer.debitAccount = 0 }
            if transfer.creditAccount != account { transfer.creditAccount = 0 }
            return transfer
        }
    }

    /// Operators read every account, a bank its own.
    func mayRead(_ account: AccountRow, _ caller: Caller) -> Bool {
        guard !caller.may(.seeEveryBank) else { return true }
        guard account.kind == .settlement, let bank = caller.bank else { return false }
        return directory.participant(bank)?.id == account.participant
    }
}

extension TransferToken {
    /// As in a page token: timestamp, fill, part and reference.
    var wire: String { "\(timestamp).\(fill).\(part).\(reference)" }

    /// - Throws: `MALFORMED_REQUEST` for anything that no earlier page gave out.
    init?(wire text: String) throws(GatewayError) {
        guard !text.isEmpty else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, let timestamp = Timestamp(parts[0]), let fill = FillID(parts[1]),
            fill <= Int64.max, let part = Int32(parts[2]),
            let reference = Services.reference(parts[3])
        else { throw Field.malformed("page_token", "must come from an earlier page", text) }
        self.init(timestamp: timestamp, fill: fill, part: part, reference: reference)
    }
}

extension Services {
    /// A reference in a page token; transfers of fills carry the nil UUID, returns their number.
    fileprivate static func reference(_ text: Substring) -> UETR? {
        guard text.count == 36, let bits = UInt128(hexadecimal: text.filter { $0 != "-" }) else {
            return nil
        }
        return UETR(bits: bits)
    }
}

extension TransferKind {
    /// What people call a transfer's cause that is no fill.
    fileprivate var cause: String {
        switch self {
        case .funding: "funding"
        case .return: "return"
        case .leg, .fee, .agentFee, .agentInterest, .agentTransfer: "agent entry"
        }
    }
}

extension ProtoTransfer {
    init(_ record: TransferRecord) {
        self.init()
        transferID = record.token.wire
        time = Google_Protobuf_Timestamp(record.timestamp)
        kind = record.kind.rawValue
        debitAccount = record.debitAccount
        creditAccount = record.creditAccount
        amount = ProtoMoney(record.amount, record.currency)
        cause =
            record.fill.map { "fill \($0)" }
            ?? record.reference.map { "\(record.kind.cause) \($0)" } ?? ""
    }
}
