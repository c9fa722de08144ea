internal import Domain

extension MessageElement {
    /// Reads an `AppHdr`; with a definition given, the header must announce that message.
    func applicationHeader(
        for definition: MessageDefinition?
    ) throws(MessageRejection) -> BusinessApplicationHeader {
        guard element.namespace == headerNamespace else {
            throw MessageRejection(
                cause: .wrongNamespace, code: .invalidFileFormat, path: path,
                sentence: "AppHdr must be in namespace \(headerNamespace).")
        }
        let announced = try required("MsgDefIdr")
        let name = try announced.text(max: 35)
        if let definition, definition.rawValue != name {
            throw MessageRejection(
                cause: .contradiction, code: .invalidFileFormat, path: announced.path,
                sentence: "MsgDefIdr says \(name), but Document is \(definition.rawValue).")
        }
        return BusinessApplicationHeader(
            from: try required("Fr").partyBIC(), to: try required("To").partyBIC(),
            businessMessageIdentifier: try required("BizMsgIdr").text(max: 35),
            messageDefinitionIdentifier: name, businessService: try child("BizSvc")?.text(max: 35),
            creationDate: try required("CreDt").dateTime(),
            possibleDuplicate: try child("PssblDplct")?.indicator())
    }

    private func partyBIC() throws(MessageRejection) -> BIC? {
        try descendant("FIId", "FinInstnId", "BICFI")?.bic()
    }

    /// Reads what stands below `Document`.
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
        let defaults = try GroupDefaults(group)
        var transactions: [CreditTransfer] = []
        transactions.reserveCapacity(elements.count)
        for element in elements {
            transactions.append(try element.referencedCreditTransfer(definition, defaults))
        }
        try group.checkTotals(of: transactions)
        try checkUETRs(of: transactions, in: elements)
        return CreditTransferMessage(
            envelope: envelope, header: header, groupHeader: groupHeader,
            transactions: transactions)
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
    private func checkTotals(of transactions: [CreditTransfer]) throws(MessageRejection) {
        let amounts = transactions.map(\.interbankSettlementAmount)
        if let total = try child("TtlIntrBkSttlmAmt") {
            let stated = try total.money()
            let sum = amounts.reduce(Int128(0)) { $0 + Int128($1.minorUnits) }
            guard amounts.allSatisfy({ $0.currency == stated.currency }),
                sum == Int128(stated.minorUnits)
            else {
                throw MessageRejection(
                    cause: .contradiction, code: .invalidControlSum, path: total.path,
                    sentence: "TtlIntrBkSttlmAmt is not the sum of all IntrBkSttlmAmt.")
            }
        }
        if let control = try child("CtrlSum") {
            let stated = try control.decimalNumber()
            // Both sides in units of 10⁻¹⁷, of which 128 bits hold more than any sum has.
            let sum = amounts.reduce(UInt128(0)) {
                $0 + UInt128($1.minorUnits) * powerOfTen(17 - $1.currency.minorDigits)
            }
            guard sum == stated.magnitude * powerOfTen(17 - stated.fractionDigits) else {
                throw MessageRejection(
                    cause: .contradiction, code: .invalidControlSum, path: control.path,
                    sentence: "CtrlSum is not the sum of all IntrBkSttlmAmt.")
            }
        }
    }
}

private func checkUETRs(
    of transactions: [CreditTransfer], in elements: [MessageElement]
) throws(MessageRejection) {
    var seen: Set<UETR> = []
    for (transaction, element) in zip(transactions, elements)
    where !seen.insert(transaction.uetr).inserted {
        throw MessageRejection(
            cause: .duplicateTransaction, code: .duplicateTransaction,
            path: "\(element.path)/PmtId/UETR",
            sentence: "Two transactions of the message have this UETR; give each its own.",
            transaction: transaction.original)
    }
}

/// What the group header may say for all transactions at once.
private struct GroupDefaults {
    let settlementDate: CalendarDate?
    let paymentType: PaymentType?
    let instructingAgent: BIC?
    let instructedAgent: BIC?

    init(_ group: MessageElement) throws(MessageRejection) {
        settlementDate = try group.child("IntrBkSttlmDt")?.date()
        paymentType = try group.child("PmtTpInf")?.paymentType()
        instructingAgent = try group.child("InstgAgt")?.institution().bic
        instructedAgent = try group.child("InstdAgt")?.institution().bic
    }
}

extension MessageElement {
    /// Reads one `CdtTrfTxInf`; a rejection carries its references.
    private func referencedCreditTransfer(
        _ definition: MessageDefinition, _ defaults: GroupDefaults
    ) throws(MessageRejection) -> CreditTransfer {
        do {
            return try creditTransfer(definition, defaults)
        } catch {
            var rejection = error
            let references = try? child("PmtId")
            rejection.transaction = OriginalTransaction(
                instructionIdentification: try? references?.child("InstrId")?.text(max: 35),
                endToEndIdentification: try? references?.child("EndToEndId")?.text(max: 35),
                transactionIdentification: try? references?.child("TxId")?.text(max: 35),
                uetr: try? references?.child("UETR")?.uetr())
            throw rejection
        }
    }

    private func creditTransfer(
        _ definition: MessageDefinition, _ defaults: GroupDefaults
    ) throws(MessageRejection) -> CreditTransfer {
        let references = try required("PmtId")
        let parties = try transferParties(definition)
        var transfer = CreditTransfer(
            endToEndIdentification: try references.required("EndToEndId").text(max: 35),
            uetr: try references.required("UETR").uetr(),
            interbankSettlementAmount: try required("IntrBkSttlmAmt").money(),
            debtor: parties.debtor, debtorAgent: parties.debtorAgent,
            creditorAgent: parties.creditorAgent, creditor: parties.creditor)
        transfer.instructionIdentification = try references.child("InstrId")?.text(max: 35)
        transfer.transactionIdentification = try references.child("TxId")?.text(max: 35)
        transfer.interbankSettlementDate =
            try child("IntrBkSttlmDt")?.date() ?? defaults.settlementDate
        transfer.paymentType =
            try child("PmtTpInf")?.paymentType() ?? defaults.paymentType ?? PaymentType()
        transfer.settlementPriority = try child("SttlmPrty")?.code(SettlementPriority.self)
        transfer.instructingAgent =
            try child("InstgAgt")?.institution().bic ?? defaults.instructingAgent
        transfer.instructedAgent =
            try child("InstdAgt")?.institution().bic ?? defaults.instructedAgent
        transfer.debtorAccount = try child("DbtrAcct")?.cashAccount()
        transfer.creditorAccount = try child("CdtrAcct")?.cashAccount()
        transfer.purpose = try child("Purp")?.codeOrProprietary(max: 4)
        transfer.remittanceInformation = try remittanceInformation()
        switch definition {
        case .customerCreditTransfer:
            transfer.instructedAmount = try child("InstdAmt")?.money()
            transfer.exchangeRate = try child("XchgRate")?.exchangeRate()
            transfer.chargeBearer = try required("ChrgBr").code(ChargeBearer.self)
        case .financialInstitutionCreditTransfer:
            transfer.underlyingInstructedAmount =
                try descendant("UndrlygCstmrCdtTrf", "InstdAmt")?.money()
        }
        return transfer
    }

    private func transferParties(
        _ definition: MessageDefinition
    ) throws(MessageRejection) -> (
        debtor: Party, debtorAgent: Party, creditorAgent: Party, creditor: Party
    ) {
        switch definition {
        case .customerCreditTransfer:
            return (
                try required("Dbtr").party(), try required("DbtrAgt").institution(),
                try required("CdtrAgt").institution(), try required("Cdtr").party()
            )
        case .financialInstitutionCreditTransfer:
            return (
                try required("Dbtr").institution(),
                try child("DbtrAgt")?.institution() ?? Party(),
                try child("CdtrAgt")?.institution() ?? Party(),
                try required("Cdtr").institution()
            )
        }
    }

    fileprivate func paymentType() throws(MessageRejection) -> PaymentType {
        var levels: [CodeOrProprietary] = []
        for level in try children("SvcLvl") {
            levels.append(try level.codeOrProprietary(max: 4))
        }
        return PaymentType(
            instructionPriority: try child("InstrPrty")?.code(InstructionPriority.self),
            serviceLevels: levels,
            localInstrument: try child("LclInstrm")?.codeOrProprietary(max: 35))
    }

    private func remittanceInformation() throws(MessageRejection) -> RemittanceInformation {
        var information = RemittanceInformation()
        guard let element = try child("RmtInf") else { return information }
        for line in try element.children("Ustrd") {
            information.unstructured.append(try line.text(max: 140))
        }
        for structured in try element.children("Strd") {
            if let reference = try structured.descendant("CdtrRefInf", "Ref") {
                information.creditorReferences.append(try reference.text(max: 35))
            }
        }
        return information
    }
}
