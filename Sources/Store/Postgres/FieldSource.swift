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

    @inline(__always)
    mutating func int4AsUnsigned() -> UInt32 { UInt32(bitPattern: integer(Int32.self)) }

    @inline(__always)
    mutating func int8AsUnsigned() -> UInt64 { UInt64(bitPattern: integer(Int64.self)) }

    /// An integer that must fit a narrower type than its column has.
    mutating func narrowed<Wide, Narrow>(_ wide: Wide.Type, to narrow: Narrow.Type) -> Narrow
    where Wide: FixedWidthInteger & BitwiseCopyable, Narrow: FixedWidthInteger {
        if let value = Narrow(exactly: integer(wide)) { return value }
        isDamaged = true
        return 0
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

    mutating func bytes() -> [UInt8] {
        if let bytes = next() { return Array(bytes) }
        isDamaged = true
        return []
    }

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
