extension Method {
    /// `OperatorService`.
    static let operators: [Method] = [
        .unary(
            "/langqiao.v1.OperatorService/RegisterParticipant", .operate, .command, "PUT",
            "/v1/participants/{bic}",
            bind: { (input: inout ProtoParticipant, source) in input.bic = source["bic"] },
            { try await $0.registerParticipant($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/ListParticipants", .readLedger, .list,
            "GET",
            "/v1/participants", { try await $0.listParticipants($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/SetParticipantState", .operate, .command, "POST",
            "/v1/participants/{bic}:setState",
            bind: { (input: inout ProtoSetParticipantStateRequest, source) in
                input.bic = source["bic"]
            }, { try await $0.setParticipantState($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/ConfigureCorridor", .operate, .command, "PUT",
            "/v1/corridors/{foreign_currency}",
            bind: { (input: inout ProtoCorridor, source) in
                input.foreignCurrency = source["foreign_currency"]
            }, { try await $0.configureCorridor($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/SetCorridorState", .operate, .command, "POST",
            "/v1/corridors/{foreign_currency}:setState",
            bind: { (input: inout ProtoSetCorridorStateRequest, source) in
                input.foreignCurrency = source["foreign_currency"]
            }, { try await $0.setCorridorState($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/SetReferenceRate", .operate, .command, "POST",
            "/v1/corridors/{foreign_currency}:setReferenceRate",
            bind: { (input: inout ProtoSetReferenceRateRequest, source) in
                input.foreignCurrency = source["foreign_currency"]
            }, { try await $0.setReferenceRate($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/Fund", .operate, .command, "PUT",
            "/v1/fundings/{reference}",
            bind: { (input: inout ProtoFundRequest, source) in
                input.reference = source["reference"]
            }, { try await $0.fund($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/SetCreditLimit", .operate, .command, "PUT",
            "/v1/participants/{bic}/limits/{currency}",
            bind: { (input: inout ProtoSetCreditLimitRequest, source) in
                input.bic = source["bic"]
                input.currency = source["currency"]
            }, { try await $0.setCreditLimit($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/GetSummary", .seeEveryBank, .list, "GET", "/v1/summary",
            { try await $0.getSummary($1, $2) }),
    ]
}
