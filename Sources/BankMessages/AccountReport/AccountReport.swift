package import Domain

/// What a bank is told of its account: a camt.054 (bookings as they come), a camt.052 (an account
/// report within the day, with balances) or a camt.053 (the statement of a day, with both), but for
/// its entries, which are handed over while it is written.
package struct AccountReport: Equatable, Sendable {
    /// Its message is `accountNotification`, `accountReport` or `accountStatement`.
    package var frame: MessageFrame
    /// `GrpHdr/MsgId`, at most 35 characters.
    package var messageIdentification: String
    /// `GrpHdr/CreDtTm`, nanoseconds since 1970 UTC.
    package var creationDateTime: Timestamp
    /// `GrpHdr/MsgPgntn`; of a camt.053 `StmtPgntn`.
    package var page = Page(number: 1, isLast: true)
    /// `GrpHdr/OrgnlBizQry`: the camt.060 that asked for it.
    package var query: OriginalGroup?
    /// `Id` of the notification or report, at most 35 characters; the same on all its pages.
    package var identification: String
    /// `ElctrncSeqNb`: counts what the bank is told of this account, from 1 on.
    package var sequenceNumber: Int64?
    /// `FrToDt`: what it is about, from the first instant to the last, nanoseconds since 1970 UTC.
    package var period: ClosedRange<Timestamp>?
    /// `Acct`.
    package var account: CashAccount
    /// `Acct/Ownr`.
    package var owner: Party?
    /// `Acct/Svcr`: the gateway.
    package var servicer: BIC?
    /// `Bal`; a camt.054 has none, a camt.053 one at least.
    package var balances: [AccountBalance] = []
    /// `TxsSummry`; of a camt.053 alone.
    package var summary: EntrySummary?

    package init(
        frame: MessageFrame, messageIdentification: String, creationDateTime: Timestamp,
        identification: String, account: CashAccount
    ) {
        self.frame = frame
        self.messageIdentification = messageIdentification
        self.creationDateTime = creationDateTime
        self.identification = identification
        self.account = account
    }

    /// Entries of one message; what has more goes on in another page.
    package static let entriesPerPage = 1_000

    /// The first versions that have an element; in older ones it is left out.
    package enum Since {
        /// `Refs/RtrId`.
        package static let returnIdentification = 14
    }
}

/// One page of several (ISO 20022 `Pagination1`).
package struct Page: Hashable, Sendable {
    /// `PgNb`, from 1 on, at most 99,999.
    package var number: Int
    /// `LastPgInd`.
    package var isLast: Bool

    package init(number: Int, isLast: Bool) {
        self.number = number
        self.isLast = isLast
    }
}

/// How many entries a message has and what they come to (ISO 20022 `TotalTransactions6`).
package struct EntrySummary: Equatable, Sendable {
    /// Entries of one direction (`NumberAndSumOfTransactions1`).
    package struct Side: Equatable, Sendable {
        package var count: Int
        /// Minor units of the account's currency, zero or more.
        package var sum: Int128

        package init(count: Int, sum: Int128) {
            self.count = count
            self.sum = sum
        }
    }

    /// Of the account: how many digits its sums have.
    package var currency: Currency
    /// `TtlCdtNtries`: what came in.
    package var credits: Side
    /// `TtlDbtNtries`: what went out.
    package var debits: Side

    package init(currency: Currency, credits: Side, debits: Side) {
        self.currency = currency
        self.credits = credits
        self.debits = debits
    }

    /// `TtlNtries/NbOfNtries`.
    package var count: Int { credits.count + debits.count }

    /// What they add to the balance, in minor units.
    package var net: Int128 { credits.sum - debits.sum }

    /// The schema gives a sum 18 digits, those behind the point included; a larger one is left out.
    static let largestSum: Int128 = 999_999_999_999_999_999
}

/// What is on an account (ISO 20022 `CashBalance8`).
package struct AccountBalance: Equatable, Sendable {
    /// `Tp/CdOrPrtry`: a code of `ExternalBalanceType1Code`, for example `ITBD`, or own words.
    package var type: CodeOrProprietary
    /// `Tp/SubTp`: a code of `ExternalBalanceSubType1Code`, `INTM` where a statement goes on in
    /// another page.
    package var subType: CodeOrProprietary?
    /// `Amt`: without sign, in minor units; ``direction`` tells the sign.
    package var amount: Money
    /// `CdtDbtInd`: `.credit` for zero or more.
    package var direction: CreditDebit
    /// `Dt`.
    package var date: DateOrTime

    package init(
        type: CodeOrProprietary, amount: Money, direction: CreditDebit, date: DateOrTime
    ) {
        self.type = type
        self.amount = amount
        self.direction = direction
        self.date = date
    }
}
