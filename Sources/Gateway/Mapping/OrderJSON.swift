package import Domain

/// Reads payment orders in JSON of the usual form: an object of strings without escapes, none of
/// them empty, by their lowerCamelCase names, each once. SwiftProtobuf reads everything else, and
/// it is said there what is wrong.
package enum OrderJSON {
    /// The order with this UETR; nil for a text that is not of the usual form, and for an order
    /// that lacks something or has anything wrong in it.
    package static func read(_ text: UnsafeRawBufferPointer, uetr: UETR) -> OrderDraft? {
        var scanner = JSONScanner(text)
        var fields = OrderFields()
        guard scanner.takes("{") else { return nil }
        repeat {
            guard let name = scanner.string(), let field = OrderField(name: name),
                scanner.takes(":"), let value = scanner.string(), fields.set(field, value)
            else { return nil }
        } while scanner.takes(",")
        guard scanner.takes("}"), scanner.isAtEnd else { return nil }
        return fields.draft(uetr: uetr)
    }
}

/// Walks over JSON text that has objects and plain strings only.
private struct JSONScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text.assumingMemoryBound(to: UInt8.self) }

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

    /// The string that comes next; nil when it is empty or has anything but plain ASCII in it.
    mutating func string() -> UnsafeBufferPointer<UInt8>? {
        guard takes("\"") else { return nil }
        let start = position
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "\"") {
                guard position > start else { return nil }
                defer { position += 1 }
                return UnsafeBufferPointer(rebasing: text[start..<position])
            }
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\\") else { return nil }
            position += 1
        }
        return nil
    }

    private mutating func skipSpace() {
        while position < text.count, isSpace(text[position]) { position += 1 }
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
