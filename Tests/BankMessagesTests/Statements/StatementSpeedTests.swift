import BankMessages
import Foundation
import Testing

@Suite("What long statements cost", .serialized)
struct StatementSpeedTests {
    private static let entries = 200_000

    /// As a bank writes it that tells all it knows: about 1,000 bytes an entry.
    private static func entry(_ number: Int) -> String {
        let amount = "\(number % 977).\(10 + number % 89)"
        let direction = number.isMultiple(of: 3) ? "DBIT" : "CRDT"
        return """
            <Ntry><NtryRef>R\(number)</NtryRef><Amt Ccy="EUR">\(amount)</Amt>\
            <CdtDbtInd>\(direction)</CdtDbtInd><RvslInd>false</RvslInd><Sts><Cd>BOOK</Cd></Sts>
            <BookgDt><Dt>2026-11-30</Dt></BookgDt><ValDt><Dt>2026-11-30</Dt></ValDt>
            <AcctSvcrRef>AGENT-\(number)</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly>\
            <Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
            <NtryDtls><TxDtls><Refs><InstrId>I\(number)</InstrId>\
            <EndToEndId>E2E-\(number)</EndToEndId>\
            <UETR>0a1b2c3d-4e5f-4a6b-8c7d-\(100_000_000_000 + number)</UETR></Refs>
            <Amt Ccy="EUR">\(amount)</Amt><CdtDbtInd>\(direction)</CdtDbtInd>
            <RltdPties><Dbtr><Pty><Nm>Longan Import Co</Nm></Pty></Dbtr><DbtrAcct><Id>\
            <IBAN>DE02120300000000202051</IBAN></Id></DbtrAcct><Cdtr><Pty><Nm>Orchard Fruit Ltd\
            </Nm></Pty></Cdtr></RltdPties><RltdAgts><DbtrAgt><FinInstnId><BICFI>YTZGCNB0</BICFI>\
            </FinInstnId></DbtrAgt></RltdAgts>
            <RmtInf><Ustrd>Invoice \(number) of Longan &amp; Co</Ustrd></RmtInf></TxDtls></NtryDtls>
            <AddtlNtryInf>Credit transfer</AddtlNtryInf></Ntry>

            """
    }

    /// A seventh of the time that is allowed is what it takes, so that a noisy machine
    /// does not matter.
    @Test("A camt.053 of 200,000 entries: at most 20 s and 200 MB, with progress")
    func long() throws {
        var reader = StatementFileReader()
        var tally = StatementTally()
        let sample = CamtSample().text
        let split = try #require(sample.range(of: "<Ntry>")).lowerBound
        let before = residentBytes()
        var (most, spent, told) = (0, 0.0, 0)
        func give(_ text: String) throws(StatementRefusal) {
            let bytes = Array(text.utf8)
            let start = threadSeconds()
            try reader.read(bytes[...]) { event throws(StatementRefusal) in try tally.take(event) }
            spent += threadSeconds() - start
            most = max(most, residentBytes() - before)
            #expect(reader.bytesRead == told + bytes.count)
            told = reader.bytesRead
        }
        try give(String(sample[..<split]))
        for first in stride(from: 0, to: Self.entries, by: 50) {
            try give((first..<first + 50).map(Self.entry).joined())
        }
        try give("</Stmt></BkToCstmrStmt></Document>")
        try reader.finish { event throws(StatementRefusal) in try tally.take(event) }
        tally.finish()
        #expect(tally.rowsTaken == Self.entries && tally.rowsRefused == 0)
        #expect(tally.findings.map(\.code) == [.doesNotAddUp])
        #expect(spent < 20)
        #expect(most < 200 << 20)
        print(
            "\(Self.entries) entries, \(told >> 20) MiB: \(spent) s of processor time, "
                + "\(most >> 10) KiB more resident at most")
    }

    @Test("Twice as many entries cost twice as much")
    func linear() {
        func seconds(_ count: Int) -> Double {
            var sample = CamtSample()
            sample.entries = (0..<count).map(Self.entry)
            let bytes = Array(sample.text.utf8)
            return (0..<3).map { _ in
                let start = threadSeconds()
                #expect(FileReading(bytes).tally.rowsTaken == count)
                return threadSeconds() - start
            }.min()!
        }
        _ = seconds(1_000)
        let (once, four) = (seconds(5_000), seconds(20_000))
        #expect(four < once * 8, "\(once) \(four)")
    }
}
