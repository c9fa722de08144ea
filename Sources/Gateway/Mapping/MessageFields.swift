internal import SwiftProtobuf

/// What a message says, by the numbers of its fields: the values on the wire, not yet understood.
///
/// Of well-formed protobuf bytes, as SwiftProtobuf writes them: what is as in an empty message is
/// not there.
struct MessageFields: Sendable {
    enum Value: Sendable {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    let shape: MessageShape
    private var values: [Int: [Value]] = [:]

    init<Input: Message>(_ message: Input) {
        self.init((try? message.serializedBytes()) ?? [], MessageShapes.all.shape(of: Input.self))
    }

    init(_ bytes: [UInt8], _ shape: MessageShape) {
        self.shape = shape
        var rest = bytes[...]
        while let tag = MessageFields.number(&rest) {
            let value: Value
            switch tag & 7 {
            case 0: value = .number(MessageFields.number(&rest) ?? 0)
            case 2:
                let count = Int(MessageFields.number(&rest) ?? 0)
                value = .bytes(rest.prefix(count))
                rest = rest.dropFirst(count)
            // No field of a command has a fixed size.
            default: return
            }
            values[Int(tag >> 3), default: []].append(value)
        }
    }

    /// The number of variable length at the beginning, which is taken off; nil at the end.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    func holds(_ field: MessageShape.Field) -> Bool { values[field.number] != nil }

    /// A text or a message; empty when it is not said.
    func bytes(_ field: MessageShape.Field) -> [UInt8] {
        guard case .bytes(let bytes) = values[field.number]?.last else { return [] }
        return Array(bytes)
    }

    /// All texts or messages of a list.
    func all(_ field: MessageShape.Field) -> [[UInt8]] {
        (values[field.number] ?? []).compactMap {
            if case .bytes(let bytes) = $0 { Array(bytes) } else { nil }
        }
    }

    /// Empty also for a field that the message does not have.
    func text(_ name: String) -> String {
        shape[name].map { String(decoding: bytes($0), as: UTF8.self) } ?? ""
    }

    /// Empty when it is not said.
    func text(_ field: MessageShape.Field) -> String {
        String(decoding: bytes(field), as: UTF8.self)
    }

    /// Zero when it is not said.
    func number(_ field: MessageShape.Field) -> UInt64 { numbers(field).last ?? 0 }

    /// Those of a list, packed or one by one.
    func numbers(_ field: MessageShape.Field) -> [UInt64] {
        (values[field.number] ?? []).flatMap { value -> [UInt64] in
            switch value {
            case .number(let number): return [number]
            case .bytes(var packed):
                var numbers: [UInt64] = []
                while let number = MessageFields.number(&packed) { numbers.append(number) }
                return numbers
            }
        }
    }
}
