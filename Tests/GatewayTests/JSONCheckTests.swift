internal import Chance
import Domain
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// Bodies in JSON: what is wrong is named with its path, and whatever is taken SwiftProtobuf takes.
@Suite struct JSONCheckTests {
    private static func fault<Input: Message>(
        _ text: String, _ type: Input.Type, stated: [String: String] = [:]
    ) -> GatewayError? {
        Array(text.utf8).withUnsafeBytes { JSONCheck.fault(in: $0, of: type, stated: stated) }
    }

    // MARK: What is said

    struct Row: CustomTestStringConvertible {
        let text: String
        let says: String
        init(_ text: String, _ says: String) { (self.text, self.says) = (text, says) }
        var testDescription: String { String(text.prefix(60)) }
    }

    static let orders: [Row] = [
        Row(
            #"{"payAmount":1}"#, "payAmount must be a string holding a decimal number, not a number"
        ),
        Row(#"{"pay_amount":1.5}"#, "payAmount must be a string holding a decimal number"),
        Row(
            #"{"payAmount":true}"#, "payAmount must be a string holding a decimal number, not t"),
        Row(#"{"payer":["A"]}"#, "payer must be a string, not a list"),
        Row(#"{"payer":{}}"#, "payer must be a string, not an object"),
        Row(#"{"details":"text"}"#, "details must be a JSON object, not a string"),
        Row(#"{"payer":null,"payer":"A"}"#, "payer stands twice"),
        Row(#"{"payer":nul}"#, "payer must be a string, not null"),
        Row(#"{"details":{"debtor":{"name":1}}}"#, "details.debtor.name must be a string, not a n"),
        Row(#"{"details":{"debtor":{"nam":"x"}}}"#, "details.debtor.nam is no field; known are n"),
        Row(#"{"details":{"remittance":"x"}}"#, "details.remittance must be a list, each element"),
        Row(#"{"details":{"remittance":["x",2]}}"#, "details.remittance[1] must be a string, not"),
        Row(#"{"details":{"remittance":[null]}}"#, "details.remittance[0] must be a string, not n"),
        Row(#"{"nothing":1}"#, "nothing is no field; known are uetr, payer, creditorParticipant"),
        Row(#"{"":1}"#, " is no field; known are uetr"),
        Row(#"{"payer":"A","payer":"A"}"#, "payer stands twice"),
        Row(#"{"payer":"A","pay\u0065r":"B"}"#, "payer stands twice"),
        Row(#"{"payAmount":"1","pay_amount":"1"}"#, "payAmount stands twice"),
        Row(#"{"payer":"","payer":""}"#, "payer stands twice"),
        Row(#"{"details":{"note":"a","purpose":"","note":"b"}}"#, "details.note stands twice"),
        Row(#"{"details":{},"details":{}}"#, "details stands twice"),
        Row(
            #"{"details":{"debtor":{"name":"a","name":"a"}}}"#, "details.debtor.name stands twice"),
        Row(
            #"{"payAmount":"1","receive_amount":"1"}"#,
            "receiveAmount must not stand beside payAmount; give one of them"),
        Row(#"{"timeInForce":"SOMETIMES"}"#, "timeInForce must be one of TIME_IN_FORCE_UNSPECIFI"),
        Row(#"{"timeInForce":"day"}"#, "timeInForce must be one of TIME_IN_FORCE_UNSPECIFIED, IM"),
        Row(#"{"timeInForce":1.5}"#, "timeInForce must be one of"),
        Row(#"{"timeInForce":true}"#, "timeInForce must be one of"),
        Row(#"{"fillPolicy":99999999999}"#, "fillPolicy must be one of FILL_POLICY_UNSPECIFIED, "),
        Row(#"{"expiresAt":"yesterday"}"#, "expiresAt must be a time such as \"2026-11-21T02:58"),
        Row(#"{"expiresAt":"2026-02-30T00:00Z"}"#, "expiresAt must be a time such as"),
        Row(
            #"{"expiresAt":"2026-11-21T02:58:01+15:00"}"#,
            "expiresAt must have a zone offset from -13:59 to +13:59, not \"2026-11-21T02:58:01+1"),
        Row(#"{"expiresAt":"2026-02-30T02:58:01+15:00"}"#, "expiresAt must be a time such as"),
        Row(#"{"expiresAt":1795229818}"#, "expiresAt must be a time such as"),
        Row(#"{"expiresAt":{"seconds":1}}"#, "expiresAt must be a time such as"),
        Row("[]", "the body must be a JSON object, not a list"),
        Row("\"{}\"", "the body must be a JSON object, not a string"),
        Row("null", "the body must be a JSON object, not null"),
        Row(" ", "the body is no JSON: there must be a value at byte 1"),
        Row("{", "the body is no JSON: there must be a field's name in quotes at byte 1"),
        Row("{}}", "the body is no JSON: there must be the end of the body at byte 2"),
        Row("{} {}", "the body is no JSON: there must be the end of the body at byte 3"),
        Row("{'payer':1}", "the body is no JSON: there must be a field's name in quotes at byte 1"),
        Row("{payer:1}", "the body is no JSON: there must be a field's name in quotes at byte 1"),
        Row(#"{"payer"}"#, "the body is no JSON: there must be \":\" at byte 8"),
        Row(#"{"payer":"A" "uetr":""}"#, "the body is no JSON: there must be \",\" or \"}\" at "),
        Row(#"{"payer":"A",}"#, "the body is no JSON: there must be a field's name in quotes"),
        Row(#"{"payer":}"#, "the body is no JSON: there must be a value at byte 9 in payer"),
        Row(#"{"payer":tru}"#, "payer must be a string, not true or false"),
        Row(
            "{\"payer\":\"a\nb\"}", "the body is no JSON: there must be an escape instead of a c"),
        Row(#"{"payer":"\x"}"#, "the body is no JSON: there must be an escape of JSON at byte"),
        Row(#"{"payer":"\u00g0"}"#, "the body is no JSON: there must be \\u and four hexadecimal"),
        Row(#"{"payer":"\ud800"}"#, "the body is no JSON: there must be a whole character instead"),
        Row(#"{"payer":"\ud800\u0041"}"#, "the body is no JSON: there must be a whole character"),
        Row(#"{"payer":"\udc00\ud800"}"#, "the body is no JSON: there must be a whole character"),
        Row(#"{"payer":"A"#, "the body is no JSON: there must be the string's closing quote at"),
        Row("{}\u{0}", "the body is no JSON: there must be the end of the body at byte 2"),
        Row("\u{FEFF}{}", "the body must not begin with a byte order mark"),
        Row("// {}", "the body is no JSON: there must be a value at byte 0"),
        Row(#"{"uetr":"b"}"#, "uetr must be that of the path, not \"b\""),
    ]

    @Test(arguments: orders)
    func whatIsWrongIsNamed(_ row: Row) throws {
        let fault = try #require(
            Self.fault(row.text, ProtoPaymentOrder.self, stated: ["uetr": "a"]))
        #expect(fault.code == .malformedRequest)
        #expect(fault.detail.hasPrefix(row.says), "\(fault.detail)")
    }

    /// A field that is null is not there, also beside the other one of two.
    @Test func nullIsAbsent() {
        for text in [
            #"{"payer":null}"#, #"{"details":null,"expiresAt":null,"timeInForce":null}"#,
            #"{"payAmount":"1","receiveAmount":null}"#, #"{"details":{"remittance":null}}"#,
        ] {
            #expect(Self.fault(text, ProtoPaymentOrder.self) == nil, "\(text)")
            #expect((try? ProtoPaymentOrder(jsonUTF8Bytes: Array(text.utf8))) != nil, "\(text)")
        }
    }

    @Test func numbersAreHeldToTheirRange() throws {
        func detail(_ value: String) -> String? {
            Self.fault("{\"collarBasisPoints\":\(value)}", ProtoCorridor.self)?.detail
        }
        for right in ["0", "500", "4294967295", "\"500\"", "5e2", "500.0", "0.0"] {
            #expect(detail(right) == nil, "\(right)")
        }
        for wrong in [
            "-1", "-0", "4294967296", "1.5", "1e-1", "1e99", "1e999", "\"\"", "\" 5\"", "\"+5\"",
            "\"05\"", "\"5.0\"", "\"five\"", "true", "[5]", "{}",
            "\"18446744073709551616\"",
            "99999999999999999999999999999999999999999999",
        ] {
            let said = try #require(detail(wrong), "\(wrong)")
            #expect(
                said.hasPrefix(
                    "collarBasisPoints must be a whole number from 0 to 4294967295, not "),
                "\(said)")
        }
        for wrong in ["+1", "01", ".5", "1.", "1e", "0x1", "NaN", "Infinity", "--1", "-"] {
            #expect(detail(wrong)?.contains("no JSON") == true, "\(wrong): \(detail(wrong) ?? "-")")
        }
        let offset = Self.fault("{\"utcOffsetMinutes\":-3e9}", ProtoCorridor.self)?.detail
        #expect(offset?.contains("from -2147483648 to 2147483647, not -3e9") == true)
        #expect(Self.fault("{\"utcOffsetMinutes\":-480}", ProtoCorridor.self) == nil)
        let days = Self.fault("{\"weekdays\":[1,\"2\",3.5]}", ProtoCorridor.self)?.detail
        #expect(days?.hasPrefix("weekdays[2] must be a whole number") == true)
    }

    @Test func elementsOfListsAreNamed() throws {
        let batch = #"{"orders":[{},{"payAmount":"1"},{"details":{"remittance":["a",7]}}]}"#
        let fault = try #require(Self.fault(batch, ProtoSubmitPaymentsRequest.self))
        #expect(
            fault.detail == "orders[2].details.remittance[1] must be a string, not a number")
        let roles = Self.fault(#"{"roles":["PAYER","payer"]}"#, ProtoParticipant.self)?.detail
        #expect(
            roles == "roles[1] must be one of ROLE_UNSPECIFIED, PAYER, LIQUIDITY_PROVIDER, "
                + "RECEIVE_ONLY, not \"payer\"")
        let syntax = Self.fault(#"{"orders":[{}{}]}"#, ProtoSubmitPaymentsRequest.self)?.detail
        #expect(syntax?.contains("\",\" or \"]\" at byte 13 in orders") == true, "\(syntax ?? "")")
    }

    @Test func bytesThatAreNoTextAreRefused() {
        for bytes: [UInt8] in [
            [0x7B, 0xFF, 0x7D], Array(#"{"payer":""#.utf8) + [0xC3, 0x28] + Array("\"}".utf8),
            Array(#"{"payer":""#.utf8) + [0xED, 0xA0, 0x80] + Array("\"}".utf8),
            Array(#"{"payer":""#.utf8) + [0xC0, 0xAF] + Array("\"}".utf8),
        ] {
            let fault = bytes.withUnsafeBytes {
                JSONCheck.fault(in: $0, of: ProtoPaymentOrder.self)
            }
            #expect(fault?.code == .malformedRequest)
            #expect(fault?.detail.hasPrefix("the body is not UTF-8: byte ") == true)
        }
    }

    // MARK: Bounds

    /// A few bytes must not become many objects.
    @Test func listsAndValuesAreBounded() {
        func batch(_ count: Int, of order: String) -> String {
            "{\"orders\":[" + Array(repeating: order, count: count).joined(separator: ",") + "]}"
        }
        #expect(Self.fault(batch(1_000, of: "{}"), ProtoSubmitPaymentsRequest.self) == nil)
        for count in [1_001, 1_390_000] {
            let fault = Self.fault(batch(count, of: "{}"), ProtoSubmitPaymentsRequest.self)
            #expect(fault?.code == .requestTooLarge)
            #expect(fault?.detail == "orders: at most 1000 in one request")
        }
        let order =
            "{\"details\":{\"remittance\":[\"\"" + String(repeating: ",\"\"", count: 300)
            + "]}}"
        let many = Self.fault(batch(1_000, of: order), ProtoSubmitPaymentsRequest.self)
        #expect(many?.code == .requestTooLarge)
        #expect(many?.detail == "at most 200000 values in one request")
        let deep = "{\"details\":" + String(repeating: "{\"debtor\":", count: 100_000)
        #expect(Self.fault(deep, ProtoPaymentOrder.self)?.code == .malformedRequest)
    }

    /// The details of an order fill their bound, and every character is written as an escape.
    @Test func theLargestOrderFitsItsRequest() throws {
        let note = String(repeating: "\\u0061", count: Limits.bytesPerAttachment - 11)
        let text =
            #"{"creditorParticipant":"BKKBTHB0","payCurrency":"CNY","receiveCurrency":"THB","#
            + #""payAmount":"1250.00","details":{"note":""# + note + "\"}}"
        let route = try Router.all.route("PUT", "/v1/payments/a").route
        #expect(text.utf8.count <= route.terms.largestMessage)
        #expect(Self.fault(text, ProtoPaymentOrder.self) == nil)
        var order = try ProtoPaymentOrder(jsonString: text)
        order.uetr = "11249016-b447-43bc-8367-498769c3f31d"
        _ = try OrderMapping.order(from: order, submitter: try #require(BIC("BKCHCNB0")))
        order.details.note += "a"
        #expect(code { _ = try OrderMapping.order(from: order, submitter: .none) } != nil)
    }

    // MARK: Properties

    /// Bodies of all methods that have one, changed at random: each is taken, and then
    /// SwiftProtobuf takes it as well, or refused in words.
    @Test func whateverIsTakenIsReadAndWhateverIsNotIsTold() throws {
        var random = SplitMix64(seed: 41)
        for _ in 0..<1_500 {
            try mutated(Self.order, ProtoPaymentOrder.self, &random)
            try mutated(
                #"{"orders":[\#(Self.order),{}]}"#, ProtoSubmitPaymentsRequest.self, &random)
            try mutated(#"{"uetr":"a"}"#, ProtoCancelPaymentRequest.self, &random)
            try mutated(Self.participant, ProtoParticipant.self, &random)
            try mutated(Self.corridor, ProtoCorridor.self, &random)
            try mutated(
                #"{"bic":"A","state":"ACTIVE"}"#, ProtoSetParticipantStateRequest.self, &random)
            try mutated(
                #"{"foreignCurrency":"THB","state":"OPEN"}"#, ProtoSetCorridorStateRequest.self,
                &random)
            try mutated(
                #"{"foreign_currency":"THB","rate":"4.9"}"#, ProtoSetReferenceRateRequest.self,
                &random)
            try mutated(
                #"{"reference":"a","participant":"B","currency":"CNY","amount":"1","note":"é"}"#,
                ProtoFundRequest.self, &random)
            try mutated(
                #"{"bic":"A","currency":"CNY","limit":"1"}"#, ProtoSetCreditLimitRequest.self,
                &random)
        }
    }

    private func mutated<Input: Message>(
        _ example: String, _ type: Input.Type, _ random: inout SplitMix64
    ) throws {
        #expect(Self.fault(example, type) == nil, "the example itself is right")
        var (taken, refused) = (0, 0)
        for _ in 0..<4 {
            var text = example
            for _ in 0...random.below(2) { text = Self.changed(text, &random) }
            let fault = Self.fault(text, type)
            if let fault {
                refused += 1
                #expect(fault.code == .malformedRequest && !fault.detail.isEmpty, "\(text)")
            } else {
                taken += 1
                do { _ = try Input(jsonString: text) } catch {
                    Issue.record("\(text) was taken: \(error)")
                }
            }
        }
        #expect(taken + refused == 4)
    }

    /// The same text with a token, or a few characters, put another way.
    private static func changed(_ text: String, _ random: inout SplitMix64) -> String {
        var characters = Array(text)
        let tokens = Self.tokens(characters)
        let token = random.pick(tokens)
        switch random.below(5) {
        case 0, 1:
            characters.replaceSubrange(token, with: Array(random.pick(odd)))
        case 2:
            // Another name, or the same value elsewhere.
            characters.replaceSubrange(token, with: characters[random.pick(tokens)])
        case 3:
            let start = random.below(characters.count)
            let end = min(characters.count, start + 1 + random.below(12))
            characters.insert(contentsOf: characters[start..<end], at: end)
        default:
            let place = random.below(characters.count)
            let other = Array("{}[]\":,\\ \n0-1.eEtfn\u{0}é\u{7F}")
            characters[place] = random.pick(other)
        }
        return String(characters)
    }

    /// The strings, numbers and words of a text.
    private static func tokens(_ text: [Character]) -> [Range<Int>] {
        var tokens: [Range<Int>] = []
        var start = 0
        for (position, character) in text.enumerated() where "{}[]:,".contains(character) {
            if position > start { tokens.append(start..<position) }
            start = position + 1
        }
        return tokens.isEmpty ? [0..<text.count] : tokens
    }

    private static let odd = [
        "null", "true", "false", "0", "-0", "1", "-1", "1.0", "1e2", "1E-2", "0.5", "-0.0", "2e9",
        "4294967295", "4294967296", "9223372036854775808", "1e400", "\"1\"", "\"01\"", "\"-1\"",
        "\"\"", "\"\\u0041\"", "\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\\n\\/\"", "{}", "[]",
        "[{}]",
        "[null]", "[[]]", "{\"a\":1}", "\"2026-11-21T02:58:01Z\"",
        "\"2026-11-21T02:58:01.5+08:00\"",
        "\"0000-01-01T00:00:00Z\"", "\"DAY\"", "\"\\u0044AY\"", "\"PAYER\"", "\"OPEN\"", "3", "99",
        "\"payer\"", "\"pay\\u0065r\"", "\"pay_amount\"", "\"payAmount\"", "\"receiveAmount\"",
        "\"[a]\"", "NaN", "\"NaN\"", "nul", "tru", "'a'", "\"a",
    ]

    private static let order = """
        {"uetr":"a","payer":"B","creditorParticipant":"C","payCurrency":"CNY",
         "receive_currency":"THB","payAmount":"1","limitRate":"4.9","timeInForce":"DAY",
         "expiresAt":"2026-11-21T02:58:01Z","fillPolicy":1,"minimumFill":"",
         "details":{"endToEndId":"é","debtor":{"name":"n","addressLines":["a","b"]},
          "creditor":{},"remittance":["x"],"note":"\\u00e9"}}
        """
    private static let participant = """
        {"bic":"A","lei":"","name":"n","country":"CN","roles":["PAYER",2],"settlesThrough":"",
         "state":"ACTIVE"}
        """
    private static let corridor = """
        {"foreignCurrency":"THB","tick":"0.0001","referenceRate":"4.9","collarBasisPoints":500,
         "minimumSize":"1","maximumSize":"9","feePartsPerMillion":"200","selfMatch":"ALLOW",
         "weekdays":[1,2,"3"],"utcOffsetMinutes":-480,"opensAt":"08:00","cutOffAt":"17:00"}
        """
}
