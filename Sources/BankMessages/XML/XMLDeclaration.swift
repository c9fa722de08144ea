/// The XML declaration at the start of a document, as far as it says which characters the bytes
/// are (`<?xml version="1.0" encoding="UTF-8"?>`).
struct XMLDeclaration {
    /// The value of `encoding`; nil when there is none, or no declaration.
    let encoding: String?

    /// Whether a declaration begins here.
    static func stands(in text: ArraySlice<UInt8>) -> Bool {
        guard text.starts(with: "<?xml".utf8), let next = text.dropFirst(5).first else {
            return false
        }
        return isBlank(next)
    }

    /// A declaration that is not well-formed is left to the parser, which refuses it.
    ///
    /// - Complexity: O(number of bytes of the declaration).
    init(_ text: ArraySlice<UInt8>) {
        guard XMLDeclaration.stands(in: text) else {
            encoding = nil
            return
        }
        var rest = text.dropFirst(5)
        while let (name, value) = XMLDeclaration.attribute(&rest) {
            if name == "encoding" {
                encoding = value
                return
            }
        }
        encoding = nil
    }

    /// Takes `name = "value"` off the front.
    private static func attribute(_ rest: inout ArraySlice<UInt8>) -> (String, String)? {
        rest = rest.drop(while: isBlank)
        let name = rest.prefix { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
        rest = rest.dropFirst(name.count).drop(while: isBlank)
        guard !name.isEmpty, rest.first == UInt8(ascii: "=") else { return nil }
        rest = rest.dropFirst().drop(while: isBlank)
        guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
        else { return nil }
        let value = rest.dropFirst().prefix { $0 != quote }
        rest = rest.dropFirst(value.count + 2)
        return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
    }
}
