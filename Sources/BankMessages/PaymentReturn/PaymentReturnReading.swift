internal import Domain

extension PaymentReturnMessage {
    /// Reads what stands below `Document/PmtRtr`.
    init(
        _ body: MessageElement, frame: MessageFrame, limits: MessageLimits
    ) throws(MessageRejection) {
        let group = try body.required("GrpHdr")
        if let whole = try group.child("GrpRtr"), try whole.indicator() {
            throw .malformed(
                whole.path,
                "A message is not returned as a whole; name each transaction in TxInf and send "
                    + "GrpRtr false or not at all.")
        }
        let defaults = try ReturnDefaults(body, group, frame.definition)
        let (returns, refused) = try body.separately("TxInf", limits: limits) {
            element throws(MessageRejection) in try element.paymentReturn(defaults)
        }
        _ = try group.required("NbOfTxs")
        try group.check("NbOfTxs", is: returns.count + refused.count, of: "TxInf")
        try group.checkTotals(
            of: try body.children("TxInf"), amount: "RtrdIntrBkSttlmAmt",
            total: "TtlRtrdIntrBkSttlmAmt")
        self.init(
            frame: frame, messageIdentification: try group.required("MsgId").text(max: 35),
            creationDateTime: try group.required("CreDtTm").dateTime(),
            settlementMethod: try group.required("SttlmInf").required("SttlmMtd")
                .code(SettlementMethod.self),
            returns: returns)
        self.refused = refused
    }
}

/// What the message may say for all its returns at once.
private struct ReturnDefaults {
    let definition: MessageDefinition
    let settlementDate: CalendarDate?
    let instructingAgent: BIC?
    let instructedAgent: BIC?
    let originalGroup: OriginalGroup?
    let reasons: [ReasonInformation]

    init(
        _ body: MessageElement, _ group: MessageElement, _ definition: MessageDefinition
    ) throws(MessageRejection) {
        self.definition = definition
        settlementDate = try group.child("IntrBkSttlmDt")?.date()
        instructingAgent = try group.child("InstgAgt")?.institution().bic
        instructedAgent = try group.child("InstdAgt")?.institution().bic
        let original = try body.child("OrgnlGrpInf")
        originalGroup = try original?.originalGroup()
        reasons = try original?.reasons("RtrRsnInf", of: .returnReason) ?? []
    }
}

extension MessageElement {
    fileprivate func paymentReturn(
        _ defaults: ReturnDefaults
    ) throws(MessageRejection) -> PaymentReturn {
        var value = PaymentReturn(
            returnIdentification: try required("RtrId").text(max: 35),
            original: try originalTransaction(),
            returnedInterbankSettlementAmount: try required("RtrdIntrBkSttlmAmt").money())
        value.originalGroup = try child("OrgnlGrpInf")?.originalGroup() ?? defaults.originalGroup
        value.originalInterbankSettlementAmount = try child("OrgnlIntrBkSttlmAmt")?.money()
        value.originalInterbankSettlementDate = try child("OrgnlIntrBkSttlmDt")?.date()
        value.interbankSettlementDate =
            try child("IntrBkSttlmDt")?.date() ?? defaults.settlementDate
        value.settlementPriority = try child("SttlmPrty")?.code(SettlementPriority.self)
        value.returnedInstructedAmount = try child("RtrdInstdAmt")?.money()
        value.exchangeRate = try child("XchgRate")?.exchangeRate()
        value.chargeBearer = try child("ChrgBr")?.code(ChargeBearer.self)
        for charge in try children("ChrgsInf") {
            value.charges.append(try charge.returnCharge())
        }
        value.instructingAgent =
            try child("InstgAgt")?.institution().bic ?? defaults.instructingAgent
        value.instructedAgent =
            try child("InstdAgt")?.institution().bic ?? defaults.instructedAgent
        value.chain = try child("RtrChain")?.returnChain(defaults.definition)
        let reasons = try reasons("RtrRsnInf", of: .returnReason)
        value.reasons = reasons.isEmpty ? defaults.reasons : reasons
        value.originalReference = try child("OrgnlTxRef")?
            .originalTransactionReference(defaults.definition)
        return value
    }

    private func returnCharge() throws(MessageRejection) -> ReturnCharge {
        ReturnCharge(
            amount: try required("Amt").money(orZero: true),
            agent: try required("Agt").institution(),
            type: try child("Tp")?.chargeType())
    }

    /// `Cd`, or `Prtry` with an identification in it.
    private func chargeType() throws(MessageRejection) -> CodeOrProprietary {
        guard let own = try child("Prtry") else { return try codeOrProprietary(max: 4) }
        return .proprietary(try own.required("Id").text(max: 35))
    }

    private func returnChain(
        _ definition: MessageDefinition
    ) throws(MessageRejection) -> ReturnChain {
        var chain = ReturnChain(
            debtor: try required("Dbtr").partyOrAgent(),
            creditor: try required("Cdtr").partyOrAgent())
        chain.ultimateDebtor = try child("UltmtDbtr")?.partyOrAgent()
        chain.debtorAccount = try child("DbtrAcct")?.cashAccount(definition)
        chain.debtorAgent = try child("DbtrAgt")?.institution()
        chain.previousInstructingAgents = try agents("PrvsInstgAgt")
        chain.intermediaryAgents = try agents("IntrmyAgt")
        chain.creditorAgent = try child("CdtrAgt")?.institution()
        chain.creditorAccount = try child("CdtrAcct")?.cashAccount(definition)
        chain.ultimateCreditor = try child("UltmtCdtr")?.partyOrAgent()
        return chain
    }

    /// Three elements of one name, numbered; those that there are.
    private func agents(_ name: String) throws(MessageRejection) -> [Party] {
        var agents: [Party] = []
        for number in 1...3 {
            if let agent = try child("\(name)\(number)") {
                agents.append(try agent.institution())
            }
        }
        return agents
    }
}
