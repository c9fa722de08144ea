internal import Domain

extension ConfirmWithdrawal: OperatorCommand {
    static let verb = "POST"
    static let template = "/v1/withdrawals/{reference}:confirm"

    static func bind(_ request: inout ProtoConfirmWithdrawalRequest, _ source: BindingSource) {
        request.reference = source["reference"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoConfirmWithdrawalRequest? {
        if case .confirmWithdrawal(let request) = line { request } else { nil }
    }

    static func line(
        _ request: ProtoConfirmWithdrawalRequest
    ) -> ProtoReplayCommand.OneOf_Command {
        .confirmWithdrawal(request)
    }

    init(_ request: ProtoConfirmWithdrawalRequest) throws(GatewayError) {
        self.init(reference: try Field.uetr(request.reference, "reference"))
    }

    func request(_ record: OperatorRecord?) -> ProtoConfirmWithdrawalRequest {
        var request = ProtoConfirmWithdrawalRequest()
        request.reference = reference.description
        return request
    }
}
