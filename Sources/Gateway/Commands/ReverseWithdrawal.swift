internal import Domain

extension ReverseWithdrawal: OperatorCommand {
    static let verb = "POST"
    static let template = "/v1/withdrawals/{reference}:reverse"

    static func bind(_ request: inout ProtoReverseWithdrawalRequest, _ source: BindingSource) {
        request.reference = source["reference"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoReverseWithdrawalRequest? {
        if case .reverseWithdrawal(let request) = line { request } else { nil }
    }

    static func line(
        _ request: ProtoReverseWithdrawalRequest
    ) -> ProtoReplayCommand.OneOf_Command {
        .reverseWithdrawal(request)
    }

    init(_ request: ProtoReverseWithdrawalRequest) throws(GatewayError) {
        self.init(
            reference: try Field.uetr(request.reference, "reference"),
            reason: try NostroMapping.reason(request.reason))
    }

    func request(_ record: OperatorRecord?) -> ProtoReverseWithdrawalRequest {
        var request = ProtoReverseWithdrawalRequest()
        request.reference = reference.description
        request.reason = ProtoReversalReason(reason)
        return request
    }
}
