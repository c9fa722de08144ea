internal import Domain

extension CreditTransferMessage {
    /// The message in a version of its definition, with the application header before it when there
    /// is one.
    ///
    /// Everything that ``CreditTransfer`` carries is written, so reading the text again gives an
    /// equal message. ``Party/hasOtherIdentification`` alone has nothing to write, and
    /// ``CreditTransfer/expiryDateTime`` is left out in versions that have no place for it.
    ///
    /// - Parameter version: nil for that of ``definition``.
    /// - Throws: ``MessageWritingError`` when a text is too long, empty or has control characters,
    ///   a mandatory element has no value, a value has no place in the message, a transaction
    ///   could not be read, or the version is not offered.
    /// - Complexity: O(length of the result).
    package func xml(version: Int? = nil) throws(MessageWritingError) -> String {
        let version = version ?? definition.version
        guard let definition = MessageDefinition(definition.message, version: version) else {
            throw MessageWritingError(path: "/", sentence: "Version \(version) is not offered.")
        }
        var header = header
        header?.messageDefinitionIdentifier = definition.name
        return try writeMessage(
            envelope: envelope, header: header, namespace: definition.namespace
        ) { writer throws(MessageWritingError) in
            guard !transactions.isEmpty else {
                throw writer.error(at: "CdtTrfTxInf", "The message has no transaction.")
            }
            try writer.element(definition.rootName) { writer throws(MessageWritingError) in
                try writer.groupHeader(groupHeader, transactions: transactions.count)
                let names = CreditTransferNames.of(definition)
                for transaction in transactions {
                    let transfer = try writer.readable(transaction)
                    try writer.element("CdtTrfTxInf") { writer throws(MessageWritingError) in
                        try writer.creditTransfer(transfer, definition.message, names)
                    }
                }
            }
        }
    }
}

extension XMLWriter {
    fileprivate func readable(
        _ transaction: Result<CreditTransfer, MessageRejection>
    ) throws(MessageWritingError) -> CreditTransfer {
        guard case .success(let transfer) = transaction else {
            throw error(at: "CdtTrfTxInf", "A transaction could not be read.")
        }
        return transfer
    }

    fileprivate mutating func groupHeader(
        _ header: GroupHeader, transactions: Int
    ) throws(MessageWritingError) {
        try element("GrpHdr") { writer throws(MessageWritingError) in
            try writer.leaf("MsgId", header.messageIdentification, max: 35)
            try writer.leaf("CreDtTm", header.creationDateTime.isoDateTime, max: 35)
            try writer.leaf("NbOfTxs", String(transactions), max: 15)
            try writer.element("SttlmInf") { writer throws(MessageWritingError) in
                try writer.leaf("SttlmMtd", header.settlementMethod.rawValue, max: 4)
            }
        }
    }

    /// The content of `CdtTrfTxInf`, in the order that all versions of both messages have.
    fileprivate mutating func creditTransfer(
        _ transfer: CreditTransfer, _ message: MessageDefinition.Message,
        _ names: CreditTransferNames
    ) throws(MessageWritingError) {
        try references(transfer)
        try paymentType(transfer.paymentType)
        try settlement(transfer, names)
        try customerTerms(transfer, message)
        try institution("InstgAgt", transfer.instructingAgent)
        try institution("InstdAgt", transfer.instructedAgent)
        switch message.transferKind {
        case .customer:
            try party("Dbtr", transfer.debtor)
            try account("DbtrAcct", transfer.debtorAccount, names)
            try institution("DbtrAgt", transfer.debtorAgent)
            try institution("CdtrAgt", transfer.creditorAgent)
            try party("Cdtr", transfer.creditor)
        case .financialInstitution:
            try institution("Dbtr", transfer.debtor)
            try account("DbtrAcct", transfer.debtorAccount, names)
            try institution("DbtrAgt", ifAny: transfer.debtorAgent)
            try institution("CdtrAgt", ifAny: transfer.creditorAgent)
            try institution("Cdtr", transfer.creditor)
        }
        try account("CdtrAcct", transfer.creditorAccount, names)
        try choice("Purp", transfer.purpose, max: 4)
        try remittance(transfer.remittanceInformation)
        try underlying(transfer.underlying, names)
    }

    private mutating func institution(
        _ name: String, ifAny party: Party
    ) throws(MessageWritingError) {
        if !party.isEmpty { try institution(name, party) }
    }

    private mutating func references(_ transfer: CreditTransfer) throws(MessageWritingError) {
        try element("PmtId") { writer throws(MessageWritingError) in
            try writer.leaf("InstrId", transfer.instructionIdentification, max: 35)
            try writer.leaf("EndToEndId", transfer.endToEndIdentification, max: 35)
            try writer.leaf("TxId", transfer.transactionIdentification, max: 35)
            try writer.leaf("UETR", transfer.uetr.description, max: 36)
        }
    }

    private mutating func paymentType(_ type: PaymentType) throws(MessageWritingError) {
        guard !type.isEmpty else { return }
        try element("PmtTpInf") { writer throws(MessageWritingError) in
            try writer.leaf("InstrPrty", type.instructionPriority?.rawValue, max: 4)
            for level in type.serviceLevels {
                try writer.choice("SvcLvl", level, max: 4)
            }
            try writer.choice("LclInstrm", type.localInstrument, max: 35)
        }
    }

    private mutating func settlement(
        _ transfer: CreditTransfer, _ names: CreditTransferNames
    ) throws(MessageWritingError) {
        try money("IntrBkSttlmAmt", transfer.interbankSettlementAmount)
        try leaf("IntrBkSttlmDt", transfer.interbankSettlementDate?.description, max: 10)
        try leaf("SttlmPrty", transfer.settlementPriority?.rawValue, max: 4)
        try times(transfer.settlementTimeIndication)
        try times(transfer.settlementTimeRequest)
        guard let path = names.expiry, let expiry = transfer.expiryDateTime else { return }
        try chain(path, expiry.isoDateTime, max: 35)
    }

    private mutating func times(
        _ indication: SettlementTimeIndication
    ) throws(MessageWritingError) {
        guard !indication.isEmpty else { return }
        try element("SttlmTmIndctn") { writer throws(MessageWritingError) in
            try writer.leaf("DbtDtTm", indication.debit?.isoDateTime, max: 35)
            try writer.leaf("CdtDtTm", indication.credit?.isoDateTime, max: 35)
        }
    }

    private mutating func times(_ request: SettlementTimeRequest) throws(MessageWritingError) {
        guard !request.isEmpty else { return }
        try element("SttlmTmReq") { writer throws(MessageWritingError) in
            try writer.leaf("CLSTm", request.continuousLinkedSettlement?.description, max: 35)
            try writer.leaf("TillTm", request.till?.description, max: 35)
            try writer.leaf("FrTm", request.from?.description, max: 35)
            try writer.leaf("RjctTm", request.reject?.description, max: 35)
        }
    }

    /// What only a customer's transfer has.
    private mutating func customerTerms(
        _ transfer: CreditTransfer, _ message: MessageDefinition.Message
    ) throws(MessageWritingError) {
        let hasTerms =
            transfer.instructedAmount != nil || transfer.exchangeRate != nil
            || transfer.chargeBearer != nil
        switch message.transferKind {
        case .financialInstitution:
            guard !hasTerms, transfer.remittanceInformation.creditorReferences.isEmpty else {
                throw error(at: "InstdAmt", "A pacs.009 has no terms of a customer.")
            }
        case .customer:
            guard transfer.underlying == nil else {
                throw error(at: "UndrlygCstmrCdtTrf", "A pacs.008 has no underlying transfer.")
            }
            if let amount = transfer.instructedAmount { try money("InstdAmt", amount) }
            try leaf("XchgRate", transfer.exchangeRate?.decimal, max: 13)
            guard let bearer = transfer.chargeBearer else {
                throw error(at: "ChrgBr", "A pacs.008 must say who bears the charges.")
            }
            try leaf("ChrgBr", bearer.rawValue, max: 4)
        }
    }

    private mutating func underlying(
        _ transfer: UnderlyingCustomerTransfer?, _ names: CreditTransferNames
    ) throws(MessageWritingError) {
        guard let transfer else { return }
        try element("UndrlygCstmrCdtTrf") { writer throws(MessageWritingError) in
            try writer.party("Dbtr", transfer.debtor)
            try writer.account("DbtrAcct", transfer.debtorAccount, names)
            try writer.institution("DbtrAgt", transfer.debtorAgent)
            try writer.institution("CdtrAgt", transfer.creditorAgent)
            try writer.party("Cdtr", transfer.creditor)
            try writer.account("CdtrAcct", transfer.creditorAccount, names)
            try writer.remittance(transfer.remittanceInformation)
            if let amount = transfer.instructedAmount { try writer.money("InstdAmt", amount) }
        }
    }

    private mutating func account(
        _ name: String, _ account: CashAccount?, _ names: CreditTransferNames
    ) throws(MessageWritingError) {
        try self.account(
            name, account, hasIdentification: names.accountsHaveIdentification)
    }
}
