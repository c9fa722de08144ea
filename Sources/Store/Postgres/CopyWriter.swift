/// Rows on their way into `COPY … FROM STDIN (FORMAT binary)`.
///
/// Holds at most one buffer of 64 KiB and hands it on when it is full, so memory does not grow
/// with the number of rows. A failure to send is kept and reported when the copy ends. Field
/// functions cost a bounds check and a store each.
struct CopyWriter: ~Copyable {
    private let buffer: UnsafeMutableRawBufferPointer
    private var used = 0
    private let send: (UnsafeRawBufferPointer) -> Void
    private let columnCount: Int16
    private(set) var rowCount = 0

    init(columnCount: Int, send: @escaping (UnsafeRawBufferPointer) -> Void) {
        buffer = .allocate(byteCount: 65_536, alignment: 16)
        self.columnCount = Int16(columnCount)
        self.send = send
        // Signature, no flags, no header extension.
        append(UInt64(0x5047_434F_5059_0AFF))
        append(UInt32(0x0D0A_0000))
        append(UInt32(0))
        append(UInt16(0))
        append(UInt8(0))
    }

    deinit {
        buffer.deallocate()
    }

    mutating func beginRow() {
        append(columnCount)
        rowCount += 1
    }

    @inline(__always)
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        append(Int32(MemoryLayout<Integer>.size))
        append(value)
    }

    mutating func int2(_ value: Int16) { integer(value) }
    mutating func int4(_ value: Int32) { integer(value) }
    mutating func int4(_ value: UInt32) { integer(value) }
    mutating func int8(_ value: Int64) { integer(value) }
    mutating func int8(_ value: UInt64) { integer(value) }
    mutating func boolean(_ value: Bool) { integer(UInt8(value ? 1 : 0)) }
    mutating func uuid(_ bits: UInt128) { integer(bits) }
    mutating func null() { append(Int32(-1)) }

    /// A hash as `bytea`, most significant byte first.
    mutating func hash<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        integer(value)
    }

    /// Nanoseconds since 1970 as a `timestamptz`.
    mutating func time(_ nanoseconds: Int64) { integer(PostgresTime.microseconds(nanoseconds)) }

    mutating func code<Case>(_ table: CodeTable<Case>, _ value: Case) {
        table.field(of: value).withUnsafeBytes { append(bytes: $0) }
    }

    mutating func text(_ value: String?) {
        guard var value else { return null() }
        value.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
    }

    mutating func bytes(_ value: UnsafeRawBufferPointer) {
        append(Int32(value.count))
        append(bytes: value)
    }

    /// Ends the rows and hands on what is left.
    mutating func finish() {
        append(Int16(-1))
        flush()
    }

    @inline(__always)
    private mutating func append<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        if buffer.count - used < MemoryLayout<Integer>.size { flush() }
        buffer.storeBytes(of: value.bigEndian, toByteOffset: used, as: Integer.self)
        used += MemoryLayout<Integer>.size
    }

    private mutating func append(bytes: UnsafeRawBufferPointer) {
        if buffer.count - used < bytes.count { flush() }
        guard bytes.count <= buffer.count else { return send(bytes) }
        guard let source = bytes.baseAddress else { return }
        (buffer.baseAddress! + used).copyMemory(from: source, byteCount: bytes.count)
        used += bytes.count
    }

    private mutating func flush() {
        send(UnsafeRawBufferPointer(rebasing: buffer[..<used]))
        used = 0
    }
}
