internal import BankMessages
internal import Domain
internal import Foundation
internal import Store

// What banks say of settled payments in ISO 20022 messages: the same calls as over gRPC and JSON,
// one for each transaction, and an answer to the message.
extension Services {
    /// What became of one transaction of a message.
    fileprivate struct Taken {
        let original: OriginalTransaction
        var answer: ProtoFollowUpAnswer?
        var refusal: StatusReason?

        /// How the transaction is answered in a pacs.002.
        var report: TransactionStatusReport {
            TransactionStatusReport(
                original: original,
                status: refusal == nil ? .acceptedTechnicalValidation : .rejected,
                reason: refusal)
        }
    }

    /// Carries out what one transaction says; what refuses it is told of it alone.
    ///
    /// - Throws: failures of the gateway itself, which say nothing of the message.
    private func take(
        _ original: OriginalTransaction,
        _ call: (String) async throws -> ProtoFollowUpAnswer
    ) async throws -> Taken {
        guard let uetr = original.uetr else {
            return Taken(
                original: original,
                refusal: StatusReason(
                    code: .requiredCompulsoryElementMissing,
                    texts: ["OrgnlUETR is missing; the gateway knows payments by it."]))
        }
        do {
            return Taken(original: original, answer: try await call(uetr.description))
        } catch let error as GatewayError where !error.code.leavesOpen {
            let code = StatusReasonCode(rawValue: error.code.isoReason) ?? .narrative
            let texts = ["\(error.code.name): \(error.code.sentence)", error.detail]
            return Taken(
                original: original,
                refusal: StatusReason(code: code, texts: texts.filter { !$0.isEmpty }))
        }
    }

    private func refused(_ rejection: MessageRejection) -> Taken {
        Taken(
            original: rejection.transaction ?? OriginalTransaction(),
            refusal: StatusReason(rejection))
    }

    // MARK: pacs.002 of a creditor's bank

    func answer(_ report: ReceivedStatusReport, _ caller: Caller) async throws -> MessageAnswer {
        var taken: [Taken] = []
        for transaction in report.transactions {
            taken.append(
                try await take(transaction.original) { uetr in
                    var request = ProtoConfirmCreditRequest()
                    request.uetr = uetr
                    request.status = transaction.status.confirmation
                    request.reason = transaction.reasons.firstCode ?? ""
                    return try await confirmCredit(request, caller)
                })
        }
        return acknowledgement(
            report.refused.merged(with: taken, refused),
            "On record is the status of \(taken.count).")
    }

    /// An acknowledgement when all was taken, else a report that says what was not.
    private func acknowledgement(_ taken: [Taken], _ description: String) -> MessageAnswer {
        let reports = taken.map(\.report)
        return !taken.isEmpty && taken.allSatisfy { $0.refusal == nil }
            ? .acknowledgement(description, reports) : .statusReport(reports)
    }

    // MARK: pacs.004

    func answer(_ message: PaymentReturnMessage, _ caller: Caller) async throws -> MessageAnswer {
        var reports: [TransactionStatusReport] = []
        var seen: Set<String> = []
        for value in message.returns {
            var original = value.original
            original.transactionIdentification = value.returnIdentification
            // As the repetition that it would be it would seem to move money twice.
            guard seen.insert(value.returnIdentification).inserted else {
                let refusal = StatusReason(
                    code: .duplicateTransaction,
                    texts: ["Another transaction of the message has this RtrId."])
                reports.append(Taken(original: original, refusal: refusal).report)
                continue
            }
            let taken = try await take(original) { uetr in
                try await returnPayment(uetr, as: value.returnIdentification, caller) {
                    [directory] row in
                    try value.request(of: row, in: directory)
                }
            }
            var report = taken.report
            if taken.refusal == nil { report.status = taken.answer?.returned ?? report.status }
            reports.append(report)
        }
        return .statusReport(message.refused.merged(with: reports) { refused($0).report })
    }

    // MARK: camt.056

    func answer(
        _ message: CancellationRequestMessage, _ caller: Caller
    ) async throws -> MessageAnswer {
        var answers = message.refused.map { refused($0).cancellation(nil) }
        for wish in message.requests {
            let taken = try await take(wish.original) { uetr in
                var request = ProtoRequestCancellationRequest()
                request.uetr = uetr
                request.requestID =
                    wish.cancellationIdentification ?? message.assignment.identification
                request.reason = wish.reasons.firstCode ?? "NARR"
                request.note = wish.reasons.flatMap(\.additionalInformation).joined(separator: " ")
                return try await requestCancellation(request, caller)
            }
            answers.append(taken.cancellation(wish))
        }
        return .resolution(answers, of: message.assignment)
    }

    // MARK: camt.029 of a creditor's bank

    func answer(
        _ message: InvestigationResolution, _ caller: Caller
    ) async throws -> MessageAnswer {
        var taken = message.refused.map(refused)
        for answer in message.answers {
            taken.append(
                try await take(answer.original) { uetr in
                    let named = answer.resolvedCase ?? message.resolvedCase
                    var request = ProtoAnswerCancellationRequest()
                    request.uetr = uetr
                    request.caseNumber = named.flatMap { UInt32($0.identification) } ?? 0
                    // Who agrees sends a return; until it is there the case waits for it.
                    request.status = answer.isRefusal(message.outcome) ? "RJCR" : "PDCR"
                    request.reason = answer.reasons.firstCode ?? ""
                    return try await answerCancellation(request, caller)
                })
        }
        return acknowledgement(taken, "On record are answers to \(taken.count).")
    }

    // MARK: pacs.028

    func answer(_ message: PaymentStatusRequest, _ caller: Caller) async throws -> MessageAnswer {
        var reports = message.refused.map { refused($0).report }
        for asked in message.transactions {
            reports.append(try await standing(asked.original, caller))
        }
        return .statusReport(reports)
    }

    /// Where a payment of the caller stands now.
    private func standing(
        _ original: OriginalTransaction, _ caller: Caller
    ) async throws -> TransactionStatusReport {
        guard let uetr = original.uetr else {
            return try await take(original) { _ in ProtoFollowUpAnswer() }.report
        }
        return try await read(.lookup, showing: uetr) { reader in
            let seen = try reader.payments(uetr).filter { view(of: $0.row, for: caller) == .payer }
            guard let record = seen.first, seen.count == 1 else {
                return ReportedStatus.unknown(isAmbiguous: !seen.isEmpty).report(on: original)
            }
            let followUp = try reader.followUp(of: record.row.id)
            return PaymentFacts(record, in: directory)
                .report(ReportedStatus(record.row, followUp, record.date))
        }
    }
}

extension Services {
    // MARK: camt.060

    /// The report of an account that is the caller's; nil when none of the kind can be given.
    func report(_ request: AccountReportRequest, _ caller: Caller) async throws -> String? {
        guard let asked = request.requests.first, request.requests.count == 1,
            case .other(let text)? = asked.account?.identification, let id = AccountID(text),
            let wanted = MessageDefinition(name: asked.messageNameIdentification),
            wanted.message == .accountReport
        else { return nil }
        let bank = try registered(try participant(caller))
        let identification = "LQ" + UUID().uuidString.filter { $0 != "-" }
        return try await read(.list) { reader in
            guard let account = try reader.account(id), mayRead(account, caller) else {
                return nil
            }
            let position = try reader.position()
            var row = BankMessageRow(.accountReport, about: UInt64(id), at: position.timestamp)
            row.until = position.timestamp
            row.received = account.balance
            var versions = MessageVersions.usual
            versions[.accountReport] = UInt8(clamping: wanted.version)
            versions.header = UInt8(clamping: request.frame.header?.version ?? 0)
            let renderer = MessageRenderer(
                reader: reader, directory: directory, gateway: ownBIC,
                bank: bank.registration.bic, versions: versions,
                requestIdentification: identification, outlines: outlines, logger: logger)
            return try renderer.accountReport(row).1
        }
    }
}

/// How a message from a bank is answered.
enum MessageAnswer {
    /// admi.007 with a sentence; where there is more to tell, a pacs.002 of these instead.
    case acknowledgement(String, [TransactionStatusReport])
    /// pacs.002.
    case statusReport([TransactionStatusReport])
    /// camt.029.
    case resolution([CancellationAnswer], of: CaseAssignment)
}

extension Services.Taken {
    /// How a wish for cancellation is answered.
    fileprivate func cancellation(_ wish: CancellationRequest?) -> CancellationAnswer {
        var result = CancellationAnswer(original: original)
        result.resolvedCase = wish?.investigationCase
        result.originalGroup = wish?.originalGroup
        if let refusal {
            result.status = .rejected
            let code = CancellationAnswer.code(refusal)
            result.reasons = [
                ReasonInformation(
                    .code(code), additionalInformation: refusal.additionalInformation)
            ]
        } else {
            switch answer?.cancellationStatus {
            case "CNCL", "PECR": result.status = .accepted
            case "RJCR": result.status = .rejected
            default: result.status = .pending
            }
        }
        return result
    }
}

extension CancellationAnswer {
    /// By `ExternalPaymentCancellationRejection1Code`.
    fileprivate static func code(_ refusal: StatusReason) -> String {
        let words = refusal.additionalInformation.first ?? ""
        if words.hasPrefix(ResultCode.notFound.name) { return "NOOR" }
        if words.hasPrefix(ResultCode.nothingSettled.name) { return "NOOR" }
        if words.hasPrefix(ResultCode.paymentReturned.name) { return "ARDT" }
        return "NARR"
    }

    fileprivate func isRefusal(_ outcome: InvestigationOutcome) -> Bool {
        switch status {
        case .rejected: true
        case .accepted, .pending: false
        case nil: outcome == .rejected || outcome == .unableToApply
        }
    }
}

extension PaymentReturn {
    /// As the call asks for it. Where `RtrdIntrBkSttlmAmt` is in the currency in which the payer
    /// paid, `RtrdInstdAmt` goes into an order and must bring it at least (R15.13).
    ///
    /// - Throws: `MALFORMED_REQUEST` when the amounts and the rate contradict each other.
    fileprivate func request(
        of row: FollowUpRow, in directory: Directory
    ) throws -> ProtoReturnPaymentRequest {
        let settled = returnedInterbankSettlementAmount
        var request = ProtoReturnPaymentRequest()
        request.uetr = row.uetr.description
        request.returnID = returnIdentification
        request.reason = reasons.firstCode ?? ""
        request.note = reasons.flatMap(\.additionalInformation).joined(separator: " ")
        guard settled.currency == row.payCurrency, let given = returnedInstructedAmount,
            given.currency == row.receiveCurrency
        else {
            request.currency = settled.currency.code
            request.amount = settled.decimal
            return request
        }
        request.currency = given.currency.code
        request.amount = given.decimal
        request.limitRate = try limit(paying: given, for: settled, in: directory).decimal
        return request
    }

    private func limit(
        paying given: Money, for settled: Money, in directory: Directory
    ) throws(GatewayError) -> Rate {
        guard let (foreign, _) = OrderDraft.corridor(from: given.currency, to: settled.currency)
        else { throw GatewayError(.corridorUnknown) }
        let conversion = ChargesArithmetic(
            instructed: given, settled: settled, rate: exchangeRate, bearer: .shared, charges: []
        ).conversion
        guard let rate = conversion?.rate(paying: given.currency) else {
            throw Field.malformed(
                "XchgRate", "must be the factor from RtrdInstdAmt to RtrdIntrBkSttlmAmt")
        }
        return directory.corridor(foreign)?.corridor.limit(rate, paying: given.currency) ?? rate
    }
}

extension ProtoFollowUpAnswer {
    /// Where the return stands by which it is answered.
    fileprivate var returned: TransactionStatus? {
        guard hasOrder else { return .acceptedSettlementCompleted }
        guard let status = PaymentStatus.allCases.first(where: { $0.code == order.status }),
            let currency = Currency(code: order.received.currency),
            let received = try? Money(decimal: order.received.amount, currency: currency)
        else { return nil }
        return ReportedStatus(status, .none, received: received).status
    }
}

extension [CancellationAnswer] {
    /// What a camt.029 says of all of them.
    var outcome: InvestigationOutcome {
        let all = Set(map(\.status))
        if all == [.accepted] { return .cancelled }
        if all == [.rejected] { return .rejected }
        if all.contains(.accepted) { return .partlyCancelled }
        return .pending
    }
}

extension [ReasonInformation] {
    /// The first code of the reasons; own words are no code.
    fileprivate var firstCode: String? {
        for reason in self {
            if case .code(let code)? = reason.reason { return code }
        }
        return nil
    }
}

extension TransactionStatus {
    /// What a creditor's bank means by it: ACCC when the customer has the money, RJCT when it comes
    /// back, PDNG for all before.
    fileprivate var confirmation: String {
        switch self {
        case .acceptedCreditSettlementCompleted: "ACCC"
        case .rejected: "RJCT"
        default: "PDNG"
        }
    }
}

extension AccountReportRequest {
    /// What is wrong with a request for which there is no report.
    var unanswerable: MessageRejection {
        MessageRejection(
            cause: .malformedValue, code: .elementContentFormallyIncorrect,
            path: "/Document/AcctRptgReq/RptgReq[1]",
            sentence: "One camt.052 is given for one account of the sender, named by its number in "
                + "Acct/Id/Othr/Id.",
            original: BankMessage.reportRequest(self).original)
    }
}
