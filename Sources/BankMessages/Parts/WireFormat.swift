/// Writes the bytes of protobuf messages from front to back.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    /// A field with a length: a text or a message.
    mutating func add(_ number: Int, _ content: ArraySlice<UInt8>) {
        add(varint: UInt64(number) << 3 | 2)
        add(varint: UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    mutating func add(_ number: Int, flag: Bool) {
        add(varint: UInt64(number) << 3)
        bytes.append(flag ? 1 : 0)
    }

    /// Begins a message; what is written up to ``end(_:)`` is in it.
    mutating func begin(_ number: Int) -> Int {
        add(varint: UInt64(number) << 3 | 2)
        // Most messages are shorter than 128 bytes, whose length takes one.
        bytes.append(0)
        return bytes.count
    }

    mutating func end(_ start: Int) {
        let length = bytes.count - start
        guard length >= 128 else {
            bytes[start - 1] = UInt8(length)
            return
        }
        var digits: [UInt8] = []
        var rest = length
        while rest >= 128 {
            digits.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        digits.append(UInt8(rest))
        bytes.replaceSubrange(start - 1..<start, with: digits)
    }

    /// Gives the bytes away and begins anew.
    mutating func take() -> [UInt8] {
        let made = bytes
        bytes.removeAll(keepingCapacity: true)
        return made
    }

    private mutating func add(varint value: UInt64) {
        var rest = value
        while rest >= 128 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// A field of a protobuf message.
struct WireField: BitwiseCopyable {
    let number: Int
    /// The content of a text or message; the number itself for a flag.
    let start: Int
    let end: Int
}

/// Finds the fields of protobuf messages.
struct WireScanner {
    let bytes: [UInt8]

    /// Adds the fields in a range to a list; false when the bytes cannot be followed, or have
    /// numbers or types that no message of a payment's details has.
    ///
    /// - Complexity: O(fields).
    func fields(in range: Range<Int>, to list: inout [WireField]) -> Bool {
        var position = range.lowerBound
        while position < range.upperBound {
            guard let field = next(&position, range.upperBound) else { return false }
            list.append(field)
        }
        return true
    }

    /// The field at a position, which goes behind it; nil as ``fields(in:to:)`` has it.
    func next(_ position: inout Int, _ end: Int) -> WireField? {
        guard let tag = varint(&position, end), tag >> 3 >= 1, tag >> 3 < 64 else { return nil }
        let start: Int
        switch tag & 7 {
        case 0:
            start = position
            guard varint(&position, end) != nil else { return nil }
        case 2:
            guard let length = varint(&position, end), length <= UInt64(end - position) else {
                return nil
            }
            start = position
            position += Int(length)
        default: return nil
        }
        return WireField(number: Int(tag >> 3), start: start, end: position)
    }

    private func varint(_ position: inout Int, _ end: Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
