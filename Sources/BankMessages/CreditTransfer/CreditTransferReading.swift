internal import Domain

extension MessageElement {
    /// Reads what stands below `Document`.
    ///
    /// - Throws: what is wrong with the group: its header, the number of transactions, their sums.
    ///   A sum is not checked when an amount of it cannot be read; that transaction is refused.
    func creditTransferMessage(
        _ definition: MessageDefinition, header: BusinessApplicationHeader?,
        envelope: MessageEnvelope, limits: MessageLimits
    ) throws(MessageRejection) -> CreditTransferMessage {
        let group = try required("GrpHdr")
        let count = element.countChildren(named: "CdtTrfTxInf")
        guard count > 0 else { throw missing("CdtTrfTxInf") }
        guard count <= limits.transactions else {
            throw MessageRejection(
                cause: .tooManyTransactions, code: .invalidNumberOfTransactions,
                path: "\(path)/CdtTrfTxInf",
                sentence: "The message has \(count) transactions; send at most "
                    + "\(limits.transactions) in one.")
        }
        let elements = try children("CdtTrfTxInf")
        let groupHeader = try group.groupHeader(count: count)
        try group.checkTotals(
            of: elements, amount: "IntrBkSttlmAmt", total: "TtlIntrBkSttlmAmt")
        var reader = try TransactionReader(definition, group: group)
        return CreditTransferMessage(
            definition: definition, envelope: envelope, header: header, groupHeader: groupHeader,
            transactions: reader.transactions(elements))
    }

    private func groupHeader(count: Int) throws(MessageRejection) -> GroupHeader {
        let number = try required("NbOfTxs")
        let stated = try number.count()
        guard stated == count else {
            throw MessageRejection(
                cause: .contradiction, code: .invalidNumberOfTransactions, path: number.path,
                sentence: "NbOfTxs says \(stated), but there are \(count) CdtTrfTxInf.")
        }
        return GroupHeader(
            messageIdentification: try required("MsgId").text(max: 35),
            creationDateTime: try required("CreDtTm").dateTime(),
            settlementMethod: try required("SttlmInf").required("SttlmMtd")
                .code(SettlementMethod.self))
    }
}
