internal import Domain

extension BookAgentEntry: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/agentEntries/{reference}"

    static func bind(_ request: inout ProtoBookAgentEntryRequest, _ source: BindingSource) {
        request.reference = source["reference"]
    }

    static func request(
        in line: ProtoReplayCommand.OneOf_Command
    ) -> ProtoBookAgentEntryRequest? {
        if case .bookAgentEntry(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoBookAgentEntryRequest) -> ProtoReplayCommand.OneOf_Command {
        .bookAgentEntry(request)
    }

    init(_ request: ProtoBookAgentEntryRequest) throws(GatewayError) {
        let currency = try Field.currency(request.currency, "currency")
        self.init(
            reference: try Field.uetr(request.reference, "reference"),
            entry: try NostroMapping.entry(request.kind), currency: currency,
            nostro: request.nostro, otherNostro: request.otherNostro,
            amount: try Field.amount(request.amount, currency, "amount"))
    }

    mutating func hashContent(
        _ hashing: ContentHashing, _ record: OperatorRecord?
    ) throws(GatewayError) {
        contentHash = try hashing.hash(self, note: record?.note)
    }

    func request(_ record: OperatorRecord?) -> ProtoBookAgentEntryRequest {
        var request = ProtoBookAgentEntryRequest()
        request.reference = reference.description
        request.kind = ProtoAgentEntryKind(entry)
        request.nostro = nostro
        request.otherNostro = otherNostro
        request.currency = currency.code
        request.amount = Money(minorUnits: amount, currency: currency).decimal
        request.note = record?.note ?? ""
        return request
    }

    static func record(_ request: ProtoBookAgentEntryRequest, by name: String) -> OperatorRecord? {
        OperatorRecord(operator: name, note: request.note)
    }
}
