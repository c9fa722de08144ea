internal import Domain

/// Dates and amounts as MT messages write them.
enum MTNumbers {
    /// `YYMMDD`; years 80 to 99 are of the twentieth century, as in all SWIFT messages. Nil for a
    /// date that does not exist.
    static func date(_ text: ArraySlice<UInt8>) -> CivilDate? {
        guard text.count == 6, text.allSatisfy(\.isDigit) else { return nil }
        let digits = text.map { Int($0 - UInt8(ascii: "0")) }
        let year = digits[0] * 10 + digits[1]
        return CivilDate(
            year: year < 80 ? 2000 + year : 1900 + year, month: digits[2] * 10 + digits[3],
            day: digits[4] * 10 + digits[5])
    }

    /// `MMDD` of the year that brings it nearest to another date, before or behind it (rule 14).
    ///
    /// Nil for a date that no year has within half a year.
    static func date(_ text: ArraySlice<UInt8>, near other: CivilDate) -> CivilDate? {
        guard text.count == 4, text.allSatisfy(\.isDigit) else { return nil }
        let digits = text.map { Int($0 - UInt8(ascii: "0")) }
        let year = other.parts.year
        return (year - 1...year + 1)
            .compactMap {
                CivilDate(
                    year: $0, month: digits[0] * 10 + digits[1], day: digits[2] * 10 + digits[3])
            }
            .first { abs(Int($0.rawValue) - Int(other.rawValue)) <= 183 }
    }

    /// An amount with the mark that it has.
    struct Amount {
        let value: ExactDecimal
        /// A point stands where the standard has a comma.
        let hasPoint: Bool
    }

    /// Digits with at most one comma (`12,5`, `12,`, `12`), or with one point where a bank writes
    /// that.
    ///
    /// Nil for everything else, thousands set apart among it: `1.234,56`, and `25.000` in a
    /// currency without three digits, whose point may set thousands apart.
    static func amount(_ text: ArraySlice<UInt8>, currency: String?) -> Amount? {
        guard text.first?.isDigit == true || text.first == UInt8(ascii: ",") else { return nil }
        if let value = ExactDecimal(text, point: UInt8(ascii: ",")) {
            return Amount(value: value, hasPoint: false)
        }
        guard let point = text.firstIndex(of: UInt8(ascii: ".")),
            let value = ExactDecimal(text, point: UInt8(ascii: "."))
        else { return nil }
        let digits = text.endIndex - point - 1
        guard digits != 3 || threeDigits.contains(currency ?? "") else { return nil }
        return Amount(value: value, hasPoint: true)
    }

    /// Currencies of ISO 4217 with three digits behind the point.
    private static let threeDigits: Set = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
}

/// A balance of fields 60, 62, 64 and 65: mark, date, currency and amount (`C260302EUR12,5`).
struct MTBalance {
    let isCredit: Bool
    let writtenDate: ArraySlice<UInt8>
    let currency: String?
    let amount: MTNumbers.Amount

    /// Nil when it is no balance, or none whose amount can be read.
    ///
    /// - Parameter currency: of the statement; some banks leave it out of the closing balance.
    init?(_ text: ArraySlice<UInt8>, currency: String?) {
        var rest = text.trimmed
        guard let mark = rest.first, mark == UInt8(ascii: "C") || mark == UInt8(ascii: "D") else {
            return nil
        }
        isCredit = mark == UInt8(ascii: "C")
        writtenDate = rest.dropFirst().prefix(6)
        guard writtenDate.count == 6, writtenDate.allSatisfy(\.isDigit) else { return nil }
        rest = rest[writtenDate.endIndex...]
        let letters = rest.prefix(while: \.isCapital)
        guard letters.count == 3 || (letters.isEmpty && currency != nil) else { return nil }
        self.currency = letters.isEmpty ? currency : letters.string
        rest = rest[letters.endIndex...]
        guard let amount = MTNumbers.amount(rest, currency: self.currency) else { return nil }
        self.amount = amount
    }
}
