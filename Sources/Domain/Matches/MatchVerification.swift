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
    /// Nothing on a side, or one line that cancels nothing.
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
    /// Only a reversal undoes a match, and only one that took from its lines.
    case undoesAnother(MatchNumber)
    /// An automatic match rests on one reference; this item does not bear it.
    case otherReference(MatchSide, UInt64)
}

/// Proves a match against the ledger, before it counts there, whoever computed it. Its window, and
/// which kinds of entries, sets and parts its rule is for, decide whether it is found; they are no
/// part of the proof.
///
/// Each item is open and used once, all are of one account and currency, the sums are equal to the
/// minor unit or tied by an adjustment that the rule allows; a match that asks nobody takes all
/// that is left of its items, rests on one reference that all of them bear, and does not tie one
/// line to one entry of another UETR.
///
/// - Parameters:
///   - rules: Those in force for the claim's account.
///   - line: The line of a number, nil when there is none. What ``MatchClaim/undoes`` took from it
///     remains again, and that match is still named.
///   - entry: The entry of a number, likewise.
/// - Complexity: O(items), O(references) of an item for automatic ones; no allocation.
public func verify(
    _ claim: MatchClaim, against rules: MatchingRules,
    line: (LineNumber) -> OpenItem?, entry: (EntryNumber) -> OpenItem?
) throws(MatchFault) {
    guard claim.version == rules.version, claim.account == rules.account else {
        throw .otherVersion(inForce: rules.version)
    }
    let rule = rules[claim.rule]
    guard rule != nil || claim.rule == 0 else { throw .unknownRule(claim.rule) }
    guard claim.lines.count >= (claim.entries.isEmpty ? 2 : 1) else { throw .emptySide }
    guard claim.lines.count + claim.entries.count <= MatchClaim.mostItems else {
        throw .tooManyItems
    }
    var proven: Reference?
    if claim.isAutomatic {
        guard let rule, rule.isAutomatic, !claim.entries.isEmpty, let reference = claim.reference,
            rule.kinds.contains(reference.kind)
        else { throw .notByItself }
        proven = reference
    }
    guard
        claim.undoes == 0
            || claim.entries.isEmpty
                && claim.lines.contains(where: {
                    line($0.number)?.takenBy == claim.undoes
                })
    else { throw .undoesAnother(claim.undoes) }
    let lines = try sum(claim.lines, .line, of: claim, bearing: proven, item: line)
    let entries = try sum(claim.entries, .entry, of: claim, bearing: proven, item: entry)
    if proven != nil, claim.lines.count + claim.entries.count == 2,
        let first = line(claim.lines[0].number), let second = entry(claim.entries[0].number),
        Reference.differ(first.references, second.references, in: .uetr)
    {
        throw .otherReference(.entry, claim.entries[0].number)
    }
    let difference = lines - entries
    guard let adjustment = claim.adjustment else {
        guard difference == 0 else { throw .sumsDiffer(by: difference) }
        return
    }
    guard difference == adjustment.amount else { throw .sumsDiffer(by: difference) }
    guard difference != 0, let tolerance = rule?.tolerance, !claim.entries.isEmpty,
        tolerance.covers(difference), tolerance.reason == adjustment.reason,
        tolerance.bearer == adjustment.bearer
    else { throw .adjustmentNotAllowed }
}

private func sum(
    _ takings: [Taking], _ side: MatchSide, of claim: MatchClaim, bearing reference: Reference?,
    item: (UInt64) -> OpenItem?
) throws(MatchFault) -> Int128 {
    var sum: Int128 = 0
    var last: UInt64 = 0
    for taking in takings {
        let number = taking.number
        guard number > last else { throw .outOfOrder(side, number) }
        last = number
        guard let item = item(number) else { throw .unknown(side, number) }
        guard item.account == claim.account else { throw .otherAccount(side, number) }
        guard item.currency == claim.currency else { throw .otherCurrency(side, number) }
        let isLeft = taking.amount.magnitude <= item.remaining.magnitude
        if !isLeft, item.takenBy != 0 { throw .conflict(side, number, with: item.takenBy) }
        guard isLeft, taking.amount != 0, (taking.amount < 0) == (item.remaining < 0) else {
            throw .wrongAmount(side, number)
        }
        if let reference {
            guard item.references.contains(reference) else { throw .otherReference(side, number) }
            guard taking.amount == item.remaining else { throw .wrongAmount(side, number) }
        }
        sum += Int128(taking.amount)
    }
    return sum
}
