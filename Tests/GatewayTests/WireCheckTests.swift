internal import Chance
import Domain
import Gateway
import Scenarios
import SwiftProtobuf
import Testing

/// Protobuf messages are counted before they are built.
@Suite struct WireCheckTests {
    private func fault<Input: Message>(_ bytes: [UInt8], _ type: Input.Type) -> GatewayError? {
        bytes.withUnsafeBytes { WireCheck.fault(in: $0, of: type) }
    }

    private func batch(_ orders: [ProtoPaymentOrder]) throws -> [UInt8] {
        var batch = ProtoSubmitPaymentsRequest()
        batch.orders = orders
        return try batch.serializedBytes()
    }

    @Test func aThousandWholeOrdersPass() throws {
        var order = ProtoPaymentOrder()
        order.uetr = "11249016-b447-43bc-8367-498769c3f31d"
        order.payAmount = "1250.00"
        order.expiresAt.seconds = 1_800_000_000
        order.details.debtor.addressLines = Array(repeating: "line", count: 10)
        order.details.remittance = Array(repeating: "invoice", count: 100)
        let bytes = try batch(Array(repeating: order, count: 1_000))
        #expect(fault(bytes, ProtoSubmitPaymentsRequest.self) == nil)
        #expect(
            fault(
                try batch(Array(repeating: order, count: 1_001)), ProtoSubmitPaymentsRequest.self
            )?.detail == "orders: at most 1000 in one request")
    }

    /// Two bytes on the wire are an order in memory.
    @Test(
        arguments: [
            ("empty orders", [0x0A, 0x00]),
            // Field 15 as a group that holds an order with a broken length, which nobody reads.
            ("behind a group", [0x7B, 0x0A, 0x02, 0x6A, 0x7F, 0x7C]),
            ("behind unknown fields", [0xFA, 0x01, 0x03, 1, 2, 3, 0xF8, 0x01, 0xFF, 0x01]),
        ] as [(String, [UInt8])])
    func manyOrdersAreRefused(_ name: String, _ start: [UInt8]) throws {
        let bytes = start + Array(repeatElement([0x0A, 0x00], count: 5_000).joined())
        #expect(throws: Never.self) { try ProtoSubmitPaymentsRequest(serializedBytes: bytes) }
        #expect(fault(bytes, ProtoSubmitPaymentsRequest.self)?.code == .requestTooLarge)
    }

    @Test func manyValuesAreRefused() throws {
        var order = ProtoPaymentOrder()
        order.details.remittance = Array(repeating: "", count: 200_001)
        let bytes: [UInt8] = try order.serializedBytes()
        #expect(fault(bytes, ProtoPaymentOrder.self)?.code == .requestTooLarge)
        // The same in many pieces of one message, and in a packed list of numbers.
        let pieces = Array(
            repeatElement([0x6A, 0x02, 0x3A, 0x00] as [UInt8], count: 150_000).joined())
        #expect(fault(pieces, ProtoPaymentOrder.self)?.code == .requestTooLarge)
        var corridor = ProtoCorridor()
        corridor.weekdays = Array(repeating: 1, count: 200_000)
        let packed: [UInt8] = try corridor.serializedBytes()
        #expect(fault(packed, ProtoCorridor.self)?.code == .requestTooLarge)
        // Fields that nobody knows are kept in memory too.
        let unknown = Array(repeatElement([0xF8, 0x01, 0x00] as [UInt8], count: 200_001).joined())
        #expect(fault(unknown, ProtoPaymentOrder.self)?.code == .requestTooLarge)
    }

    /// Any bytes: no trap, and what SwiftProtobuf reads of them is within the bounds.
    @Test func anyBytesAreCounted() throws {
        var random = SplitMix64(seed: 42)
        var order = ProtoPaymentOrder()
        order.payAmount = "1"
        order.details.remittance = ["a", "b"]
        let good = try batch(Array(repeating: order, count: 400))
        var (read, refused) = (0, 0)
        for _ in 0..<2_000 {
            var bytes = good
            for _ in 0...random.below(4) {
                let place = random.below(bytes.count)
                if random.percent(50) {
                    bytes[place] = UInt8(truncatingIfNeeded: random.next())
                } else {
                    bytes.insert(contentsOf: [0x0A, 0x00], at: place)
                }
            }
            let fault = fault(bytes, ProtoSubmitPaymentsRequest.self)
            if fault != nil { refused += 1 }
            guard let batch = try? ProtoSubmitPaymentsRequest(serializedBytes: bytes) else {
                continue
            }
            read += 1
            #expect(fault == nil || batch.orders.count > 1_000)
        }
        // Most of the changes leave no message; what is still one has no more than the good one.
        #expect(read > 20, "\(read) read, \(refused) refused")
    }
}
