internal import Domain

extension SetCreditLimit: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/participants/{bic}/limits/{currency}"

    static func bind(_ request: inout ProtoSetCreditLimitRequest, _ source: BindingSource) {
        request.bic = source["bic"]
        request.currency = source["currency"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoSetCreditLimitRequest? {
        if case .setCreditLimit(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoSetCreditLimitRequest) -> ProtoReplayCommand.OneOf_Command {
        .setCreditLimit(request)
    }

    init(_ request: ProtoSetCreditLimitRequest) throws(GatewayError) {
        let currency = try Field.currency(request.currency, "currency")
        let limit = try Field.amount(request.limit, currency, "limit")
        self.init(
            bic: try Field.bic(request.bic, "bic"),
            limit: Money(minorUnits: limit, currency: currency))
    }

    func request(_ record: OperatorRecord?) -> ProtoSetCreditLimitRequest {
        var request = ProtoSetCreditLimitRequest()
        request.bic = bic.description
        request.currency = limit.currency.code
        request.limit = limit.decimal
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        RefusalWords.creditLimit(limit, of: bic, refusedWith: code)
    }
}
