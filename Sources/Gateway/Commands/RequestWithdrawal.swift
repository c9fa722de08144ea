internal import Domain

// A bank's command, not an operator's: the caller's certificate names the participant.
extension RequestWithdrawal {
    /// The content hash covers the command without one, and the note.
    init(
        _ request: ProtoRequestWithdrawalRequest, by participant: BIC, _ hashing: ContentHashing
    ) throws(GatewayError) {
        let currency = try Field.currency(request.currency, "currency")
        self.init(
            reference: try Field.uetr(request.reference, "reference"), participant: participant,
            currency: currency, amount: try Field.amount(request.amount, currency, "amount"),
            nostro: request.nostro)
        contentHash = try hashing.hash(self, note: request.note)
    }

    func request(_ record: OperatorRecord?) -> ProtoRequestWithdrawalRequest {
        var request = ProtoRequestWithdrawalRequest()
        request.reference = reference.description
        request.currency = currency.code
        request.amount = Money(minorUnits: amount, currency: currency).decimal
        request.nostro = nostro
        request.note = record?.note ?? ""
        return request
    }
}
