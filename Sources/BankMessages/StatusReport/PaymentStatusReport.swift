package import Domain

/// Where a payment stands: codes of `ExternalPaymentTransactionStatus1Code`.
package enum TransactionStatus: String, CaseIterable, Hashable, Sendable {
    case received = "RCVD"
    case acceptedTechnicalValidation = "ACTC"
    case acceptedCustomerProfile = "ACCP"
    case acceptedFundsChecked = "ACFC"
    case acceptedSettlementInProcess = "ACSP"
    case acceptedSettlementCompleted = "ACSC"
    case acceptedCreditSettlementCompleted = "ACCC"
    case acceptedWithChange = "ACWC"
    case acceptedWithoutPosting = "ACWP"
    case acceptedByClearing = "ACPD"
    case pending = "PDNG"
    case blocked = "BLCK"
    case rejected = "RJCT"
    case cancelled = "CANC"
}

/// Where a whole message stands: codes of `ExternalPaymentGroupStatus1Code`.
package enum GroupStatus: String, CaseIterable, Hashable, Sendable {
    case received = "RCVD"
    case acceptedTechnicalValidation = "ACTC"
    case acceptedCustomerProfile = "ACCP"
    case acceptedSettlementInProcess = "ACSP"
    case acceptedSettlementCompleted = "ACSC"
    case acceptedCreditSettlementCompleted = "ACCC"
    case partiallyAccepted = "PART"
    case pending = "PDNG"
    case rejected = "RJCT"
}

/// Why the status is what it is (ISO 20022 `StatusReasonInformation12`).
package struct StatusReason: Equatable, Sendable {
    /// `Rsn/Cd`.
    package var code: StatusReasonCode
    /// `AddtlInf`: lines of at most 105 characters.
    package var additionalInformation: [String]

    /// Breaks each text into lines of at most 105 characters, at blanks where it can, and puts `?`
    /// in the place of control characters.
    package init(code: StatusReasonCode, texts: [String] = []) {
        self.code = code
        additionalInformation = texts.flatMap { brokenIntoLines($0, width: 105) }
    }

    /// The element at fault on the first line, the sentence on the following ones.
    package init(_ rejection: MessageRejection) {
        self.init(code: rejection.code, texts: [rejection.path, rejection.sentence])
    }
}

/// The status of one transaction (ISO 20022 `PaymentTransaction110` and its successors).
///
/// When a payment ends with a part of it settled, ISO 20022 has no element for that part:
/// `OrgnlTxRef/IntrBkSttlmAmt` is by its definition a key element of the original transaction, the
/// amount that was ordered. So ``originalAmount`` goes there, ``settledAmount`` becomes the first
/// line of `StsRsnInf/AddtlInf` in the fixed form `SETTLED THB 4931.20`, and the instant when the
/// last part was settled goes to `FctvIntrBkSttlmDt`.
package struct TransactionStatusReport: Equatable, Sendable {
    package var original: OriginalTransaction
    /// `TxSts`.
    package var status: TransactionStatus
    /// `StsRsnInf`.
    package var reason: StatusReason?
    /// `AccptncDtTm`: when the gateway took the payment, nanoseconds since 1970 UTC.
    package var acceptanceDateTime: Timestamp?
    /// `FctvIntrBkSttlmDt/DtTm`: when the last part was settled, nanoseconds since 1970 UTC.
    package var effectiveSettlementDateTime: Timestamp?
    /// What was settled of a payment that ended before all of it was.
    package var settledAmount: Money?
    /// `OrgnlTxRef/IntrBkSttlmAmt`: what was ordered.
    package var originalAmount: Money?

    package init(
        original: OriginalTransaction, status: TransactionStatus, reason: StatusReason? = nil,
        acceptanceDateTime: Timestamp? = nil
    ) {
        self.original = original
        self.status = status
        self.reason = reason
        self.acceptanceDateTime = acceptanceDateTime
    }

    /// The status of a transaction that is refused by itself.
    ///
    /// - Parameter original: its references, when the rejection does not know them.
    package init(rejecting rejection: MessageRejection, of original: OriginalTransaction? = nil) {
        self.init(
            original: rejection.transaction ?? original ?? OriginalTransaction(),
            status: .rejected, reason: StatusReason(rejection))
    }
}

/// An answer to a payment message (ISO 20022 pacs.002).
package struct PaymentStatusReport: Equatable, Sendable {
    /// It answers no message but comes by itself: its header names none as related.
    package var isUnasked = false
    /// pacs.002 in one of its versions.
    package var definition = MessageDefinition(.statusReport)
    /// `GrpHdr/MsgId`, at most 35 characters; also the header's `BizMsgIdr`.
    package var messageIdentification: String
    /// `GrpHdr/CreDtTm`, nanoseconds since 1970 UTC; also the header's `CreDt`.
    package var creationDateTime: Timestamp
    /// The gateway's own BIC: `GrpHdr/InstgAgt` and the header's `Fr`.
    package var sender: BIC
    /// The message that is answered. Its header, if any, decides that the answer has one too, to
    /// whom it goes, and what both are wrapped in.
    package var original: OriginalMessage
    /// `OrgnlGrpInfAndSts/GrpSts`.
    package var groupStatus: GroupStatus?
    /// `OrgnlGrpInfAndSts/StsRsnInf`.
    package var groupReason: StatusReason?
    /// `TxInfAndSts`, in this order.
    package var transactions: [TransactionStatusReport]
    /// The header's `BizSvc`, at most 35 characters; left out when nil.
    package var businessService: String?

    package init(
        messageIdentification: String, creationDateTime: Timestamp, sender: BIC,
        original: OriginalMessage, groupStatus: GroupStatus? = nil,
        groupReason: StatusReason? = nil, transactions: [TransactionStatusReport] = []
    ) {
        self.messageIdentification = messageIdentification
        self.creationDateTime = creationDateTime
        self.sender = sender
        self.original = original
        self.groupStatus = groupStatus
        self.groupReason = groupReason
        self.transactions = transactions
    }

    /// The answer to a message that is refused as a whole; the transaction at fault, if there is
    /// one, is named besides.
    package init(
        rejecting rejection: MessageRejection, messageIdentification: String,
        creationDateTime: Timestamp, sender: BIC
    ) {
        self.init(
            messageIdentification: messageIdentification, creationDateTime: creationDateTime,
            sender: sender, original: rejection.original ?? OriginalMessage(),
            groupStatus: .rejected, groupReason: StatusReason(rejection))
        if rejection.transaction != nil {
            transactions = [TransactionStatusReport(rejecting: rejection)]
        }
    }

    /// The application header of the answer; nil when the message that is answered had none.
    package var header: BusinessApplicationHeader? {
        original.answeringHeader(
            from: sender, identifier: messageIdentification,
            definition: definition.name, businessService: businessService,
            creationDate: creationDateTime)
    }

    /// What ISO 20022 puts where a mandatory reference could not be had.
    package static let notProvided = "NOTPROVIDED"
}

/// Lines of at most `width` Unicode scalars; none for a blank text.
private func brokenIntoLines(_ text: String, width: Int) -> [String] {
    var lines: [[Unicode.Scalar]] = []
    let printable = text.unicodeScalars.map { isPrintable(String($0)) ? $0 : "?" }
    for word in printable.split(separator: " ") {
        var rest = word
        if let last = lines.indices.last, lines[last].count + 1 + rest.count <= width {
            lines[last] += [" "] + rest
            continue
        }
        while rest.count > width {
            lines.append(Array(rest.prefix(width)))
            rest = rest.dropFirst(width)
        }
        lines.append(Array(rest))
    }
    return lines.map { line in
        var text = ""
        text.unicodeScalars.append(contentsOf: line)
        return text
    }
}
