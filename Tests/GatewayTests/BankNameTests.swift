import BankMessages
internal import Chance
import Domain
import Gateway
import Scenarios
import Testing

/// R3.14, R3.15, R3.18 Whatever names a message or an order gives its banks, it is the same order.
@Suite struct BankNameTests {
    private static let gateway = Banks.bic("LANGCNB0")
    private static let banks = [Banks.beijing, Banks.shanghai, Banks.bangkok]
    /// One legal entity with two participants.
    private static let twins = [Banks.jakarta, Banks.receiver]

    private let directory: Directory

    init() {
        let codes = Self.banks.enumerated().map { number, _ in
            IdentifierRow(identifier: Self.code(number), participant: ParticipantID(number + 1))
        }
        let leis = Dictionary(
            uniqueKeysWithValues: (Self.banks + Self.twins).map { ($0, Self.lei($0)) })
        directory = Banks.directory(codes, leis: leis)
    }

    private static func lei(_ bank: BIC) -> LEI {
        Banks.lei(twins.contains(bank) ? 9 : banks.firstIndex(of: bank) ?? 10)
    }

    private static func code(_ number: Int) -> ClearingCode {
        ClearingCode("TEST:\(100 + number)") ?? ClearingCode(packed: 0)
    }

    // MARK: Messages

    /// The names of a bank in a message: any that say it, in any mixture.
    private func names(_ bank: BIC, _ random: inout SplitMix64) -> String {
        let number = Self.banks.firstIndex(of: bank) ?? 0
        let branch = "\(bank.characters.prefix(8))\(random.pick(["XXX", "999", ""]))"
        var parts = [
            "<BICFI>\(branch)</BICFI>",
            "<ClrSysMmbId><ClrSysId><Cd>TEST</Cd></ClrSysId><MmbId>\(100 + number)</MmbId>"
                + "</ClrSysMmbId>",
            "<LEI>\(Self.lei(bank))</LEI>",
        ]
        let kept = random.below(3)
        for place in parts.indices where place != kept && random.percent(50) { parts[place] = "" }
        return parts.joined()
    }

    private func message(
        _ debtor: String, _ creditor: String, _ random: inout SplitMix64
    ) -> String {
        let (from, to) = (
            "<FinInstnId>\(debtor)</FinInstnId>", "<FinInstnId>\(creditor)</FinInstnId>"
        )
        let uetr = "11249016-b447-43bc-8367-498769c3f31d"
        let isBanks = random.percent(50)
        // A bank's own transfer may name the two as its parties alone.
        let named = isBanks && random.percent(50)
        let agents = "<DbtrAgt>\(from)</DbtrAgt>"
        let other = "<FinInstnId><Nm>N</Nm></FinInstnId>"
        let parties =
            isBanks
            ? "<Dbtr>\(named ? from : other)</Dbtr><DbtrAcct><Id><Othr><Id>1</Id></Othr></Id>"
                + "<Ccy>CNY</Ccy></DbtrAcct>\(named ? "" : agents)"
                + (named ? "" : "<CdtrAgt>\(to)</CdtrAgt>") + "<Cdtr>\(named ? to : other)</Cdtr>"
            : "<InstdAmt Ccy=\"CNY\">10.00</InstdAmt><ChrgBr>SHAR</ChrgBr><Dbtr><Nm>D</Nm></Dbtr>"
                + "\(agents)<CdtrAgt>\(to)</CdtrAgt><Cdtr><Nm>C</Nm></Cdtr>"
        let (root, name) =
            isBanks ? ("FICdtTrf", "pacs.009.001.08") : ("FIToFICstmrCdtTrf", "pacs.008.001.08")
        return """
            <Document xmlns="urn:iso:std:iso:20022:tech:xsd:\(name)"><\(root)>
            <GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-21T02:59:09+00:00</CreDtTm>
            <NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>
            <CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId><UETR>\(uetr)</UETR></PmtId>
            <IntrBkSttlmAmt Ccy="THB">49.90</IntrBkSttlmAmt>\(parties)
            </CdtTrfTxInf></\(root)></Document>
            """
    }

    private func instruction(_ xml: String) throws -> PaymentInstruction {
        let known = KnownBanks(directory, gateway: Self.gateway)
        guard
            case .creditTransfers(let message) = try BankMessage(xml: Array(xml.utf8), banks: known)
        else { throw GatewayError(.internalError, "no credit transfer") }
        return try message.paymentInstruction(at: 0)
    }

    @Test func everyNamingIsTheSameOrder() throws {
        var random = SplitMix64(seed: 1_313)
        var byLEI = 0
        for _ in 0..<1_000 {
            let (from, to) = (random.pick(Self.banks), random.pick(Self.banks))
            let (debtor, creditor) = (names(from, &random), names(to, &random))
            if !debtor.contains("BICFI"), !debtor.contains("Mmb") { byLEI += 1 }
            let draft = try instruction(message(debtor, creditor, &random)).draft
            #expect(directory.participant(draft.payer)?.registration.bic == from)
            #expect(directory.participant(draft.creditor)?.registration.bic == to)
            #expect(draft.amount == 4_990 && draft.payCurrency == .cny)
        }
        #expect(byLEI > 30)
    }

    /// One name of another bank among those of one.
    @Test func aNameOfAnotherBankIsRefused() throws {
        var random = SplitMix64(seed: 1_314)
        for _ in 0..<500 {
            let number = random.below(3)
            let (bank, other) = (Self.banks[number], Self.banks[(number + 1) % 3])
            let lei = "<LEI>\(Self.lei(other))</LEI>"
            let code =
                "<ClrSysMmbId><ClrSysId><Cd>TEST</Cd></ClrSysId><MmbId>\(100 + (number + 1) % 3)"
                + "</MmbId></ClrSysMmbId>"
            let own =
                "<ClrSysMmbId><ClrSysId><Cd>TEST</Cd></ClrSysId><MmbId>\(100 + number)</MmbId>"
                + "</ClrSysMmbId>"
            let (names, element) = random.pick([
                ("<BICFI>\(bank)</BICFI>\(lei)", "LEI"),
                ("<BICFI>\(bank)</BICFI>\(code)", "ClrSysMmbId"), ("\(own)\(lei)", "LEI"),
            ])
            let right = "<BICFI>\(bank)</BICFI>"
            let isDebtor = random.percent(50)
            let xml = message(isDebtor ? names : right, isDebtor ? right : names, &random)
            let refusal = #expect(throws: MessageRejection.self) { try instruction(xml) }
            #expect(refusal?.path.hasSuffix("/FinInstnId/\(element)") == true)
            #expect(refusal?.sentence.hasSuffix("correct one of them.") == true)
        }
    }

    /// The gateway is addressed by its BIC or its LEI; by that of a bank it is somebody else.
    @Test func aMessageIsAddressedByLEI() throws {
        let own = Banks.lei(77)
        let known = KnownBanks(directory, gateway: Self.gateway, gatewayLEI: own)
        func head(_ to: String) throws {
            let header = """
                <AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">
                <Fr><FIId><FinInstnId><LEI>\(Self.lei(Banks.beijing))</LEI></FinInstnId></FIId></Fr>
                <To><FIId><FinInstnId>\(to)</FinInstnId></FIId></To><BizMsgIdr>B</BizMsgIdr>
                <MsgDefIdr>pacs.028.001.05</MsgDefIdr><CreDt>2026-11-21T02:59:09Z</CreDt></AppHdr>
                """
            let xml = """
                <E>\(header)<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.028.001.05">
                <FIToFIPmtStsReq><GrpHdr><MsgId>A</MsgId>
                <CreDtTm>2026-03-02T11:00:00+08:00</CreDtTm></GrpHdr><TxInf>
                <OrgnlUETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</OrgnlUETR></TxInf>
                </FIToFIPmtStsReq></Document></E>
                """
            let message = try BankMessage(xml: Array(xml.utf8), banks: known)
            #expect(message.header?.from == Banks.beijing)
            try message.checkAddressee(gateway: Self.gateway)
        }
        try head("<LEI>\(own)</LEI>")
        try head("<BICFI>\(Self.gateway)</BICFI><LEI>\(own)</LEI>")
        for wrong in [
            "<LEI>\(Self.lei(Banks.bangkok))</LEI>", "<LEI>\(Banks.lei(78))</LEI>",
            "<BICFI>\(Self.gateway)</BICFI><LEI>\(Self.lei(Banks.bangkok))</LEI>",
        ] {
            #expect(throws: MessageRejection.self) { try head(wrong) }
        }
    }

    // MARK: JSON and gRPC

    @Test func anOrderNamesBanksByLEI() throws {
        var order = ProtoPaymentOrder()
        order.uetr = "11249016-b447-43bc-8367-498769c3f31d"
        order.payer = "\(Banks.beijing)"
        order.creditorParticipant = "\(Banks.bangkok)"
        order.payCurrency = "CNY"
        order.receiveCurrency = "THB"
        order.payAmount = "1250.00"
        func mapped(_ order: ProtoPaymentOrder) throws -> PaymentOrder {
            try ReadOrder(directory.withBICs(order))
                .mapped(submitter: Banks.beijing, ContentHashing()).order
        }
        let plain = try mapped(order)
        var named = order
        named.payer = "LEI:\(Self.lei(Banks.beijing))"
        #expect(try mapped(named) == plain)
        named.creditorParticipant = "LEI:\(Self.lei(Banks.bangkok))"
        #expect(try mapped(named) == plain)
        #expect(try directory.withBICs(named).hasDetails == false)
        for (text, code) in [
            ("LEI:\(Banks.lei(78))", ResultCode.notFound),
            ("LEI:\(Self.lei(Banks.jakarta))", .malformedRequest),
            ("LEI:5493001KJTIIGC8Y1R13", .malformedRequest), ("LEI:", .malformedRequest),
        ] {
            named.creditorParticipant = text
            let error = #expect(throws: GatewayError.self) { try mapped(named) }
            #expect(error?.code == code, "\(text)")
        }
    }
}
