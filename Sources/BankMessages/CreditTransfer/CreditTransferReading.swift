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
        try group.checkTotals(of: elements)
        let reader = try TransactionReader(definition, group: group)
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

    /// The sums that the group header may state must be those of the transactions.
    private func checkTotals(of elements: [MessageElement]) throws(MessageRejection) {
        let total = try child("TtlIntrBkSttlmAmt")
        let control = try child("CtrlSum")
        guard total != nil || control != nil else { return }
        let amounts = elements.map { $0.statedSettlementAmount }
        let isWhole = amounts.allSatisfy { $0 != nil }
        // In units of 10⁻¹⁷, of which 128 bits hold more than a thousand amounts sum up to.
        let sum = amounts.reduce(UInt128(0)) { $0 &+ ($1?.number.scaled ?? 0) }
        if let total {
            let stated = try total.money()
            let hasOneCurrency = amounts.allSatisfy { $0?.currency == stated.currency.code }
            let scaled = DecimalNumber(stated.decimal)?.scaled
            guard !isWhole || hasOneCurrency && sum == scaled else {
                throw total.sumRejection()
            }
        }
        if let control {
            let stated = try control.decimalNumber()
            guard !isWhole || sum == stated.scaled else { throw control.sumRejection() }
        }
    }

    private func sumRejection() -> MessageRejection {
        MessageRejection(
            cause: .contradiction, code: .invalidControlSum, path: path,
            sentence: "\(element.name) is not the sum of all IntrBkSttlmAmt.")
    }

    /// What `IntrBkSttlmAmt` says, whether or not it can be settled; nil when it says no amount.
    private var statedSettlementAmount: (number: DecimalNumber, currency: String?)? {
        guard let amount = try? child("IntrBkSttlmAmt"), let number = try? amount.decimalNumber()
        else { return nil }
        return (number, amount.element.attribute("Ccy"))
    }
}

extension DecimalNumber {
    /// In units of 10⁻¹⁷, for numbers of at most 18 digits that count.
    fileprivate var scaled: UInt128 { magnitude * powerOfTen(17 - fractionDigits) }
}
