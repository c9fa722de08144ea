internal import Domain

/// Rows on their way into `COPY … FROM STDIN (FORMAT binary)`.
///
/// Holds at most one buffer of 64 KiB and hands it on when it is full, so memory does not grow
/// with the number of rows. A failure to send is kept and reported when the copy ends.
///
/// At the beginning of a row and after a field of variable size there is room for a whole row of
/// fields of fixed size. So those need no check: two stores each.
struct CopyWriter: ~Copyable {
    private let buffer: UnsafeMutableRawPointer
    private var used = 0
    private let send: (UnsafeRawBufferPointer) -> Void
    private let columnCount: Int16
    private(set) var rowCount = 0

    private static let size = 65_536
    /// The largest field of fixed size: a length and 16 bytes.
    private static let largestField = 20
    private static let room = 1_024

    init(columnCount: Int, send: @escaping (UnsafeRawBufferPointer) -> Void) {
        require(columnCount * CopyWriter.largestField <= CopyWriter.room - 2, "a row fits the room")
        buffer = .allocate(byteCount: CopyWriter.size, alignment: 16)
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
        makeRoom(0)
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
    mutating func uuid(_ bits: UInt128) { integer(bits) }
    mutating func null() { append(Int32(-1)) }

    /// An `int8` for which null stands for the usual value.
    @inline(__always)
    mutating func int8(_ value: Int64, nullFor usual: Int64) {
        if value == usual { null() } else { integer(value) }
    }

    /// `integer[]` of the distances from the first element.
    mutating func offsets(_ rows: UnsafeBufferPointer<UInt64>) {
        beginArray(elementType: 23, count: rows.count, elementSize: 4)
        for row in rows {
            append(UInt64(4) << 32 | UInt64(UInt32(row - rows[0])))
        }
        makeRoom(0)
    }

    /// `bigint[]`.
    mutating func array(_ values: ArraySlice<UInt64>) {
        guard !values.isEmpty else {
            append(Int32(12))
            append(Int64(0))
            append(Int32(20))
            return
        }
        beginArray(elementType: 20, count: values.count, elementSize: 8)
        for value in values {
            makeRoom(0)
            int8(value)
        }
        makeRoom(0)
    }

    /// An array of one value of each row, which are at least one.
    @inline(__always)
    mutating func list<Row, Element: ArrayElement>(
        of rows: UnsafeBufferPointer<Row>, _ value: (Row) -> Element
    ) {
        let size = MemoryLayout<Element>.size
        beginArray(elementType: Element.typeNumber, count: rows.count, elementSize: size)
        for row in rows {
            makeRoom(0)
            integer(value(row))
        }
        makeRoom(0)
    }

    private mutating func beginArray(elementType: Int32, count: Int, elementSize: Int) {
        makeRoom(min(20 + count * (4 + elementSize), CopyWriter.size - CopyWriter.room))
        append(Int32(20 + count * (4 + elementSize)))
        append(Int32(1))
        append(Int32(0))
        append(elementType)
        append(Int32(count))
        append(Int32(1))
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
        (buffer + used).storeBytes(of: value.bigEndian, as: Integer.self)
        used += MemoryLayout<Integer>.size
    }

    private mutating func append(bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= CopyWriter.size - CopyWriter.room else {
            flush()
            return send(bytes)
        }
        makeRoom(bytes.count)
        guard let source = bytes.baseAddress else { return }
        (buffer + used).copyMemory(from: source, byteCount: bytes.count)
        used += bytes.count
        makeRoom(0)
    }

    /// Afterwards there is room for so many bytes and a row of fixed size.
    @inline(__always)
    private mutating func makeRoom(_ count: Int) {
        if used + count + CopyWriter.room > CopyWriter.size { flush() }
    }

    private mutating func flush() {
        send(UnsafeRawBufferPointer(start: buffer, count: used))
        used = 0
    }
}

/// An integer of which PostgreSQL has arrays.
protocol ArrayElement: FixedWidthInteger, BitwiseCopyable {
    /// The type's number in `pg_type`.
    static var typeNumber: Int32 { get }
}

extension Int64: ArrayElement { static var typeNumber: Int32 { 20 } }
extension Int32: ArrayElement { static var typeNumber: Int32 { 23 } }
extension Int16: ArrayElement { static var typeNumber: Int32 { 21 } }
