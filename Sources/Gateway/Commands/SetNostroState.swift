internal import Domain

extension SetNostroState: OperatorCommand {
    static let verb = "POST"
    static let template = "/v1/nostros/{nostro}:setState"

    static func bind(
        _ request: inout ProtoSetNostroStateRequest, _ source: BindingSource
    ) throws(GatewayError) {
        request.nostro = try source.number("nostro")
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoSetNostroStateRequest? {
        if case .setNostroState(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoSetNostroStateRequest) -> ProtoReplayCommand.OneOf_Command {
        .setNostroState(request)
    }

    init(_ request: ProtoSetNostroStateRequest) throws(GatewayError) {
        self.init(nostro: request.nostro, state: try NostroMapping.state(request.state))
    }

    func request(_ record: OperatorRecord?) -> ProtoSetNostroStateRequest {
        var request = ProtoSetNostroStateRequest()
        request.nostro = nostro
        request.state = state == .open ? .open : .closed
        return request
    }
}
