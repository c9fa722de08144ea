package import Domain

/// How far a request has come (`Sts/Conf`): those codes of
/// `ExternalInvestigationExecutionConfirmation1Code` that can answer a cancellation.
package enum InvestigationOutcome: String, CaseIterable, Hashable, Sendable {
    /// Cancelled as requested.
    case cancelled = "CNCL"
    /// Cancelled in part.
    case partlyCancelled = "PECR"
    /// Pending: somebody else still decides.
    case pending = "PDCR"
    /// Handed on to the next bank, where the case has no name.
    case forwarded = "FTNA"
    /// Rejected.
    case rejected = "RJCR"
    /// The request cannot be understood or applied.
    case unableToApply = "UWFW"
    /// Will be cancelled.
    case cancellationWillFollow = "CWFW"
    /// A payment, that is a return, was or will be made.
    case paymentInitiated = "IPAY"
}

/// What became of one request (ISO 20022 `CancellationIndividualStatus1Code`).
package enum CancellationStatus: String, CaseIterable, Hashable, Sendable {
    case accepted = "ACCR"
    case pending = "PDCR"
    case rejected = "RJCR"
}

/// The answer about one payment (ISO 20022 `PaymentTransaction102` and its successors).
package struct CancellationAnswer: Equatable, Sendable {
    /// `CxlStsId`, at most 35 characters.
    package var statusIdentification: String?
    /// `RslvdCase`, of the transaction or else of the message.
    package var resolvedCase: InvestigationCase?
    /// `OrgnlGrpInf`, of the transaction or else of its `OrgnlGrpInfAndSts`.
    package var originalGroup: OriginalGroup?
    package var original: OriginalTransaction
    /// `TxCxlSts`.
    package var status: CancellationStatus?
    /// `CxlStsRsnInf`; codes of `ExternalPaymentCancellationRejection1Code`.
    package var reasons: [ReasonInformation] = []
    /// `OrgnlIntrBkSttlmAmt`.
    package var originalInterbankSettlementAmount: Money?
    /// `OrgnlIntrBkSttlmDt`.
    package var originalInterbankSettlementDate: CalendarDate?

    package init(original: OriginalTransaction) {
        self.original = original
    }
}

/// A camt.029 as far as the gateway carries it: the answer to a camt.056. What it says of
/// modifications, claims, statements and the refund's own payment is not carried.
package struct InvestigationResolution: Equatable, Sendable {
    package var frame: MessageFrame
    package var assignment: CaseAssignment
    /// `RslvdCase`.
    package var resolvedCase: InvestigationCase?
    /// `Sts/Conf`.
    package var outcome: InvestigationOutcome
    /// `CxlDtls/TxInfAndSts`, in the order of the message; none when the case alone is named.
    package var answers: [CancellationAnswer]
    /// Those that could not be read, each with its references; never written.
    package var refused: [MessageRejection] = []

    package init(
        frame: MessageFrame, assignment: CaseAssignment, outcome: InvestigationOutcome,
        answers: [CancellationAnswer]
    ) {
        self.frame = frame
        self.assignment = assignment
        self.outcome = outcome
        self.answers = answers
    }
}
