import BankMessages
import Foundation
import Testing

/// Messages as banks send them in bulk, to measure what reading costs.
enum BulkMessages {
    /// As a gross settlement system relays them: the mandatory elements and little more.
    static func plain(_ count: Int) -> [UInt8] {
        message(count) { number in
            """
            <CdtTrfTxInf><PmtId><InstrId>I\(number)</InstrId><EndToEndId>E2E-\(number)</EndToEndId>\
            <UETR>\(uetr(number))</UETR></PmtId><IntrBkSttlmAmt Ccy="THB">4931.20</IntrBkSttlmAmt>\
            <IntrBkSttlmDt>2026-11-29</IntrBkSttlmDt><InstdAmt Ccy="CNY">1000.00</InstdAmt>\
            <ChrgBr>SHAR</ChrgBr><Dbtr><Nm>Longan Import Co</Nm></Dbtr>\
            <DbtrAgt><FinInstnId><BICFI>YTZGCNB0</BICFI></FinInstnId></DbtrAgt>\
            <CdtrAgt><FinInstnId><BICFI>CPLBTHB0</BICFI></FinInstnId></CdtrAgt>\
            <Cdtr><Nm>Orchard Fruit Ltd</Nm></Cdtr></CdtTrfTxInf>
            """
        }
    }

    /// As a cross-border system asks for: agents on the way, addresses, accounts, purposes.
    static func rich(_ count: Int) -> [UInt8] {
        func agent(_ name: String, _ bic: String) -> String {
            "<\(name)><FinInstnId><BICFI>\(bic)</BICFI></FinInstnId></\(name)>"
        }
        func party(_ name: String, _ text: String, _ town: String, _ country: String) -> String {
            """
            <\(name)><Nm>\(text)</Nm><PstlAdr><StrtNm>Renmin Lu</StrtNm><BldgNb>8</BldgNb>\
            <PstCd>650000</PstCd><TwnNm>\(town)</TwnNm><Ctry>\(country)</Ctry></PstlAdr>\
            <Id><OrgId><LEI>5493001KJTIIGC8Y1R12</LEI></OrgId></Id></\(name)>
            """
        }
        func account(_ name: String, _ number: String) -> String {
            "<\(name)><Id><Othr><Id>\(number)</Id></Othr></Id></\(name)>"
        }
        return message(count) { number in
            """
            <CdtTrfTxInf><PmtId><InstrId>I\(number)</InstrId><EndToEndId>E2E-\(number)</EndToEndId>\
            <TxId>T\(number)</TxId><UETR>\(uetr(number))</UETR></PmtId>\
            <PmtTpInf><InstrPrty>NORM</InstrPrty><SvcLvl><Cd>G001</Cd></SvcLvl>\
            <LclInstrm><Prtry>REMT</Prtry></LclInstrm><CtgyPurp><Prtry>0101</Prtry></CtgyPurp>\
            </PmtTpInf>\
            <IntrBkSttlmAmt Ccy="THB">4931.20</IntrBkSttlmAmt>\
            <IntrBkSttlmDt>2026-11-29</IntrBkSttlmDt><SttlmPrty>NORM</SttlmPrty>\
            <InstdAmt Ccy="CNY">1000.00</InstdAmt><XchgRate>4.9312</XchgRate><ChrgBr>SHAR</ChrgBr>\
            \(agent("InstgAgt", "YTZGCNB0"))\(agent("InstdAgt", "CPLBTHB0"))\
            \(agent("IntrmyAgt1", "BKCHCNBJ"))\
            \(party("Dbtr", "Longan Import Co", "Kunming", "CN"))\(account("DbtrAcct", "62220001"))\
            \(agent("DbtrAgt", "YTZGCNB0"))\(agent("CdtrAgt", "CPLBTHB0"))\
            \(party("Cdtr", "Orchard Fruit Ltd", "Bangkok", "TH"))\(account("CdtrAcct", "14-2"))\
            <Purp><Cd>GDDS</Cd></Purp><RmtInf><Ustrd>Invoice \(number)</Ustrd></RmtInf>\
            </CdtTrfTxInf>
            """
        }
    }

    private static func uetr(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "0a1b2c3d-4e5f-4a6b-8c7d-" + String(repeating: "0", count: 12 - digits.count)
            + digits
    }

    private static func message(_ count: Int, _ transaction: (Int) -> String) -> [UInt8] {
        let start = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>\
            <GrpHdr><MsgId>BULK-1</MsgId><CreDtTm>2026-11-28T10:00:00+08:00</CreDtTm>\
            <NbOfTxs>\(count)</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
            """
        let transactions = (0..<count).map(transaction).joined(separator: "\n")
        return Array((start + transactions + "</FIToFICstmrCdtTrf></Document>").utf8)
    }
}

@Suite("What reading a bulk message costs", .serialized)
struct ReadingSpeedTests {
    @Test("A thousand transactions, plain and rich")
    func thousand() throws {
        for (name, document) in [
            ("plain", BulkMessages.plain(1_000)), ("rich", BulkMessages.rich(1_000)),
        ] {
            var best = Double.infinity
            for _ in 0..<15 {
                let start = ContinuousClock.now
                let message = try creditTransfers(document)
                let instructions = message.paymentInstructions.count
                let duration = start.duration(to: .now)
                best = min(best, Double(duration.components.attoseconds) / 1e18)
                #expect(instructions == 1_000)
            }
            print("\(name): \(document.count) bytes, \(Int(1_000 / best)) transactions/s")
        }
    }
}
