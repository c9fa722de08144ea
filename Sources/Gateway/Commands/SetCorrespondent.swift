internal import Domain

extension SetCorrespondent: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/participants/{correspondent}/banks/{bank}"

    static func bind(_ request: inout ProtoSetCorrespondentRequest, _ source: BindingSource) {
        request.correspondent = source["correspondent"]
        request.bank = source["bank"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoSetCorrespondentRequest? {
        if case .setCorrespondent(let request) = line { request } else { nil }
    }

    static func line(
        _ request: ProtoSetCorrespondentRequest
    ) -> ProtoReplayCommand.OneOf_Command {
        .setCorrespondent(request)
    }

    init(_ request: ProtoSetCorrespondentRequest) throws(GatewayError) {
        self.init(
            correspondent: try Field.bic(request.correspondent, "correspondent"),
            bank: try Field.bic(request.bank, "bank"), ended: request.ended)
    }

    func request(_ record: OperatorRecord?) -> ProtoSetCorrespondentRequest {
        var request = ProtoSetCorrespondentRequest()
        request.correspondent = correspondent.description
        request.bank = bank.description
        request.ended = ended
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .participantUnknown: "correspondent \(correspondent) is not registered"
        case .correspondentInvalid: "bank \(bank) is a participant itself"
        default: ""
        }
    }
}
