internal import Domain

/// Reads the transactions of one message.
struct TransactionReader {
    let definition: MessageDefinition
    let names: CreditTransferNames
    let defaults: GroupDefaults
    let group: MessageElement
    private var parts: ComponentReader

    /// - Throws: when what the group header says for all transactions cannot be read.
    init(_ definition: MessageDefinition, group: MessageElement) throws(MessageRejection) {
        self.definition = definition
        names = CreditTransferNames.of(definition)
        defaults = try GroupDefaults(group, names)
        self.group = group
        parts = ComponentReader(group.element.tree, edition: definition.edition)
    }

    /// Each transaction, or why it alone is refused, in the order of the message. Where several
    /// have one UETR the first keeps it.
    mutating func transactions(
        _ elements: [MessageElement]
    ) -> [Result<CreditTransfer, MessageRejection>] {
        var seen: Set<UETR> = []
        var read: [Result<CreditTransfer, MessageRejection>] = []
        read.reserveCapacity(elements.count)
        for element in elements {
            do throws(MessageRejection) {
                let transfer = try transaction(element)
                try checkUETR(seen.insert(transfer.uetr).inserted, element)
                read.append(.success(transfer))
            } catch {
                var rejection = error
                let references = element.transactionReferences
                if let uetr = references.uetr { seen.insert(uetr) }
                rejection.transaction = references
                read.append(.failure(rejection))
            }
        }
        return read
    }

    private func checkUETR(
        _ isNew: Bool, _ element: MessageElement
    ) throws(MessageRejection) {
        guard !isNew else { return }
        throw MessageRejection(
            cause: .duplicateTransaction, code: .duplicateTransaction,
            path: "\(element.path)/PmtId/UETR",
            sentence: "An earlier transaction of the message has this UETR; give each its own.")
    }
}

/// What the group header may say for all transactions at once.
struct GroupDefaults {
    let settlementDate: CalendarDate?
    let expiryDateTime: Timestamp?
    let paymentType: PaymentType?
    let instructingAgent: BIC?
    let instructedAgent: BIC?

    init(_ group: MessageElement, _ names: CreditTransferNames) throws(MessageRejection) {
        settlementDate = try group.child("IntrBkSttlmDt")?.date()
        if let name = names.groupExpiry {
            expiryDateTime = try group.child(name)?.dateTime()
        } else {
            expiryDateTime = nil
        }
        paymentType = try group.child("PmtTpInf")?.paymentType()
        instructingAgent = try group.child("InstgAgt")?.institution().bic
        instructedAgent = try group.child("InstdAgt")?.institution().bic
    }
}

extension MessageElement {
    /// What can be read of the references of a transaction that is refused.
    fileprivate var transactionReferences: OriginalTransaction {
        let references = try? child("PmtId")
        return OriginalTransaction(
            instructionIdentification: try? references?.child("InstrId")?.text(max: 35),
            endToEndIdentification: try? references?.child("EndToEndId")?.text(max: 35),
            transactionIdentification: try? references?.child("TxId")?.text(max: 35),
            uetr: try? references?.child("UETR")?.uetr())
    }
}

extension TransactionReader {
    private mutating func transaction(
        _ element: MessageElement
    ) throws(MessageRejection) -> CreditTransfer {
        let references = try element.required("PmtId")
        let parties = try parties(element)
        var transfer = CreditTransfer(
            endToEndIdentification: try references.required("EndToEndId").text(max: 35),
            uetr: try references.required("UETR").uetr(),
            interbankSettlementAmount: try element.required("IntrBkSttlmAmt").money(),
            debtor: parties.debtor, debtorAgent: parties.debtorAgent,
            creditorAgent: parties.creditorAgent, creditor: parties.creditor)
        transfer.instructionIdentification = try references.child("InstrId")?.text(max: 35)
        transfer.transactionIdentification = try references.child("TxId")?.text(max: 35)
        try readSettlement(element, into: &transfer)
        transfer.paymentType =
            try element.child("PmtTpInf")?.paymentType() ?? defaults.paymentType ?? PaymentType()
        transfer.instructingAgent =
            try element.child("InstgAgt")?.institution().bic ?? defaults.instructingAgent
        transfer.instructedAgent =
            try element.child("InstdAgt")?.institution().bic ?? defaults.instructedAgent
        transfer.debtorAccount = try account("DbtrAcct", of: element)
        transfer.creditorAccount = try account("CdtrAcct", of: element)
        transfer.purpose = try element.child("Purp")?.codeOrProprietary(max: 4)
        transfer.remittanceInformation = try element.remittanceInformation()
        switch definition.message.transferKind {
        case .customer: try readCustomerTerms(element, into: &transfer)
        case .financialInstitution:
            transfer.underlying = try element.child("UndrlygCstmrCdtTrf").map(underlying)
            transfer.coversInstitutionTransfer = try element.child("UndrlygFICdtTrf") != nil
        }
        transfer.details = try parts.details(of: element, definition.table, defaults: group)
        return transfer
    }

    private func readSettlement(
        _ element: MessageElement, into transfer: inout CreditTransfer
    ) throws(MessageRejection) {
        transfer.interbankSettlementDate =
            try element.child("IntrBkSttlmDt")?.date() ?? defaults.settlementDate
        transfer.settlementPriority = try element.child("SttlmPrty")?
            .code(SettlementPriority.self)
        if let indication = try element.child("SttlmTmIndctn") {
            transfer.settlementTimeIndication = SettlementTimeIndication(
                debit: try indication.child("DbtDtTm")?.dateTime(),
                credit: try indication.child("CdtDtTm")?.dateTime())
        }
        if let request = try element.child("SttlmTmReq") {
            transfer.settlementTimeRequest = SettlementTimeRequest(
                continuousLinkedSettlement: try request.child("CLSTm")?.time(),
                till: try request.child("TillTm")?.time(),
                from: try request.child("FrTm")?.time(),
                reject: try request.child("RjctTm")?.time())
        }
        transfer.expiryDateTime = defaults.expiryDateTime
        if let names = names.expiry, let expiry = try element.descendant(names) {
            transfer.expiryDateTime = try expiry.dateTime()
        }
    }

    private func readCustomerTerms(
        _ element: MessageElement, into transfer: inout CreditTransfer
    ) throws(MessageRejection) {
        transfer.instructedAmount = try element.child("InstdAmt")?.money()
        transfer.exchangeRate = try element.child("XchgRate")?.exchangeRate()
        transfer.chargeBearer = try element.required("ChrgBr").code(ChargeBearer.self)
        for charge in try element.children("ChrgsInf") {
            transfer.charges.append(try charge.required("Amt").charge())
        }
        guard let name = names.agreedRate, let agreed = try element.child(name) else { return }
        let rate = try agreed.required("PreAgrdXchgRate").exchangeRate()
        let unit = try agreed.child("UnitCcy")?.trimmedText()
        // Quoted the other way round it is no decimal factor; the two amounts say it then.
        guard transfer.exchangeRate == nil,
            unit == nil || unit == transfer.instructedAmount?.currency.code
        else { return }
        transfer.exchangeRate = rate
    }

    private typealias Parties = (
        debtor: Party, debtorAgent: Party, creditorAgent: Party, creditor: Party
    )

    private func parties(_ element: MessageElement) throws(MessageRejection) -> Parties {
        switch definition.message.transferKind {
        case .customer: return try customerParties(element)
        case .financialInstitution:
            return (
                try element.required("Dbtr").institution(),
                try element.child("DbtrAgt")?.institution() ?? Party(),
                try element.child("CdtrAgt")?.institution() ?? Party(),
                try element.required("Cdtr").institution()
            )
        }
    }

    private func customerParties(_ element: MessageElement) throws(MessageRejection) -> Parties {
        (
            try element.required("Dbtr").party(), try element.required("DbtrAgt").institution(),
            try element.required("CdtrAgt").institution(), try element.required("Cdtr").party()
        )
    }

    private func underlying(
        _ element: MessageElement
    ) throws(MessageRejection) -> UnderlyingCustomerTransfer {
        let parties = try customerParties(element)
        var underlying = UnderlyingCustomerTransfer(
            debtor: parties.debtor, debtorAgent: parties.debtorAgent,
            creditorAgent: parties.creditorAgent, creditor: parties.creditor)
        underlying.debtorAccount = try account("DbtrAcct", of: element)
        underlying.creditorAccount = try account("CdtrAcct", of: element)
        underlying.remittanceInformation = try element.remittanceInformation()
        underlying.instructedAmount = try element.child("InstdAmt")?.money()
        return underlying
    }

    private func account(
        _ name: String, of element: MessageElement
    ) throws(MessageRejection) -> CashAccount? {
        try element.child(name)?.cashAccount(
            hasIdentification: names.accountsHaveIdentification)
    }
}

extension MessageElement {
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

    func remittanceInformation() throws(MessageRejection) -> RemittanceInformation {
        var information = RemittanceInformation()
        guard let element = try child("RmtInf") else { return information }
        for line in try element.children("Ustrd") {
            information.unstructured.append(try line.foldedText(max: 140))
        }
        for structured in try element.children("Strd") {
            if let reference = try structured.descendant(["CdtrRefInf", "Ref"]) {
                information.creditorReferences.append(try reference.text(max: 35))
            }
        }
        return information
    }
}
