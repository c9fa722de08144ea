/// A message that is the text of elements of its envelope: in CDATA sections, or with its marks
/// escaped. Header and document may be in one text, one after the other, or each in its own.
struct EmbeddedPayload {
    /// UTF-8; all texts, each without its XML declaration, as children of one root.
    let text: [UInt8]
    private let places: [String]

    /// Nil when no element's text begins like XML, or beside a document that was found none that
    /// may be its header.
    ///
    /// - Complexity: O(number of elements and bytes of their texts).
    init?(in root: XMLElement, beside document: XMLElement?) {
        var places: [String] = []
        var text = Array("<Envelope>".utf8)
        root.forEachElement { element in
            let bytes = element.textBytes.drop(while: isBlank)
            guard bytes.first == UInt8(ascii: "<") else { return }
            if let document {
                guard !document.contains(element), bytes.contains(Array("AppHdr".utf8)) else {
                    return
                }
            }
            places.append(element.name)
            text += EmbeddedPayload.withoutDeclaration(bytes)
        }
        guard !places.isEmpty else { return nil }
        self.text = text + Array("</Envelope>".utf8)
        self.places = places
    }

    /// The encoding that it declares is not that of the envelope, whose characters it is made of.
    private static func withoutDeclaration(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard XMLDeclaration.stands(in: bytes),
            let end = bytes.firstRange(of: Array("?>".utf8))
        else { return bytes }
        return bytes[end.upperBound...]
    }

    /// What is wrong with the text, and where the text is.
    func rejection(_ error: MessageRejection) -> MessageRejection {
        var rejection = error
        let names = places.prefix(2).map { cut($0, to: 64) }.joined(separator: " and ")
        rejection.sentence = "The text of \(names), read as a document: \(error.sentence)"
        return rejection
    }
}
