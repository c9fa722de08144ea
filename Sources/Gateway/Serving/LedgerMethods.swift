extension Method {
    /// `LedgerService`.
    static let ledger: [Method] = [
        .unary(
            "/langqiao.v1.LedgerService/ListCorridors", .readLedger, .lookup, "GET",
            "/v1/corridors", { try await $0.listCorridors($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/GetBook", .readLedger, .lookup, "GET",
            "/v1/corridors/{foreign_currency}/book",
            bind: { (input: inout ProtoGetBookRequest, source) in
                input.foreignCurrency = source["foreign_currency"]
                input.levels = try source.number("levels")
            }, { try await $0.getBook($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/ListAccounts", .readLedger, .list, "GET",
            "/v1/accounts",
            bind: { (input: inout ProtoListAccountsRequest, source) in
                input.participant = source["participant"]
            }, { try await $0.listAccounts($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/ListDebitCaps", .readLedger, .list, "GET",
            "/v1/debitCaps",
            bind: { (input: inout ProtoListDebitCapsRequest, source) in
                input.participant = source["participant"]
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.listDebitCaps($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/ListTransfers", .readLedger, .list, "GET",
            "/v1/accounts/{account_id}/transfers",
            bind: { (input: inout ProtoListTransfersRequest, source) in
                input.accountID = try source.number("account_id")
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.listTransfers($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/RequestWithdrawal", .submitPayments, .command, "PUT",
            "/v1/withdrawals/{reference}",
            bind: { (input: inout ProtoRequestWithdrawalRequest, source) in
                input.reference = source["reference"]
            }, { try await $0.requestWithdrawal($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/GetWithdrawal", .readLedger, .lookup, "GET",
            "/v1/withdrawals/{reference}",
            bind: { (input: inout ProtoGetWithdrawalRequest, source) in
                input.reference = source["reference"]
            }, { try await $0.getWithdrawal($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/ListWithdrawals", .readLedger, .list, "GET",
            "/v1/withdrawals",
            bind: { (input: inout ProtoListWithdrawalsRequest, source) in
                input.state = source["state"]
                input.participant = source["participant"]
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.listWithdrawals($1, $2) }),
    ]
}
