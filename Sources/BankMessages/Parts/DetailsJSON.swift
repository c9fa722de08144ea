/// Reads details as the record has them, JSON as a protobuf library writes it, into the bytes of
/// their message: by the names of the tables, without building anything in between.
struct DetailsJSON {
    private let text: [UInt8]
    private var position = 0
    private var wire = WireWriter()

    /// Nil for JSON of any other make: with white space, unknown names or odd escapes.
    ///
    /// - Complexity: O(length).
    static func bytes(_ json: String) -> [UInt8]? {
        var reader = DetailsJSON(text: Array(json.utf8))
        guard reader.readObject(.details), reader.position == reader.text.count else { return nil }
        return reader.wire.bytes
    }

    private init(text: [UInt8]) { self.text = text }

    // MARK: Messages

    private mutating func readObject(_ shape: DetailsShape) -> Bool {
        guard takes("{") else { return false }
        if takes("}") { return true }
        var place = 0
        repeat {
            guard let name = readPlainString(), takes(":"),
                let found = shape.place(of: name, from: place), readField(shape.fields[found])
            else { return false }
            place = found
        } while takes(",")
        return takes("}")
    }

    private mutating func readField(_ field: DetailsShape.Field) -> Bool {
        guard field.isRepeated else { return readValue(field) }
        guard takes("[") else { return false }
        if takes("]") { return true }
        repeat {
            guard readValue(field) else { return false }
        } while takes(",")
        return takes("]")
    }

    private mutating func readValue(_ field: DetailsShape.Field) -> Bool {
        switch field.kind {
        case .text: return readText(field)
        case .flag:
            if takes("true") {
                wire.add(field.number, flag: true)
                return true
            }
            guard takes("false") else { return false }
            wire.add(field.number, flag: false)
            return true
        case .message(let shape):
            let start = wire.begin(field.number)
            guard readObject(shape) else { return false }
            wire.end(start)
            return true
        }
    }

    // MARK: Words

    private mutating func takes(_ word: StaticString) -> Bool {
        let end = position + word.utf8CodeUnitCount
        guard end <= text.count else { return false }
        for offset in 0..<word.utf8CodeUnitCount
        where text[position + offset] != word.utf8Start[offset] {
            return false
        }
        position = end
        return true
    }

    /// A string without escapes.
    private mutating func readPlainString() -> ArraySlice<UInt8>? {
        guard takes("\"") else { return nil }
        let start = position
        while position < text.count, text[position] != UInt8(ascii: "\""),
            text[position] != UInt8(ascii: "\\")
        {
            position += 1
        }
        let end = position
        return takes("\"") ? text[start..<end] : nil
    }

    /// As protobuf has it, a text that is empty is not there, unless it is one of several.
    private mutating func readText(_ field: DetailsShape.Field) -> Bool {
        let start = position
        if let plain = readPlainString() {
            if field.isRepeated || !plain.isEmpty { wire.add(field.number, plain) }
            return true
        }
        position = start
        guard let value = readEscapedString() else { return false }
        wire.add(field.number, value[...])
        return true
    }

    private mutating func readEscapedString() -> [UInt8]? {
        guard takes("\"") else { return nil }
        var value: [UInt8] = []
        while position < text.count {
            let byte = text[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return value
            case UInt8(ascii: "\\"):
                guard let scalar = readEscape() else { return nil }
                value.append(contentsOf: String(scalar).utf8)
            default: value.append(byte)
            }
        }
        return nil
    }

    private mutating func readEscape() -> Unicode.Scalar? {
        guard position < text.count else { return nil }
        position += 1
        let mark = text[position - 1]
        switch mark {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"): return readUnit().flatMap { Unicode.Scalar($0) }
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(mark)
        default: return nil
        }
    }

    /// Four digits; half a surrogate pair is no scalar, and whole ones are written as UTF-8.
    private mutating func readUnit() -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        let digits = String(decoding: text[position..<position + 4], as: UTF8.self)
        position += 4
        return UInt32(digits, radix: 16)
    }
}
