internal import Domain
internal import Store
internal import SwiftProtobuf

/// What banks say and do about payments after they are settled. What is on record of a payment is
/// read first and goes with the command; the engine says whether it still counts (R15.2).
extension Services {
    func confirmCredit(
        _ request: ProtoConfirmCreditRequest, _ caller: Caller
    ) async throws -> ProtoFollowUpAnswer {
        try await followUp(request.uetr, request.payer, .creditor, caller) { found in
            EncodedCommand(.declared(try ConfirmCredit(request, found.about)))
        }
    }

    /// R15.7, R15.13 In the received currency, or by an order in that in which the payer paid.
    func returnPayment(
        _ request: ProtoReturnPaymentRequest, _ caller: Caller
    ) async throws -> ProtoFollowUpAnswer {
        try request.checkTerms()
        return try await returnPayment(
            request.uetr, of: request.payer, as: request.returnID, caller
        ) { _ in request }
    }

    /// - Parameter wished: the request, made of what is on record of the payment.
    func returnPayment(
        _ uetr: String, of payer: String = "", as id: String, _ caller: Caller,
        _ wished: @Sendable (FollowUpRow) throws -> ProtoReturnPaymentRequest
    ) async throws -> ProtoFollowUpAnswer {
        let hashing = try directory.hashing
        let key = Attempt.key(try Field.identification(id, "return_id"))
        return try await followUp(uetr, payer, .creditor, returning: key, caller) { found in
            let received = found.about.row.receiveCurrency
            let request = try wished(found.about.row)
            guard request.currency == received.code else {
                throw Field.malformed(
                    "currency",
                    "must be \(received.code), which was received; with limit_rate it comes back "
                        + "in \(found.about.row.payCurrency.code)", request.currency)
            }
            let details = try FollowUpDetails(id: id, note: request.note).bounded()
            let (wish, contentHash) = try formed(request, found.about, hashing)
            guard let known = found.known else {
                guard !request.isByOrder || !found.isOrderTaken else {
                    throw GatewayError(.uetrConflict)
                }
                return EncodedCommand(.declared(wish), attachment: details)
            }
            guard known.contentHash == contentHash else { throw GatewayError(.returnConflict) }
            return nil
        }
    }

    private func formed(
        _ request: ProtoReturnPaymentRequest, _ about: RecordedFollowUp, _ hashing: ContentHashing
    ) throws -> (any DeclaredCommand, contentHash: UInt128) {
        if request.isByOrder {
            let wish = try ReturnByOrder(request, about, hashing)
            return (wish, wish.contentHash)
        }
        let wish = try ReturnPayment(request, about, hashing)
        return (wish, wish.contentHash)
    }

    /// R15.9 Of a payment that its bank has cancelled before anything was settled, it is so again.
    func requestCancellation(
        _ request: ProtoRequestCancellationRequest, _ caller: Caller
    ) async throws -> ProtoFollowUpAnswer {
        let id = try Field.identification(request.requestID, "request_id")
        let details = try FollowUpDetails(id: id, note: request.note).bounded()
        var answer = try await followUp(request.uetr, request.payer, .payer, caller) { found in
            let wish = try RequestCancellation(request, found.about)
            let isCancelled =
                found.payment.endReason == .cancelledByBank && found.payment.received == 0
            return isCancelled ? nil : EncodedCommand(.declared(wish), attachment: details)
        }
        answer.cancellationStatus = answer.caseNumber == 0 ? "CNCL" : "PDCR"
        if answer.repetition, answer.caseNumber != 0 {
            answer.cancellationStatus = try await cancellationStatus(of: answer.caseNumber)
        }
        return answer
    }

    /// What became of a case, of which the creditor's bank may have said so long ago.
    private func cancellationStatus(of number: CaseID) async throws -> String {
        try await read(.lookup) { reader in
            guard let found = try reader.case(number)?.row else {
                throw GatewayError(.internalError, "case \(number) is not on record")
            }
            switch found.state {
            case .none, .open, .pending: return "PDCR"
            case .refused, .expired: return "RJCR"
            case .returned:
                let row = try reader.followUp(of: found.payment)
                return row.map { $0.left > 0 } ?? true ? "PECR" : "CNCL"
            }
        }
    }

    func answerCancellation(
        _ request: ProtoAnswerCancellationRequest, _ caller: Caller
    ) async throws -> ProtoFollowUpAnswer {
        try await followUp(request.uetr, request.payer, .creditor, caller) { found in
            EncodedCommand(.declared(try AnswerCancellation(request, found.about)))
        }
    }

    // MARK: The record

    /// Who of a payment speaks.
    private enum SpeakingSide {
        case payer
        case creditor
    }

    /// What the tables say of a payment, all of one moment.
    private struct Found: Sendable {
        let payment: PaymentRow
        let about: RecordedFollowUp
        /// The return with the key that was asked for, and its order's payment if it has one.
        let known: ReturnRow?
        let order: PaymentRow?
        /// Another payment of the returning bank has the UETR that its order would have.
        let isOrderTaken: Bool
    }

    /// Reads what is on record, forms a command of it and submits it; once more where the engine
    /// finds the record outdated, which takes ``Limits/finalBatches`` batches between.
    ///
    /// - Parameter form: nil when the record answers: it is as the command would have it.
    private func followUp(
        _ uetr: String, _ payer: String, _ side: SpeakingSide, returning key: UInt128? = nil,
        _ caller: Caller, _ form: @Sendable (Found) throws -> EncodedCommand?
    ) async throws -> ProtoFollowUpAnswer {
        guard ConfirmCredit.since <= directory.rules else {
            throw GatewayError(.rulesTooOld, "needs rules of version \(ConfirmCredit.since)")
        }
        let uetr = try Field.uetr(uetr, "uetr")
        let named = payer.isEmpty ? nil : try Field.bic(payer, "payer")
        var outcome = Outcome(code: .recordOutdated, kind: ConfirmCredit.kind)
        var order: ProtoReturnOrder?
        for _ in 0..<Self.readings where outcome.code == .recordOutdated {
            let found = try await find(uetr, named, side, returning: key, caller)
            guard let command = try form(found) else {
                var answer = ProtoFollowUpAnswer(repeated: found.about.row.caseID)
                if let order = found.order { answer.order = ProtoReturnOrder(order) }
                return answer
            }
            // What is final stays so, and needs no entry in the log.
            guard !found.payment.status.isFinal || found.payment.received > 0 else {
                throw GatewayError(.nothingSettled)
            }
            outcome = try await submit(command).outcome
            order = key.flatMap { ProtoReturnOrder(outcome, of: $0, found.about.row) }
        }
        guard outcome.code == .accepted else { throw GatewayError(outcome.code) }
        var answer = ProtoFollowUpAnswer(outcome)
        if let order { answer.order = order }
        return answer
    }

    private static var readings: Int { 3 }

    private func find(
        _ uetr: UETR, _ named: BIC?, _ side: SpeakingSide, returning key: UInt128?, _ caller: Caller
    ) async throws -> Found {
        let submitter = try participant(caller)
        let payer = named.map { directory.payer(namedBy: $0, caller.bank) ?? 0 }
        return try await read(.lookup, showing: uetr) { reader in
            let row = try payment(uetr, of: payer, side, caller, reader)
            let about = RecordedFollowUp(
                submitter: submitter, payer: directory.bic(of: row.payer),
                row: try reader.followUp(of: row.id) ?? FollowUpRow(row),
                asOf: try reader.position().logIndex)
            guard let key else {
                return Found(
                    payment: row, about: about, known: nil, order: nil, isOrderTaken: false)
            }
            let known = try reader.return(key, by: row.creditor)
            let taken = try reader.payments(UETR(ofReturn: key, from: uetr)).map(\.row)
                .first { $0.payer == row.creditor }
            return Found(
                payment: row, about: about, known: known,
                order: known.flatMap { known in taken.flatMap { $0.id == known.order ? $0 : nil } },
                isOrderTaken: taken != nil)
        }
    }

    /// The payment of which the caller may speak.
    ///
    /// - Throws: `NOT_FOUND` to who may not see it, `PERMISSION_DENIED` to the other side.
    private func payment(
        _ uetr: UETR, of payer: ParticipantID?, _ side: SpeakingSide, _ caller: Caller,
        _ reader: LedgerReader
    ) throws -> PaymentRow {
        let seen = try reader.payments(uetr).map(\.row).filter {
            view(of: $0, for: caller) != .none && (payer == nil || payer == $0.payer)
        }
        guard !seen.isEmpty else { throw GatewayError(.notFound, "payment \(uetr)") }
        let own = seen.filter { speaks(for: side, of: $0, caller) }
        guard let row = own.first else {
            let bank = side == .payer ? "payer" : "creditor"
            throw GatewayError(.permissionDenied, "this call is for the bank of the \(bank)")
        }
        guard own.count == 1 else { throw ambiguous(own.map(\.payer)) }
        return row
    }

    private func speaks(for side: SpeakingSide, of row: PaymentRow, _ caller: Caller) -> Bool {
        guard let own = caller.bank.flatMap({ directory.participant($0) })?.id else { return false }
        switch side {
        case .payer: return directory.settles(row.payer, through: own)
        case .creditor:
            return row.status != .rejected && directory.settles(row.creditor, through: own)
        }
    }
}

extension ProtoReturnOrder {
    /// The order that a return has placed; nil when it placed none.
    fileprivate init?(_ outcome: Outcome, of key: UInt128, _ row: FollowUpRow) {
        guard outcome.payment > 0, let status = outcome.status else { return nil }
        self.init()
        uetr = UETR(ofReturn: key, from: row.uetr).description
        self.status = status.code
        paid = ProtoMoney(outcome.paid, row.receiveCurrency)
        received = ProtoMoney(outcome.received, row.payCurrency)
    }
}

extension ProtoFollowUpAnswer {
    fileprivate init(_ outcome: Outcome) {
        self.init()
        result = ProtoResult(outcome.code)
        repetition = outcome.isRepetition
        caseNumber = outcome.caseID
    }

    /// What was asked for is on record.
    fileprivate init(repeated caseID: CaseID) {
        self.init(Outcome(code: .accepted, kind: ConfirmCredit.kind, isRepetition: true))
        caseNumber = caseID
    }
}
