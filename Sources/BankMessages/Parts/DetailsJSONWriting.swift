/// The details of a transfer as JSON: all that goes on record, and what of it makes another
/// payment.
package struct DetailsText: Equatable, Sendable {
    package var record: [UInt8]
    /// Nil where that is all of the record.
    package var content: [UInt8]?
}

/// A field of `PaymentDetails` that is told of when the text is made.
package struct DetailsAddition: Sendable {
    package enum Field: Int, Sendable {
        case messageID = 8
        case interbankSettlementDate = 12
        case originatingBank = 30
        case payerCode = 31
        case creditorCode = 32
        case messageName = 53
    }

    let field: Field
    /// What stands there; nil for what the transfer says, empty for nothing.
    let value: String?
    let isContent: Bool

    /// - Parameter isContent: whether a payment that differs in it alone is another payment.
    package init(_ field: Field, _ value: String?, isContent: Bool) {
        self.field = field
        self.value = value
        self.isContent = isContent
    }
}

extension TransferDetails {
    /// The details of a transfer that was read as the JSON text that a protobuf library makes of
    /// them, byte for byte.
    ///
    /// - Parameter additions: in the order of their numbers.
    /// - Returns: nil for bytes that no transfer was read into: with fields out of order or
    ///   unknown.
    /// - Complexity: O(bytes).
    package static func text(of bytes: [UInt8], _ additions: [DetailsAddition]) -> DetailsText? {
        var writer = DetailsJSONWriter(bytes)
        return writer.details(additions)
    }
}

/// Writes JSON of details: by the names of the tables, without building anything in between.
///
/// Each field and value is written with a comma behind it; the last comma becomes a bracket.
private struct DetailsJSONWriter {
    private let scanner: WireScanner
    private var text: [UInt8] = []

    init(_ bytes: [UInt8]) {
        scanner = WireScanner(bytes: bytes)
        text.reserveCapacity(2 * bytes.count + 256)
    }

    // MARK: Messages

    mutating func details(_ additions: [DetailsAddition]) -> DetailsText? {
        let end = scanner.bytes.count
        var position = 0
        var kept = 1
        var content: [UInt8] = [UInt8(ascii: "{")]
        text.append(UInt8(ascii: "{"))
        for addition in additions {
            guard addFields(&position, end, .details, below: addition.field.rawValue) else {
                return nil
            }
            let start = text.count
            guard add(addition, &position, end) else { return nil }
            guard !addition.isContent, text.count > start else { continue }
            content += text[kept..<start]
            kept = text.count
        }
        guard addFields(&position, end, .details), position == end else { return nil }
        content += text[kept...]
        close(with: UInt8(ascii: "}"), &text)
        guard kept > 1 else { return DetailsText(record: text) }
        close(with: UInt8(ascii: "}"), &content)
        return DetailsText(record: text, content: content)
    }

    /// The field with the value that is given, or as the transfer has it.
    private mutating func add(
        _ addition: DetailsAddition, _ position: inout Int, _ end: Int
    ) -> Bool {
        guard var value = addition.value else {
            return addFields(&position, end, .details, below: addition.field.rawValue + 1)
        }
        guard let field = DetailsShape.details[addition.field.rawValue] else { return false }
        if !value.isEmpty {
            text += field.key
            value.withUTF8 { add(string: $0) }
        }
        return true
    }

    /// The fields of a message from a position on, as far as their numbers are below a bound; false
    /// for what is out of order or unknown.
    private mutating func addFields(
        _ position: inout Int, _ end: Int, _ shape: DetailsShape, below bound: Int = 64
    ) -> Bool {
        var last = 0
        var list = false
        while position < end {
            var behind = position
            guard let found = scanner.next(&behind, end), let field = shape[found.number] else {
                return false
            }
            guard found.number < bound else { break }
            if found.number != last || !list {
                guard found.number > last else { return false }
                if list { close(with: UInt8(ascii: "]")) }
                (last, list) = (found.number, field.isRepeated)
                text += field.key
                if list { text.append(UInt8(ascii: "[")) }
            }
            guard addValue(found, field) else { return false }
            position = behind
        }
        if list { close(with: UInt8(ascii: "]")) }
        return true
    }

    private mutating func addValue(_ found: WireField, _ field: DetailsShape.Field) -> Bool {
        switch field.kind {
        case .text:
            scanner.bytes[found.start..<found.end].withUnsafeBufferPointer { add(string: $0) }
        case .flag:
            guard found.start < found.end else { return false }
            text += scanner.bytes[found.start] == 0 ? "false,".utf8 : "true,".utf8
        case .message(let shape):
            text.append(UInt8(ascii: "{"))
            var position = found.start
            guard addFields(&position, found.end, shape) else { return false }
            close(with: UInt8(ascii: "}"))
        }
        return true
    }

    // MARK: Words

    /// Ends an object or a list inside of another.
    private mutating func close(with bracket: UInt8) {
        close(with: bracket, &text)
        text.append(UInt8(ascii: ","))
    }

    private func close(with bracket: UInt8, _ text: inout [UInt8]) {
        if text.last == UInt8(ascii: ",") {
            text[text.count - 1] = bracket
        } else {
            text.append(bracket)
        }
    }

    /// A string of UTF-8.
    private mutating func add(string value: UnsafeBufferPointer<UInt8>) {
        text.append(UInt8(ascii: "\""))
        if value.contains(where: needsLook) {
            addEscaped(value)
        } else {
            text.append(contentsOf: value)
        }
        text.append(UInt8(ascii: "\""))
        text.append(UInt8(ascii: ","))
    }

    /// Whether a byte may begin a character that is not written as it is.
    private func needsLook(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
            || byte == 0xC2
    }

    /// Control characters (C0, DEL, C1), quotes and backslashes have escapes.
    private mutating func addEscaped(_ value: UnsafeBufferPointer<UInt8>) {
        var place = 0
        while place < value.count {
            let byte = value[place]
            place += 1
            switch byte {
            case 0x08: text += "\\b".utf8
            case 0x09: text += "\\t".utf8
            case 0x0A: text += "\\n".utf8
            case 0x0C: text += "\\f".utf8
            case 0x0D: text += "\\r".utf8
            case UInt8(ascii: "\""): text += "\\\"".utf8
            case UInt8(ascii: "\\"): text += "\\\\".utf8
            case 0..<0x20, 0x7F: add(code: byte)
            case 0xC2 where place < value.count && value[place] < 0xA0:
                // The second byte of C1 is its number.
                add(code: value[place])
                place += 1
            default: text.append(byte)
            }
        }
    }

    private mutating func add(code: UInt8) {
        text += "\\u00".utf8
        for digit in [code >> 4, code & 0xF] { text.append(digit < 10 ? 48 + digit : 55 + digit) }
    }
}
