import BankMessages
import Domain
import Foundation
import Testing

@Suite("camt statements in their forms")
struct CamtFormTests {
    @Test("All three messages in versions 02 to 14", arguments: 2...14)
    func versions(version: Int) {
        for (name, kind, format) in [
            ("camt.052", .interim, .camt052), ("camt.053", .booked, .camt053),
            ("camt.054", .notification, .camt054),
        ] as [(String, StatementKind, StatementFormat)] {
            var sample = CamtSample()
            sample.message = "\(name).001.\(version < 10 ? "0" : "")\(version)"
            let head = sample.reading.tally.statements.first?.head
            #expect(sample.reading.isClean, "\(sample.reading.codes)")
            #expect(head?.kind == kind && head?.format == format)
            #expect(head?.messageName == sample.message)
        }
    }

    /// What banks and their programs put around a message.
    @Test("Wrapped, prefixed, without a namespace, behind empty lines: the same is read")
    func wrappings() {
        let plain = CamtSample().text
        let expected = FileReading(plain).events
        let header = "<AppHdr xmlns=\"urn:iso:std:iso:20022:tech:xsd:head.001.001.02\"/>"
        let prefixed = plain.replacing("</", with: "\u{1}").replacing("<", with: "<n:")
            .replacing("\u{1}", with: "</n:").replacing("xmlns=", with: "xmlns:n=")
        for text in [
            "<Envelope>\(header)\(plain)</Envelope>",
            "<RequestPayload>\n\(header)\n\(plain)\n</RequestPayload>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- from a bank -->\n\(plain)",
            "\r\n  \r\n\(plain)", "\u{FEFF}\(plain)", prefixed,
            "<saa:DataPDU xmlns:saa=\"urn:x\"><saa:Body>\(prefixed)</saa:Body></saa:DataPDU>",
            plain.replacing("\n", with: "\r\n"), plain.replacing("\n", with: "\r"),
            plain.replacing("\n", with: ""),
            plain.replacing("</Ntry>", with: "<SplmtryData><Amt>1</Amt></SplmtryData></Ntry>"),
        ] {
            let read = FileReading(text)
            #expect(read.events == expected && read.isClean, "\(text.prefix(80))")
        }
        let bare = FileReading(plain.replacing(#/ xmlns="[^"]+"/#, with: ""))
        #expect(bare.tally.statements.first?.head.messageName == "camt.053")
        #expect(bare.lines == FileReading(plain).lines)
    }

    @Test("Encodings by mark, by declaration and by agreement")
    func encodings() throws {
        var sample = CamtSample()
        sample.entries = [
            CamtSample.entry(
                "50.25", "CRDT", inside: "<AddtlNtryInf>Müller \u{20AC} 銀行 𝄞</AddtlNtryInf>")
        ]
        func declared(_ name: String, _ text: String) -> String {
            "<?xml version=\"1.0\" encoding=\"\(name)\"?>\n\(text)"
        }
        func told(_ bytes: [UInt8], _ agreed: StatementEncoding? = nil) -> String? {
            var options = StatementReadingOptions()
            options.encoding = agreed
            for piece in [1, 5, 4_096, .max] {
                let read = FileReading(bytes, options: options, piece: piece)
                guard read.refusal == nil else { return read.refusal?.sentence }
                guard read.isClean, let text = read.lines.first?.text else { return nil }
                if piece == .max { return text }
            }
            return nil
        }
        func encoded(_ text: String, _ encoding: String.Encoding) throws -> [UInt8] {
            [UInt8](try #require(text.data(using: encoding)))
        }
        let (wide, text) = ("Müller \u{20AC} 銀行 𝄞", sample.text)
        #expect(told(Array(text.utf8)) == wide)
        #expect(told([0xEF, 0xBB, 0xBF] + Array(declared("UTF-8", text).utf8)) == wide)
        for (mark, encoding) in [
            ([0xFF, 0xFE], .utf16LittleEndian), ([0xFE, 0xFF], .utf16BigEndian),
            ([], .utf16BigEndian), ([], .utf16LittleEndian),
        ] as [([UInt8], String.Encoding)] {
            #expect(told(mark + (try encoded(declared("UTF-16", text), encoding))) == wide)
        }
        let narrow = text.replacing(" 銀行 𝄞", with: "")
        let windows = try encoded(narrow, .windowsCP1252)
        let euro = "Müller \u{20AC}"
        #expect(told(try encoded(declared("windows-1252", narrow), .windowsCP1252)) == euro)
        #expect(told(windows, .windows1252) == euro)
        let latin = narrow.replacing(" \u{20AC}", with: "")
        #expect(told(try encoded(declared("ISO-8859-1", latin), .isoLatin1)) == "Müller")
        let japanese = text.replacing("Müller \u{20AC} 銀行 𝄞", with: "ﾀﾛｳ 銀行①")
        #expect(told(try encoded(declared("Shift_JIS", japanese), .shiftJIS)) == "ﾀﾛｳ 銀行①")
        // XML without a declaration is UTF-8, and what is declared must be so.
        #expect(told(windows)?.contains("UTF-8") == true)
        #expect(told(try encoded(declared("UTF-8", latin), .isoLatin1))?.contains("UTF-8") == true)
        #expect(told(Array(declared("EBCDIC-X", text).utf8))?.contains("not read") == true)
        #expect(told(Array(declared("US-ASCII", text).utf8))?.contains("ASCII") == true)
    }

    @Test("Everything that a line and its payment tell")
    func fields() throws {
        var sample = CamtSample()
        sample.entries = [
            CamtSample.entry(
                "50.25", "CRDT",
                inside: """
                    <NtryRef>N1</NtryRef><AcctSvcrRef>A1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd>\
                    <Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn><Prtry>\
                    <Cd>NTRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><InstrId>I1</InstrId>\
                    <EndToEndId>E1</EndToEndId><UETR>0a1b2c3d-4e5f-4a6b-8c7d-000000000001</UETR>\
                    <TxId>T1</TxId><MndtId>D1</MndtId><AcctSvcrRef>A2</AcctSvcrRef></Refs>\
                    <AmtDtls><InstdAmt><Amt Ccy="USD">60</Amt></InstdAmt>\
                    <TxAmt><Amt Ccy="EUR">50.25</Amt></TxAmt></AmtDtls>\
                    <RltdPties><Dbtr><Pty><Nm>Longan &amp; Co</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>\
                    DE02</IBAN></Id></DbtrAcct><Cdtr><Nm>Us</Nm></Cdtr></RltdPties><RmtInf>\
                    <Ustrd>Invoice 1</Ustrd><Ustrd>of May</Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref>\
                    </CdtrRefInf></Strd></RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>\
                    </TxDtls></NtryDtls><AddtlNtryInf>Credit</AddtlNtryInf>
                    """)
        ]
        let read = sample.reading
        let line = try #require(read.lines.first)
        #expect(line.entryReference == "N1" && line.agentReference == "A1")
        #expect(line.transactionCode == "PMNT/RCDT/ESCT" && line.text == "Credit")
        let detail = try #require(line.details.first)
        #expect(detail.amount?.description == "50.25" && detail.currency == "EUR")
        #expect(detail.instructionIdentification == "I1" && detail.endToEndIdentification == "E1")
        #expect(detail.uetr == "0a1b2c3d-4e5f-4a6b-8c7d-000000000001")
        #expect(detail.transactionIdentification == "T1" && detail.mandateIdentification == "D1")
        #expect(detail.agentReference == "A2" && detail.returnReason == "AC04")
        #expect(detail.counterparty == "Longan & Co" && detail.counterpartyAccount == "DE02")
        #expect(detail.remittance == "Invoice 1\nof May\nRF18")
        let head = try #require(read.tally.statements.first?.head)
        #expect(head.messageIdentification == "M1" && head.identification == "S1")
        #expect(head.sequence == "17" && head.created == "2026-08-03T18:00:00+08:00")
        // Of money that goes out, the creditor is the other side; the old form of a party.
        let out = FileReading(
            sample.text.replacing("CRDT</CdtDbtInd><Sts>", with: "DBIT</CdtDbtInd><Sts>"))
        #expect(out.lines.first?.details.first?.counterparty == "Us")
        #expect(
            FileReading(sample.text.replacing(">E1<", with: ">NOTPROVIDED<")).lines.first?
                .details.first?.endToEndIdentification == nil)
    }
}
