internal import HTTP2

extension Method {
    /// `StatementService`.
    static let statements: [Method] = [getStatement, getFeeStatement]

    private static var getStatement: Method {
        let template = "/v1/accounts/{account_id}/statements/{day}"
        return Method(
            "/langqiao.v1.StatementService/GetStatement", CallTerms(.readLedger, .list)
        ) { services, caller, grpc in
            let request: ProtoGetStatementRequest = try decode(try await grpc.messages.single())
            try await grpc.reply(try await services.getStatement(request, try caller.known))
        }.at("GET", template, parameters: parameters(of: ProtoGetStatementRequest.self, template)) {
            try await $0.serveStatement($2, try $1.known)
        }
    }

    private static var getFeeStatement: Method {
        let template = "/v1/accounts/{account_id}/statements/{day}/fees"
        return Method(
            "/langqiao.v1.StatementService/GetFeeStatement", CallTerms(.readLedger, .list)
        ) { services, caller, grpc in
            let request: ProtoGetFeeStatementRequest = try decode(
                try await grpc.messages.single())
            try await grpc.reply(try await services.getFeeStatement(request, try caller.known))
        }.at(
            "GET", template,
            parameters: parameters(of: ProtoGetFeeStatementRequest.self, template)
                + [HTTPCall.formatParameter]
        ) {
            try await $0.serveFeeStatement($2, try $1.known)
        }
    }
}
