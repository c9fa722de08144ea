/// A statement parameter in PostgreSQL's binary form.
package struct Parameter {
    /// The type's number in `pg_type`.
    let type: UInt32
    /// Nil is SQL null.
    let bytes: [UInt8]?

    static func int2(_ value: Int16?) -> Parameter { Parameter(type: 21, integer: value) }
    package static func int4(_ value: Int32?) -> Parameter { Parameter(type: 23, integer: value) }
    package static func int8(_ value: Int64?) -> Parameter { Parameter(type: 20, integer: value) }
    static func int8(_ value: UInt64) -> Parameter { int8(Int64(bitPattern: value)) }
    static func text(_ value: String?) -> Parameter {
        Parameter(type: 25, bytes: value.map { Array($0.utf8) })
    }
    package static func bytea(_ value: [UInt8]) -> Parameter { Parameter(type: 17, bytes: value) }
    static func uuid(_ value: UInt128) -> Parameter { Parameter(type: 2950, integer: value) }
    /// Nanoseconds since 1970, written as a time to the microsecond.
    static func time(_ nanoseconds: Int64) -> Parameter {
        Parameter(type: 1184, integer: PostgresTime.microseconds(nanoseconds))
    }

    static func int4Array(_ values: [Int32]) -> Parameter {
        Parameter(type: 1007, elementType: 23, values)
    }
    static func int8Array(_ values: [Int64]) -> Parameter {
        Parameter(type: 1016, elementType: 20, values)
    }
    static func uuidArray(_ values: [UInt128]) -> Parameter {
        Parameter(type: 2951, elementType: 2950, values)
    }

    private init<Integer: FixedWidthInteger & BitwiseCopyable>(
        type: UInt32, elementType: UInt32, _ values: [Integer]
    ) {
        var bytes: [UInt8] = []
        func append<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word) {
            withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
        }
        bytes.reserveCapacity(20 + values.count * (4 + MemoryLayout<Integer>.size))
        append(Int32(values.isEmpty ? 0 : 1))
        append(Int32(0))
        append(elementType)
        if !values.isEmpty {
            append(Int32(values.count))
            append(Int32(1))
        }
        for value in values {
            append(Int32(MemoryLayout<Integer>.size))
            append(value)
        }
        self.init(type: type, bytes: bytes)
    }

    private init(type: UInt32, bytes: [UInt8]?) {
        self.type = type
        self.bytes = bytes
    }

    private init<Integer: FixedWidthInteger>(type: UInt32, integer: Integer?) {
        self.type = type
        self.bytes = integer.map { value in
            withUnsafeBytes(of: value.bigEndian) { Array($0) }
        }
    }
}

/// PostgreSQL counts microseconds from 2000-01-01.
enum PostgresTime {
    static func microseconds(_ nanoseconds: Int64) -> Int64 {
        // Rounded down, so that times before 1970 stay in order.
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000)
        return quotient - (remainder < 0 ? 1 : 0) - 946_684_800_000_000
    }
}

extension [Parameter] {
    /// Calls `body` with the types, value pointers, lengths and formats that libpq asks for.
    ///
    /// Values are not copied: a payload of megabytes goes out from where it lies.
    func withPointers<Result>(
        _ body: (
            _ types: [UInt32], _ values: [UnsafePointer<CChar>?], _ lengths: [Int32],
            _ formats: [Int32]
        ) -> Result
    ) -> Result {
        var values: [UnsafePointer<CChar>?] = []
        values.reserveCapacity(count)
        let lengths = map { Int32($0.bytes?.count ?? 0) }
        return pin(from: 0, into: &values) { pinned in
            body(map(\.type), pinned, lengths, [Int32](repeating: 1, count: count))
        }
    }

    private func pin<Result>(
        from position: Int, into values: inout [UnsafePointer<CChar>?],
        _ body: ([UnsafePointer<CChar>?]) -> Result
    ) -> Result {
        guard position < count else { return body(values) }
        guard let bytes = self[position].bytes else {
            values.append(nil)
            return pin(from: position + 1, into: &values, body)
        }
        return bytes.withUnsafeBytes { buffer in
            // An empty value still needs an address: null would mean SQL null.
            let address = buffer.baseAddress ?? UnsafeRawPointer(bitPattern: 1)
            values.append(address?.assumingMemoryBound(to: CChar.self))
            return pin(from: position + 1, into: &values, body)
        }
    }
}
