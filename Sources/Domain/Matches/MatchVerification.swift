/// A side of a match.
public enum MatchSide: UInt8, BitwiseCopyable, Hashable, Sendable {
    case line = 0
    case entry
}

/// Why a claimed match is none. Where an item is at fault it is named.
public enum MatchFault: Error, Hashable, Sendable {
    /// Rules of another version are in force: compute again.
    case otherVersion(inForce: UInt32)
    case unknownRule(UInt16)
    /// No two items: one alone is tied to nothing and cancels nothing.
    case emptySide
    case tooManyItems
    /// Not in the order of their numbers, or one twice.
    case outOfOrder(MatchSide, UInt64)
    case unknown(MatchSide, UInt64)
    case otherAccount(MatchSide, UInt64)
    case otherCurrency(MatchSide, UInt64)
    /// Somebody was first: less is left than is claimed. This is the last match that took of it.
    case conflict(MatchSide, UInt64, with: MatchNumber)
    /// Nothing is taken, more than is left, or in the other direction.
    case wrongAmount(MatchSide, UInt64)
    /// Lines minus entries is not what the adjustment says.
    case sumsDiffer(by: Int128)
    /// The rule tolerates no such difference, or under another name.
    case adjustmentNotAllowed
    /// The rule only proposes.
    case notByItself
    /// The rule is for entries of other kinds.
    case otherKind(EntryNumber)
    /// The rule ties one line to one entry.
    case setNotAllowed
    /// The rule takes all that is left of an item.
    case partNotAllowed(MatchSide, UInt64)
    /// Two participants' money is never tied by itself.
    case otherParticipant(MatchSide, UInt64)
    /// What came in and what went out, or a reversal, is never tied by itself.
    case otherDirection(MatchSide, UInt64)
    /// Only a reversal undoes a match, and only one that took from its lines.
    case undoesAnother(MatchNumber)
    /// An automatic match rests on one reference; this item does not bear it.
    case otherReference(MatchSide, UInt64)
}

/// Proves a match against the ledger, before it counts there, whoever computed it. The rule's
/// window decides whether it is found; it is no part of the proof.
///
/// - Each item is open and used once, all are of one account and currency; the sums are equal to
///   the minor unit or tied by an adjustment that the rule allows. A side may be empty when the
///   other one's items cancel each other.
/// - A match by a rule ties entries of its kinds, sets where the rule allows them, and takes parts
///   where the rule proposes them.
/// - A match that asks nobody takes all that is left of its items, of one direction and of one
///   participant, no reversals; it rests on one reference that all of them bear, and ties no
///   payments that name each other differently (``NamedPayments``).
///
/// - Parameters:
///   - rules: Those in force for the claim's account.
///   - line: The line of a number, nil when there is none. What ``MatchClaim/undoes`` took from it
///     remains again, and that match is still named.
///   - entry: The entry of a number, likewise.
/// - Complexity: O(items), for automatic ones O(n log n) in their references.
/// - Throws: the first fault: of the claim's own words, then of lines, of entries, of the sums.
public func verify(
    _ claim: MatchClaim, against rules: MatchingRules,
    line: (LineNumber) -> OpenItem?, entry: (EntryNumber) -> OpenItem?
) throws(MatchFault) {
    guard claim.version == rules.version, claim.account == rules.account else {
        throw .otherVersion(inForce: rules.version)
    }
    let rule = rules[claim.rule]
    guard rule != nil || claim.rule == 0 else { throw .unknownRule(claim.rule) }
    let count = claim.lines.count + claim.entries.count
    guard count >= 2 else { throw .emptySide }
    guard count <= MatchClaim.mostItems else { throw .tooManyItems }
    guard count == 2 || rule?.allowsSets ?? true else { throw .setNotAllowed }
    var proof = MatchProof(claim, rule)
    if claim.isAutomatic {
        guard let rule, rule.isAutomatic, !claim.lines.isEmpty, !claim.entries.isEmpty,
            let reference = claim.reference, rule.kinds.contains(reference.kind)
        else { throw .notByItself }
        proof.reference = reference
    }
    guard
        claim.undoes == 0
            || claim.entries.isEmpty
                && claim.lines.contains(where: {
                    line($0.number)?.takenBy == claim.undoes
                })
    else { throw .undoesAnother(claim.undoes) }
    let lines = try proof.sum(claim.lines, .line, item: line)
    let entries = try proof.sum(claim.entries, .entry, item: entry)
    if let stranger = proof.payments.stranger {
        let items = stranger.side == .line ? claim.lines : claim.entries
        throw .otherReference(stranger.side, items[stranger.item].number)
    }
    try check(lines - entries, of: claim, by: rule)
}

private func check(
    _ difference: Int128, of claim: MatchClaim, by rule: MatchingRule?
) throws(MatchFault) {
    guard let adjustment = claim.adjustment else {
        guard difference == 0 else { throw .sumsDiffer(by: difference) }
        return
    }
    guard difference == adjustment.amount else { throw .sumsDiffer(by: difference) }
    guard difference != 0, let tolerance = rule?.tolerance, !claim.lines.isEmpty,
        !claim.entries.isEmpty, tolerance.covers(difference),
        tolerance.reason == adjustment.reason, tolerance.bearer == adjustment.bearer
    else { throw .adjustmentNotAllowed }
}

/// What is known of a claim's items while they are gone through.
private struct MatchProof {
    private let claim: MatchClaim
    private let rule: MatchingRule?
    /// What every item bears when nobody is asked; nil: somebody was.
    var reference: Reference?
    /// The one participant whom items name so far.
    private var participant: ParticipantID = 0
    /// Whether money went out, of the first item.
    private var goesOut: Bool?
    private(set) var payments = NamedPayments()

    init(_ claim: MatchClaim, _ rule: MatchingRule?) {
        self.claim = claim
        self.rule = rule
    }

    mutating func sum(
        _ takings: [Taking], _ side: MatchSide, item: (UInt64) -> OpenItem?
    ) throws(MatchFault) -> Int128 {
        var sum: Int128 = 0
        var last: UInt64 = 0
        for (position, taking) in takings.enumerated() {
            let number = taking.number
            guard number > last else { throw .outOfOrder(side, number) }
            last = number
            guard let item = item(number) else { throw .unknown(side, number) }
            try check(taking, side, item)
            if reference != nil {
                try checkByItself(taking, side, item)
                payments.add(item.references, of: position, on: side)
            }
            sum += Int128(taking.amount)
        }
        return sum
    }

    private func check(
        _ taking: Taking, _ side: MatchSide, _ item: OpenItem
    ) throws(MatchFault) {
        let number = taking.number
        guard item.account == claim.account else { throw .otherAccount(side, number) }
        guard item.currency == claim.currency else { throw .otherCurrency(side, number) }
        let isLeft = taking.amount.magnitude <= item.remaining.magnitude
        if !isLeft, item.takenBy != 0 { throw .conflict(side, number, with: item.takenBy) }
        guard isLeft, taking.amount != 0, (taking.amount < 0) == (item.remaining < 0) else {
            throw .wrongAmount(side, number)
        }
        guard let rule else { return }
        if let kind = item.kind, !rule.entries.contains(kind) { throw .otherKind(number) }
        guard rule.proposesParts || taking.amount == item.remaining else {
            throw .partNotAllowed(side, number)
        }
    }

    private mutating func checkByItself(
        _ taking: Taking, _ side: MatchSide, _ item: OpenItem
    ) throws(MatchFault) {
        let number = taking.number
        guard let reference, item.references.contains(reference) else {
            throw .otherReference(side, number)
        }
        guard taking.amount == item.remaining else { throw .wrongAmount(side, number) }
        let first = goesOut ?? (taking.amount < 0)
        guard first == (taking.amount < 0), !item.isReversal else {
            throw .otherDirection(side, number)
        }
        goesOut = first
        guard item.participant == 0 || participant == 0 || item.participant == participant else {
            throw .otherParticipant(side, number)
        }
        if item.participant != 0 { participant = item.participant }
    }
}
