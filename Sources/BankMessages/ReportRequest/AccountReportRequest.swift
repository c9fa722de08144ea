package import Domain

/// A bank asks for reports of its accounts (ISO 20022 camt.060).
package struct AccountReportRequest: Equatable, Sendable {
    package var frame: MessageFrame
    /// `GrpHdr/MsgId`, at most 35 characters.
    package var messageIdentification: String
    /// `GrpHdr/CreDtTm`, nanoseconds since 1970 UTC.
    package var creationDateTime: Timestamp
    /// `RptgReq`, in the order of the message.
    package var requests: [RequestedReport]
}

/// One report that is asked for (ISO 20022 `ReportingRequest5` and its successors).
///
/// The floor limits of `ReqdTxTp` are not carried: the report then has more than was asked for.
package struct RequestedReport: Equatable, Sendable {
    /// `Id`, at most 35 characters.
    package var identification: String?
    /// `ReqdMsgNmId`: which message shall come, for example `camt.052.001.08`.
    package var messageNameIdentification: String
    /// `Acct`; nil for all accounts of the owner.
    package var account: CashAccount?
    /// `AcctOwnr`.
    package var owner: PartyOrAgent
    /// `AcctSvcr`.
    package var servicer: Party?
    /// `RptgPrd`.
    package var period: ReportingPeriod?
    /// `RptgSeq`.
    package var sequence: ReportSequence?
    /// `ReqdTxTp/CdtDbtInd`: one side only; nil for both.
    package var direction: CreditDebit?
    /// `ReqdBalTp/CdOrPrtry`: balances that shall be in it; none for those that always are.
    package var balances: [CodeOrProprietary]
}

/// Of what days and times a report shall be (ISO 20022 `ReportingPeriod2`).
package struct ReportingPeriod: Equatable, Sendable {
    /// ISO 20022 `QueryType3Code`.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Everything.
        case all = "ALLL"
        /// What changed since the last report.
        case changed = "CHNG"
        /// What was modified since the last report.
        case modified = "MODF"
    }

    /// `FrToDt/FrDt`.
    package var firstDay: CalendarDate
    /// `FrToDt/ToDt`; nil for the day of the request.
    package var lastDay: CalendarDate?
    /// `FrToTm/FrTm`, on the first day.
    package var firstTime: TimeOfDay?
    /// `FrToTm/ToTm`, on the last day.
    package var lastTime: TimeOfDay?
    /// `Tp`.
    package var kind: Kind
}

/// Which reports of a numbered series (ISO 20022 `SequenceRange1Choice`); texts of at most 35
/// characters.
package enum ReportSequence: Equatable, Sendable {
    /// `FrSeq`: this and all after it.
    case from(String)
    /// `ToSeq`: this and all before it.
    case to(String)
    /// `FrToSeq`: from the first to the second, for each of them.
    case ranges([Range])
    /// `EQSeq`: these.
    case equal([String])
    /// `NEQSeq`: all but these.
    case notEqual([String])

    package struct Range: Equatable, Sendable {
        package var from: String
        package var to: String

        package init(from: String, to: String) {
            self.from = from
            self.to = to
        }
    }
}
