/// A decimal number as XML Schema takes it: a sign, digits, a point among, before or behind them.
struct DecimalForm {
    private let value: ArraySlice<UInt8>
    private let start: Int
    private let end: Int
    let isNegative: Bool

    /// Nil when it is no number, or has more digits that count than these.
    ///
    /// - Complexity: O(length), which the length of a text bounds.
    init?(_ value: ArraySlice<UInt8>, _ digits: Int, _ fraction: Int) {
        self.value = value
        let hasSign = value.first == UInt8(ascii: "-") || value.first == UInt8(ascii: "+")
        let number = hasSign ? value.dropFirst() : value
        var point: Int?
        for index in number.indices {
            if number[index] == UInt8(ascii: ".") && point == nil {
                point = index
            } else if number[index] < 48 || number[index] > 57 {
                return nil
            }
        }
        guard number.count > (point == nil ? 0 : 1) else { return nil }
        let first = number.firstIndex { $0 != UInt8(ascii: "0") } ?? number.endIndex
        let whole = max(0, (point ?? number.endIndex) - first)
        let last = point == nil ? number.endIndex : DecimalForm.end(of: number)
        let decimals = point.map { max(0, last - $0 - 1) } ?? 0
        guard decimals <= fraction, whole + decimals <= digits else { return nil }
        start = min(first, point ?? number.endIndex)
        end = point.map { min(number.endIndex, $0 + 1 + fraction) } ?? number.endIndex
        isNegative = value.first == UInt8(ascii: "-") && whole + decimals > 0
    }

    /// Behind the last digit that is not zero.
    private static func end(of number: ArraySlice<UInt8>) -> Int {
        (number.lastIndex { $0 != UInt8(ascii: "0") } ?? number.startIndex) + 1
    }

    /// Without `+`, without zeros before the first digit that counts, with a digit on both sides of
    /// the point; zeros at the end stay as far as there is room for them.
    var canonical: ArraySlice<UInt8> {
        var text: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        let digits = value[start..<end]
        let isWhole = !digits.isEmpty && digits.first != UInt8(ascii: ".")
        if isWhole, !isNegative, digits.last != UInt8(ascii: ".") { return digits }
        if !isWhole { text.append(UInt8(ascii: "0")) }
        text += digits.last == UInt8(ascii: ".") ? digits.dropLast() : digits
        return text[...]
    }
}
