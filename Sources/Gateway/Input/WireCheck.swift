internal import Domain
package import SwiftProtobuf

/// Counts what a protobuf message holds before anything is built of it: a few bytes on the wire can
/// be an object of some hundred in memory.
///
/// Bytes that are no protobuf message end the count; SwiftProtobuf, which reads them in the same
/// order, says what is wrong with them. Fields that the type does not have are counted and let
/// pass, as the rules of protobuf want it.
package struct WireCheck {
    private let bytes: UnsafeRawBufferPointer
    private let shapes: MessageShapes
    private var values = 0

    /// Why a message is too large; nil when it is not.
    ///
    /// - Complexity: O(fields on the wire); nothing for short messages, which cannot hold many.
    package static func fault<Input: Message>(
        in bytes: UnsafeRawBufferPointer, of type: Input.Type
    ) -> GatewayError? {
        guard bytes.count > 2 * MessageShapes.largestList else { return nil }
        let shapes = MessageShapes.all
        var check = WireCheck(bytes: bytes, shapes: shapes)
        do {
            _ = try check.message(0..<bytes.count, shapes.shape(of: type), depth: 0)
            return nil
        } catch {
            return error
        }
    }

    /// Counts the fields in a range; false when they cannot be followed to its end.
    private mutating func message(
        _ range: Range<Int>, _ shape: MessageShape, depth: Int
    ) throws(GatewayError) -> Bool {
        var position = range.lowerBound
        var lists: [Int: Int] = [:]
        // Fields of this type mean nothing within a group, which no message of the API has.
        var groups = 0
        while position < range.upperBound {
            guard let tag = varint(&position, range.upperBound) else { return false }
            try count(1)
            var length = 0
            switch tag & 7 {
            case 0: guard varint(&position, range.upperBound) != nil else { return false }
            case 1: length = 8
            case 5: length = 4
            case 2:
                guard let size = varint(&position, range.upperBound), size <= UInt64(range.count)
                else { return false }
                length = Int(size)
            case 3: groups += 1
            case 4: groups -= 1
            default: return false
            }
            guard length <= range.upperBound - position, groups >= 0 else { return false }
            let content = position..<position + length
            position += length
            guard tag & 7 == 2, groups == 0, tag >> 3 <= 1 << 29,
                let field = shape.field(numbered: Int(tag >> 3))
            else { continue }
            guard try self.content(content, field, &lists, depth) else { return false }
        }
        return true
    }

    /// Counts what a field with a length holds.
    private mutating func content(
        _ range: Range<Int>, _ field: MessageShape.Field, _ lists: inout [Int: Int], _ depth: Int
    ) throws(GatewayError) -> Bool {
        switch field.kind {
        case .text, .bytes, .time: return true
        case .flag, .integer, .number, .word:
            // A packed list: each number takes a byte at least.
            try count(range.count)
            return true
        case .message(let place):
            if field.isRepeated {
                lists[field.number, default: 0] += 1
                guard lists[field.number, default: 0] <= MessageShapes.largestList else {
                    throw GatewayError(
                        .requestTooLarge,
                        "\(field.jsonName): at most \(MessageShapes.largestList) in one request")
                }
            }
            guard depth < MessageShapes.deepest else { return false }
            return try message(range, shapes[place], depth: depth + 1)
        }
    }

    private mutating func count(_ more: Int) throws(GatewayError) {
        values += more
        guard values <= MessageShapes.mostValues else {
            throw GatewayError(
                .requestTooLarge, "at most \(MessageShapes.mostValues) values in one request")
        }
    }

    /// The number of variable length at `position`, which goes behind it.
    private func varint(_ position: inout Int, _ end: Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
}
