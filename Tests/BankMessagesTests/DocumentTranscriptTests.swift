import BankMessages
import Domain
import Testing

/// Bytes that are no message, and the sentence that their sender gets; each must be true.
@Suite("What the sender of something else is told")
struct DocumentTranscriptTests {
    private static func latin(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8($0.value) }
    }

    private static func declared(_ encoding: String, _ text: String = "<x/>") -> String {
        "<?xml version='1.0' encoding='\(encoding)'?>\(text)"
    }

    private static let documents: [(bytes: [UInt8], sentence: String)] = [
        ([0x1F, 0x8B, 8, 0], "The document is compressed (gzip); send it as plain XML."),
        ([0x50, 0x4B, 3, 4, 0], "The document is a ZIP archive; send it as plain XML."),
        (Array("%PDF-1.7".utf8), "The document is PDF; send it as plain XML."),
        ([0xFF, 0xFE, 0, 0, 0x3C, 0, 0, 0], "The document is UTF-32; send it as plain XML."),
        ([0x4C, 0x6F, 0xA7, 0x94], "The document is EBCDIC; send it as plain XML."),
        (
            latin("<x>\u{E9}</x>"),
            "The document has no encoding declared, and its bytes are no UTF-8; declare its "
                + "encoding, or send UTF-8."
        ),
        (
            latin(declared("UTF-8", "<x>\u{E9}</x>")),
            "The document declares UTF-8, and its bytes are no UTF-8; declare its encoding, or "
                + "send UTF-8."
        ),
        (
            latin(declared("UTF-16", "<x>\u{E9}</x>")),
            "The document declares UTF-16 without being it, and its bytes are no UTF-8; declare "
                + "its encoding, or send UTF-8."
        ),
        (
            latin(declared("US-ASCII", "<x>\u{E9}</x>")),
            "The document declares US-ASCII, but has bytes that are none; declare its encoding."
        ),
        (
            Array(declared("GB18030").utf8),
            "The document declares encoding GB18030, which is not read here; send UTF-8, UTF-16, "
                + "ISO-8859-1, windows-1252 or US-ASCII."
        ),
        (
            Array(declared("UTF-7").utf8),
            "The document declares encoding UTF-7, which is not read here; send UTF-8, UTF-16, "
                + "ISO-8859-1, windows-1252 or US-ASCII."
        ),
        (
            [0xFE, 0xFF, 0, 0x3C, 0xD8, 0, 0, 0x3E],
            "The document is UTF-16 with half a character in it; send it whole."
        ),
        (
            declared("UTF-8").utf16.flatMap { [UInt8($0 & 0xFF), 0] },
            "The document is UTF-16, but declares encoding UTF-8; correct one."
        ),
        (Array("<x>\u{0}</x>".utf8), "The document has zero bytes, which no XML document has."),
        (
            Array("<E><P>&lt;Document&gt;&lt;/P&gt;</P></E>".utf8),
            "The text of P, read as a document: The document is not well-formed XML: line 1: "
                + "an end tag is not that of the open element."
        ),
        (
            Array("<E><P>&lt;M&gt;&amp;lt;Document/&amp;gt;&lt;/M&gt;</P></E>".utf8),
            "There is no element Document in Envelope."
        ),
        (
            Array("<E><P><![CDATA[<Document/>]]></P><P><![CDATA[<Document/>]]></P></E>".utf8),
            "The text holds several messages; send one AppHdr and one Document."
        ),
        (
            Array("<E><AppHdr/><P><AppHdr/></P><Document/></E>".utf8),
            "The text holds several messages; send one AppHdr and one Document."
        ),
    ]

    @Test("The sentence", arguments: documents.indices)
    func transcript(place: Int) {
        let (bytes, sentence) = Self.documents[place]
        let refused = #expect(throws: MessageRejection.self) { try BankMessage(xml: bytes) }
        #expect(refused?.sentence == sentence)
        #expect(refused?.path == "/" && refused?.code == .invalidFileFormat)
    }

    @Test("windows-1252 has signs where ISO-8859-1 has control characters")
    func windows() throws {
        let text = samplePacs008.replacing("Invoice 17 &amp; 18", with: "10 \u{80}")
            .replacing("encoding=\"UTF-8\"", with: "encoding=\"windows-1252\"")
        let read = try creditTransfers(Self.latin(text)).transactions[0].get()
        #expect(read.remittanceInformation.unstructured == ["10 €"])
        let latin = text.replacing("windows-1252", with: "ISO-8859-1")
        let refused = try creditTransfers(Self.latin(latin)).transactions[0]
        guard case .failure(let error) = refused else {
            Issue.record("a control character was taken")
            return
        }
        #expect(error.sentence == "Ustrd holds a line break or a control character.")
    }

    @Test("Other encodings are bounded as UTF-8 too")
    func bound() {
        let letters = String(repeating: "<a>\u{E9}\u{E9}\u{E9}\u{E9}</a>", count: 140_000)
        let text = Self.declared("ISO-8859-1", "<r>\(letters)</r>")
        let refused = #expect(throws: MessageRejection.self) {
            try BankMessage(xml: Self.latin(text))
        }
        #expect(refused?.cause == .tooLarge && refused?.sentence.contains("as UTF-8") == true)
    }

    @Test("An account without a number is an account in the versions that allow it")
    func accountByProxy() throws {
        let text = samplePacs009.replacing("<Id><Othr><Id>VOSTRO-7</Id></Othr></Id>", with: "")
        guard case .failure(let error) = try creditTransfers(Array(text.utf8)).transactions[0]
        else { throw MessageWritingError(path: "", sentence: "the account was taken") }
        #expect(error.path == "/Document/FICdtTrf/CdtTrfTxInf[1]/DbtrAcct/Id")
        let newer = text.replacing("pacs.009.001.08", with: "pacs.009.001.10")
        #expect(try instructions(newer)[0].payCurrency == .cny)
    }

    @Test("A rate that was agreed before is the rate, unless it is quoted the other way round")
    func agreedRate() throws {
        for (unit, rate) in [("CNY", "4.9312"), ("THB", nil)] {
            let agreed = """
                <AgrdRate><UnitCcy>\(unit)</UnitCcy><PreAgrdXchgRate>4.9312</PreAgrdXchgRate>
                </AgrdRate>
                """
            let text = samplePacs008.replacing("pacs.008.001.08", with: "pacs.008.001.13")
                .replacing("<XchgRate>4.9312</XchgRate>", with: agreed)
            let transfer = try creditTransfers(Array(text.utf8)).transactions[0].get()
            #expect(transfer.exchangeRate == rate.flatMap { ExchangeRate($0) })
            #expect(try instructions(text)[0].limit?.decimal == "4.9312")
        }
    }
}
