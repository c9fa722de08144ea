/// What kind of booking an entry is (ISO 20022 `BankTransactionCodeStructure4`, `BkTxCd/Domn`): a
/// domain, a family in it and a sub-family in that, each four letters of ISO's external code sets.
///
/// All bookings of the gateway are payments (`PMNT`): credit transfers that an account issued
/// (`ICDT`) or received (`RCDT`), and single debits or credits of another kind (`MDOP`, `MCOP`). A
/// return or a cancellation keeps the family of the transfer that it undoes, so that both can be
/// told by the pair of family and direction.
package struct BankTransactionCode: Hashable, Sendable {
    /// `Cd`
    package let domain: String
    /// `Fmly/Cd`
    package let family: String
    /// `Fmly/SubFmlyCd`
    package let subFamily: String

    package init(domain: String, family: String, subFamily: String) {
        self.domain = domain
        self.family = family
        self.subFamily = subFamily
    }

    private static func payment(_ family: String, _ subFamily: String) -> BankTransactionCode {
        BankTransactionCode(domain: "PMNT", family: family, subFamily: subFamily)
    }

    /// The payer's side of a customer's payment: cross-border credit transfer.
    package static let issuedCreditTransfer = payment("ICDT", "XBCT")
    /// The creditor's side of a customer's payment.
    package static let receivedCreditTransfer = payment("RCDT", "XBCT")
    /// The payer's side of a bank's own payment: financial institution credit transfer. Also the
    /// withdrawal from a settlement account.
    package static let issuedInstitutionTransfer = payment("ICDT", "FICT")
    /// The creditor's side of a bank's own payment; also the funding of a settlement account.
    package static let receivedInstitutionTransfer = payment("RCDT", "FICT")
    /// Money comes back to the payer: reversal due to payment return.
    package static let returnOfIssued = payment("ICDT", "RRTN")
    /// The creditor gives money back.
    package static let returnOfReceived = payment("RCDT", "RRTN")
    /// What the gateway charges.
    package static let fees = payment("MDOP", "FEES")
    /// A correction in favour of the account.
    package static let creditAdjustment = payment("MCOP", "ADJT")
    /// A correction at the cost of the account.
    package static let debitAdjustment = payment("MDOP", "ADJT")

    /// All that the gateway books.
    package static let all = [
        issuedCreditTransfer, receivedCreditTransfer, issuedInstitutionTransfer,
        receivedInstitutionTransfer, returnOfIssued, returnOfReceived, fees, creditAdjustment,
        debitAdjustment,
    ]
}
