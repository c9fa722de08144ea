extension Method {
    /// `AgentStatementService`.
    static let agentStatements: [Method] = [
        .unary(
            "/langqiao.v1.AgentStatementService/AddAgentStatementLines", .operate, .command, "POST",
            "/v1/agentStatements/{statement}/lines",
            bind: { (input: inout ProtoAddAgentStatementLinesRequest, source) in
                input.statement = try source.number("statement")
            }, { try await $0.addAgentStatementLines($1, $2) }),
        .unary(
            "/langqiao.v1.AgentStatementService/ListAgentStatements", .seeEveryBank, .list, "GET",
            "/v1/agentStatements",
            bind: { (input: inout ProtoListAgentStatementsRequest, source) in
                input.nostro = try source.number("nostro")
                input.currency = source["currency"]
                input.state = source["state"]
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.listAgentStatements($1, $2) }),
        .unary(
            "/langqiao.v1.AgentStatementService/GetAgentStatement", .seeEveryBank, .lookup, "GET",
            "/v1/agentStatements/{statement}",
            bind: { (input: inout ProtoGetAgentStatementRequest, source) in
                input.statement = try source.number("statement")
            }, { try await $0.getAgentStatement($1, $2) }),
        .unary(
            "/langqiao.v1.AgentStatementService/ListAgentStatementLines", .seeEveryBank, .list,
            "GET",
            "/v1/agentStatements/{statement}/lines",
            bind: { (input: inout ProtoListAgentStatementLinesRequest, source) in
                input.statement = try source.number("statement")
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.listAgentStatementLines($1, $2) }),
    ]
}
