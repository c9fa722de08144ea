/// Nasty documents as the text of an envelope's element, which are read twice, and in encodings
/// that are decoded before.
extension NastyDocuments {
    /// Every third kind of those that are UTF-8, once in a section and once as UTF-16.
    static let embedded: [NastyKind] = {
        let plain = attributes + names + markup + text + nesting + messages + broken
        let chosen = stride(from: 0, to: plain.count, by: 3).map { plain[$0] }
        return chosen.map(inSection) + chosen.map(asUTF16) + [
            alone("payloads by ten thousand", "<r>", "</r>") { _ in "<a><![CDATA[<b/>]]></a>" },
            alone("escaped payloads", "<r>", "</r>", most: 19_000) { _ in "<a>&lt;b/&gt;</a>" },
            alone("an escaped payload", "<r>", "</r>", most: 19_000) { _ in "&lt;b/&gt;" },
            alone("a payload of marks", "<r><![CDATA[", "]]></r>") { _ in "<" },
            alone("payloads inside of a payload", "<r><![CDATA[<a>", "</a>]]></r>") { _ in
                "<b>&lt;c/&gt;</b>"
            },
            alone("latin letters", "<?xml version='1.0' encoding='latin1'?><r>", "</r>") { _ in
                "<a>x</a>"
            },
        ]
    }()

    private static func inSection(_ kind: NastyKind) -> NastyKind {
        NastyKind(name: "\(kind.name), in a section") { size in
            let (start, end) = (Array("<E><![CDATA[".utf8), Array("]]></E>".utf8))
            return start + kind.make(size - start.count - end.count) + end
        }
    }

    private static func asUTF16(_ kind: NastyKind) -> NastyKind {
        NastyKind(name: "\(kind.name), as UTF-16") { size in
            let text = String(decoding: kind.make(size / 2 - 2), as: UTF8.self)
            return [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        }
    }
}
