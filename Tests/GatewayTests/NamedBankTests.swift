import BankMessages
import Domain
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// R3.14 to R3.16 at the gateway: banks that are named by a branch, a clearing code, or as the one
/// for which a correspondent pays.
@Suite struct NamedBankTests {
    private let directory: Directory
    private let cnaps = ClearingCode("CNAPS:104100000004") ?? ClearingCode(packed: 0)

    init() {
        directory = Banks.directory(
            [
                IdentifierRow(identifier: cnaps, participant: 1),
                CorrespondentRow(
                    Correspondence(Banks.beijing, of: Banks.vientiane), isActive: true),
            ])
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
            #expect(try directory.participants(identifiedBy: text) == [1])
        }
        #expect(try directory.participants(identifiedBy: "") == nil)
        #expect(directory.codes(of: 1) == [cnaps] && directory.codes(of: 2) == [])
    }

    /// R3.15 A code may be another bank's when the order comes again. It is the same order then.
    @Test func anOrderIsNamedByTheCodeItself() throws {
        var order = order
        order.payer = cnaps.description
        let first = try named(order, in: directory)
        directory.move(cnaps, to: 3)
        let again = try named(order, in: directory)
        #expect(first.payer == Banks.beijing && again.payer == Banks.registrations[2].bic)
        #expect(first.contentHash == again.contentHash)
        // Named by its BIC it is another one, and so it is with the code in the other place.
        order.payer = "\(Banks.beijing)"
        #expect(try named(order, in: directory).contentHash != first.contentHash)
        order.details.payerCode = cnaps.description
        #expect(
            try named(order, in: directory).contentHash
                == ReadOrder(self.order.paid(by: Banks.beijing))
                .mapped(submitter: Banks.beijing, ContentHashing()).order.contentHash)
        (order.payer, order.creditorParticipant) = (cnaps.description, cnaps.description)
        #expect(try named(order, in: directory).contentHash != first.contentHash)
    }

    private func named(
        _ order: ProtoPaymentOrder, in directory: Directory
    ) throws -> PaymentOrder {
        try ReadOrder(directory.withBICs(order)).mapped(submitter: Banks.beijing, ContentHashing())
            .order
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
        // Where the bank takes part itself, it pays.
        let plain = try batch(Banks.directory(registering: Banks.vientiane))
        let named = try batch(directory)
        #expect(String(decoding: named.contents, as: UTF8.self).contains("originatingBank"))
        // The order is the same with its content hash, behind the headers of batch and command.
        #expect(plain.bytes[48..<144] == named.bytes[48..<144])
        #expect(plain.contents.count < named.contents.count)
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
        guard case .creditTransfers(let message) = try BankMessage(xml: Array(text.utf8)),
            case .creditTransfers(let found) = try BankMessage(
                xml: Array(text.utf8),
                banks: KnownBanks(directory, gateway: Banks.bic("LANGCNB0")))
        else { return }
        #expect(throws: MessageRejection.self) { try message.paymentInstruction(at: 0) }
        let instruction = try found.paymentInstruction(at: 0)
        #expect(instruction.draft.payer == Banks.beijing)
        #expect(instruction.debtorAgentCode == cnaps && instruction.creditorAgentCode == nil)
        let read = try InstructionMapping(
            corridors: [], now: 0, messageIdentification: "M", messageName: "pacs.008.001.08"
        )
        .order(instruction)
        // The same order in JSON.
        var json = order
        json.payer = cnaps.description
        json.payAmount = ""
        json.receiveAmount = "49.90"
        json.limitRate = read.draft.limit.decimal
        json.details.debtor.name = "D"
        json.details.creditor.name = "C"
        json.details.chargeBearer = "SHAR"
        json.details.instructedAmount.currency = "CNY"
        json.details.instructedAmount.amount = "10.00"
        json.details.debtorAgent.clearingSystemMember.clearingSystem.code = "CNAPS"
        json.details.debtorAgent.clearingSystemMember.memberIdentification = "104100000004"
        json.details.creditorAgent.bic = "BKKBTHBK"
        #expect(
            try read.mapped(submitter: Banks.beijing, ContentHashing()).order.contentHash
                == named(json, in: directory).contentHash)
    }
}

extension ProtoPaymentOrder {
    fileprivate func paid(by bank: BIC) -> ProtoPaymentOrder {
        var order = self
        order.payer = "\(bank)"
        return order
    }
}

extension Directory {
    fileprivate func move(_ code: ClearingCode, to participant: ParticipantID) {
        var effects = Effects()
        effects.declared.append(IdentifierRow(identifier: code, participant: participant))
        update(AppliedBatch(batch: Batch([], timestamp: 1), effects: effects))
    }
}
