import BankMessages
internal import Chance
import Testing

@Suite("Documents that mean harm, or are no documents")
struct HostileDocumentTests {
    private func cause(_ text: String) -> RejectionCause? {
        rejection(text)?.cause
    }

    @Test("Billion laughs")
    func billionLaughs() {
        var entities = "<!ENTITY l0 \"lol\">"
        for level in 1...9 {
            let references = String(repeating: "&l\(level - 1);", count: 10)
            entities += "<!ENTITY l\(level) \"\(references)\">"
        }
        #expect(cause("<!DOCTYPE x [\(entities)]><x>&l9;</x>") == .documentType)
    }

    @Test("External entity and external subset")
    func externalEntity() {
        let local = "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>"
        #expect(cause(local) == .documentType)
        let remote = "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\"><x/>"
        #expect(cause(remote) == .documentType)
        #expect(
            cause("<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1:9/\"> %p;]><x/>")
                == .documentType)
    }

    @Test("Only UTF-8 reaches the parser, so nothing hides in another encoding")
    func otherEncodings() {
        let text = "\u{FEFF}<!DOCTYPE x [<!ENTITY e \"a\">]><x>&e;</x>"
        let bytes = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let refused = #expect(throws: MessageRejection.self) { try BankMessage(xml: bytes) }
        #expect(refused?.cause == .documentType)
        let latin = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!DOCTYPE x><x/>"
        #expect(cause(latin) == .documentType)
        #expect(cause("<x>\u{0}</x>") == .notWellFormed)
    }

    /// The parser compares attributes with each other: it must not see very many of them.
    @Test("A long start tag is refused before the parser, whatever its quotes say")
    func longStartTags() {
        let attributes = (0..<100_000).map { " a\($0)='>'" }.joined()
        #expect(cause("<x\(attributes)/>") == .tooLarge)
        let spaces = (0..<50_000).map { " xmlns:a\($0)=\"u\"" }.joined()
        #expect(cause("<x\(spaces)/>") == .tooLarge)
        #expect(cause("<!-- \(attributes) --><y/>") != .tooLarge)
    }

    /// What looks like a tag or a quote where none can be must not hide what comes after it.
    @Test(
        "Attributes hide behind nothing",
        arguments: [
            "<!-- <a -->", "<!-- <a b=' -->", "<!-- \" -->", "<?p <a \"?>", "<?p?>\n\n<!--'-->",
            "<?xml version='1.0' encoding='utf-8' standalone='yes'?><?q <b c='?>",
            "<r a='>'><![CDATA[<b ' \" ]]>", "<r>' \"", "<r a=\"'\" b='\"'/><!--", "<r><s/ >",
            "\u{FEFF}<!-- <a \" -->", "<r b = '/>'><!--> ' -->", "<r><![CDATA[]]]]><!--<a '-->",
        ])
    func hiding(start: String) {
        let attributes = (0..<200_000).map { " a\($0)=''" }.joined()
        for text in ["\(start)<x\(attributes)/>", "\(start)<x\(attributes)"] {
            let cause = cause(text)
            #expect(
                cause == .tooLarge || cause == .notWellFormed,
                "\(start): \(String(describing: cause))")
        }
    }

    @Test("The parser ends at the first fault, whatever follows")
    func firstFault() {
        let faults = String(repeating: "<p:a/>", count: 30_000)
        #expect(
            rejection("<r>\n\(faults)</r>")?.sentence
                == "The document is not well-formed XML: line 2: a prefix has no namespace.")
        #expect(
            rejection("<r><a></b><c></d></r>")?.sentence
                == "The document is not well-formed XML: line 1: an end tag is not that of the "
                + "open element.")
        #expect(rejection("<r>&e;&f;<!-- -- --></r>")?.sentence.contains("XML's five") == true)
    }

    @Test("Each bound is kept by one less and broken by one more")
    func eachBound() {
        func element(_ count: Int, _ unit: (Int) -> String) -> RejectionCause? {
            cause("<r>\((0..<count).map(unit).joined())</r>")
        }
        let units: [(bound: Int, unit: (Int) -> String)] = [
            (99_999, { _ in "<a/>" }), (40_000, { _ in "<!---->" }), (40_000, { _ in "<?r?>" }),
            (40_000, { _ in "<r>&amp;</r>" }), (40_000, { _ in "<a b=''/>" }),
            (1_023, { "<a\($0)/>" }), (4_096, { "<r xmlns='u:\($0)'/>" }),
        ]
        for (index, (bound, unit)) in units.enumerated() {
            #expect(element(bound, unit) == .envelope, "\(index)")
            #expect(element(bound + 1, unit) == .tooLarge, "\(index)")
        }
        let longest = String(repeating: "n", count: 256)
        #expect(cause("<\(longest)/>") == .envelope)
        #expect(cause("<\(longest)n/>") == .tooLarge)
        let spaces = (0..<64).map { "<a xmlns:p\($0)='u:\($0)'>" }
        #expect(cause(spaces.prefix(40).joined()) == .notWellFormed)
        let blanks = String(repeating: " ", count: 8_188)
        #expect(cause("<a\(blanks)/>") == .envelope)
        #expect(cause("<a \(blanks)/>") == .tooLarge)
        #expect(cause("<a></a\(blanks)>") == .envelope)
        #expect(cause("<a></a  \(blanks)>") == .tooLarge)
    }

    @Test("Letters written as numbers are bounded by the bytes alone")
    func lettersByNumber() throws {
        let name = (0..<140).map { _ in "&#x9F99;" }.joined()
        let one = "<Dbtr><Nm>\(name)</Nm></Dbtr>"
        let more = String(repeating: "<Ustrd>\(name)</Ustrd>", count: 1_500)
        let text = samplePacs008.replacing(
            "<Dbtr><Nm>Guangzhou Longan Import Co</Nm></Dbtr>", with: one
        )
        .replacing("</RmtInf>", with: more + "</RmtInf>")
        let read = try instructions(text)
        #expect(read[0].details.debtor.name == String(repeating: "龙", count: 140))
    }

    @Test("Undeclared entities are no text")
    func undeclaredEntity() {
        #expect(cause("<x>&e;</x>") == .notWellFormed)
    }

    @Test("Deep nesting, huge text, huge attributes, very many elements")
    func bounds() {
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(cause(deep) == .tooDeep)
        let long = String(repeating: "x", count: 1_000_000)
        #expect(cause("<a>\(long)</a>") == .textTooLong)
        #expect(cause("<a b=\"\(long)\"/>") == .tooLarge)
        #expect(cause("<a><![CDATA[\(long)]]></a>") == .textTooLong)
        let many = String(repeating: "<a/>", count: 125_000)
        #expect(cause("<r>\(many)</r>") == .tooLarge)
        let attributes = (0..<1_000).map { " a\($0)=\"\"" }.joined()
        #expect(cause("<a\(attributes)/>") == .tooLarge)
        #expect(cause("<a>\(long)\(long)\(long)</a>") == .tooLarge)
    }

    @Test(
        "No document",
        arguments: ["", " ", "{}", "<a>", "<a></b>", "<a/><b/>", "<p:a/>", "\u{0}", "<a>\u{1}</a>"])
    func notWellFormed(text: String) {
        let refused = rejection(text)
        #expect(refused?.cause == .notWellFormed)
        #expect(refused?.code == .invalidFileFormat)
        #expect(refused?.path == "/")
    }

    @Test("Five thousand mutations of a valid message give a message or a rejection")
    func mutations() {
        var generator = SplitMix64(seed: 5_000)
        let sources = [samplePacs008, samplePacs009].map { Array($0.utf8) }
        var counts = (read: 0, refused: 0)
        var causes: [RejectionCause: Int] = [:]
        for round in 0..<5_000 {
            let mutated = mutate(sources[round % 2], using: &generator)
            do {
                let message = try creditTransfers(mutated)
                for case .failure(let error) in message.paymentInstructions {
                    #expect(error.path.hasPrefix("/") && !error.sentence.isEmpty)
                }
                counts.read += 1
            } catch {
                #expect(error.path.hasPrefix("/") && !error.sentence.isEmpty)
                counts.refused += 1
                causes[error.cause, default: 0] += 1
            }
        }
        print("5,000 mutations: \(counts.read) read, \(counts.refused) refused")
        for (cause, count) in causes.sorted(by: { $0.value > $1.value }) {
            print("    \(count) \(cause)")
        }
        #expect(counts.read + counts.refused == 5_000 && counts.read > 100 && counts.refused > 100)
    }

    private func mutate(_ source: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
        var bytes = source
        let here = Int.random(in: 0..<bytes.count, using: &generator)
        let printable = UInt8.random(in: 0x20...0x7E, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
            }
        case 1: bytes.removeLast(here)
        case 2: bytes[here] = UInt8.random(in: 0...255, using: &generator)
        case 3: bytes[here] = printable
        case 4: bytes.insert(printable, at: here)
        case 5: bytes.removeSubrange(here..<min(bytes.count, here + 12))
        case 6: bytes = changeLine(bytes, using: &generator)
        default: bytes = swapTags(bytes, using: &generator)
        }
        return bytes
    }

    /// Takes a line out, or puts one in a second time elsewhere.
    private func changeLine(_ bytes: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"))
        let place = lines.indices.randomElement(using: &generator)!
        if Bool.random(using: &generator) {
            lines.remove(at: place)
        } else {
            lines.insert(lines.randomElement(using: &generator)!, at: place)
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    /// Exchanges the names of two elements everywhere.
    private func swapTags(_ bytes: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
        let names = [
            "PmtId", "UETR", "Dbtr", "Cdtr", "IntrBkSttlmAmt", "EndToEndId", "GrpHdr", "MsgId",
            "CdtTrfTxInf", "Document", "FinInstnId", "Othr", "NbOfTxs", "AppHdr", "Id",
        ]
        let first = names.randomElement(using: &generator)!
        let second = names.randomElement(using: &generator)!
        let words = String(decoding: bytes, as: UTF8.self).split(
            separator: "<", omittingEmptySubsequences: false)
        let swapped = words.map { word -> String in
            for (old, new) in [(first, second), (second, first)] {
                for lead in ["", "/"] where word.hasPrefix(lead + old) {
                    let rest = word.dropFirst(lead.count + old.count)
                    if rest.hasPrefix(">") || rest.hasPrefix(" ") { return lead + new + rest }
                }
            }
            return String(word)
        }
        return Array(swapped.joined(separator: "<").utf8)
    }
}
