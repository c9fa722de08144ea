internal import Hexadecimal

/// Text that is no JSON: where, and what should stand there.
struct JSONFault: Error, Equatable {
    var position: Int
    var expected: String
}

/// A string of a JSON text, from behind its opening quote to before its closing one.
struct JSONString {
    var range: Range<Int>
    var hasEscapes: Bool
}

/// What a JSON value is, by its first character.
enum JSONKind: String {
    case object = "an object"
    case list = "a list"
    case string = "a string"
    case number = "a number"
    case flag = "true or false"
    case null = "null"
}

/// Walks over JSON text (RFC 8259) once, from token to token, and builds nothing.
///
/// That the text is UTF-8 is checked by whoever makes it.
struct JSONLexer {
    let text: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return position == text.count
        }
    }

    /// Whether this character comes next; goes behind it.
    mutating func takes(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// What comes next, which is not taken.
    mutating func kind() throws(JSONFault) -> JSONKind {
        skipSpace()
        guard position < text.count else { throw fault("a value") }
        switch text[position] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .list
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .flag
        case UInt8(ascii: "n"): return .null
        default: throw fault("a value")
        }
    }

    func fault(_ expected: String) -> JSONFault {
        JSONFault(position: position, expected: expected)
    }

    // MARK: Words and numbers

    mutating func flag() throws(JSONFault) {
        guard takes(word: "true") || takes(word: "false") else { throw fault("true or false") }
    }

    mutating func takes(word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        let wanted = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= text.count, text[position..<end].elementsEqual(wanted) else { return false }
        position = end
        return true
    }

    /// The number that comes next, as written.
    mutating func number() throws(JSONFault) -> String {
        skipSpace()
        let start = position
        _ = takesByte("-")
        if !takesByte("0") { try digits() }
        if takesByte(".") { try digits() }
        if takesByte("e") || takesByte("E") {
            if !takesByte("-") { _ = takesByte("+") }
            try digits()
        }
        return String(decoding: text[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
        guard position > start else { throw fault("a digit") }
    }

    private mutating func takesByte(_ character: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    // MARK: Strings

    /// The string that comes next.
    mutating func string() throws(JSONFault) -> JSONString {
        guard takes("\"") else { throw fault("a string") }
        let start = position
        var hasEscapes = false
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                position += 1
                return JSONString(range: start..<position - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case 0..<0x20: throw fault("an escape instead of a control character")
            default: position += 1
            }
        }
        throw fault("the string's closing quote")
    }

    private mutating func skipEscape() throws(JSONFault) {
        let start = position
        position += 1
        guard position < text.count else { throw fault("the string's closing quote") }
        switch text[position] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position = start
            let first = try escapedUnit()
            guard (0xD800...0xDFFF).contains(first) else { return }
            guard first < 0xDC00, position < text.count, text[position] == UInt8(ascii: "\\"),
                case 0xDC00...0xDFFF = try escapedUnit()
            else {
                position = start
                throw fault("a whole character instead of half a surrogate pair")
            }
        default: throw fault("an escape of JSON")
        }
    }

    /// The code unit of `\uXXXX`.
    private mutating func escapedUnit() throws(JSONFault) -> UInt32 {
        guard position + 6 <= text.count, text[position + 1] == UInt8(ascii: "u") else {
            throw fault("\\u and four hexadecimal digits")
        }
        var unit: UInt32 = 0
        for byte in text[position + 2..<position + 6] {
            guard let digit = hexadecimalValue(of: byte) else {
                throw fault("\\u and four hexadecimal digits")
            }
            unit = unit << 4 | UInt32(digit)
        }
        position += 6
        return unit
    }

    /// The bytes of a string as they stand in the text.
    func bytes(_ string: JSONString) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: text[string.range])
    }

    /// What a string says, its escapes resolved.
    func value(_ string: JSONString) -> String {
        guard string.hasEscapes else {
            return String(decoding: text[string.range], as: UTF8.self)
        }
        var units: [UInt16] = []
        var plain = string.range.lowerBound
        var at = plain
        while at < string.range.upperBound {
            guard text[at] == UInt8(ascii: "\\") else {
                at += 1
                continue
            }
            units += String(decoding: text[plain..<at], as: UTF8.self).utf16
            let (unit, length) = escape(at: at)
            units.append(unit)
            at += length
            plain = at
        }
        units += String(decoding: text[plain..<at], as: UTF8.self).utf16
        return String(decoding: units, as: UTF16.self)
    }

    /// The code unit of an escape that ``string()`` has checked, and its length in bytes.
    private func escape(at start: Int) -> (unit: UInt16, length: Int) {
        switch text[start + 1] {
        case UInt8(ascii: "b"): return (0x08, 2)
        case UInt8(ascii: "f"): return (0x0C, 2)
        case UInt8(ascii: "n"): return (0x0A, 2)
        case UInt8(ascii: "r"): return (0x0D, 2)
        case UInt8(ascii: "t"): return (0x09, 2)
        case UInt8(ascii: "u"):
            let digits = text[start + 2..<start + 6]
            return (digits.reduce(0) { $0 << 4 | UInt16(hexadecimalValue(of: $1) ?? 0) }, 6)
        case let byte: return (UInt16(byte), 2)
        }
    }

    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
