package import Domain

/// A message that a bank submitted.
package enum BankMessage: Equatable, Sendable {
    /// pacs.008 or pacs.009.
    case creditTransfers(CreditTransferMessage)
    /// pacs.004.
    case paymentReturns(PaymentReturnMessage)
    /// pacs.002.
    case statusReport(ReceivedStatusReport)
    /// pacs.028.
    case statusRequest(PaymentStatusRequest)
    /// camt.056.
    case cancellationRequests(CancellationRequestMessage)
    /// camt.029.
    case investigationResolution(InvestigationResolution)
    /// camt.060.
    case reportRequest(AccountReportRequest)

    /// What the message is and what stood around it.
    package var frame: MessageFrame {
        switch self {
        case .creditTransfers(let message):
            MessageFrame(
                definition: message.definition, envelope: message.envelope, header: message.header)
        case .paymentReturns(let message): message.frame
        case .statusReport(let message): message.frame
        case .statusRequest(let message): message.frame
        case .cancellationRequests(let message): message.frame
        case .investigationResolution(let message): message.frame
        case .reportRequest(let message): message.frame
        }
    }

    package var definition: MessageDefinition { frame.definition }

    package var header: BusinessApplicationHeader? { frame.header }

    /// The references that an answer repeats.
    package var original: OriginalMessage {
        switch self {
        case .creditTransfers(let message): message.original
        case .paymentReturns(let message):
            original(
                message.messageIdentification, message.creationDateTime,
                count: message.returns.count + message.refused.count)
        case .statusReport(let message):
            original(
                message.messageIdentification, message.creationDateTime,
                count: message.transactions.count + message.refused.count)
        case .statusRequest(let message):
            original(
                message.messageIdentification, message.creationDateTime,
                count: message.transactions.count + message.refused.count)
        case .cancellationRequests(let message):
            original(
                message.assignment.identification, message.assignment.creationDateTime,
                count: message.requests.count + message.refused.count)
        case .investigationResolution(let message):
            original(
                message.assignment.identification, message.assignment.creationDateTime,
                count: message.answers.count + message.refused.count)
        case .reportRequest(let message):
            original(
                message.messageIdentification, message.creationDateTime,
                count: message.requests.count)
        }
    }

    /// The refusal of a message that speaks of whole messages: the gateway knows payments.
    package var namesNothing: MessageRejection {
        MessageRejection(
            cause: .missingElement, code: .requiredCompulsoryElementMissing, path: "/Document",
            sentence: "No payment is named; add a transaction with its OrgnlUETR for each.",
            original: original)
    }

    private func original(
        _ identification: String, _ time: Timestamp, count: Int
    ) -> OriginalMessage {
        OriginalMessage(
            messageIdentification: identification, messageNameIdentification: definition.name,
            creationDateTime: time, numberOfTransactions: count, header: header,
            envelope: frame.envelope)
    }

    /// Why the message asks for nothing and moves no money, whatever it says; nil when it does. A
    /// copy is a notice whatever it is a copy of, and a return by cover is one as a payment is.
    package var notice: NoticeKind? {
        if case .creditTransfers(let message) = self { return message.notice }
        if header?.copyDuplicate?.isForInformation == true { return .copy }
        if case .paymentReturns(let message) = self, message.settlementMethod == .cover {
            return .announcedCover
        }
        return nil
    }
}

extension BankMessage {
    /// Reads a submitted document: a bare `Document`, or `AppHdr` and `Document` in envelopes of
    /// any names and depths, as elements or as text that is XML itself.
    ///
    /// Elements that the gateway uses are checked as their schema says: presence, number, form and
    /// length, and so is all of a transaction. Other elements of the group header are skipped
    /// without a look, and so is the order of elements.
    ///
    /// - Parameter banks: who knows the banks that the message names; without, a bank is who its
    ///   BIC says.
    /// - Throws: ``MessageRejection``, with whatever references could be read for the answer, when
    ///   nothing of the message can be taken. A transaction that is faulty by itself is a failure
    ///   in ``CreditTransferMessage/transactions``.
    /// - Complexity: O(number of bytes).
    package init(
        xml bytes: [UInt8], limits: MessageLimits = MessageLimits(),
        banks: (any BankRegister)? = nil
    ) throws(MessageRejection) {
        try self.init(try MessageParts(bytes, limits: limits), limits, banks)
    }

    /// The same, and judges the text by the usage rules of CBPR+ while it is parsed.
    ///
    /// - Parameter findings: what they find, also when the message is refused.
    package init(
        xml bytes: [UInt8], limits: MessageLimits = MessageLimits(),
        banks: (any BankRegister)? = nil, findings: inout [UsageFinding]
    ) throws(MessageRejection) {
        let parts = try MessageParts(bytes, limits: limits)
        findings = UsageRules.findings(of: parts)
        try self.init(parts, limits, banks)
    }

    private init(
        _ parts: MessageParts, _ limits: MessageLimits, _ banks: (any BankRegister)?
    ) throws(MessageRejection) {
        do {
            self = try parts.message(limits: limits, banks: banks)
        } catch {
            var rejection = error
            rejection.original = parts.original
            throw rejection
        }
    }
}

extension BankMessage {
    /// A message that is for somebody else must not be carried out here.
    ///
    /// - Parameter gateway: whom the header's `To` must name; a branch of it counts as itself, and
    ///   so does a message without a header.
    /// - Throws: ``MessageRejection`` otherwise, also when `To` names nobody that is known.
    package func checkAddressee(gateway: BIC) throws(MessageRejection) {
        guard let header, header.to?.primaryOfficeBIC != gateway.primaryOfficeBIC else { return }
        let named = header.to.map { "names \($0)" } ?? "names nobody known here"
        throw MessageRejection(
            cause: .wrongAddressee, code: .incorrectAgent,
            path: "/AppHdr/To/FIId/FinInstnId/BICFI",
            sentence: "To \(named), but this is \(gateway); send the message there, or correct To.",
            original: original)
    }
}
