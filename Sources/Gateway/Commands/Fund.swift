internal import Domain

extension Fund: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/fundings/{reference}"

    static func bind(_ request: inout ProtoFundRequest, _ source: BindingSource) {
        request.reference = source["reference"]
    }

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoFundRequest? {
        if case .fund(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoFundRequest) -> ProtoReplayCommand.OneOf_Command {
        .fund(request)
    }

    init(_ request: ProtoFundRequest) throws(GatewayError) {
        let currency = try Field.currency(request.currency, "currency")
        self.init(
            reference: try Field.uetr(request.reference, "reference"),
            participant: try Field.bic(request.participant, "participant"), currency: currency,
            amount: try Field.amount(request.amount, currency, "amount"))
    }

    mutating func hashContent(
        _ hashing: ContentHashing, _ record: OperatorRecord?
    ) throws(GatewayError) {
        contentHash = try hashing.hash(self, note: record?.note)
    }

    func request(_ record: OperatorRecord?) -> ProtoFundRequest {
        var request = ProtoFundRequest()
        request.reference = reference.description
        request.participant = participant.description
        request.currency = currency.code
        request.amount = Money(minorUnits: amount, currency: currency).decimal
        request.note = record?.note ?? ""
        return request
    }

    static func record(_ request: ProtoFundRequest, by name: String) -> OperatorRecord? {
        OperatorRecord(operator: name, note: request.note)
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        RefusalWords.funding(self, refusedWith: code)
    }
}
