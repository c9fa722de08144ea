extension Method {
    /// `FollowUpService`.
    static let followUps: [Method] = [
        .unary(
            "/langqiao.v1.FollowUpService/ConfirmCredit", .submitPayments, .command, "POST",
            "/v1/payments/{uetr}:confirm",
            bind: { (input: inout ProtoConfirmCreditRequest, source) in
                input.uetr = source["uetr"]
            }, { try await $0.confirmCredit($1, $2) }),
        .unary(
            "/langqiao.v1.FollowUpService/ReturnPayment", .submitPayments, .command, "POST",
            "/v1/payments/{uetr}:return",
            bind: { (input: inout ProtoReturnPaymentRequest, source) in
                input.uetr = source["uetr"]
            }, { try await $0.returnPayment($1, $2) }),
        .unary(
            "/langqiao.v1.FollowUpService/RequestCancellation", .submitPayments, .command, "POST",
            "/v1/payments/{uetr}:requestCancellation",
            bind: { (input: inout ProtoRequestCancellationRequest, source) in
                input.uetr = source["uetr"]
            }, { try await $0.requestCancellation($1, $2) }),
        .unary(
            "/langqiao.v1.FollowUpService/AnswerCancellation", .submitPayments, .command, "POST",
            "/v1/payments/{uetr}:answerCancellation",
            bind: { (input: inout ProtoAnswerCancellationRequest, source) in
                input.uetr = source["uetr"]
            }, { try await $0.answerCancellation($1, $2) }),
        .unary(
            "/langqiao.v1.FollowUpService/ListCases", .readLedger, .list, "GET", "/v1/cases",
            bind: { (input: inout ProtoListCasesRequest, source) in
                input.onlyOpen = try source.flag("only_open")
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
                input.participant = source["participant"]
            }, { try await $0.listCases($1, $2) }),
        .unary(
            "/langqiao.v1.FollowUpService/GetCase", .readLedger, .lookup, "GET",
            "/v1/cases/{number}",
            bind: { (input: inout ProtoGetCaseRequest, source) in
                input.number = try source.number("number")
            }, { try await $0.getCase($1, $2) }),
    ]
}
