internal import Chance
internal import Domain
internal import Reconciliation

/// A day of an account on which most things are in order, and what was planted is known.
struct RandomDay {
    private var random: SplitMix64
    private(set) var lines: [OpenLine] = []
    private(set) var entries: [OpenEntry] = []
    private(set) var planted: [Planted] = []
    /// Matches by themselves that there have to be.
    private(set) var matches = 0

    /// What has to be told, and nothing else.
    struct Planted: Hashable {
        var category: BreakCategory
        var line: LineNumber?
        var entry: EntryNumber?
    }

    init(seed: UInt64, payments: Int = 40) {
        random = SplitMix64(seed: seed)
        for _ in 0..<payments { addInOrder() }
        for category in BreakCategory.allCases {
            for _ in 0..<random.below(3) { plant(category) }
        }
    }

    /// Amounts lie far apart, so that no sum of some meets another one by chance.
    private mutating func amount() -> Int64 {
        let size = random.between(10_000_000...9_999_999_999_999)
        return random.percent(50) ? size : -size
    }

    private mutating func references() -> [Reference] {
        let uetr = UETR(bits: random.wide() & ~(0xF << 76 | 0x3 << 62) | 4 << 76 | 2 << 62)
        let text = String(random.next(), radix: 36)
        return [
            Reference(uetr), Reference(.endToEnd, "E" + text), Reference(.own, "O" + text),
        ].compactMap(\.self)
    }

    private mutating func add(
        line amount: Int64, _ references: [Reference], currency: Currency = .usd,
        valued: String = "2026-11-24", isReversal: Bool = false, nature: LineNature = .payment
    ) -> LineNumber {
        let number = UInt64(lines.count + 1)
        lines.append(
            OpenLine(
                account: Account.number, number: number, amount: amount, currency: currency,
                bookingDate: Account.date("2026-11-24"), valueDate: Account.date(valued),
                references: references, isReversal: isReversal, nature: nature))
        return number
    }

    private mutating func add(
        entry amount: Int64, _ references: [Reference], due: String = "2026-11-24"
    ) -> EntryNumber {
        let number = UInt64(entries.count + 1)
        entries.append(
            OpenEntry(
                account: Account.number, number: number, kind: .paymentLeg, amount: amount,
                currency: .usd, dueDate: Account.date(due), references: references))
        return number
    }

    /// Some references get lost on the way, but not all of them.
    private mutating func kept(_ references: [Reference]) -> [Reference] {
        let kept = references.filter { _ in random.percent(60) }
        return kept.isEmpty ? [random.pick(references)] : kept
    }

    private mutating func addInOrder() {
        let (amount, names) = (amount(), references())
        switch random.below(10) {
        case 0:  // Not due yet.
            _ = add(entry: amount, names, due: "2026-11-27")
        case 1:  // Less than the tolerance short.
            _ = add(entry: amount, names)
            _ = add(line: amount - random.between(1...1_500), [names[random.below(2)]])
            matches += 1
        case 2:  // A batch.
            let parts = (0..<random.below(4) + 2).map { _ in abs(self.amount()) }
            for part in parts { _ = add(entry: part, [names[2], references()[0]]) }
            _ = add(line: parts.reduce(0, +), [names[2]])
            matches += 1
        case 3:  // Twins.
            for _ in 0..<2 {
                _ = add(entry: amount, names)
                _ = add(line: amount, names)
            }
            matches += 2
        default:
            _ = add(entry: amount, names)
            _ = add(line: amount, kept(names), valued: random.pick(["2026-11-24", "2026-11-23"]))
            matches += 1
        }
    }

    private mutating func plant(_ category: BreakCategory) {
        let (amount, names) = (amount(), references())
        var told = Planted(category: category)
        switch category {
        case .missingCredit: told.entry = add(entry: abs(amount), names)
        case .missingDebit: told.entry = add(entry: -abs(amount), names, due: "2026-11-20")
        case .notInLedger: told.line = add(line: amount, kept(names))
        case .amountDiffers:
            told.entry = add(entry: amount, names)
            let short = random.percent(50)
            told.line = add(line: amount + (short ? -random.between(1_501...90_000) : 1), names)
        case .currencyDiffers:
            told.entry = add(entry: amount, names)
            told.line = add(line: amount, kept(names), currency: .eur)
        case .dateDiffers:
            told.entry = add(entry: amount, names)
            told.line = add(line: amount, kept(names), valued: "2026-11-12")
        case .lateValueDate:
            told.entry = add(entry: amount, names, due: "2026-11-17")
            told.line = add(line: amount, kept(names))
        case .duplicate:
            _ = add(entry: amount, names)
            _ = add(line: amount, names)
            told.line = add(line: amount, kept(names))
            matches += 1
        case .reversal:
            told.entry = add(entry: amount, names)
            _ = add(line: amount, names)
            told.line = add(line: -amount, kept(names), isReversal: true)
        case .wrongSign:
            told.entry = add(entry: amount, names)
            told.line = add(line: -amount, kept(names))
        case .charge: told.line = add(line: -random.between(100...9_900), [], nature: .charge)
        }
        planted.append(told)
    }
}
