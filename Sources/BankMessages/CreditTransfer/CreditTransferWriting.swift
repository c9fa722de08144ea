internal import Domain

extension CreditTransferMessage {
    /// The message as pacs.008.001.08, with head.001.001.02 before it when there is a header.
    ///
    /// Everything that ``CreditTransfer`` carries is written, so reading the text again gives an
    /// equal message; ``Party/hasOtherIdentification`` alone has nothing to write.
    ///
    /// - Throws: ``MessageWritingError`` when a text is too long, empty or has control characters,
    ///   a mandatory element has no value, or a value has no place in a pacs.008.
    /// - Complexity: O(length of the result).
    package func customerCreditTransferXML() throws(MessageWritingError) -> String {
        let definition = MessageDefinition.customerCreditTransfer
        return try writeMessage(
            envelope: envelope, header: header, namespace: definition.namespace
        ) { writer throws(MessageWritingError) in
            guard !transactions.isEmpty else {
                throw writer.error(at: "CdtTrfTxInf", "The message has no transaction.")
            }
            try writer.element(definition.rootName) { writer throws(MessageWritingError) in
                try writer.groupHeader(groupHeader, transactions: transactions.count)
                for transfer in transactions {
                    try writer.element("CdtTrfTxInf") { writer throws(MessageWritingError) in
                        try writer.creditTransfer(transfer)
                    }
                }
            }
        }
    }
}

extension XMLWriter {
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

    /// The content of `CdtTrfTxInf`, in the order of `CreditTransferTransaction39`.
    fileprivate mutating func creditTransfer(
        _ transfer: CreditTransfer
    ) throws(MessageWritingError) {
        guard transfer.underlyingInstructedAmount == nil else {
            throw error(at: "UndrlygCstmrCdtTrf", "A pacs.008 has no underlying transfer.")
        }
        try references(transfer)
        try paymentType(transfer.paymentType)
        try amounts(transfer)
        try institution("InstgAgt", transfer.instructingAgent)
        try institution("InstdAgt", transfer.instructedAgent)
        try party("Dbtr", transfer.debtor)
        try account("DbtrAcct", transfer.debtorAccount)
        try institution("DbtrAgt", transfer.debtorAgent)
        try institution("CdtrAgt", transfer.creditorAgent)
        try party("Cdtr", transfer.creditor)
        try account("CdtrAcct", transfer.creditorAccount)
        try choice("Purp", transfer.purpose, max: 4)
        try remittance(transfer.remittanceInformation)
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

    private mutating func amounts(_ transfer: CreditTransfer) throws(MessageWritingError) {
        try money("IntrBkSttlmAmt", transfer.interbankSettlementAmount)
        try leaf("IntrBkSttlmDt", transfer.interbankSettlementDate?.description, max: 10)
        try leaf("SttlmPrty", transfer.settlementPriority?.rawValue, max: 4)
        if let amount = transfer.instructedAmount {
            try money("InstdAmt", amount)
        }
        try leaf("XchgRate", transfer.exchangeRate?.decimal, max: 13)
        guard let bearer = transfer.chargeBearer else {
            throw error(at: "ChrgBr", "A pacs.008 must say who bears the charges.")
        }
        try leaf("ChrgBr", bearer.rawValue, max: 4)
    }

    private mutating func money(_ name: String, _ money: Money) throws(MessageWritingError) {
        guard money.minorUnits > 0 else {
            throw error(at: name, "The amount must be positive.")
        }
        try leaf(name, money.decimal, max: 20, currency: money.currency.code)
    }

    private mutating func party(_ name: String, _ party: Party) throws(MessageWritingError) {
        guard let text = party.name else { return empty(name) }
        try element(name) { writer throws(MessageWritingError) in
            try writer.leaf("Nm", text, max: 140)
        }
    }

    private mutating func account(
        _ name: String, _ account: CashAccount?
    ) throws(MessageWritingError) {
        guard let account else { return }
        try element(name) { writer throws(MessageWritingError) in
            try writer.element("Id") { writer throws(MessageWritingError) in
                switch account.identification {
                case .iban(let text):
                    guard isIBAN(text) else {
                        throw writer.error(at: "IBAN", "The text is no IBAN.")
                    }
                    try writer.leaf("IBAN", text, max: 34)
                case .other(let text):
                    try writer.element("Othr") { writer throws(MessageWritingError) in
                        try writer.leaf("Id", text, max: 34)
                    }
                }
            }
            try writer.leaf("Ccy", account.currency?.code, max: 3)
        }
    }

    private mutating func choice(
        _ name: String, _ choice: CodeOrProprietary?, max length: Int
    ) throws(MessageWritingError) {
        guard let choice else { return }
        try element(name) { writer throws(MessageWritingError) in
            switch choice {
            case .code(let text): try writer.leaf("Cd", text, max: length)
            case .proprietary(let text): try writer.leaf("Prtry", text, max: 35)
            }
        }
    }

    private mutating func remittance(
        _ information: RemittanceInformation
    ) throws(MessageWritingError) {
        guard !information.isEmpty else { return }
        try element("RmtInf") { writer throws(MessageWritingError) in
            for line in information.unstructured {
                try writer.leaf("Ustrd", line, max: 140)
            }
            for reference in information.creditorReferences {
                try writer.element("Strd") { writer throws(MessageWritingError) in
                    try writer.element("CdtrRefInf") { writer throws(MessageWritingError) in
                        try writer.leaf("Ref", reference, max: 35)
                    }
                }
            }
        }
    }
}
