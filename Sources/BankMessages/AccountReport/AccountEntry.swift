package import Domain

/// Which way money went on an account (ISO 20022 `CreditDebitCode`).
package enum CreditDebit: String, CaseIterable, Hashable, Sendable {
    case credit = "CRDT"
    case debit = "DBIT"
}

/// Whether an entry is booked: codes of `ExternalEntryStatus1Code`.
package enum EntryStatus: String, CaseIterable, Hashable, Sendable {
    case booked = "BOOK"
    case pending = "PDNG"
    case information = "INFO"
    case future = "FUTR"
}

/// One booking on an account (ISO 20022 `ReportEntry10` and its successors).
package struct AccountEntry: Equatable, Sendable {
    /// `NtryRef`, at most 35 characters; unique on the account.
    package var reference: String
    /// `Amt`, in minor units, zero or more.
    package var amount: Money
    /// `CdtDbtInd`.
    package var direction: CreditDebit
    /// `RvslInd`: undoes an earlier entry.
    package var isReversal: Bool?
    /// `Sts/Cd`.
    package var status: EntryStatus
    /// `BookgDt`.
    package var booking: DateOrTime?
    /// `ValDt`.
    package var value: DateOrTime?
    /// `AcctSvcrRef`: the gateway's own name for it, at most 35 characters.
    package var servicerReference: String?
    /// `BkTxCd`.
    package var transactionCode: BankTransactionCode
    /// `NtryDtls/TxDtls`.
    package var transactions: [EntryTransaction] = []
    /// `AddtlNtryInf`, at most 500 characters.
    package var additionalInformation: String?

    package init(
        reference: String, amount: Money, direction: CreditDebit, status: EntryStatus = .booked,
        transactionCode: BankTransactionCode
    ) {
        self.reference = reference
        self.amount = amount
        self.direction = direction
        self.status = status
        self.transactionCode = transactionCode
    }
}

/// The payment behind a booking (ISO 20022 `EntryTransaction10` and its successors).
package struct EntryTransaction: Equatable, Sendable {
    /// `Refs/MsgId`: of the message by which the payment came, at most 35 characters.
    package var messageIdentification: String?
    /// `Refs/InstrId`, `EndToEndId`, `UETR` and `TxId`.
    package var references = OriginalTransaction()
    /// `Refs/RtrId`, at most 35 characters; see ``AccountReport/Since``.
    package var returnIdentification: String?
    /// `Amt` with `CdtDbtInd`: what of the entry is this payment's.
    package var amount: Money?
    /// `CdtDbtInd`; with ``amount`` only.
    package var direction: CreditDebit?
    /// `AmtDtls/InstdAmt/Amt`: what the payer ordered.
    package var instructedAmount: Money?
    /// `AmtDtls/TxAmt/Amt`: what was moved between the banks.
    package var transactionAmount: Money?
    /// `AmtDtls/TxAmt/CcyXchg`: how the second came from the first.
    package var exchange: EntryExchange?
    /// `RltdPties/Dbtr`.
    package var debtor: PartyOrAgent?
    /// `RltdPties/DbtrAcct`.
    package var debtorAccount: CashAccount?
    /// `RltdPties/Cdtr`.
    package var creditor: PartyOrAgent?
    /// `RltdPties/CdtrAcct`.
    package var creditorAccount: CashAccount?
    /// `RltdAgts/DbtrAgt`.
    package var debtorAgent: Party?
    /// `RltdAgts/CdtrAgt`.
    package var creditorAgent: Party?
    /// `Purp`.
    package var purpose: CodeOrProprietary?
    /// `RmtInf`.
    package var remittanceInformation = RemittanceInformation()
    /// `RtrInf/Rsn`: a code of `ExternalReturnReason1Code` or own words.
    package var returnReason: CodeOrProprietary?
    /// `AddtlTxInf`, at most 500 characters.
    package var additionalInformation: String?

    package init() {}
}

/// A conversion (ISO 20022 `CurrencyExchange5`).
package struct EntryExchange: Equatable, Sendable {
    /// `SrcCcy`: what is converted.
    package var source: Currency
    /// `TrgtCcy`: into what.
    package var target: Currency
    /// `XchgRate`: target units for one source unit.
    package var rate: ExchangeRate

    package init(source: Currency, target: Currency, rate: ExchangeRate) {
        self.source = source
        self.target = target
        self.rate = rate
    }
}
