package import Domain

/// What a bank says became of payments that the gateway sent it (pacs.002 coming in).
package struct ReceivedStatusReport: Equatable, Sendable {
    package var frame: MessageFrame
    /// `GrpHdr/MsgId`, at most 35 characters.
    package var messageIdentification: String
    /// `GrpHdr/CreDtTm`, nanoseconds since 1970 UTC.
    package var creationDateTime: Timestamp
    /// `OrgnlGrpInfAndSts`, in the order of the message.
    package var groups: [ReportedGroup]
    /// `TxInfAndSts`, in the order of the message.
    package var transactions: [ReportedTransaction]
    /// Transactions that could not be read, each with its references.
    package var refused: [MessageRejection]
}

/// What is said of a whole message (ISO 20022 `OriginalGroupHeader17`).
package struct ReportedGroup: Equatable, Sendable {
    package var original: OriginalGroup
    /// `GrpSts`.
    package var status: GroupStatus?
    /// `StsRsnInf`; codes of `ExternalStatusReason1Code`.
    package var reasons: [ReasonInformation]
}

/// What is said of one transaction (ISO 20022 `PaymentTransaction110` and its successors).
package struct ReportedTransaction: Equatable, Sendable {
    /// `OrgnlGrpInf`; when it is left out, that of the only ``ReportedGroup`` of the message.
    package var originalGroup: OriginalGroup?
    package var original: OriginalTransaction
    /// `TxSts`. ISO 20022 lets it be left out; the gateway does not.
    package var status: TransactionStatus
    /// `StsRsnInf`; codes of `ExternalStatusReason1Code`.
    package var reasons: [ReasonInformation]
    /// `AccptncDtTm`, nanoseconds since 1970 UTC.
    package var acceptanceDateTime: Timestamp?
    /// `FctvIntrBkSttlmDt`.
    package var effectiveSettlement: DateOrTime?
    /// `OrgnlTxRef/IntrBkSttlmAmt`.
    package var originalAmount: Money?
}

extension ReceivedStatusReport {
    /// Reads what stands below `Document/FIToFIPmtStsRpt`.
    init(
        _ body: MessageElement, frame: MessageFrame, limits: MessageLimits
    ) throws(MessageRejection) {
        let header = try body.required("GrpHdr")
        self.frame = frame
        messageIdentification = try header.required("MsgId").text(max: 35)
        creationDateTime = try header.required("CreDtTm").dateTime()
        groups = []
        for group in try body.children("OrgnlGrpInfAndSts") {
            groups.append(try group.reportedGroup())
        }
        (transactions, refused) = ([], [])
        let onlyGroup = groups.count == 1 ? groups[0].original : nil
        if groups.isEmpty || body.element.countChildren(named: "TxInfAndSts") > 0 {
            (transactions, refused) = try body.separately("TxInfAndSts", limits: limits) {
                element throws(MessageRejection) in try element.reportedTransaction(onlyGroup)
            }
        }
    }
}

extension MessageElement {
    fileprivate func reportedGroup() throws(MessageRejection) -> ReportedGroup {
        ReportedGroup(
            original: try originalGroup(), status: try child("GrpSts")?.code(GroupStatus.self),
            reasons: try reasons("StsRsnInf", of: .statusReason))
    }

    fileprivate func reportedTransaction(
        _ onlyGroup: OriginalGroup?
    ) throws(MessageRejection) -> ReportedTransaction {
        ReportedTransaction(
            originalGroup: try child("OrgnlGrpInf")?.originalGroup() ?? onlyGroup,
            original: try originalTransaction(),
            status: try required("TxSts").code(TransactionStatus.self),
            reasons: try reasons("StsRsnInf", of: .statusReason),
            acceptanceDateTime: try child("AccptncDtTm")?.dateTime(),
            effectiveSettlement: try child("FctvIntrBkSttlmDt")?.dateOrTime(),
            originalAmount: try descendant(["OrgnlTxRef", "IntrBkSttlmAmt"])?.money())
    }
}
