internal import Domain

extension SetParticipantState: OperatorCommand {
    static let verb = "POST"
    static let template = "/v1/participants/{bic}:setState"

    static func bind(_ request: inout ProtoSetParticipantStateRequest, _ source: BindingSource) {
        request.bic = source["bic"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoSetParticipantStateRequest? {
        if case .setParticipantState(let request) = line { request } else { nil }
    }

    static func line(
        _ request: ProtoSetParticipantStateRequest
    ) -> ProtoReplayCommand.OneOf_Command {
        .setParticipantState(request)
    }

    init(_ request: ProtoSetParticipantStateRequest) throws(GatewayError) {
        self.init(
            bic: try Field.bic(request.bic, "bic"),
            state: try ParticipantMapping.state(request.state))
    }

    func request(_ record: OperatorRecord?) -> ProtoSetParticipantStateRequest {
        var request = ProtoSetParticipantStateRequest()
        request.bic = bic.description
        request.state = state == .active ? .active : .suspended
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .participantUnknown ? "bic \(bic) is not registered" : ""
    }
}
