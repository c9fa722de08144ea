package import Domain

// What the matcher is given: values read from the ledger as of one log index. The same values give
// the same answers, in whatever order they come.

/// What a line is about, as its transaction code tells.
package enum LineNature: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
    case payment = 0
    /// The agent's own charge.
    case charge
    case interest
}

/// A booked statement line, or what is left of it.
///
/// One of which a match took all is no longer matched. It may be given all the same, so that what
/// repeats it or takes it back is recognised.
package struct OpenLine: Hashable, Sendable {
    package var account: AccountID
    package var number: LineNumber
    /// Minor units; positive came in, negative went out, as the statement wrote it. Not zero.
    package var amount: Int64
    package var currency: Currency
    /// The agent's calendar dates.
    package var bookingDate: CivilDate
    package var valueDate: CivilDate
    package var references: [Reference]
    /// It takes another line back. It never settles an entry.
    package var isReversal: Bool
    package var nature: LineNature
    /// Whom the line names; 0: nobody who is known.
    package var participant: ParticipantID
    /// What no match has taken, with the sign of ``amount``.
    package var remaining: Int64
    /// The last match that took from it; 0: none.
    package var takenBy: MatchNumber

    package init(
        account: AccountID, number: LineNumber, amount: Int64, currency: Currency,
        bookingDate: CivilDate, valueDate: CivilDate, references: [Reference] = [],
        isReversal: Bool = false, nature: LineNature = .payment, participant: ParticipantID = 0,
        remaining: Int64? = nil, takenBy: MatchNumber = 0
    ) {
        self.account = account
        self.number = number
        self.amount = amount
        self.currency = currency
        self.bookingDate = bookingDate
        self.valueDate = valueDate
        self.references = references
        self.isReversal = isReversal
        self.nature = nature
        self.participant = participant
        self.remaining = remaining ?? amount
        self.takenBy = takenBy
    }
}

/// What must appear at the agent, or what is left of it.
package struct OpenEntry: Hashable, Sendable {
    package var account: AccountID
    package var number: EntryNumber
    package var kind: ExpectedKind
    /// Minor units; positive is to come in, negative to go out. Not zero.
    package var amount: Int64
    package var currency: Currency
    /// When it is to be valued at the agent.
    package var dueDate: CivilDate
    package var references: [Reference]
    /// Whose money it is; 0: the gateway's.
    package var participant: ParticipantID
    /// The rate by which ``amount`` was booked, where one was used. It is told and never used: a
    /// table of rates is nothing that a match depends on.
    package var rate: Rate?
    /// What no match has taken, with the sign of ``amount``.
    package var remaining: Int64
    /// The last match that took from it; 0: none.
    package var takenBy: MatchNumber

    package init(
        account: AccountID, number: EntryNumber, kind: ExpectedKind, amount: Int64,
        currency: Currency, dueDate: CivilDate, references: [Reference] = [],
        participant: ParticipantID = 0, rate: Rate? = nil, remaining: Int64? = nil,
        takenBy: MatchNumber = 0
    ) {
        self.account = account
        self.number = number
        self.kind = kind
        self.amount = amount
        self.currency = currency
        self.dueDate = dueDate
        self.references = references
        self.participant = participant
        self.rate = rate
        self.remaining = remaining ?? amount
        self.takenBy = takenBy
    }
}

extension OpenLine {
    /// As the ledger's proof sees it, after the match that took all of it was undone.
    package func item(undoing undone: MatchNumber = 0) -> OpenItem {
        OpenItem(
            account: account, currency: currency,
            remaining: undone != 0 && takenBy == undone ? amount : remaining, takenBy: takenBy,
            references: references, participant: participant, isReversal: isReversal)
    }
}

extension OpenEntry {
    package var item: OpenItem {
        OpenItem(
            account: account, currency: currency, remaining: remaining, takenBy: takenBy,
            references: references, kind: kind, participant: participant)
    }
}

/// Why values are none that can be matched. The number is the line's or the entry's.
package enum InputFault: Error, Equatable, Sendable {
    case otherAccount(MatchSide, UInt64)
    /// Number 0, or one that two have.
    case numberNotUnique(MatchSide, UInt64)
    /// Beyond the largest amount, more left than there was, or an entry of zero.
    case amountOutOfRange(MatchSide, UInt64)
    /// More references than ``MatchBounds/references``.
    case tooManyReferences(MatchSide, UInt64)
    case tooMany(MatchSide)
}
