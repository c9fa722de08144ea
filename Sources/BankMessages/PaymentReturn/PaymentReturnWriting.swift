internal import Domain

extension PaymentReturnMessage {
    /// The message in its version, with the application header before it when there is one.
    ///
    /// Reading the text again gives an equal message, but for what its version lacks (``Since``)
    /// and for `Party.hasOtherIdentification`, which has nothing to write.
    ///
    /// - Throws: ``MessageWritingError`` when a text is too long, empty or has control characters,
    ///   there is no return, or the version is not written.
    /// - Complexity: O(length of the result).
    package func xml() throws(MessageWritingError) -> String {
        try frame.write { writer throws(MessageWritingError) in
            guard !returns.isEmpty else {
                throw writer.error(at: "TxInf", "The message has no transaction.")
            }
            try writer.groupHeader(of: self)
            for value in returns {
                try writer.element("TxInf") { writer throws(MessageWritingError) in
                    try writer.paymentReturn(value, frame.definition)
                }
            }
        }
    }
}

extension XMLWriter {
    fileprivate mutating func groupHeader(
        of message: PaymentReturnMessage
    ) throws(MessageWritingError) {
        try element("GrpHdr") { writer throws(MessageWritingError) in
            try writer.leaf("MsgId", message.messageIdentification, max: 35)
            try writer.time("CreDtTm", message.creationDateTime)
            try writer.leaf("NbOfTxs", String(message.returns.count), max: 15)
            try writer.element("SttlmInf") { writer throws(MessageWritingError) in
                try writer.leaf("SttlmMtd", message.settlementMethod.rawValue, max: 4)
            }
        }
    }

    /// The content of `TxInf`, in the order of its type.
    fileprivate mutating func paymentReturn(
        _ value: PaymentReturn, _ definition: MessageDefinition
    ) throws(MessageWritingError) {
        try leaf("RtrId", value.returnIdentification, max: 35)
        try originalGroup("OrgnlGrpInf", value.originalGroup)
        try originalTransaction(value.original)
        if let amount = value.originalInterbankSettlementAmount {
            try money("OrgnlIntrBkSttlmAmt", amount)
        }
        try day("OrgnlIntrBkSttlmDt", value.originalInterbankSettlementDate)
        try money("RtrdIntrBkSttlmAmt", value.returnedInterbankSettlementAmount)
        try day("IntrBkSttlmDt", value.interbankSettlementDate)
        try leaf("SttlmPrty", value.settlementPriority?.rawValue, max: 4)
        if let amount = value.returnedInstructedAmount {
            try money("RtrdInstdAmt", amount)
        }
        try leaf("XchgRate", value.exchangeRate?.decimal, max: 13)
        try leaf("ChrgBr", value.chargeBearer?.rawValue, max: 4)
        for charge in value.charges {
            try self.charge(charge, version: definition.version)
        }
        try institution("InstgAgt", value.instructingAgent)
        try institution("InstdAgt", value.instructedAgent)
        try chain(value.chain, definition)
        try reasons("RtrRsnInf", value.reasons)
        try originalTransactionReference(value.originalReference, definition)
    }

    private mutating func charge(
        _ charge: ReturnCharge, version: Int
    ) throws(MessageWritingError) {
        try element("ChrgsInf") { writer throws(MessageWritingError) in
            try writer.amount("Amt", charge.amount)
            try writer.institution("Agt", charge.agent)
            guard version >= PaymentReturnMessage.Since.chargeType else { return }
            switch charge.type {
            case nil: return
            case .code(let text): try writer.chain(["Tp", "Cd"], text, max: 4)
            case .proprietary(let text): try writer.chain(["Tp", "Prtry", "Id"], text, max: 35)
            }
        }
    }

    private mutating func chain(
        _ chain: ReturnChain?, _ definition: MessageDefinition
    ) throws(MessageWritingError) {
        guard let chain else { return }
        let hasAccounts = definition.version >= PaymentReturnMessage.Since.accountsInChain
        try element("RtrChain") { writer throws(MessageWritingError) in
            try writer.side("UltmtDbtr", chain.ultimateDebtor)
            try writer.side("Dbtr", chain.debtor)
            try writer.account("DbtrAcct", hasAccounts ? chain.debtorAccount : nil, definition)
            try writer.agent("DbtrAgt", chain.debtorAgent)
            try writer.agents("PrvsInstgAgt", chain.previousInstructingAgents)
            try writer.agents("IntrmyAgt", chain.intermediaryAgents)
            try writer.agent("CdtrAgt", chain.creditorAgent)
            try writer.side("Cdtr", chain.creditor)
            try writer.account("CdtrAcct", hasAccounts ? chain.creditorAccount : nil, definition)
            try writer.side("UltmtCdtr", chain.ultimateCreditor)
        }
    }

    /// Up to three elements of one name, numbered.
    private mutating func agents(_ name: String, _ agents: [Party]) throws(MessageWritingError) {
        guard agents.count <= 3 else {
            throw error(at: "\(name)4", "There is room for three agents.")
        }
        for (number, agent) in agents.enumerated() {
            try institution("\(name)\(number + 1)", agent)
        }
    }
}
