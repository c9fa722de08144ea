package import Domain
internal import NIOCore

/// Reads payment orders in protobuf of the usual form: each field once, none of them empty or as
/// long as 128 bytes, the UETR in small letters, no details and no expiry. SwiftProtobuf reads
/// everything else, and it is said there what is wrong.
package enum OrderProtobuf {
    /// Nil for a message that is not of the usual form, and for an order that lacks something or
    /// has anything wrong in it.
    ///
    /// - Complexity: O(bytes).
    package static func read(_ message: UnsafeRawBufferPointer) -> OrderDraft? {
        let bytes = message.assumingMemoryBound(to: UInt8.self)
        var fields = OrderFields()
        var position = 0
        while position + 1 < bytes.count {
            let (tag, value) = (bytes[position], Int(bytes[position + 1]))
            position += 2
            // The numbers of all these fields fit a tag of one byte, where they come before its
            // type; bytes from 128 on are parts of longer numbers.
            guard tag < 128, value < 128, let field = OrderField(rawValue: Int(tag >> 3)) else {
                return nil
            }
            switch tag & 7 {
            case 0:
                guard fields.set(field, number: value) else { return nil }
            case 2:
                let end = position + value
                guard value > 0, end <= bytes.count, !field.isWord else { return nil }
                let text = UnsafeBufferPointer(rebasing: bytes[position..<end])
                guard text.allSatisfy({ isUsual($0, in: field) }), fields.set(field, text) else {
                    return nil
                }
                position = end
            default: return nil
            }
        }
        return position == bytes.count ? fields.draft() : nil
    }

    /// The orders of a `SubmitPaymentsRequest`; nil unless all of them are of the usual form, and
    /// no more than fit one request.
    package static func readBatch(_ message: UnsafeRawBufferPointer) -> [OrderDraft]? {
        var orders: [OrderDraft] = []
        var position = 0
        while position + 2 < message.count {
            let (tag, low, high) = (
                message[position], Int(message[position + 1]), Int(message[position + 2])
            )
            // A field of number 1 with a length of one byte or two.
            guard tag == 1 << 3 | 2, low < 128 || high < 128,
                orders.count < MessageShapes.largestList
            else { return nil }
            let start = position + (low < 128 ? 2 : 3)
            let end = start + (low < 128 ? low : low - 128 + high << 7)
            guard end <= message.count,
                let order = read(UnsafeRawBufferPointer(rebasing: message[start..<end]))
            else { return nil }
            orders.append(order)
            position = end
        }
        return position == message.count ? orders : nil
    }

    /// Printable ASCII.
    private static func isUsual(_ byte: UInt8, in field: OrderField) -> Bool {
        let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        return byte >= 0x20 && byte < 0x7F && !(isCapital && field == .uetr)
    }
}

/// An order that came as protobuf, read as far as its form goes.
enum WireOrder: Sendable {
    case usual(OrderDraft)
    case other(ProtoPaymentOrder)

    /// - Throws: `MALFORMED_REQUEST`, `REQUEST_TOO_LARGE`.
    init(_ message: ByteBuffer) throws(GatewayError) {
        if let usual = message.withUnsafeReadableBytes({ OrderProtobuf.read($0) }) {
            self = .usual(usual)
        } else {
            self = .other(try decode(message))
        }
    }

    /// The UETR as it was submitted.
    var uetr: String {
        switch self {
        case .usual(let draft): draft.uetr.description
        case .other(let order): order.uetr
        }
    }

    /// The orders of a `SubmitPaymentsRequest`.
    ///
    /// - Throws: `MALFORMED_REQUEST`, `REQUEST_TOO_LARGE`.
    static func batch(_ message: ByteBuffer) throws(GatewayError) -> [WireOrder] {
        if let usual = message.withUnsafeReadableBytes(OrderProtobuf.readBatch) {
            return usual.map { .usual($0) }
        }
        let request: ProtoSubmitPaymentsRequest = try decode(message)
        return request.orders.map { .other($0) }
    }
}
