/// How numbers are written in a CSV file, and what tells which way money goes: stated, never
/// guessed.
package struct CSVAmountFormat: Equatable, Sendable {
    /// `.` or `,`.
    package let decimal: UInt8
    /// What sets thousands apart; nil where nothing does.
    package let thousands: Unicode.Scalar?
    package var groups = Groups.thousands
    /// How a number below zero looks; with none, there is no such number.
    package var negative: Set<Negative> = [.leadingMinus]
    /// Words that may stand in front of a number or behind it and say nothing, such as `€`.
    package var symbols: [String] = []
    package var sign = Sign.signed(positive: .credit)

    package enum Groups: String, CaseIterable, Hashable, Sendable {
        /// `1,234,567`.
        case thousands
        /// `12,34,567`.
        case lakhs
    }

    package enum Negative: String, CaseIterable, Hashable, Sendable {
        case leadingMinus = "leading-minus"
        case trailingMinus = "trailing-minus"
        case parentheses
    }

    package enum Sign: Equatable, Sendable {
        /// One column; `positive` is what an amount above zero is: charges on a card are debits.
        case signed(positive: CreditDebit)
        /// One column without signs, and another one that says which way by one of these words.
        case worded(credit: [String], debit: [String])
        /// A column for each way.
        case columns(debitsAreNegative: Bool)
    }

    /// Why a text is no number of this format.
    enum Fault: Error {
        case empty, form, tooLong
    }

    /// - Throws: ``CSVMapping/Fault`` when the marks are no marks, or are the same.
    package init(decimal: String, thousands: String? = nil) throws(CSVMapping.Fault) {
        guard decimal == "." || decimal == "," else {
            throw CSVMapping.Fault("amounts.decimal", "is '.' or ','")
        }
        self.decimal = decimal.utf8.first!
        guard let thousands, !thousands.isEmpty else {
            self.thousands = nil
            return
        }
        let allowed: Set = [".", ",", "'", " ", "’", "\u{A0}", "\u{202F}"]
        guard allowed.contains(thousands), thousands != decimal else {
            throw CSVMapping.Fault(
                "amounts.thousands",
                "is '.', ',', an apostrophe or a space, and not the decimal mark")
        }
        self.thousands = thousands.unicodeScalars.first
    }

    /// Reads a number.
    ///
    /// - Complexity: O(length).
    func number(_ text: ArraySlice<UInt8>) throws(Fault) -> ExactDecimal {
        var rest = withoutSymbols(text.trimmed)
        guard !rest.isEmpty else { throw .empty }
        let isNegative = try takeSign(&rest)
        rest = withoutSymbols(rest.trimmed)
        let point = rest.firstIndex(of: decimal) ?? rest.endIndex
        let whole = try withoutGroups(rest[..<point])
        let plain = whole + rest[point...]
        // Signs were taken: what is left begins with a digit or the decimal mark.
        guard plain.first?.isDigit == true || plain.first == decimal else { throw .form }
        guard plain.last?.isDigit == true else { throw .form }
        guard plain.allSatisfy({ $0.isDigit || $0 == decimal }),
            plain.count(where: { $0 == decimal }) <= 1
        else { throw .form }
        guard let number = ExactDecimal(plain[...], point: decimal) else { throw .tooLong }
        return isNegative ? -number : number
    }

    private func withoutSymbols(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        for symbol in symbols {
            if text.starts(with: symbol.utf8) {
                return text.dropFirst(symbol.utf8.count).trimmed
            }
            if text.count > symbol.utf8.count,
                text.suffix(symbol.utf8.count).elementsEqual(symbol.utf8)
            {
                return text.dropLast(symbol.utf8.count).trimmed
            }
        }
        return text
    }

    /// Takes the sign off; whether it is a minus, in a form that was stated.
    private func takeSign(_ text: inout ArraySlice<UInt8>) throws(Fault) -> Bool {
        let minus: [[UInt8]] = [[UInt8(ascii: "-")], Array("\u{2212}".utf8)]
        for sign in minus {
            if text.starts(with: sign) {
                guard negative.contains(.leadingMinus) else { throw .form }
                text = text.dropFirst(sign.count)
                return true
            }
            if text.count > sign.count, text.suffix(sign.count).elementsEqual(sign) {
                guard negative.contains(.trailingMinus) else { throw .form }
                text = text.dropLast(sign.count)
                return true
            }
        }
        if text.first == UInt8(ascii: "("), text.last == UInt8(ascii: ")") {
            guard negative.contains(.parentheses) else { throw .form }
            text = text.dropFirst().dropLast()
            return true
        }
        if text.first == UInt8(ascii: "+") {
            text = text.dropFirst()
        } else if text.last == UInt8(ascii: "+"), negative.contains(.trailingMinus) {
            text = text.dropLast()
        }
        return false
    }

    /// Digits in front of the decimal mark; where thousands are set apart, all of them are.
    private func withoutGroups(_ whole: ArraySlice<UInt8>) throws(Fault) -> [UInt8] {
        guard let thousands else { return Array(whole) }
        let mark = Array(String(thousands).utf8)
        guard whole.contains(mark[0]) else { return Array(whole) }
        var digits: [UInt8] = []
        var widths = [0]
        var index = whole.startIndex
        while index < whole.endIndex {
            if whole[index...].starts(with: mark) {
                widths.append(0)
                index += mark.count
            } else {
                widths[widths.count - 1] += 1
                digits.append(whole[index])
                index += 1
            }
        }
        let middle = groups == .lakhs ? 2 : 3
        let fits =
            (1...middle).contains(widths[0])
            && widths.dropFirst().dropLast().allSatisfy { $0 == middle }
            && (widths.count == 1 || widths.last == 3)
        guard fits else { throw .form }
        return digits
    }
}
