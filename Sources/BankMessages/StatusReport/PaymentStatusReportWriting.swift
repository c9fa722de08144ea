internal import Domain

extension PaymentStatusReport {
    /// The report as pacs.002.001.10. When the message that is answered had an application header,
    /// one of its version stands before it, both in the envelope of that message.
    ///
    /// - Throws: ``MessageWritingError`` when a reference is too long, empty or has control
    ///   characters; never for references that were read from a message.
    /// - Complexity: O(length of the result).
    package func xml() throws(MessageWritingError) -> String {
        try writeMessage(
            envelope: original.envelope, header: header, related: original.header,
            namespace: isoNamespacePrefix + PaymentStatusReport.definition
        ) { writer throws(MessageWritingError) in
            try writer.element("FIToFIPmtStsRpt") { writer throws(MessageWritingError) in
                try writer.groupHeader(of: self)
                try writer.originalGroup(of: self)
                for transaction in transactions {
                    try writer.transaction(transaction)
                }
            }
        }
    }
}

extension XMLWriter {
    fileprivate mutating func groupHeader(
        of report: PaymentStatusReport
    ) throws(MessageWritingError) {
        try element("GrpHdr") { writer throws(MessageWritingError) in
            try writer.leaf("MsgId", report.messageIdentification, max: 35)
            try writer.leaf("CreDtTm", report.creationDateTime.isoDateTime, max: 35)
            try writer.institution("InstgAgt", report.sender)
            try writer.institution("InstdAgt", report.original.header?.from)
        }
    }

    fileprivate mutating func originalGroup(
        of report: PaymentStatusReport
    ) throws(MessageWritingError) {
        let original = report.original
        let missing = PaymentStatusReport.notProvided
        try element("OrgnlGrpInfAndSts") { writer throws(MessageWritingError) in
            try writer.leaf("OrgnlMsgId", original.messageIdentification ?? missing, max: 35)
            try writer.leaf(
                "OrgnlMsgNmId", original.messageNameIdentification ?? missing, max: 35)
            try writer.leaf("OrgnlCreDtTm", original.creationDateTime?.isoDateTime, max: 35)
            try writer.leaf(
                "OrgnlNbOfTxs", original.numberOfTransactions.map(String.init), max: 15)
            try writer.leaf("GrpSts", report.groupStatus?.rawValue, max: 4)
            try writer.reason(report.groupReason)
        }
    }

    fileprivate mutating func transaction(
        _ transaction: TransactionStatusReport
    ) throws(MessageWritingError) {
        let original = transaction.original
        try element("TxInfAndSts") { writer throws(MessageWritingError) in
            try writer.leaf("OrgnlInstrId", original.instructionIdentification, max: 35)
            try writer.leaf("OrgnlEndToEndId", original.endToEndIdentification, max: 35)
            try writer.leaf("OrgnlTxId", original.transactionIdentification, max: 35)
            try writer.leaf("OrgnlUETR", original.uetr?.description, max: 36)
            try writer.leaf("TxSts", transaction.status.rawValue, max: 4)
            try writer.reason(transaction.reason)
            try writer.leaf("AccptncDtTm", transaction.acceptanceDateTime?.isoDateTime, max: 35)
        }
    }

    private mutating func reason(_ reason: StatusReason?) throws(MessageWritingError) {
        guard let reason else { return }
        try element("StsRsnInf") { writer throws(MessageWritingError) in
            try writer.element("Rsn") { writer throws(MessageWritingError) in
                try writer.leaf("Cd", reason.code.rawValue, max: 4)
            }
            for line in reason.additionalInformation {
                try writer.leaf("AddtlInf", line, max: 105)
            }
        }
    }
}
