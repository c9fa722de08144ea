package import Domain

/// A bank asks where payments stand (ISO 20022 pacs.028).
package struct PaymentStatusRequest: Equatable, Sendable {
    package var frame: MessageFrame
    /// `GrpHdr/MsgId`, at most 35 characters.
    package var messageIdentification: String
    /// `GrpHdr/CreDtTm`, nanoseconds since 1970 UTC.
    package var creationDateTime: Timestamp
    /// `OrgnlGrpInf`: messages that are asked about, in the order of the message. When there are
    /// ``transactions``, only these are meant.
    package var groups: [OriginalGroup]
    /// `TxInf`, in the order of the message.
    package var transactions: [RequestedStatus]
    /// Transactions that could not be read, each with its references.
    package var refused: [MessageRejection]
}

/// One transaction that is asked about (ISO 20022 `PaymentTransaction121` and its successors).
package struct RequestedStatus: Equatable, Sendable {
    /// `StsReqId`, at most 35 characters.
    package var requestIdentification: String?
    /// `OrgnlGrpInf`; when it is left out, the only one of the message.
    package var originalGroup: OriginalGroup?
    package var original: OriginalTransaction
    /// `AccptncDtTm`, nanoseconds since 1970 UTC.
    package var acceptanceDateTime: Timestamp?
}

extension PaymentStatusRequest {
    /// Reads what stands below `Document/FIToFIPmtStsReq`.
    init(
        _ body: MessageElement, frame: MessageFrame, limits: MessageLimits
    ) throws(MessageRejection) {
        let header = try body.required("GrpHdr")
        self.frame = frame
        messageIdentification = try header.required("MsgId").text(max: 35)
        creationDateTime = try header.required("CreDtTm").dateTime()
        groups = []
        for group in try body.children("OrgnlGrpInf") {
            groups.append(try group.originalGroup())
        }
        (transactions, refused) = ([], [])
        let onlyGroup = groups.count == 1 ? groups[0] : nil
        if groups.isEmpty || body.element.countChildren(named: "TxInf") > 0 {
            (transactions, refused) = try body.separately("TxInf", limits: limits) {
                element throws(MessageRejection) in try element.requestedStatus(onlyGroup)
            }
        }
    }
}

extension MessageElement {
    fileprivate func requestedStatus(
        _ onlyGroup: OriginalGroup?
    ) throws(MessageRejection) -> RequestedStatus {
        RequestedStatus(
            requestIdentification: try child("StsReqId")?.text(max: 35),
            originalGroup: try child("OrgnlGrpInf")?.originalGroup() ?? onlyGroup,
            original: try originalTransaction(),
            acceptanceDateTime: try child("AccptncDtTm")?.dateTime())
    }
}
