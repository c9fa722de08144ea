internal import Domain

extension OpenNostro: OperatorCommand {
    static let verb = "POST"
    static let template = "/v1/nostros"

    static func bind(_ request: inout ProtoOpenNostroRequest, _ source: BindingSource) {}

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoOpenNostroRequest? {
        if case .openNostro(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoOpenNostroRequest) -> ProtoReplayCommand.OneOf_Command {
        .openNostro(request)
    }

    init(_ request: ProtoOpenNostroRequest) throws(GatewayError) {
        try NostroMapping.checkName(request.name)
        self.init(
            agent: try Field.bic(request.agent, "agent"),
            account: try NostroMapping.account(request.account),
            currency: try Field.currency(request.currency, "currency"))
    }

    func request(_ record: OperatorRecord?) -> ProtoOpenNostroRequest {
        var request = ProtoOpenNostroRequest()
        request.agent = agent.description
        request.account = account.description
        request.currency = currency.code
        request.name = record?.name ?? ""
        return request
    }

    static func record(_ request: ProtoOpenNostroRequest, by name: String) -> OperatorRecord? {
        OperatorRecord(operator: name, name: request.name.isEmpty ? nil : request.name)
    }
}
