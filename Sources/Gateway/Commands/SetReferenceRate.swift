internal import Domain

extension SetReferenceRate: OperatorCommand {
    static let verb = "POST"
    static let template = "/v1/corridors/{foreign_currency}:setReferenceRate"

    static func bind(_ request: inout ProtoSetReferenceRateRequest, _ source: BindingSource) {
        request.foreignCurrency = source["foreign_currency"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoSetReferenceRateRequest? {
        if case .setReferenceRate(let request) = line { request } else { nil }
    }

    static func line(
        _ request: ProtoSetReferenceRateRequest
    ) -> ProtoReplayCommand.OneOf_Command {
        .setReferenceRate(request)
    }

    init(_ request: ProtoSetReferenceRateRequest) throws(GatewayError) {
        self.init(
            foreign: try Field.foreign(request.foreignCurrency, "foreign_currency"),
            rate: try Field.rate(request.rate, "rate"))
    }

    func request(_ record: OperatorRecord?) -> ProtoSetReferenceRateRequest {
        var request = ProtoSetReferenceRateRequest()
        request.foreignCurrency = foreign.code
        request.rate = rate.decimal
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .corridorUnknown: return "foreign_currency \(foreign.code)"
        case .corridorInvalid:
            guard var corridor = directory.corridor(foreign)?.corridor else { return "" }
            corridor.referenceRate = rate
            let words = RefusalWords.corridor(corridor)
            return words.isEmpty ? "" : "rate \(rate.decimal): \(words)"
        default: return ""
        }
    }
}
