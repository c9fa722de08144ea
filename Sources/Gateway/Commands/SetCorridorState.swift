internal import Domain

extension SetCorridorState: OperatorCommand {
    static let verb = "POST"
    static let template = "/v1/corridors/{foreign_currency}:setState"

    static func bind(_ request: inout ProtoSetCorridorStateRequest, _ source: BindingSource) {
        request.foreignCurrency = source["foreign_currency"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoSetCorridorStateRequest? {
        if case .setCorridorState(let request) = line { request } else { nil }
    }

    static func line(
        _ request: ProtoSetCorridorStateRequest
    ) -> ProtoReplayCommand.OneOf_Command {
        .setCorridorState(request)
    }

    init(_ request: ProtoSetCorridorStateRequest) throws(GatewayError) {
        self.init(
            foreign: try Field.foreign(request.foreignCurrency, "foreign_currency"),
            state: try CorridorMapping.state(request.state))
    }

    func request(_ record: OperatorRecord?) -> ProtoSetCorridorStateRequest {
        var request = ProtoSetCorridorStateRequest()
        request.foreignCurrency = foreign.code
        request.state = ProtoCorridorState(state)
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .corridorUnknown ? "foreign_currency \(foreign.code)" : ""
    }
}
