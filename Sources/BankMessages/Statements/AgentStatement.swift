package import Domain

/// What kind of account information a file is. Only ``booked`` counts for balances and day close.
package enum StatementKind: String, CaseIterable, Hashable, Sendable {
    /// camt.053, MT940, or a CSV whose mapping says so.
    case booked
    /// camt.052 and MT942: what was known so far.
    case interim
    /// camt.054: single entries, no balance.
    case notification
}

/// The form of a statement file.
package enum StatementFormat: String, CaseIterable, Hashable, Sendable {
    case camt052 = "camt.052"
    case camt053 = "camt.053"
    case camt054 = "camt.054"
    case mt940 = "MT940"
    case mt942 = "MT942"
    case csv = "CSV"
}

/// What a statement says of itself before its first line.
package struct StatementHead: Equatable, Sendable {
    package var kind: StatementKind
    package var format: StatementFormat
    /// The message's name with its version, for example `camt.053.001.08`; empty for CSV.
    package var messageName: String
    /// camt `GrpHdr/MsgId`, MT field 20.
    package var messageIdentification: String?
    /// camt `Stmt/Id`, MT field 20.
    package var identification: String?
    /// camt `ElctrncSeqNb`, MT field 28C before the slash. Banks begin anew each year.
    package var sequence: String?
    /// camt `LglSeqNb`.
    package var legalSequence: String?
    /// Of a statement split into pages: `StmtPgntn/PgNb`, MT field 28C behind the slash.
    package var page: String?
    /// camt `StmtPgntn/LastPgInd`; MT tells it at its end only, by 62F or 62M.
    package var isLastPage: Bool?
    /// camt `CreDtTm` as written.
    package var created: String?
    /// camt `CpyDplctInd`.
    package var copyIndicator: String?
    /// The account as written: IBAN, other identification, MT field 25.
    package var account: String?
    /// ISO 4217 as written, of the account, else of its opening balance.
    package var currency: String?
    /// `FrToDt`, as calendar dates of the agent, never converted.
    package var from: CivilDate?
    package var to: CivilDate?

    package init(kind: StatementKind, format: StatementFormat, messageName: String = "") {
        self.kind = kind
        self.format = format
        self.messageName = messageName
    }
}

/// One balance of a statement.
package struct StatementBalance: Equatable, Sendable {
    /// camt `Bal/Tp` (`OPBD`, `CLBD`, `ITBD` …), or the MT field (`60F`, `62M` …).
    package var code: String
    /// With its sign: a debit balance is negative.
    package var amount: ExactDecimal
    package var currency: String?
    /// The agent's calendar date.
    package var date: CivilDate?

    package init(code: String, amount: ExactDecimal, currency: String?, date: CivilDate?) {
        self.code = code
        self.amount = amount
        self.currency = currency
        self.date = date
    }
}

/// Money in or out on an agent's account, as its statement tells.
package struct StatementLine: Equatable, Sendable {
    /// The place among the lines of its statement, from 1: two equal lines are two lines.
    package var position: Int
    /// Zero or more; the direction is ``direction``.
    package var amount: ExactDecimal
    /// As written (`CdtDbtInd`; MT: C and RD come in, D and RC go out).
    package var direction: CreditDebit
    /// `RvslInd`, or MT RC and RD. It never turns ``direction``.
    package var isReversal: Bool
    package var currency: String?
    package var status: EntryStatus
    /// The agent's calendar dates.
    package var bookingDate: CivilDate?
    package var valueDate: CivilDate?
    /// `NtryRef`.
    package var entryReference: String?
    /// `AcctSvcrRef`, MT 61 behind `//`.
    package var agentReference: String?
    /// MT 61 subfield 7: the account owner's reference, `NONREF` left out.
    package var ownerReference: String?
    /// `BkTxCd` as `domain/family/subfamily` or the proprietary code; MT's type with the
    /// code in front of German subfields (`NTRF`, `NTRF+166`).
    package var transactionCode: String?
    /// `AddtlNtryInf`, MT 61 subfield 9 and field 86.
    package var text: String?
    /// What the line is made of; with amounts, these sum to ``amount``.
    package var details: [StatementDetail] = []

    package init(
        position: Int, amount: ExactDecimal, direction: CreditDebit, isReversal: Bool = false,
        currency: String?, status: EntryStatus = .booked
    ) {
        self.position = position
        self.amount = amount
        self.direction = direction
        self.isReversal = isReversal
        self.currency = currency
        self.status = status
    }
}

/// One payment of a line (camt `NtryDtls/TxDtls`; what MT field 86 tells in its codes).
package struct StatementDetail: Equatable, Sendable {
    /// Zero or more; nil when the file states none.
    package var amount: ExactDecimal?
    package var currency: String?
    /// Nil when it is the line's.
    package var direction: CreditDebit?
    package var endToEndIdentification: String?
    package var uetr: String?
    package var transactionIdentification: String?
    package var instructionIdentification: String?
    package var agentReference: String?
    package var mandateIdentification: String?
    /// Name and account of the other side.
    package var counterparty: String?
    package var counterpartyAccount: String?
    /// `RmtInf`: unstructured lines and structured creditor references, joined by a line feed.
    package var remittance: String?
    /// `RtrInf/Rsn/Cd`.
    package var returnReason: String?
    /// The sum of `Chrgs`, where one is told.
    package var charges: ExactDecimal?

    package init() {}
}

/// What a reader tells, in the order of the file: a head, lines with balances wherever they stand,
/// an end, and again for the next statement.
package enum StatementEvent: Equatable, Sendable {
    case head(StatementHead)
    case balance(StatementBalance)
    case line(StatementLine)
    /// May come in several parts.
    case declared(DeclaredTotals)
    /// A line that cannot be taken: it has its position, and is lacking.
    case refusedLine(StatementFinding)
    /// What only the reader can see; the statement's number is added by the tally.
    case finding(StatementFinding)
    case end
}

/// Why a file is not read. Nothing of it counts then, whatever was told before.
package struct StatementRefusal: Error, Equatable, Sendable {
    /// The line of the file at fault, from 1; nil for the whole file.
    package var line: Int?
    /// What is wrong and what to do about it, for an operator; quotes at most 40 characters.
    package var sentence: String

    package init(line: Int? = nil, _ sentence: String) {
        self.line = line
        self.sentence = sentence
    }
}
