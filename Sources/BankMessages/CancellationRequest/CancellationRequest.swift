package import Domain

/// One payment that shall be cancelled (ISO 20022 `PaymentTransaction106` and its successors).
package struct CancellationRequest: Equatable, Sendable {
    /// `CxlId`, at most 35 characters.
    package var cancellationIdentification: String?
    /// `Case`, of the transaction or else of the message.
    package var investigationCase: InvestigationCase?
    /// `OrgnlGrpInf`, of the transaction or else of its `OrgnlGrpInfAndCxl`.
    package var originalGroup: OriginalGroup?
    package var original: OriginalTransaction
    /// `OrgnlIntrBkSttlmAmt`.
    package var originalInterbankSettlementAmount: Money?
    /// `OrgnlIntrBkSttlmDt`.
    package var originalInterbankSettlementDate: CalendarDate?
    /// `CxlRsnInf`; codes of `ExternalCancellationReason1Code`.
    package var reasons: [ReasonInformation] = []
    /// `OrgnlTxRef`.
    package var originalReference: OriginalTransactionReference?

    package init(original: OriginalTransaction) {
        self.original = original
    }
}

/// A camt.056 as far as the gateway carries it: FI to FI payment cancellation request.
package struct CancellationRequestMessage: Equatable, Sendable {
    package var frame: MessageFrame
    package var assignment: CaseAssignment
    /// `Undrlyg/TxInf`, in the order of the message.
    package var requests: [CancellationRequest]
    /// Those that could not be read, each with its references; never written.
    package var refused: [MessageRejection] = []

    package init(
        frame: MessageFrame, assignment: CaseAssignment, requests: [CancellationRequest]
    ) {
        self.frame = frame
        self.assignment = assignment
        self.requests = requests
    }
}
