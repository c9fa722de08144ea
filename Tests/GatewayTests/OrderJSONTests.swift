internal import Chance
import Domain
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// Orders in JSON that are read by hand are read as SwiftProtobuf reads them.
@Suite struct OrderJSONTests {
    private static let uetr = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

    private static func read(_ text: [UInt8]) throws -> OrderDraft? {
        let uetr = try #require(UETR(uetr))
        return text.withUnsafeBytes { OrderJSON.read($0, uetr: uetr) }
    }

    /// As SwiftProtobuf reads it, with the UETR of the path.
    private static func slowly(_ text: [UInt8]) throws -> OrderDraft? {
        var order = try ProtoPaymentOrder(jsonUTF8Bytes: text)
        guard order.uetr.isEmpty || order.uetr.lowercased() == uetr else { return nil }
        order.uetr = uetr
        return try ReadOrder(order).draft
    }

    /// Texts near the usual form, right and wrong: whatever is read is what SwiftProtobuf reads.
    @Test func ordersAreReadAsSwiftProtobufReadsThem() throws {
        var random = SplitMix64(seed: 18)
        var (taken, left, wrong) = (0, 0, 0)
        for _ in 0..<40_000 {
            let text = Array(Self.order(&random).utf8)
            let expected = try? Self.slowly(text)
            let read = try Self.read(text)
            if expected == nil { wrong += 1 }
            if read == nil { left += 1 } else { taken += 1 }
            let fault = text.withUnsafeBytes { JSONCheck.fault(in: $0, of: ProtoPaymentOrder.self) }
            #expect(fault == nil || read == nil, "\(String(decoding: text, as: UTF8.self))")
            guard let read, read != expected else { continue }
            Issue.record("\(String(decoding: text, as: UTF8.self)) was read as \(read)")
        }
        #expect(taken > 2_000 && left > 10_000 && wrong > 10_000, "\(taken), \(left), \(wrong)")
    }

    /// The order of the documentation takes the fast way.
    @Test func theUsualOrderIsRead() throws {
        let text = Array(
            """
            {"creditorParticipant": "CPLBTHB0", "payCurrency": "CNY", "receiveCurrency": "THB",
             "payAmount": "12.50", "limitRate": "4.93", "timeInForce": "DAY", "fillPolicy": "ANY"}
            """.utf8)
        let read = try #require(try Self.read(text))
        #expect(read == (try Self.slowly(text)))
        #expect(read.amount == 1_250 && read.timeInForce == .day && read.fillPolicy == .any)
    }

    private static func order(_ random: inout SplitMix64) -> String {
        var fields: [String] = []
        for name in names where random.percent(required.contains(name) ? 93 : 35) {
            fields.append("\(space(&random))\"\(name)\"\(space(&random)):\(value(name, &random))")
        }
        if random.percent(10) { fields += fields.prefix(1) }
        if random.percent(50) { fields.reverse() }
        if random.percent(30) {
            fields = fields.map {
                $0.replacing("payAmount", with: "receiveAmount", maxReplacements: 1)
            }
        }
        var text = "\(space(&random)){" + fields.joined(separator: ",") + "}\(space(&random))"
        guard random.percent(30) else { return text }
        // One character less, more or other.
        let characters = Array("{}[]\":,\\ \n\t\u{0}\u{7F}é廊nullx1-.e/")
        let place = text.index(text.startIndex, offsetBy: random.below(text.count))
        let end = random.percent(50) ? text.index(after: place) : place
        text.replaceSubrange(
            place..<end, with: random.percent(30) ? "" : String(random.pick(characters)))
        return text
    }

    private static let required: Set = [
        "creditorParticipant", "payCurrency", "receiveCurrency", "payAmount",
    ]

    private static let names = [
        "uetr", "payer", "creditorParticipant", "payCurrency", "receiveCurrency", "payAmount",
        "limitRate", "minimumFill", "timeInForce", "fillPolicy",
    ]

    private static func value(_ name: String, _ random: inout SplitMix64) -> String {
        let words: [String]
        switch name {
        case "timeInForce": words = ["DAY", "GOOD_TILL_DATE", "FILL_OR_KILL", "day", "TIME"]
        case "fillPolicy": words = ["ANY", "MINIMUM", "COMPLETE", "FILL_POLICY_UNSPECIFIED"]
        case "uetr": words = [uetr, uetr.uppercased(), "11249016-b447-43bc-8367-498769c3f31d"]
        case "payer", "creditorParticipant": words = ["BKCHCNBJ", "BKKBTHBKXXX", "ABCDEF"]
        case "payCurrency", "receiveCurrency": words = ["CNY", "THB", "JPY", "CNH"]
        default: words = ["12.50", "12", "-1", "0.001", "0"]
        }
        let others = [
            "\"\"", "null", "1", "\"\\u0041\"", "\"é\"", "{}", "[]", "\"a\\\"b\"", "true",
            "\"12.50\"", "\"CNY\"", "\"\u{7E}\"",
        ]
        return random.percent(95) ? "\"\(random.pick(words))\"" : random.pick(others)
    }

    private static func space(_ random: inout SplitMix64) -> String {
        random.percent(80) ? "" : random.pick([" ", "\n", "\t\r", "  "])
    }
}
