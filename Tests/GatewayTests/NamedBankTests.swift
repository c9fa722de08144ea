import BankMessages
import Domain
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// R3.14 to R3.16 at the gateway: banks that are named by a branch, a clearing code, or as the one
/// for which a correspondent pays.
@Suite struct NamedBankTests {
    private let directory = Directory()
    private let cnaps = ClearingCode("CNAPS:104100000004") ?? ClearingCode(packed: 0)

    init() {
        var image = LedgerImage()
        for (number, registration) in Banks.registrations.enumerated() {
            image.declared.append(
                ParticipantRow(
                    id: ParticipantID(number + 1), registration: registration,
                    settlementParticipant: 1, state: .active))
        }
        image.declared.append(IdentifierRow(identifier: cnaps, participant: 1))
        image.declared.append(
            CorrespondentRow(Correspondence(Banks.beijing, of: Banks.vientiane), isActive: true))
        directory.load(image)
    }

    private var order: ProtoPaymentOrder {
        var order = ProtoPaymentOrder()
        order.uetr = "11249016-b447-43bc-8367-498769c3f31d"
        order.payer = "\(Banks.vientiane)"
        order.creditorParticipant = "\(Banks.bangkok)"
        order.payCurrency = "CNY"
        order.receiveCurrency = "THB"
        order.payAmount = "1250.00"
        order.details.endToEndID = "E"
        return order
    }

    @Test func aBranchIsItsPrimaryOffice() {
        #expect(directory.participant(Banks.branch)?.registration.bic == Banks.beijing)
        #expect(directory.participant(Banks.luang) == nil)
        #expect(Banks.branch.primaryOfficeBIC == Banks.beijing)
    }

    @Test func clearingCodesAreReadAndFound() throws {
        for text in [
            "CNAPS:10410000000", "CNAPS:", ":1", "CNAPS", "cnaps:104100000004",
            "THCBC:12345678901234567890", "TOOLONG:1", "US BA:1",
        ] {
            #expect(ClearingCode(text) == nil, "\(text)")
        }
        for text in ["CNAPS:104100000004", "THCBC:002", "A:0", "ABCDE:Z234567890123456789"] {
            #expect(ClearingCode(text)?.description == text)
        }
        var named = order
        named.creditorParticipant = cnaps.description
        #expect(try directory.withBICs(named).creditorParticipant == "\(Banks.beijing)")
        named.payer = "THCBC:002"
        let error = #expect(throws: GatewayError.self) { try directory.withBICs(named) }
        #expect(error?.code == .notFound)
        for text in [cnaps.description, "BIC:\(Banks.branch)"] {
            let isMeant = try directory.participants(identifiedBy: text)
            #expect(Banks.registrations.indices.filter { isMeant(row($0)) } == [0])
        }
    }

    private func row(_ index: Int) -> ParticipantRow {
        ParticipantRow(
            id: ParticipantID(index + 1), registration: Banks.registrations[index],
            settlementParticipant: 1, state: .active)
    }

    /// The originating bank goes on record, and makes no other payment of the order.
    @Test func aCorrespondentsOrderNamesTheBank() throws {
        let plain = try ReadOrder(order)
        let named = plain.onRecord(for: Banks.beijing, in: directory)
        let (without, with) = (
            try plain.mapped(submitter: Banks.beijing, ContentHashing()),
            try named.mapped(submitter: Banks.beijing, ContentHashing())
        )
        #expect(with.order == without.order && with.order.payer == Banks.vientiane)
        #expect(
            String(decoding: with.command.bytes, as: UTF8.self)
                .contains("\"originatingBank\":\"LDBBLALA\""))
        // Nobody says it himself.
        var claimed = order
        claimed.payer = "\(Banks.bangkok)"
        claimed.details.originatingBank = "LDBBLALA"
        let cleared = try ReadOrder(claimed).onRecord(for: Banks.bangkok, in: directory)
            .mapped(submitter: Banks.bangkok, ContentHashing())
        #expect(!String(decoding: cleared.command.bytes, as: UTF8.self).contains("originating"))
    }

    @Test func recordsOfACorrespondentNameTheBank() throws {
        var writer = OrderRecordsWriter()
        writer.append(try ReadOrder(order).mapped(submitter: .none, ContentHashing()).order)
        let message = writer.message
        func batch(_ directory: Directory) throws -> Batch {
            let mapped = try message.withUnsafeBytes {
                try MappedRecords($0, submitter: Banks.beijing, in: directory)
            }
            return Batch(packed: [SealedCommands(fake: mapped.commands)], timestamp: 1)
        }
        let (plain, named) = (try batch(Directory()), try batch(directory))
        #expect(String(decoding: named.contents, as: UTF8.self).contains("originatingBank"))
        // The order is the same with its content hash, behind the headers of batch and command.
        #expect(plain.bytes[48..<144] == named.bytes[48..<144])
    }

    @Test func aMessageNamesBanksByClearingCode() throws {
        let text = """
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>
            <GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-21T02:59:09+00:00</CreDtTm>
            <NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
            <CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId>
            <UETR>11249016-b447-43bc-8367-498769c3f31d</UETR></PmtId>
            <IntrBkSttlmAmt Ccy="THB">49.90</IntrBkSttlmAmt>
            <InstdAmt Ccy="CNY">10.00</InstdAmt><ChrgBr>SHAR</ChrgBr><Dbtr><Nm>D</Nm></Dbtr>
            <DbtrAgt><FinInstnId><ClrSysMmbId><ClrSysId><Cd>CNAPS</Cd></ClrSysId>
            <MmbId>104100000004</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>
            <CdtrAgt><FinInstnId><BICFI>BKKBTHBK</BICFI></FinInstnId></CdtrAgt>
            <Cdtr><Nm>C</Nm></Cdtr></CdtTrfTxInf></FIToFICstmrCdtTrf></Document>
            """
        let message = try BankMessage(xml: Array(text.utf8))
        #expect(throws: MessageRejection.self) { try message.paymentInstruction(at: 0) }
        let found = message.namingBanks { directory.participant($0)?.registration.bic }
        #expect(try found.paymentInstruction(at: 0).draft.payer == Banks.beijing)
    }
}
