internal import Domain
internal import SwiftProtobuf

// What banks say and do about settled payments: requests to commands and back. What is on record of
// the payment comes from the tables, or from the line of a replay.

extension ConfirmCredit {
    init(
        _ request: ProtoConfirmCreditRequest, _ about: RecordedFollowUp
    ) throws(GatewayError) {
        let known = CreditStatus.allCases.filter { $0 != .none }
        guard let credit = known.first(where: { $0.iso == request.status }) else {
            throw Field.malformed("status", "must be ACCC, RJCT or PDNG", request.status)
        }
        self.init(about, credit, reason: try Field.reason(request.reason, "reason"))
    }

    var request: ProtoConfirmCreditRequest {
        var request = ProtoConfirmCreditRequest()
        request.uetr = about.row.uetr.description
        request.payer = about.namedPayer
        request.status = credit.iso
        request.reason = reason.description
        return request
    }
}

extension ReturnPayment {
    /// The content hash covers payment, identification, currency, amount, reason and note.
    init(
        _ request: ProtoReturnPaymentRequest, _ about: RecordedFollowUp, _ hashing: ContentHashing
    ) throws(GatewayError) {
        let currency = try Field.currency(request.currency, "currency")
        let id = try Field.identification(request.returnID, "return_id")
        self.init(
            about, returnKey: Attempt.key(id),
            amount: try Field.amount(request.amount, currency, "amount"),
            reason: try Field.reason(request.reason, "reason"))
        var content = self
        content.about = RecordedFollowUp(submitter: .none, payer: .none, uetr: about.row.uetr)
        content.about.row.payer = about.row.payer
        content.about.row.receiveCurrency = currency
        contentHash = try hashing.hash(content, note: request.note)
    }

    func request(_ details: FollowUpDetails?) -> ProtoReturnPaymentRequest {
        var request = ProtoReturnPaymentRequest()
        request.uetr = about.row.uetr.description
        request.payer = about.namedPayer
        request.returnID = details?.id ?? Attempt.identification(returnKey)
        request.currency = about.row.receiveCurrency.code
        request.amount =
            Money(minorUnits: amount, currency: about.row.receiveCurrency).decimal
        request.reason = reason.description
        request.note = details?.note ?? ""
        return request
    }
}

extension ReturnByOrder {
    /// The content hash covers what that of a ``ReturnPayment`` does, limit, time in force and end.
    init(
        _ request: ProtoReturnPaymentRequest, _ about: RecordedFollowUp, _ hashing: ContentHashing
    ) throws(GatewayError) {
        let currency = try Field.currency(request.currency, "currency")
        let id = try Field.identification(request.returnID, "return_id")
        self.init(
            about, returnKey: Attempt.key(id),
            amount: try Field.amount(request.amount, currency, "amount"),
            reason: try Field.reason(request.reason, "reason"),
            limit: try Field.rate(request.limitRate, "limit_rate"),
            timeInForce: try OrderMapping.timeInForce(request.timeInForce),
            expiresAt: request.hasExpiresAt ? try request.expiresAt.timestamp("expires_at") : 0)
        var content = self
        content.about = RecordedFollowUp(submitter: .none, payer: .none, uetr: about.row.uetr)
        content.about.row.payer = about.row.payer
        content.about.row.receiveCurrency = currency
        contentHash = try hashing.hash(content, note: request.note)
    }

    func request(_ details: FollowUpDetails?) -> ProtoReturnPaymentRequest {
        let plain = ReturnPayment(about, returnKey: returnKey, amount: amount, reason: reason)
        var request = plain.request(details)
        request.limitRate = limit.decimal
        request.timeInForce = ProtoTimeInForce(timeInForce)
        if expiresAt != 0 { request.expiresAt = Google_Protobuf_Timestamp(expiresAt) }
        return request
    }
}

extension ProtoReturnPaymentRequest {
    /// Whether the money comes back in the currency in which the payer paid, by an order.
    var isByOrder: Bool { !limitRate.isEmpty }

    /// - Throws: `MALFORMED_REQUEST` for terms of an order where there is none.
    func checkTerms() throws(GatewayError) {
        guard isByOrder || timeInForce == .unspecified && !hasExpiresAt else {
            throw Field.malformed("limit_rate", "must be given for a return with a time in force")
        }
    }
}

extension RequestCancellation {
    init(
        _ request: ProtoRequestCancellationRequest, _ about: RecordedFollowUp
    ) throws(GatewayError) {
        let id = try Field.identification(request.requestID, "request_id")
        self.init(
            about, requestKey: Attempt.key(id), reason: try Field.reason(request.reason, "reason"))
    }

    func request(_ details: FollowUpDetails?) -> ProtoRequestCancellationRequest {
        var request = ProtoRequestCancellationRequest()
        request.uetr = about.row.uetr.description
        request.payer = about.namedPayer
        request.requestID = details?.id ?? Attempt.identification(requestKey)
        request.reason = reason.description
        request.note = details?.note ?? ""
        return request
    }
}

extension AnswerCancellation {
    init(
        _ request: ProtoAnswerCancellationRequest, _ about: RecordedFollowUp
    ) throws(GatewayError) {
        guard ["RJCR", "PDCR"].contains(request.status) else {
            throw Field.malformed("status", "must be RJCR or PDCR", request.status)
        }
        self.init(
            about, caseID: request.caseNumber, isRefused: request.status == "RJCR",
            reason: try Field.reason(request.reason, "reason"))
    }

    var request: ProtoAnswerCancellationRequest {
        var request = ProtoAnswerCancellationRequest()
        request.uetr = about.row.uetr.description
        request.payer = about.namedPayer
        request.caseNumber = caseID
        request.status = isRefused ? "RJCR" : "PDCR"
        request.reason = reason.description
        return request
    }
}

extension RecordedFollowUp {
    /// As whose payment it was asked for; empty for nobody's.
    fileprivate var namedPayer: String { payer == .none ? "" : payer.description }
}
