/// The fields of one row in binary form, read from left to right.
///
/// A field of the wrong size or an unknown code reads as zero and sets `isDamaged`, so that a
/// decoder checks once at its end instead of at every field.
protocol FieldSource {
    /// The bytes of the next field, nil for SQL null.
    mutating func next() -> UnsafeRawBufferPointer?
    var isDamaged: Bool { get set }
}

extension FieldSource {
    @inline(__always)
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type = Integer.self
    ) -> Integer {
        guard let bytes = next(), bytes.count == MemoryLayout<Integer>.size else {
            isDamaged = true
            return 0
        }
        return Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
    }

    /// A field for which null stands for a usual value.
    @inline(__always)
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        orNull usual: Integer
    ) -> Integer {
        guard let bytes = next() else { return usual }
        guard bytes.count == MemoryLayout<Integer>.size else {
            isDamaged = true
            return 0
        }
        return Integer(bigEndian: bytes.loadUnaligned(as: Integer.self))
    }

    @inline(__always)
    mutating func int4AsUnsigned() -> UInt32 { UInt32(bitPattern: integer(Int32.self)) }

    @inline(__always)
    mutating func int8AsUnsigned() -> UInt64 { UInt64(bitPattern: integer(Int64.self)) }

    /// A case by its raw value.
    mutating func coded<Case: RawRepresentable>(
        _ number: some BinaryInteger, _ damaged: Case
    ) -> Case where Case.RawValue == UInt8 {
        if let raw = UInt8(exactly: number), let value = Case(rawValue: raw) { return value }
        isDamaged = true
        return damaged
    }

    mutating func code<Case>(_ table: CodeTable<Case>) -> Case {
        if let bytes = next(), let value = table.value(of: bytes) { return value }
        isDamaged = true
        return table.first
    }

    mutating func optionalText() -> String? {
        next().map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func text() -> String {
        if let text = optionalText() { return text }
        isDamaged = true
        return ""
    }

    mutating func optionalBytes() -> [UInt8]? { next().map { Array($0) } }

    mutating func bytes() -> [UInt8] {
        if let bytes = next() { return Array(bytes) }
        isDamaged = true
        return []
    }

    /// An array of one dimension without nulls, `integer[]` or `bigint[]`.
    mutating func array<Integer: FixedWidthInteger & BitwiseCopyable>(
        of type: Integer.Type = Integer.self
    ) -> [Integer] {
        if let array = optionalArray(of: type) { return array }
        isDamaged = true
        return []
    }

    /// The same; nil for SQL null.
    mutating func optionalArray<Integer: FixedWidthInteger & BitwiseCopyable>(
        of type: Integer.Type = Integer.self
    ) -> [Integer]? {
        let size = MemoryLayout<Integer>.size
        guard let bytes = next() else { return nil }
        guard bytes.count >= 12 else {
            isDamaged = true
            return []
        }
        let word = { (offset: Int) in
            Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        }
        guard word(0) > 0 else { return [] }
        guard word(0) == 1, bytes.count >= 20, word(12) >= 0,
            bytes.count == 20 + word(12) * (4 + size)
        else {
            isDamaged = true
            return []
        }
        return (0..<word(12)).map { element in
            let offset = 20 + element * (4 + size) + 4
            return Integer(
                bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Integer.self))
        }
    }

    mutating func boolean() -> Bool { integer(UInt8.self) != 0 }

    mutating func skip() { _ = next() }

    /// Throws when any field so far was not what its column promises.
    func check(_ table: String) throws(StoreError) {
        guard isDamaged else { return }
        throw StoreError(
            .rowUnreadable, "A row of \(table) holds a value that no gateway wrote.")
    }
}

/// One row of `COPY … TO STDOUT (FORMAT binary)`.
struct CopyFields: FieldSource {
    private var rest: UnsafeRawBufferPointer
    var isDamaged = false

    init(_ bytes: UnsafeRawBufferPointer) {
        rest = bytes
    }

    @inline(__always)
    mutating func next() -> UnsafeRawBufferPointer? {
        guard rest.count >= 4 else {
            isDamaged = true
            return nil
        }
        let length = Int(Int32(bigEndian: rest.loadUnaligned(as: Int32.self)))
        guard length >= 0 else {
            rest = UnsafeRawBufferPointer(rebasing: rest[4...])
            return nil
        }
        guard rest.count >= 4 + length else {
            isDamaged = true
            return nil
        }
        let field = UnsafeRawBufferPointer(rebasing: rest[4..<(4 + length)])
        rest = UnsafeRawBufferPointer(rebasing: rest[(4 + length)...])
        return field
    }
}
