internal import BankMessages
internal import Domain

/// JSON text as it grows, with the values of payments in the form that SwiftProtobuf gives them.
///
/// SwiftProtobuf writes any message, but that took a third of the time of a call.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    /// Punctuation and names.
    mutating func add(_ text: StaticString) {
        bytes.append(
            raw: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Text that needs no escapes.
    mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// JSON text made elsewhere.
    mutating func add(_ json: some Collection<UInt8>) { bytes.append(contentsOf: json) }

    mutating func add(_ uetr: UETR) {
        backwards { text, start in
            for nibble in 0..<32 {
                if nibble == 12 || nibble == 16 || nibble == 20 || nibble == 24 {
                    start -= 1
                    text[start] = UInt8(ascii: "-")
                }
                let digit = UInt8(truncatingIfNeeded: uetr.bits >> UInt128(4 * nibble)) & 0xF
                start -= 1
                text[start] = digit < 10 ? 48 + digit : 87 + digit
            }
        }
    }

    mutating func add(_ number: UInt64, digits: Int = 1) {
        backwards { text, start in
            var rest = number
            let end = start - digits
            repeat {
                start -= 1
                text[start] = 48 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0 || start > end
        }
    }

    /// An integer scaled by 10^fraction.
    mutating func add(decimal value: Int64, fraction: Int) {
        backwards { text, start in
            var rest = value.magnitude
            var count = 0
            repeat {
                if count == fraction, count > 0 {
                    start -= 1
                    text[start] = UInt8(ascii: ".")
                }
                start -= 1
                text[start] = 48 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
                count += 1
            } while rest > 0 || count <= fraction
            if value < 0 {
                start -= 1
                text[start] = UInt8(ascii: "-")
            }
        }
    }

    /// At least two digits after the point, and no zeros behind those.
    mutating func add(_ rate: Rate) {
        var value = rate.scaled
        var fraction = Rate.fractionDigits
        while fraction > 2, value % 10 == 0 {
            value /= 10
            fraction -= 1
        }
        add(decimal: value, fraction: fraction)
    }

    mutating func add(_ minorUnits: Int64, _ currency: Currency) {
        add(decimal: minorUnits, fraction: currency.minorDigits)
    }

    /// A `Money`.
    mutating func add(money minorUnits: Int64, _ currency: Currency) {
        add("{\"currency\":\"")
        add(currency.code)
        add("\",\"amount\":\"")
        add(minorUnits, currency)
        add("\"}")
    }

    /// A `google.protobuf.Timestamp`: none, three, six or nine digits after the second.
    mutating func add(time: Timestamp) {
        let second: Int64 = 1_000_000_000
        var (seconds, nanoseconds) = time.quotientAndRemainder(dividingBy: second)
        if nanoseconds < 0 { (seconds, nanoseconds) = (seconds - 1, nanoseconds + second) }
        var (days, time) = seconds.quotientAndRemainder(dividingBy: 86_400)
        if time < 0 { (days, time) = (days - 1, time + 86_400) }
        let date = CalendarDate(daysSince1970: Int(days))
        add(UInt64(date.year), digits: 4)
        add("-")
        add(UInt64(date.month), digits: 2)
        add("-")
        add(UInt64(date.day), digits: 2)
        add("T")
        add(UInt64(time / 3_600), digits: 2)
        add(":")
        add(UInt64(time / 60 % 60), digits: 2)
        add(":")
        add(UInt64(time % 60), digits: 2)
        if nanoseconds != 0 {
            var fraction = UInt64(nanoseconds)
            var digits = 9
            while fraction % 1_000 == 0 { (fraction, digits) = (fraction / 1_000, digits - 3) }
            add(".")
            add(fraction, digits: digits)
        }
        add("Z")
    }

    /// Adds what `write` puts into memory from its end on.
    private mutating func backwards(
        _ write: (UnsafeMutableBufferPointer<UInt8>, inout Int) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 40) { text in
            var start = text.count
            write(text, &start)
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
        }
    }
}
