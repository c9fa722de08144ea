import BankMessages
import Domain
import Foundation
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// What a message says of a payment is what JSON and gRPC say, by the same tables.
@Suite struct PaymentDetailsTests {
    // MARK: Tables and protos

    private typealias Line = String

    /// The fields of the API's messages, from the descriptors that the protos were compiled to.
    private static func published() throws -> [String: Set<Line>] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Gateway/Generated/descriptors.binpb")
        let set = try Google_Protobuf_FileDescriptorSet(
            serializedBytes: [UInt8](try Data(contentsOf: file)))
        var lines: [String: Set<Line>] = [:]
        let files = set.file.filter { file in
            ["details", "parties", "remittance"].contains { file.name == "langqiao/v1/\($0).proto" }
        }
        for message in files.flatMap(\.messageType) {
            lines[message.name] = Set(
                message.field.map { field in
                    let type =
                        switch field.type {
                        case .string: "string"
                        case .bool: "bool"
                        default: String(field.typeName.split(separator: ".").last ?? "?")
                        }
                    return line(field.name, Int(field.number), field.label == .repeated, type)
                })
        }
        return lines
    }

    private static func line(_ name: String, _ number: Int, _ repeats: Bool, _ type: String) -> Line
    {
        "\(repeats ? "repeated " : "")\(type) \(name) = \(number)"
    }

    private static func collect(
        _ component: Component, as message: String, into lines: inout [String: Set<Line>]
    ) {
        for field in component.fields {
            var type = "string"
            switch field.form {
            case .inline(let inner):
                collect(inner, as: message, into: &lines)
                continue
            case .elsewhere: continue
            case .message(let inner):
                collect(inner, as: inner.message, into: &lines)
                type = inner.message
            case .amount: type = "Money"
            case .indicator: type = "bool"
            default: break
            }
            lines[message, default: []].insert(
                line(field.label, field.number, field.isRepeated, type))
        }
    }

    @Test func protosAndTablesAreTheSame() throws {
        let published = try Self.published()
        var tables: [String: Set<Line>] = [:]
        for table in [Component.customerTransfer, .institutionTransfer, TransferDetails.beside] {
            Self.collect(table, as: "PaymentDetails", into: &tables)
        }
        #expect(Set(tables.keys) == Set(published.keys))
        for (message, lines) in tables {
            let expected = try #require(published[message], "\(message)")
            #expect(lines == expected, "\(message): \(lines.symmetricDifference(expected))")
        }
    }

    // MARK: Values

    private static func fault(_ change: (inout ProtoPaymentDetails) -> Void) -> String {
        var details = ProtoPaymentDetails()
        change(&details)
        return detail { try details.checkForm() }
    }

    @Test func valuesHaveTheFormsOfMessages() {
        let rows: [(String, (inout ProtoPaymentDetails) -> Void)] = [
            ("", { _ in }),
            ("", { $0.note = "two\nlines, and as long as it likes" }),
            ("", { $0.debtor.account = "DE89370400440532013000" }),
            ("", { $0.debtor.account = "DE00370400440532013000" }),
            ("", { $0.debtor.country = "CN" }),
            (
                "details.debtor.postal_address.town_name has 141 characters; at most 140 are",
                { $0.debtor.postalAddress.townName = String(repeating: "x", count: 141) }
            ),
            (
                "details.creditor.name holds a line break or a control character",
                { $0.creditor.name = "a\nb" }
            ),
            (
                "details.debtor.country must be two capital letters, such as CN",
                { $0.debtor.country = "China" }
            ),
            (
                "details.debtor.country or address_lines must not stand beside postal_address",
                {
                    $0.debtor.country = "CN"
                    $0.debtor.postalAddress.country = "CN"
                }
            ),
            (
                "details.debtor.person_identification must not stand beside organisation_id",
                {
                    $0.debtor.organisationIdentification.lei = "5493001KJTIIGC8Y1R12"
                    $0.debtor.personIdentification.birth.date = "1970-01-01"
                    $0.debtor.personIdentification.birth.city = "Kunming"
                    $0.debtor.personIdentification.birth.country = "CN"
                }
            ),
            (
                "details.debtor.person_identification.birth.city must be given",
                { $0.debtor.personIdentification.birth.date = "1970-01-01" }
            ),
            (
                "details.debtor_agent.contact_details has no place here",
                { $0.debtorAgent.contactDetails.name = "x" }
            ),
            (
                "details.remittance[1] has 141 characters; at most 140 are allowed",
                { $0.remittance = ["a", String(repeating: "x", count: 141)] }
            ),
            (
                "details.instructed_amount.amount must be a number such as 1250.00",
                {
                    $0.instructedAmount.currency = "CNY"
                    $0.instructedAmount.amount = "1,5"
                }
            ),
            ("details.purpose has 5 characters; at most 4", { $0.purpose = "GOODS" }),
            (
                "details.message_id has 36 characters",
                { $0.messageID = String(repeating: "x", count: 36) }
            ),
            ("details.message_name holds a line break", { $0.messageName = "pacs\n" }),
            (
                "details.supplementary_data[0].envelope must be one well-formed XML element",
                { $0.supplementaryData = [.with { $0.envelope = "<a" }] }
            ),
        ]
        for (says, change) in rows {
            let found = Self.fault(change)
            #expect(says.isEmpty ? found.isEmpty : found.hasPrefix(says), "\(found)")
        }
    }

    @Test func ordersAreCheckedBeforeTheyAreTaken() {
        var order = ProtoPaymentOrder()
        order.details.debtor.name = "a\tb"
        #expect(detail { _ = try ReadOrder(order) }.hasPrefix("details.debtor.name holds a line"))
    }

    // MARK: From a message to JSON and back

    private static let rich = """
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>
        <GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>2026-03-02T09:30:00+08:00</CreDtTm><NbOfTxs>1</NbOfTxs>
        <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr><CdtTrfTxInf>
        <PmtId><EndToEndId>E2E-1</EndToEndId><UETR>0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d</UETR>
        </PmtId><IntrBkSttlmAmt Ccy="THB">4921.20</IntrBkSttlmAmt>
        <IntrBkSttlmDt>2026-03-02</IntrBkSttlmDt><InstdAmt Ccy="CNY">1000.00</InstdAmt>
        <XchgRate>4.9312</XchgRate><ChrgBr>CRED</ChrgBr><ChrgsInf><Amt Ccy="THB">10.00</Amt>
        <Agt><FinInstnId><BICFI>YTZGCNB0</BICFI></FinInstnId></Agt></ChrgsInf>
        <Dbtr><Nm>Longan</Nm><PstlAdr><StrtNm>Renmin Lu</StrtNm><TwnNm>Kunming</TwnNm>
        <Ctry>CN</Ctry><AdrLine>Gate 3</AdrLine></PstlAdr>
        <Id><OrgId><LEI>5493001KJTIIGC8Y1R12</LEI></OrgId></Id></Dbtr>
        <DbtrAcct><Id><Othr><Id>42</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id></DbtrAcct>
        <DbtrAgt><FinInstnId><BICFI>YTZGCNB0</BICFI></FinInstnId></DbtrAgt>
        <CdtrAgt><FinInstnId><BICFI>CPLBTHB0</BICFI></FinInstnId></CdtrAgt>
        <Cdtr><Nm>Orchard</Nm></Cdtr>
        <RgltryRptg><Dtls><Cd>121010</Cd><Inf>fruit</Inf></Dtls></RgltryRptg>
        <RmtInf><Ustrd>thanks</Ustrd><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>
        </CdtTrfTxInf></FIToFICstmrCdtTrf></Document>
        """

    @Test func detailsComeThroughJSONUnchanged() throws {
        guard case .creditTransfers(let message) = try BankMessage(xml: Array(Self.rich.utf8))
        else { return }
        let transfer = try message.transactions[0].get()
        let details = try ProtoPaymentDetails(serializedBytes: transfer.details)
        try details.checkForm()
        let again = try ProtoPaymentDetails(jsonString: try details.jsonString())
        #expect([UInt8](try again.serializedBytes() as Data) == transfer.details)
        #expect(details.debtor.postalAddress.townName == "Kunming")
        #expect(details.debtor.organisationIdentification.lei == "5493001KJTIIGC8Y1R12")
        #expect(details.debtor.account == "42" && details.debtor.accountScheme.code == "BBAN")
        #expect(details.charges.first?.agent.bic == "YTZGCNB0")
        #expect(details.regulatoryReporting.first?.details.first?.information == ["fruit"])
        #expect(details.remittance == ["thanks", "RF18"])
        #expect(details.structuredRemittance.first?.creditorReference.reference == "RF18")
        let written = try message.xml()
        #expect(written.contains("<Ustrd>thanks</Ustrd>") && !written.contains("<Ustrd>RF18"))
    }
}
