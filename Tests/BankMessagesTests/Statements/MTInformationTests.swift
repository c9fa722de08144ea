import BankMessages
import Domain
import Testing

/// What field 86 tells programs.
@Suite("MT statements: field 86")
struct MTInformationTests {
    private func detail(_ text: String) throws -> StatementDetail {
        let read = LineReading.mt(
            """
            :20:A
            :25:B
            :28C:1
            :60F:C260301EUR1,
            :61:2603020302C2,NTRFNONREF
            :86:\(text)
            :62F:C260302EUR3,
            -
            """)
        #expect(read.looksComplete)
        return try #require(read.lines.first?.details.first)
    }

    @Test("German subfields: SEPA's words, text by words, the other side")
    func subfields() throws {
        let detail = try detail(
            """
            166?00GUTSCHRIFT?100399?20EREF+INV 4711/2026?21KREF+K-9?22MREF+M
            1?23SVWZ+Strukturierter Verwend?24ungszweck?25Rechnung 12?30GEN
            ODEF1PFK?31DE14740618130000033626?32Hans?33Muster?34171
            """)
        #expect(detail.endToEndIdentification == "INV 4711/2026")
        #expect(detail.instructionIdentification == "K-9")
        #expect(detail.mandateIdentification == "M1")
        #expect(detail.remittance == "Strukturierter Verwendungszweck Rechnung 12")
        #expect(detail.counterparty == "Hans Muster")
        #expect(detail.counterpartyAccount == "DE14740618130000033626")
        #expect(detail.amount == nil)
    }

    @Test(
        "An identification that its subfields break is one again",
        arguments: [
            "116?20EREF+1234567890123456789012?21345678?22SVWZ+x",
            "116?20EREF+1234567890123456789012?21345678?22SV?23WZ+x",
            "116>20EREF+1234567890123456789012>21345678>22SVWZ+x",
            "116~00X~20EREF+1234567890123456789012~21345678~22SVWZ+x",
            "?20EREF+1234567890123456789012?21345678?22SVWZ+x",
            "116?20EREF: 1234567890123456789012345678?21SVWZ+x",
        ])
    func broken(text: String) throws {
        let detail = try detail(text)
        #expect(detail.endToEndIdentification == "1234567890123456789012345678")
        #expect(detail.remittance == "x")
    }

    @Test("What a payer writes does not take the place of the agent's word")
    func planted() throws {
        let german = try detail("166?20EREF+TRUE?21SVWZ+pay EREF+FALSE")
        #expect(german.endToEndIdentification == "TRUE")
        let twice = try detail("166?20SVWZ+pay?21SVWZ+more KREF+K")
        #expect(twice.remittance == "pay")
        let slashed = try detail("/EREF/TRUE/REMI/pay/EREF/FALSE/UETR/x")
        #expect(slashed.endToEndIdentification == "TRUE")
        #expect(slashed.remittance == "pay")
    }

    @Test("Words between slashes, over the ends of lines")
    func slashes() throws {
        let detail = try detail(
            """
            /EREF/0000008668-0000000000-001//MARF/00004444-001//CSID/NL53
            ZZZ341191060000//CNTP/NL88INGB0999999999/INGBNL2A/RAAMEN NV///REM
            I/USTD//KASSA 2 ABC-654321 05/31/2017 00
            :00:00/
            """)
        #expect(detail.endToEndIdentification == "0000008668-0000000000-001")
        #expect(detail.mandateIdentification == "00004444-001")
        #expect(detail.counterparty == "RAAMEN NV")
        #expect(detail.counterpartyAccount == "NL88INGB0999999999")
        #expect(detail.remittance == "KASSA 2 ABC-654321 05/31/2017 00:00:00")
    }

    @Test("UETR, return reason, charges, names")
    func others() throws {
        let uetr = "8f2b5e70-1d44-4e6a-9c4a-2d9c87fd0011"
        let detail = try detail(
            "/UETR/\(uetr)/RTRN/MS03//CHGS/EUR12,5/ORDP//NAME/A B/REMI/STRD/CUR/RF18/ISDT/2026"
        )
        #expect(detail.uetr == uetr)
        #expect(detail.returnReason == "MS03")
        #expect(detail.charges?.description == "12.5")
        #expect(detail.counterparty == "A B")
        #expect(detail.remittance == "RF18")
    }

    @Test(
        "Plain text is plain text",
        arguments: [
            "1001-NOVEMBER-WAGES// TRF TO FRANK JOHN", "911 TRANSAKCJA COLLECT; ID IPH: X",
            "INV/2026/0042 PAID", "/ABC/x/DEF/y", "123?nothing", "47575,68584-84", "?",
        ])
    func plain(text: String) {
        let read = LineReading.mt(
            ":20:A\n:60F:C260301EUR1,\n:61:260302C2,NTRFX\n:86:\(text)\n:62F:C260302EUR3,\n")
        #expect(read.lines.first?.details == [])
        #expect(read.lines.first?.text == text)
    }
}
