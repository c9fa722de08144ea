internal import Chance
internal import Domain
internal import Reconciliation

/// 100,000 lines against as many entries, in order and at their worst.
enum LargeDay: String, CaseIterable {
    /// Each pair has its own references; one of a hundred differs.
    case ordinary
    case sameAmount
    case sameReference
    /// And entries of a thousand participants.
    case sharedReference
    /// And other amounts, which do not sum up.
    case sameReferenceOtherAmounts
    /// And amounts a minor unit apart: each is within the tolerance of many.
    case sameReferenceWithinTolerance
    case noReference
    case reversals
    case looseReversals
    /// Four lines and four entries a reference, of which no amounts and no sums agree.
    case otherAmountsInFours
    /// Four lines a reference of which three make up an entry.
    case setsInFours
    /// Twenty-four lines a reference whose even amounts make up no odd entry.
    case setsThatAreNone
    /// Each line twice, each entry once.
    case duplicates

    static let size: UInt64 = 100_000

    /// Amounts and reference of a line and an entry, for most kinds those of a number.
    private struct Pair {
        var line: Int64 = 1_000_000
        var entry: Int64 = 1_000_000
        var references: [Reference?] = []
    }

    private func pair(_ number: UInt64, _ random: inout SplitMix64) -> Pair {
        let same = Reference(.own, "SAME")
        let (place, small) = (Int64(number), Int64(number % 4))
        switch self {
        case .ordinary:
            let amount = random.between(1_000...1_000_000_000)
            let text = String(random.next(), radix: 36)
            return Pair(
                line: amount, entry: number % 100 == 0 ? amount + 70_000 : amount,
                references: [
                    Reference(UETR(bits: random.wide())), Reference(.endToEnd, "E" + text),
                    Reference(.own, "O" + text),
                ])
        case .sameAmount: return Pair()
        case .sameReference, .sharedReference: return Pair(references: [same])
        case .sameReferenceOtherAmounts:
            return Pair(line: place * 7_919 + 1, entry: place * 7_919 + 4_000, references: [same])
        case .sameReferenceWithinTolerance:
            return Pair(
                line: 10_000_000 + 2 * place, entry: 10_000_001 + 2 * place,
                references: [Reference(.endToEnd, "SAME")])
        case .noReference: return Pair(line: place * 7_919 + 1, entry: place * 7_919 + 4_000)
        case .reversals:
            return Pair(line: number % 2 == 0 ? -1_000_000 : 1_000_000, references: [same])
        case .looseReversals: return Pair(line: number % 2 == 0 ? -1_000_000 : 1_000_000)
        case .otherAmountsInFours:
            return Pair(
                line: 10_000_000 + 2 * place, entry: 20_000_001 + 2 * place,
                references: [Reference(.own, "G\(number / 4)")])
        case .setsInFours:
            return Pair(
                line: [100_000, 20_000, 3_000, 70_007][Int(small)], entry: 123_000,
                references: [Reference(.own, "G\(number / 4)")])
        case .setsThatAreNone:
            return Pair(
                line: 2_000_000 + 2 * place * place % 100_000, entry: 24_000_001,
                references: [Reference(.own, "G\(number / 24)")])
        case .duplicates:
            return Pair(references: [Reference(.own, "G\((number - 1) / 2)")])
        }
    }

    /// Whether a number has an entry as well as a line.
    private func hasEntry(_ number: UInt64) -> Bool {
        switch self {
        case .setsInFours: number % 4 == 0
        case .setsThatAreNone: number % 24 == 0
        case .duplicates: number % 2 == 0
        case .ordinary, .sameAmount, .sameReference, .sharedReference,
            .sameReferenceOtherAmounts, .sameReferenceWithinTolerance, .noReference, .reversals,
            .looseReversals,
            .otherAmountsInFours:
            true
        }
    }

    func make(_ size: UInt64 = size) -> ([OpenLine], [OpenEntry]) {
        var random = SplitMix64(seed: 30)
        let date = Account.date("2026-11-24")
        var lines: [OpenLine] = []
        var entries: [OpenEntry] = []
        for number in 1...size {
            let pair = pair(number, &random)
            let references = pair.references.compactMap(\.self)
            lines.append(
                OpenLine(
                    account: Account.number, number: number, amount: pair.line, currency: .usd,
                    bookingDate: date, valueDate: date, references: references,
                    isReversal: pair.line < 0))
            guard hasEntry(number) else { continue }
            entries.append(
                OpenEntry(
                    account: Account.number, number: number, kind: .paymentLeg,
                    amount: pair.entry, currency: .usd, dueDate: date, references: references,
                    participant: self == .sharedReference ? ParticipantID(number % 1_000) : 0))
        }
        return (lines, entries)
    }
}
