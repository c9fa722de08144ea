internal import Domain

extension OrderWithdrawal: OperatorCommand {
    static let verb = "POST"
    static let template = "/v1/withdrawals/{reference}:order"

    static func bind(_ request: inout ProtoOrderWithdrawalRequest, _ source: BindingSource) {
        request.reference = source["reference"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoOrderWithdrawalRequest? {
        if case .orderWithdrawal(let request) = line { request } else { nil }
    }

    static func line(
        _ request: ProtoOrderWithdrawalRequest
    ) -> ProtoReplayCommand.OneOf_Command {
        .orderWithdrawal(request)
    }

    init(_ request: ProtoOrderWithdrawalRequest) throws(GatewayError) {
        self.init(reference: try Field.uetr(request.reference, "reference"))
    }

    func request(_ record: OperatorRecord?) -> ProtoOrderWithdrawalRequest {
        var request = ProtoOrderWithdrawalRequest()
        request.reference = reference.description
        return request
    }
}
