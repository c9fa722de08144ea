/// A decimal number as XML Schema takes it: a sign, digits, a point among, before or behind them.
struct DecimalForm {
    private let value: ArraySlice<UInt8>
    /// The digits before the point, without zeros in front.
    private let whole: Range<Int>
    /// Those behind it, without zeros at the end.
    private let fraction: Range<Int>
    let isNegative: Bool

    /// Nil when it is no number, or has more digits that count than these.
    ///
    /// - Complexity: O(length), which the length of a text bounds.
    init?(_ value: ArraySlice<UInt8>, _ digits: Int, _ fractionDigits: Int) {
        self.value = value
        let hasSign = value.first == UInt8(ascii: "-") || value.first == UInt8(ascii: "+")
        let number = hasSign ? value.dropFirst() : value
        let point = number.firstIndex(of: UInt8(ascii: ".")) ?? number.endIndex
        let (before, behind) = (number[..<point], number[point...].dropFirst())
        guard !before.isEmpty || !behind.isEmpty,
            before.allSatisfy(DecimalForm.isDigit), behind.allSatisfy(DecimalForm.isDigit)
        else { return nil }
        let start = before.firstIndex { $0 != UInt8(ascii: "0") } ?? point
        let end = behind.lastIndex { $0 != UInt8(ascii: "0") }.map { $0 + 1 }
        whole = start..<point
        fraction = behind.startIndex..<(end ?? behind.startIndex)
        guard fraction.count <= fractionDigits, whole.count + fraction.count <= digits else {
            return nil
        }
        isNegative = value.first == UInt8(ascii: "-") && whole.count + fraction.count > 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    /// Without `+`, without zeros in front, with a digit before a point, and with as many digits
    /// behind it as count, though never fewer than these.
    func canonical(least: Int = 0) -> ArraySlice<UInt8> {
        let count = max(fraction.count, least)
        let end = count == 0 ? whole.upperBound : fraction.lowerBound + count
        if !whole.isEmpty, !isNegative, end <= value.endIndex {
            return value[whole.lowerBound..<end]
        }
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        text += whole.isEmpty ? [UInt8(ascii: "0")] : value[whole]
        guard count > 0 else { return text[...] }
        text.append(UInt8(ascii: "."))
        text += value[fraction]
        text += repeatElement(UInt8(ascii: "0"), count: count - fraction.count)
        return text[...]
    }
}
