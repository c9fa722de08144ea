package import Domain

/// A settled payment, or a part of it, that comes back
/// (ISO 20022 `PaymentTransaction112` of pacs.004 and its successors).
package struct PaymentReturn: Equatable, Sendable {
    /// `RtrId`: the returner's own name for this return, at most 35 characters. ISO 20022 lets it
    /// be left out; the gateway does not, because a repeated return is known by it.
    package var returnIdentification: String
    /// `OrgnlGrpInf`, of the transaction or else of the message.
    package var originalGroup: OriginalGroup?
    /// `OrgnlInstrId` to `OrgnlUETR`.
    package var original: OriginalTransaction
    /// `OrgnlIntrBkSttlmAmt`.
    package var originalInterbankSettlementAmount: Money?
    /// `OrgnlIntrBkSttlmDt`.
    package var originalInterbankSettlementDate: CalendarDate?
    /// `RtrdIntrBkSttlmAmt`: what the returner gives back.
    package var returnedInterbankSettlementAmount: Money
    /// `IntrBkSttlmDt`, of the transaction or else of the group header.
    package var interbankSettlementDate: CalendarDate?
    /// `SttlmPrty`.
    package var settlementPriority: SettlementPriority?
    /// `RtrdInstdAmt`: what it was before conversion and charges.
    package var returnedInstructedAmount: Money?
    /// `XchgRate`.
    package var exchangeRate: ExchangeRate?
    /// `ChrgBr`.
    package var chargeBearer: ChargeBearer?
    /// `ChrgsInf`.
    package var charges: [ReturnCharge] = []
    /// `InstgAgt/FinInstnId/BICFI`, of the transaction or else of the group header.
    package var instructingAgent: BIC?
    /// `InstdAgt/FinInstnId/BICFI`, of the transaction or else of the group header.
    package var instructedAgent: BIC?
    /// `RtrChain`.
    package var chain: ReturnChain?
    /// `RtrRsnInf`, of the transaction or else of the message; codes of
    /// `ExternalReturnReason1Code`.
    package var reasons: [ReasonInformation] = []
    /// `OrgnlTxRef`.
    package var originalReference: OriginalTransactionReference?

    package init(
        returnIdentification: String, original: OriginalTransaction,
        returnedInterbankSettlementAmount: Money
    ) {
        self.returnIdentification = returnIdentification
        self.original = original
        self.returnedInterbankSettlementAmount = returnedInterbankSettlementAmount
    }
}

/// What a bank kept of a return (ISO 20022 `Charges7`, from pacs.004.001.13 on `Charges16`).
package struct ReturnCharge: Equatable, Sendable {
    /// `Amt`; may be zero.
    package var amount: Money
    /// `Agt`.
    package var agent: Party
    /// `Tp`: a code of `ExternalChargeType1Code` or own words; see ``PaymentReturnMessage/Since``.
    package var type: CodeOrProprietary?

    package init(amount: Money, agent: Party, type: CodeOrProprietary? = nil) {
        self.amount = amount
        self.agent = agent
        self.type = type
    }
}

/// The way back: whoever was paid is the debtor now (ISO 20022 `TransactionParties7`).
///
/// Accounts of agents and the initiating party are not carried.
package struct ReturnChain: Equatable, Sendable {
    /// `UltmtDbtr`.
    package var ultimateDebtor: PartyOrAgent?
    /// `Dbtr`.
    package var debtor: PartyOrAgent
    /// `DbtrAcct`; see ``PaymentReturnMessage/Since``.
    package var debtorAccount: CashAccount?
    /// `DbtrAgt`.
    package var debtorAgent: Party?
    /// `PrvsInstgAgt1` to `…3`; at most three.
    package var previousInstructingAgents: [Party] = []
    /// `IntrmyAgt1` to `…3`; at most three.
    package var intermediaryAgents: [Party] = []
    /// `CdtrAgt`.
    package var creditorAgent: Party?
    /// `Cdtr`.
    package var creditor: PartyOrAgent
    /// `CdtrAcct`; see ``PaymentReturnMessage/Since``.
    package var creditorAccount: CashAccount?
    /// `UltmtCdtr`.
    package var ultimateCreditor: PartyOrAgent?

    package init(debtor: PartyOrAgent, creditor: PartyOrAgent) {
        self.debtor = debtor
        self.creditor = creditor
    }
}

/// A pacs.004 as far as the gateway carries it.
package struct PaymentReturnMessage: Equatable, Sendable {
    package var frame: MessageFrame
    /// `GrpHdr/MsgId`, at most 35 characters.
    package var messageIdentification: String
    /// `GrpHdr/CreDtTm`, nanoseconds since 1970 UTC.
    package var creationDateTime: Timestamp
    /// `GrpHdr/SttlmInf/SttlmMtd`.
    package var settlementMethod: SettlementMethod
    /// In the order of the message.
    package var returns: [PaymentReturn]
    /// Those that could not be read, each with its references; never written.
    package var refused: [MessageRejection] = []

    package init(
        frame: MessageFrame, messageIdentification: String, creationDateTime: Timestamp,
        settlementMethod: SettlementMethod, returns: [PaymentReturn]
    ) {
        self.frame = frame
        self.messageIdentification = messageIdentification
        self.creationDateTime = creationDateTime
        self.settlementMethod = settlementMethod
        self.returns = returns
    }

    /// The first versions that have an element; in older ones it is left out.
    package enum Since {
        /// `RtrChain/DbtrAcct` and `CdtrAcct`.
        package static let accountsInChain = 10
        /// `ChrgsInf/Tp`.
        package static let chargeType = 13
    }
}
