import BankMessages
import Chance
import Domain
import Foundation
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// The details of a message are written as JSON without a protobuf library: byte for byte as that
/// writes them, or the same payment in JSON would be another one.
@Suite struct DetailsTextTests {
    private typealias Descriptor = Google_Protobuf_DescriptorProto

    private static let messages: [String: Descriptor] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Gateway/Generated/descriptors.binpb")
        guard let data = try? Data(contentsOf: file),
            let set = try? Google_Protobuf_FileDescriptorSet(serializedBytes: [UInt8](data))
        else { return [:] }
        let all = set.file.flatMap(\.messageType).map { ($0.name, $0) }
        return Dictionary(all) { first, _ in first }
    }()

    /// What has escapes, what looks as if it had some, and what has none.
    private static let texts = [
        "INV-7", "廊桥 \"7\"\n\u{7F}", "a\\b/c\u{1}\u{1F}", "\u{80}\u{9F}\u{A0}Â é", "\u{FFFD}😀\t\r",
        "\u{8}\u{C}<&>'", String(repeating: "ส", count: 140),
    ]

    /// The bytes of a message with some of its fields.
    private static func bytes(
        of name: String, _ random: inout SplitMix64, depth: Int = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for field in messages[name]!.field.sorted(by: { $0.number < $1.number })
        where random.percent(depth < 2 ? 30 : 12) {
            for _ in 0..<(field.label == .repeated ? 1 + random.below(3) : 1) {
                add(varint: Int(field.number) << 3 | (field.type == .bool ? 0 : 2), to: &bytes)
                switch field.type {
                case .bool: bytes.append(random.percent(50) ? 1 : 0)
                case .string: add(Array(random.pick(texts).utf8), to: &bytes)
                default:
                    let inner = String(field.typeName.split(separator: ".").last!)
                    add(self.bytes(of: inner, &random, depth: depth + 1), to: &bytes)
                }
            }
        }
        return bytes
    }

    private static func add(_ value: [UInt8], to bytes: inout [UInt8]) {
        add(varint: value.count, to: &bytes)
        bytes += value
    }

    private static func add(varint: Int, to bytes: inout [UInt8]) {
        var rest = varint
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    @Test func areWrittenAsTheLibraryWritesThem() throws {
        var random = SplitMix64(seed: 41)
        var longest = 0
        for _ in 0..<2_000 {
            var details = try ProtoPaymentDetails(
                serializedBytes: Self.bytes(of: "PaymentDetails", &random))
            let date = details.interbankSettlementDate
            (details.messageID, details.originatingBank, details.messageName) = ("", "", "")
            (details.payerCode, details.creditorCode) = ("", "")
            let read: [UInt8] = try details.serializedBytes()
            details.messageID = random.pick(["", Self.texts[1], "MSG-1"])
            details.originatingBank = random.pick(["", "LDBBLALA"])
            details.payerCode = random.pick(["", "CNAPS:104100000004"])
            details.messageName = random.pick(["", "pacs.008.001.10"])
            let text = TransferDetails.text(
                of: read,
                [
                    DetailsAddition(.messageID, details.messageID, isContent: false),
                    DetailsAddition(.interbankSettlementDate, nil, isContent: false),
                    DetailsAddition(
                        .originatingBank, details.originatingBank, isContent: false),
                    DetailsAddition(.payerCode, details.payerCode, isContent: true),
                    DetailsAddition(.creditorCode, details.creditorCode, isContent: true),
                    DetailsAddition(.messageName, details.messageName, isContent: false),
                ])
            let record: [UInt8] = try details.jsonUTF8Bytes()
            #expect(text?.record == record, "\(String(decoding: record, as: UTF8.self))")
            // And read back, flags that say no included.
            let recorded: [UInt8] = try details.serializedBytes()
            let json = String(decoding: record, as: UTF8.self)
            #expect(TransferDetails.bytes(json: json) == recorded)
            (details.messageID, details.originatingBank, details.messageName) = ("", "", "")
            details.interbankSettlementDate = ""
            let content: [UInt8] = try details.jsonUTF8Bytes()
            #expect((text?.content ?? text?.record) == content, "date \(date)")
            longest = max(longest, record.count)
        }
        #expect(longest > 10_000)
    }

    /// Bytes that no reader makes are refused, whatever they are.
    @Test func strangeBytesAreRefused() {
        let strange: [[UInt8]] = [
            [0xFF], [0x0A, 0x05, 0x41], [0x12, 0x01, 0x41, 0x0A, 0x01, 0x41], [0xFA, 0x7F, 0x00],
        ]
        for bytes in strange { #expect(TransferDetails.text(of: bytes, []) == nil) }
    }
}
