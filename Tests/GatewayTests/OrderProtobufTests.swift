internal import Chance
import Domain
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// Orders in protobuf that are read by hand are read as SwiftProtobuf reads them.
@Suite struct OrderProtobufTests {
    private static func read(_ bytes: [UInt8]) -> OrderDraft? {
        bytes.withUnsafeBytes { OrderProtobuf.read($0) }
    }

    private static func slowly(_ bytes: [UInt8]) throws -> ReadOrder {
        try ReadOrder(try ProtoPaymentOrder(serializedBytes: bytes))
    }

    /// Messages near the usual form, right and wrong.
    @Test func ordersAreReadAsSwiftProtobufReadsThem() throws {
        var random = SplitMix64(seed: 21)
        var (taken, left, wrong) = (0, 0, 0)
        for _ in 0..<60_000 {
            let bytes = try Self.message(&random)
            let expected = try? Self.slowly(bytes)
            let read = Self.read(bytes)
            if expected == nil { wrong += 1 }
            if read == nil { left += 1 } else { taken += 1 }
            guard let read else { continue }
            #expect(read == expected?.draft, "\(bytes)")
            // Its UETR is written as it was submitted.
            #expect(try ProtoPaymentOrder(serializedBytes: bytes).uetr == read.uetr.description)
            #expect(try !ProtoPaymentOrder(serializedBytes: bytes).hasDetails)
        }
        #expect(taken > 3_000 && left > 10_000 && wrong > 10_000, "\(taken), \(left), \(wrong)")
    }

    @Test func batchesAreReadAsSwiftProtobufReadsThem() throws {
        var random = SplitMix64(seed: 22)
        var taken = 0
        for _ in 0..<5_000 {
            var request = ProtoSubmitPaymentsRequest()
            request.orders = (0..<random.pick([0, 1, 3])).map { _ in
                random.percent(95) ? Self.usual(&random) : ProtoPaymentOrder()
            }
            let bytes = Self.damaged(try request.serializedBytes(), &random, percent: 30)
            guard let read = bytes.withUnsafeBytes({ OrderProtobuf.readBatch($0) }) else {
                continue
            }
            taken += 1
            let expected = try ProtoSubmitPaymentsRequest(serializedBytes: bytes).orders
            #expect(read == (try expected.map { try ReadOrder($0).draft }), "\(bytes)")
        }
        #expect(taken > 2_000, "\(taken)")
    }

    /// The greatest batch of a request takes the fast way, one more does not.
    @Test func aThousandOrdersAreRead() throws {
        var random = SplitMix64(seed: 23)
        var request = ProtoSubmitPaymentsRequest()
        request.orders = (0..<1_000).map { _ in Self.usual(&random) }
        func read() throws -> Int? {
            let bytes: [UInt8] = try request.serializedBytes()
            return bytes.withUnsafeBytes { OrderProtobuf.readBatch($0)?.count }
        }
        #expect(try read() == 1_000)
        request.orders.append(Self.usual(&random))
        #expect(try read() == nil)
    }

    private static func usual(_ random: inout SplitMix64) -> ProtoPaymentOrder {
        var order = ProtoPaymentOrder()
        order.uetr = random.uetr().description
        if random.percent(30) { order.payer = "BKCHCNBJ" }
        order.creditorParticipant = "BKKBTHBKXXX"
        (order.payCurrency, order.receiveCurrency) =
            random.pick([("CNY", "THB"), ("JPY", "CNY"), ("CNY", "KWD")])
        let amount = random.pick(["12", "1000000", "7"])
        if random.percent(50) { order.payAmount = amount } else { order.receiveAmount = amount }
        if random.percent(50) { order.limitRate = "4.93" }
        if random.percent(30) { order.timeInForce = random.pick(ProtoTimeInForce.allCases) }
        if random.percent(30) { order.fillPolicy = random.pick(ProtoFillPolicy.allCases) }
        if random.percent(20) { order.minimumFill = "1" }
        if random.percent(20) { order.attempt = "2" }
        return order
    }

    private static func message(_ random: inout SplitMix64) throws -> [UInt8] {
        var order = usual(&random)
        if random.percent(50) { unusual(&order, &random) }
        let bytes: [UInt8] = try order.serializedBytes()
        return damaged(bytes, &random, percent: 40)
    }

    private static func unusual(_ order: inout ProtoPaymentOrder, _ random: inout SplitMix64) {
        let long = String(repeating: "7", count: random.pick([36, 127, 128, 300]))
        switch random.below(12) {
        case 0: order.uetr = random.pick([order.uetr.uppercased(), "", "x", long])
        case 1: order.payer = random.pick(["CN:102100099996", "LEI:x", "bkchcnbj", long])
        case 2: order.creditorParticipant = random.pick(["", "ABCDEF", "CN:102100099996"])
        case 3: order.payCurrency = random.pick(["", "CNH", "cny", "CN"])
        case 4: order.payAmount = random.pick(["", "-1", "0.001", "1.", long, "１"])
        case 5: order.fixed = nil
        case 6: order.limitRate = random.pick(["0", "-1", "1e3", long])
        case 7: order.timeInForce = .UNRECOGNIZED(random.pick([6, 127, 128, -1]))
        case 8: order.expiresAt.seconds = random.pick([0, 1_800_000_000, .max])
        case 9: order.details.endToEndID = random.pick(["", "E2E"])
        case 10: order.attempt = random.pick([long, "é", "\r\n", "\u{0}", "#00", "a\u{301}"])
        default: order.minimumFill = random.pick(["0.5", "0", "", long])
        }
    }

    /// Fields again, others, in another order, or other bytes.
    private static func damaged(
        _ bytes: [UInt8], _ random: inout SplitMix64, percent: Int
    ) -> [UInt8] {
        guard random.percent(percent) else { return bytes }
        var bytes = bytes
        let place = random.below(bytes.count + 1)
        switch random.below(7) {
        case 0: bytes.removeLast(min(bytes.count, random.below(5)))
        case 1: bytes.insert(UInt8(random.below(256)), at: place)
        case 2: if place < bytes.count { bytes[place] = UInt8(random.below(256)) }
        case 3: if place < bytes.count { bytes.remove(at: place) }
        case 4: bytes += bytes.prefix(place)
        case 5: bytes += random.pick([[0x7A, 0x00], [0x48, 0x03], [0x48, 0x83, 0x00], [0x0A]])
        default: bytes = Array(bytes[place...] + bytes[..<place])
        }
        return bytes
    }
}
