/// A decimal number as XML Schema writes it (`xs:decimal`), of at most 30 digits that count.
struct DecimalNumber: Equatable, CustomStringConvertible {
    private(set) var isNegative = false
    private(set) var magnitude: UInt128
    /// Digits after the point, zeros at the end that were written included.
    private(set) var fractionDigits: Int

    init(magnitude: UInt128, fractionDigits: Int) {
        self.magnitude = magnitude
        self.fractionDigits = fractionDigits
    }

    /// Reads `[+-]digits[.[digits]]` or `[+-].digits`. Zeros in front do not count, nor do those
    /// at the end of a fraction for which there is no room.
    init?(_ text: some StringProtocol) { self.init(ArraySlice(text.utf8)) }

    /// Reads the same of UTF-8.
    init?(_ bytes: ArraySlice<UInt8>) {
        let isSigned = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+")
        let digits = isSigned ? bytes.dropFirst() : bytes
        let whole = digits.prefix { $0 != UInt8(ascii: ".") }
        let fraction = digits.dropFirst(whole.count + 1)
        guard whole.count + fraction.count > 0 else { return nil }
        let counting = whole.drop { $0 == UInt8(ascii: "0") }
        let room = 30 - counting.count
        guard room >= 0, fraction.dropFirst(room).allSatisfy({ $0 == UInt8(ascii: "0") }),
            let magnitude = DecimalNumber.number(counting, fraction.prefix(room))
        else { return nil }
        self.init(magnitude: magnitude, fractionDigits: min(room, fraction.count))
        isNegative = bytes.first == UInt8(ascii: "-")
    }

    private static func number(
        _ whole: ArraySlice<UInt8>, _ fraction: ArraySlice<UInt8>
    ) -> UInt128? {
        var magnitude: UInt128 = 0
        for part in [whole, fraction] {
            for byte in part {
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                magnitude = magnitude * 10 + UInt128(byte - UInt8(ascii: "0"))
            }
        }
        return magnitude
    }

    /// The same number without zeros at the end of its fraction: as many digits as XML Schema
    /// counts.
    var canonical: DecimalNumber {
        var number = self
        while number.fractionDigits > 0, number.magnitude % 10 == 0 {
            number.magnitude /= 10
            number.fractionDigits -= 1
        }
        return number
    }

    var description: String {
        let digits = String(magnitude)
        guard fractionDigits > 0 else { return digits }
        let zeros = String(repeating: "0", count: max(0, fractionDigits + 1 - digits.utf8.count))
        let padded = zeros + digits
        return "\(padded.dropLast(fractionDigits)).\(padded.suffix(fractionDigits))"
    }
}

/// 10 to the power of `exponent`, for exponents up to 38.
func powerOfTen(_ exponent: Int) -> UInt128 {
    var power: UInt128 = 1
    for _ in 0..<exponent {
        power *= 10
    }
    return power
}
