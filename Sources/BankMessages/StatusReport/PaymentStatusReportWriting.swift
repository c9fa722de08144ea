internal import Domain

extension PaymentStatusReport {
    /// The report in its version of pacs.002.001. When the message that is answered had an
    /// application header, one of its version stands before it, both in the envelope of that
    /// message.
    ///
    /// - Throws: ``MessageWritingError`` when a reference is too long, empty or has control
    ///   characters; never for references that were read from a message.
    /// - Complexity: O(length of the result).
    package func xml() throws(MessageWritingError) -> String {
        let frame = MessageFrame(
            definition: definition, envelope: original.envelope, header: header)
        return try frame.write(answering: isUnasked ? nil : original.header) {
            writer throws(MessageWritingError) in
            try writer.groupHeader(of: self)
            try writer.originalGroup(of: self)
            for transaction in transactions {
                try writer.transaction(transaction)
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
            try writer.time("CreDtTm", report.creationDateTime)
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
            try writer.time("OrgnlCreDtTm", original.creationDateTime)
            try writer.leaf(
                "OrgnlNbOfTxs", original.numberOfTransactions.map(String.init), max: 15)
            try writer.leaf("GrpSts", report.groupStatus?.rawValue, max: 4)
            try writer.reason(report.groupReason)
        }
    }

    fileprivate mutating func transaction(
        _ transaction: TransactionStatusReport
    ) throws(MessageWritingError) {
        try element("TxInfAndSts") { writer throws(MessageWritingError) in
            try writer.originalTransaction(transaction.original)
            try writer.leaf("TxSts", transaction.status.rawValue, max: 4)
            try writer.reason(transaction.reason, settled: transaction.settledAmount)
            try writer.time("AccptncDtTm", transaction.acceptanceDateTime)
            try writer.dateOrTime(
                "FctvIntrBkSttlmDt", transaction.effectiveSettlementDateTime.map { .time($0) })
            guard let amount = transaction.originalAmount else { return }
            try writer.element("OrgnlTxRef") { writer throws(MessageWritingError) in
                try writer.money("IntrBkSttlmAmt", amount)
            }
        }
    }

    private mutating func reason(
        _ reason: StatusReason?, settled: Money? = nil
    ) throws(MessageWritingError) {
        guard reason != nil || settled != nil else { return }
        try element("StsRsnInf") { writer throws(MessageWritingError) in
            if let reason {
                try writer.choice("Rsn", .code(reason.code.rawValue), max: 4)
            }
            if let settled {
                try writer.leaf(
                    "AddtlInf", "SETTLED \(settled.currency.code) \(settled.decimal)", max: 105)
            }
            for line in reason?.additionalInformation ?? [] {
                try writer.leaf("AddtlInf", line, max: 105)
            }
        }
    }
}
