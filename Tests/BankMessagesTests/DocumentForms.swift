import BankMessages
import Testing

/// Ways in which one message may be sent; each must be read as the same.
enum DocumentForms {
    struct Envelope: CustomTestStringConvertible, Sendable {
        var name: String
        /// Puts header (empty for none) and document into it.
        var wrap: @Sendable (_ header: String, _ document: String) -> String
        var testDescription: String { name }
    }

    struct Encoding: CustomTestStringConvertible, Sendable {
        var name: String
        /// Of a text without a declaration.
        var encode: @Sendable (String) -> [UInt8]
        var testDescription: String { name }
    }

    /// Texts that a schema's type takes in another form, and that form.
    struct Lexical: CustomTestStringConvertible, Sendable {
        var old: String
        var new: String
        var testDescription: String { "\(old) as \(new)" }
    }

    static let envelopes =
        [
            Envelope(name: "Envelope") { "<Envelope>\($0)\($1)</Envelope>" },
            Envelope(name: "document first") { "<Envelope>\($1)\($0)</Envelope>" },
            Envelope(name: "BizMsg") { "<BizMsg xmlns='urn:x'>\($0)\($1)</BizMsg>" },
            Envelope(name: "DataPDU") {
                "<Saa:DataPDU xmlns:Saa='urn:swift:saa:xsd:saa.2.0'><Saa:Revision>2.0.14"
                    + "</Saa:Revision><Saa:Body>\($0)\($1)</Saa:Body></Saa:DataPDU>"
            },
            Envelope(name: "in branches of their own") {
                "<BizMsgEnvlp><Hdr>\($0)</Hdr><Doc>\($1)</Doc></BizMsgEnvlp>"
            },
            Envelope(name: "seven deep") {
                "<a><b><c><d><e><f>\($0)\($1)</f></e></d></c></b></a>"
            },
            Envelope(name: "prefixes") { "<E>\(prefixed($0, "h"))\(prefixed($1, "doc"))</E>" },
        ] + embedded

    private static let embedded = [
        Envelope(name: "CDATA") { "<Block4>\(section($0 + $1))</Block4>" },
        Envelope(name: "CDATA with an envelope and a declaration") {
            let text = "<?xml version='1.0' encoding='UTF-16'?><M>\($0)\($1)</M>"
            return "<E><Payload>\n  \(section(text))\n  </Payload></E>"
        },
        Envelope(name: "CDATA of each") {
            "<E><Hdr>\(section($0))</Hdr><Doc>\(section($1))</Doc></E>"
        },
        Envelope(name: "header as elements, document as CDATA") {
            "<E>\($0)<Doc>\(section($1))</Doc></E>"
        },
        Envelope(name: "header as CDATA, document as elements") {
            "<E><Note>&lt;none</Note><Hdr>\(section($0))</Hdr>\($1)</E>"
        },
        Envelope(name: "escaped") { "<E><Payload>\(escaped($0 + $1))</Payload></E>" },
    ]

    private static func section(_ text: String) -> String {
        text.isEmpty ? "" : "<![CDATA[\(text)]]>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }

    /// Every element with a prefix for the namespace that was the default one.
    private static func prefixed(_ text: String, _ prefix: String) -> String {
        text.replacing("</", with: "\u{0}").replacing("<", with: "<\(prefix):")
            .replacing("\u{0}", with: "</\(prefix):")
            .replacing(" xmlns=", with: " xmlns:\(prefix)=")
    }

    static let encodings = [
        Encoding(name: "UTF-8 undeclared") { Array($0.utf8) },
        Encoding(name: "UTF-8") { Array((declaration("UTF-8") + $0).utf8) },
        Encoding(name: "utf8") { Array((declaration("utf8") + $0).utf8) },
        Encoding(name: "UTF-8 with mark") { Array(("\u{FEFF}" + declaration("UTF-8") + $0).utf8) },
        Encoding(name: "UTF-8 called utf-16") { Array((declaration("utf-16") + $0).utf8) },
        Encoding(name: "encoding among other words") {
            Array(("<?xml version='1.0' standalone='yes'?><!-- encoding='UTF-7' -->" + $0).utf8)
        },
        Encoding(name: "UTF-16 little end first") {
            utf16("\u{FEFF}" + declaration("UTF-16") + $0) { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        },
        Encoding(name: "UTF-16 big end first") {
            utf16("\u{FEFF}" + $0) { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        },
        Encoding(name: "UTF-16LE by declaration") {
            utf16(declaration("UTF-16LE") + $0) { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        },
        Encoding(name: "UTF-16BE by declaration") {
            utf16(declaration("UTF-16BE") + $0) { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        },
        Encoding(name: "ISO-8859-1") { latin(declaration("ISO-8859-1") + $0) },
        Encoding(name: "windows-1252") { latin(declaration("Windows-1252") + $0) },
        Encoding(name: "US-ASCII with numbers for letters") { text in
            let scalars = text.unicodeScalars.map {
                $0.isASCII ? String($0) : "&#\($0.value);"
            }
            return Array((declaration("US-ASCII") + scalars.joined()).utf8)
        },
    ]

    private static func declaration(_ encoding: String) -> String {
        "<?xml version=\"1.0\" encoding=\"\(encoding)\"?>\n"
    }

    private static func utf16(_ text: String, _ bytes: (UInt16) -> [UInt8]) -> [UInt8] {
        text.utf16.flatMap(bytes)
    }

    private static func latin(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8($0.value) }
    }

    static let lexicals = [
        Lexical(old: ">4931.20<", new: ">+4931.20<"), Lexical(old: ">4931.20<", new: ">4931.2<"),
        Lexical(old: ">4931.20<", new: ">\n  0004931.2000000000\t<"),
        Lexical(old: ">1000.00<", new: ">1000.<"), Lexical(old: ">0.50<", new: ">.5<"),
        Lexical(old: ">4.9312<", new: "> +04.9312 <"),
        Lexical(old: ">2026-03-02<", new: ">2026-03-02+08:00<"),
        Lexical(old: ">2026-03-02<", new: "> 2026-03-02Z\n<"),
        Lexical(old: "T09:30:00+08:00<", new: "T01:30:00.0000000000000Z<"),
        Lexical(old: "T09:30:00+08:00<", new: "T09:30:00.000+08:00 <"),
        Lexical(old: ">2026-03-03T00:00:00Z<", new: ">2026-03-02T24:00:00.0Z<"),
        Lexical(old: ">15:00:00<", new: ">\t15:00:00.00\n<"),
        Lexical(old: ">Chanthaburi Fruit Ltd<", new: ">Chanthaburi\n          Fruit\tLtd\n      <"),
        Lexical(old: ">Facture payée<", new: ">\r\n  Facture\r\n  payée\r\n<"),
        Lexical(old: ">MSG-1<", new: ">\n    MSG-1\n  <"), Lexical(old: ">SHAR<", new: "> SHAR <"),
        Lexical(old: ">true<", new: "> 1 <"),
        Lexical(old: ">CLRG<", new: ">\n CLRG<"), Lexical(old: ">1</NbOf", new: "> 1 </NbOf"),
        Lexical(old: ">BKKBTHBKXXX<", new: ">\n  BKKBTHBK\n<"),
        Lexical(old: ">0a1b2c3d-", new: ">\n  0a1b2c3d-"),
        Lexical(old: "<Purp>", new: "<!-- why --><?why not?><Purp >"),
        Lexical(old: ">GDDS<", new: "><![CDATA[GDDS]]><"),
    ]
}
