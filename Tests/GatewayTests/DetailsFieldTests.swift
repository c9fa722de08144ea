import BankMessages
import Domain
import Foundation
import Gateway
import SwiftProtobuf
import Testing

/// JSON and gRPC hold what messages hold, field by field.
@Suite struct DetailsFieldTests {
    private static func isRead(_ xml: String, as definition: MessageDefinition) -> Bool {
        let root =
            definition.message == .customerCreditTransfer ? "FIToFICstmrCdtTrf" : "FICdtTrf"
        let text = """
            <Document xmlns="\(definition.namespace)"><\(root)><GrpHdr><MsgId>M</MsgId>\
            <CreDtTm>2026-03-02T09:30:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf>\
            <SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr><CdtTrfTxInf>\(xml)</CdtTrfTxInf>\
            </\(root)></Document>
            """
        guard case .creditTransfers(let message)? = try? BankMessage(xml: Array(text.utf8)),
            case .success = message.transactions[0]
        else { return false }
        return true
    }

    /// What a message is instructed to pay is part of its price, and must be an amount of a
    /// currency that the ledger knows. In JSON the price stands elsewhere.
    private static let priced = [["InstdAmt"], ["UndrlygCstmrCdtTrf", "InstdAmt"]]

    @Test(
        "Every field takes in JSON what its element takes in some version, and nothing else",
        arguments: [
            MessageDefinition.Message.customerCreditTransfer, .financialInstitutionCreditTransfer,
        ])
    func everyField(message: MessageDefinition.Message) throws {
        let definitions = message.versions.map { MessageDefinition(message, version: $0)! }
        var (taken, refused) = (0, 0)
        for sample in FieldSample.all(of: message) {
            let held = definitions.compactMap { definition in
                sample.leaf(in: definition).map { (definition, $0) }
            }
            for value in Set(held.flatMap { FieldSample.values(for: $0.1.form) }) {
                let isTaken = held.contains { definition, _ in
                    Self.isRead(sample.made(with: value, in: definition).xml, as: definition)
                }
                // An empty text is none in protobuf.
                guard !value.isEmpty else { continue }
                let made = sample.made(with: value, in: held[held.count - 1].0)
                let details = try ProtoPaymentDetails(serializedBytes: made.wire)
                let fault = detail { try details.checkForm() }
                let isSame =
                    isTaken == fault.isEmpty || (Self.priced.contains(sample.path) && !isTaken)
                #expect(isSame, "\(sample.path) \"\(value)\": \(fault)")
                if isTaken { taken += 1 } else { refused += 1 }
                let json = try details.jsonString()
                let bytes: [UInt8] = try details.serializedBytes()
                #expect(TransferDetails.bytes(json: json) == bytes, "\(json)")
            }
        }
        #expect(taken > 5_000 && refused > 5_000)
        print("\(message): \(taken) values taken by both, \(refused) by none")
    }

    @Test(
        "JSON of another make than the record's is not read",
        arguments: [
            "", "{", "{}x", "[]", "{\"note\":1}", "{\"nothing\":\"a\"}", "{\"note\":\"a\"", "{ }",
            "{\"note\":\"\\ud83d\\ude00\"}", "{\"note\":\"\\x\"}", "{\"remittance\":\"a\"}",
            "{\"debtor\":\"a\"}", "{\"note\":\"a\",}", "{\"note\" :\"a\"}", "{\"note\":\"\\u12\"}",
        ])
    func otherJSON(json: String) {
        #expect(TransferDetails.bytes(json: json) == nil)
    }

    @Test func escapesAreRead() throws {
        var details = ProtoPaymentDetails()
        details.note = "a\"b\\c\n\t\r\u{8}\u{C}\u{1}/\u{7F}é付🏦\u{2028}"
        details.remittance = ["", "\"", "a"]
        let bytes: [UInt8] = try details.serializedBytes()
        #expect(TransferDetails.bytes(json: try details.jsonString()) == bytes)
        #expect(TransferDetails.bytes(json: "{}") == [])
    }
}
