/// A number in decimal digits without leading zeros, as all forms here write them.
struct PlainNumber {
    let value: UInt64

    /// Nil for another form, and beyond 64 bits.
    init?(_ text: some StringProtocol) { self.init(utf8: text.utf8) }

    init?(utf8 digits: some Collection<UInt8>) {
        guard (1...20).contains(digits.count), digits.count == 1 || digits.first != 0x30 else {
            return nil
        }
        var value: UInt64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit - 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        self.value = value
    }
}

/// Takes a text apart into lines, each of which ends in a line feed.
struct TextLines {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next line without its end; nil where none ends any more.
    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: lineFeed) else { return nil }
        let line = rest[rest.startIndex..<end]
        rest = rest[(end + 1)...]
        return line
    }

    /// What stands behind these words on the next line; nil, and the line is still to come, when it
    /// begins otherwise.
    mutating func next(after words: String) -> ArraySlice<UInt8>? {
        var ahead = self
        guard let line = ahead.next(), line.starts(with: words.utf8) else { return nil }
        self = ahead
        return line.dropFirst(words.utf8.count)
    }
}

let lineFeed: UInt8 = 0x0A

/// A string of UTF-8; nil for bytes that are not.
func validText(_ bytes: some Collection<UInt8>) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.utf8.elementsEqual(bytes) ? text : nil
}
