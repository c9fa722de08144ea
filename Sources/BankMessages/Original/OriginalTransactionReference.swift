package import Domain

/// Key elements of the original transaction, as the sender repeats them
/// (ISO 20022 `OriginalTransactionReference28` and its successors, `OrgnlTxRef`).
///
/// Nothing is decided by them: they help people to recognise a payment whose references are lost.
/// Everything else of `OrgnlTxRef` (mandates, collection, settlement information, payment type) is
/// not carried.
package struct OriginalTransactionReference: Equatable, Sendable {
    /// `IntrBkSttlmAmt`: what the original transaction moved.
    package var interbankSettlementAmount: Money?
    /// `IntrBkSttlmDt`.
    package var interbankSettlementDate: CalendarDate?
    /// `RmtInf`.
    package var remittanceInformation = RemittanceInformation()
    /// `Dbtr`.
    package var debtor: PartyOrAgent?
    /// `DbtrAcct`.
    package var debtorAccount: CashAccount?
    /// `DbtrAgt`.
    package var debtorAgent: Party?
    /// `CdtrAgt`.
    package var creditorAgent: Party?
    /// `Cdtr`.
    package var creditor: PartyOrAgent?
    /// `CdtrAcct`.
    package var creditorAccount: CashAccount?
    /// `Purp`.
    package var purpose: CodeOrProprietary?

    package init() {}
}

extension MessageElement {
    /// Reads `OrgnlTxRef`.
    func originalTransactionReference(
        _ definition: MessageDefinition
    ) throws(MessageRejection) -> OriginalTransactionReference {
        var reference = OriginalTransactionReference()
        reference.interbankSettlementAmount = try child("IntrBkSttlmAmt")?.money()
        reference.interbankSettlementDate = try child("IntrBkSttlmDt")?.date()
        reference.remittanceInformation = try remittanceInformation()
        reference.debtor = try child("Dbtr")?.partyOrAgent()
        reference.debtorAccount = try child("DbtrAcct")?.cashAccount(definition)
        reference.debtorAgent = try child("DbtrAgt")?.institution()
        reference.creditorAgent = try child("CdtrAgt")?.institution()
        reference.creditor = try child("Cdtr")?.partyOrAgent()
        reference.creditorAccount = try child("CdtrAcct")?.cashAccount(definition)
        reference.purpose = try child("Purp")?.codeOrProprietary(max: 4)
        return reference
    }
}

extension XMLWriter {
    /// `OrgnlTxRef`, or nothing when there is nothing to say.
    mutating func originalTransactionReference(
        _ reference: OriginalTransactionReference?, _ definition: MessageDefinition
    ) throws(MessageWritingError) {
        guard let reference, reference != OriginalTransactionReference() else { return }
        try element("OrgnlTxRef") { writer throws(MessageWritingError) in
            if let amount = reference.interbankSettlementAmount {
                try writer.money("IntrBkSttlmAmt", amount)
            }
            try writer.day("IntrBkSttlmDt", reference.interbankSettlementDate)
            try writer.remittance(reference.remittanceInformation)
            try writer.side("Dbtr", reference.debtor)
            try writer.account("DbtrAcct", reference.debtorAccount, definition)
            try writer.agent("DbtrAgt", reference.debtorAgent)
            try writer.agent("CdtrAgt", reference.creditorAgent)
            try writer.side("Cdtr", reference.creditor)
            try writer.account("CdtrAcct", reference.creditorAccount, definition)
            try writer.choice("Purp", reference.purpose, max: 4)
        }
    }
}
