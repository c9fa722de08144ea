internal import BankMessages
internal import Domain
internal import NIOCore

/// Bytes of an answer as they grow from front to back, in memory of their own, and values of
/// payments as the text that JSON and protobuf have in common.
///
/// SwiftProtobuf writes any message, but that took a third of the time of a call.
struct AnswerBytes: ~Copyable {
    private var memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(capacity: Int) {
        memory = .allocate(capacity: capacity)
    }

    deinit { memory.deallocate() }

    /// The bytes, with so many before them that may be filled in later; one copy.
    func buffer(behind room: Int) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: room + count)
        buffer.writeRepeatingByte(0, count: room)
        buffer.moveReaderIndex(forwardBy: room)
        buffer.writeBytes(UnsafeRawBufferPointer(memory).prefix(count))
        return buffer
    }

    // MARK: Bytes

    /// Appends as many bytes as `write` says that it has written, at most `most`.
    @inline(__always)
    private mutating func append(
        atMost most: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Int
    ) {
        if memory.count - count < most { grow(most) }
        count += write(UnsafeMutableBufferPointer(rebasing: memory[count...]))
        require(count <= memory.count, "an answer exceeds its memory")
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(
            capacity: max(2 * memory.count, count + more))
        _ = larger.update(fromContentsOf: memory.prefix(count))
        memory.deallocate()
        memory = larger
    }

    @inline(__always)
    mutating func add(_ byte: UInt8) {
        if count == memory.count { grow(1) }
        memory[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        append(atMost: bytes.count) { text in
            text.update(fromContentsOf: bytes)
        }
    }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { add($0) } }

    /// Punctuation and names.
    @inline(__always)
    mutating func add(_ text: StaticString) {
        add(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add($0) }
    }

    /// The byte written last; nil before the first.
    var last: UInt8? { count > 0 ? memory[count - 1] : nil }

    // MARK: Protobuf

    /// A number of variable length.
    mutating func add(varint value: UInt64) {
        append(atMost: 10) { text in
            var (rest, position) = (value, 0)
            while rest >= 128 {
                text[position] = UInt8(truncatingIfNeeded: rest) | 0x80
                rest >>= 7
                position += 1
            }
            text[position] = UInt8(truncatingIfNeeded: rest)
            return position + 1
        }
    }

    /// Leaves a place for a length; what is written up to ``end(_:)`` is measured.
    ///
    /// One byte: most texts and messages are shorter than 128 bytes.
    @inline(__always)
    mutating func begin() -> Int {
        add(0)
        return count
    }

    @inline(__always)
    mutating func end(_ start: Int) {
        let length = count - start
        if length < 128 { memory[start - 1] = UInt8(length) } else { end(start, long: length) }
    }

    /// Writes a length of more than one byte, for which what it measures moves on.
    private mutating func end(_ start: Int, long length: Int) {
        let more = (UInt64.bitWidth - UInt64(length).leadingZeroBitCount - 1) / 7
        append(atMost: more) { _ in more }
        let measured = UnsafeBufferPointer(rebasing: memory[start..<start + length])
        let place = UnsafeMutableBufferPointer(rebasing: memory[(start + more)...])
        _ = place.update(fromContentsOf: measured)
        let end = count
        count = start - 1
        add(varint: UInt64(length))
        count = end
    }

    // MARK: Values

    mutating func add(_ uetr: UETR) { append(atMost: 36) { uetr.write(to: $0) } }

    mutating func add(_ bic: BIC) { append(atMost: 11) { bic.write(to: $0) } }

    /// At least so many digits.
    mutating func add(_ number: UInt64, digits: Int = 1) {
        append(atMost: 20) { text in
            let count = max(digits, decimalDigits(number))
            var rest = number
            for place in stride(from: count - 1, through: 0, by: -1) {
                text[place] = 48 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            return count
        }
    }

    /// An integer scaled by 10^fraction.
    mutating func add(decimal value: Int64, fraction: Int) {
        append(atMost: 32) { text in
            var rest = value.magnitude
            let digits = max(decimalDigits(rest), fraction + 1)
            let start = value < 0 ? 1 : 0
            if value < 0 { text[0] = UInt8(ascii: "-") }
            // The point stands before the last digits.
            let end = start + digits + (fraction > 0 ? 1 : 0)
            let point = fraction > 0 ? end - 1 - fraction : end
            for place in stride(from: end - 1, through: start, by: -1) {
                if place == point {
                    text[place] = UInt8(ascii: ".")
                } else {
                    text[place] = 48 + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
            }
            return end
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

    /// A `google.protobuf.Timestamp` as JSON has it: none, three, six or nine digits after the
    /// second.
    mutating func add(time: Timestamp) {
        let (seconds, nanoseconds) = time.parts
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
}

/// How many digits a number has: one for zero.
private func decimalDigits(_ number: UInt64) -> Int {
    var (rest, digits) = (number, 1)
    while rest >= 10_000 { (rest, digits) = (rest / 10_000, digits + 4) }
    return digits + (rest >= 1_000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
}

extension Timestamp {
    /// Whole seconds since 1970, rounded down, and the nanoseconds behind them.
    var parts: (seconds: Int64, nanoseconds: Int64) {
        let (seconds, rest) = quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0 ? (seconds - 1, rest + 1_000_000_000) : (seconds, rest)
    }
}
