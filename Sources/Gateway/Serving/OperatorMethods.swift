extension Method {
    /// `OperatorService`: a method for each command that operators give, and what they read.
    static let operators: [Method] =
        OperatorCommands.all.map { $0.method } + [
            .unary(
                "/langqiao.v1.OperatorService/ListParticipants", .readLedger, .list, "GET",
                "/v1/participants",
                bind: { (input: inout ProtoListParticipantsRequest, source) in
                    input.identifier = source["identifier"]
                    input.pageSize = try source.number("page_size")
                    input.pageToken = source["page_token"]
                }, { try await $0.listParticipants($1, $2) }),
            .unary(
                "/langqiao.v1.OperatorService/ListNostros", .seeEveryBank, .list, "GET",
                "/v1/nostros", { try await $0.listNostros($1, $2) }),
            .unary(
                "/langqiao.v1.OperatorService/ListOperators", .seeEveryBank, .list, "GET",
                "/v1/operators", { try await $0.listOperators($1, $2) }),
            .unary(
                "/langqiao.v1.OperatorService/GetPolicy", .seeEveryBank, .list, "GET",
                "/v1/policy", { try await $0.getPolicy($1, $2) }),
            .unary(
                "/langqiao.v1.OperatorService/ListProposals", .seeEveryBank, .list, "GET",
                "/v1/proposals",
                bind: { (input: inout ProtoListProposalsRequest, source) in
                    input.state = source["state"]
                    input.pageSize = try source.number("page_size")
                    input.pageToken = source["page_token"]
                }, { try await $0.listProposals($1, $2) }),
            .unary(
                "/langqiao.v1.OperatorService/GetProposal", .seeEveryBank, .lookup, "GET",
                "/v1/proposals/{number}",
                bind: { (input: inout ProtoGetProposalRequest, source) in
                    input.number = try source.number("number")
                }, { try await $0.getProposal($1, $2) }),
            .unary(
                "/langqiao.v1.OperatorService/ListKeys", .seeEveryBank, .list, "GET",
                "/v1/keys",
                bind: { (input: inout ProtoListKeysRequest, source) in
                    input.pageSize = try source.number("page_size")
                    input.pageToken = source["page_token"]
                }, { try await $0.listKeys($1, $2) }),
            .unary(
                "/langqiao.v1.OperatorService/GetSummary", .seeEveryBank, .list, "GET",
                "/v1/summary", { try await $0.getSummary($1, $2) }),
        ]
}
