internal import Domain

extension SetIdentifier: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/identifiers/{system}/{member}"

    static func bind(_ request: inout ProtoSetIdentifierRequest, _ source: BindingSource) {
        request.identifier = "\(source["system"]):\(source["member"])"
    }

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoSetIdentifierRequest? {
        if case .setIdentifier(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoSetIdentifierRequest) -> ProtoReplayCommand.OneOf_Command {
        .setIdentifier(request)
    }

    init(_ request: ProtoSetIdentifierRequest) throws(GatewayError) {
        self.init(
            identifier: try Field.clearingCode(request.identifier, "identifier"),
            participant: try Field.bic(request.participant, "participant"),
            removed: request.removed)
    }

    func request(_ record: OperatorRecord?) -> ProtoSetIdentifierRequest {
        var request = ProtoSetIdentifierRequest()
        request.identifier = identifier.description
        request.participant = participant.description
        request.removed = removed
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .participantUnknown: "participant \(participant) is not registered"
        case .identifierConflict:
            directory.participant(identifier).map {
                "\(identifier) is \($0.registration.bic)'s, not \(participant)'s"
            } ?? ""
        default: ""
        }
    }
}
