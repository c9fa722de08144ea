internal import Domain

extension FundNostro: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/nostros/{nostro}/fundings/{reference}"

    static func bind(
        _ request: inout ProtoFundNostroRequest, _ source: BindingSource
    ) throws(GatewayError) {
        request.nostro = try source.number("nostro")
        request.reference = source["reference"]
    }

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoFundNostroRequest? {
        if case .fundNostro(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoFundNostroRequest) -> ProtoReplayCommand.OneOf_Command {
        .fundNostro(request)
    }

    init(_ request: ProtoFundNostroRequest) throws(GatewayError) {
        let currency = try Field.currency(request.currency, "currency")
        self.init(
            Fund(
                reference: try Field.uetr(request.reference, "reference"),
                participant: try Field.bic(request.participant, "participant"),
                currency: currency,
                amount: try Field.amount(request.amount, currency, "amount")),
            nostro: request.nostro)
    }

    mutating func hashContent(
        _ hashing: ContentHashing, _ record: OperatorRecord?
    ) throws(GatewayError) {
        funding.contentHash = try hashing.hash(self, note: record?.note)
    }

    func request(_ record: OperatorRecord?) -> ProtoFundNostroRequest {
        var request = ProtoFundNostroRequest()
        request.nostro = nostro
        request.reference = funding.reference.description
        request.participant = funding.participant.description
        request.currency = funding.currency.code
        request.amount = Money(minorUnits: funding.amount, currency: funding.currency).decimal
        request.note = record?.note ?? ""
        return request
    }

    static func record(_ request: ProtoFundNostroRequest, by name: String) -> OperatorRecord? {
        OperatorRecord(operator: name, note: request.note)
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        RefusalWords.funding(funding, refusedWith: code)
    }
}
