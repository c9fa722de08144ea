internal import Domain

/// Reads the fields of a packed record one behind the other.
///
/// That a message is long enough for its records is checked once, with its header. A field behind
/// the end of its record would be our own fault, and stops the process.
struct RecordReader {
    private var rest: UnsafeRawBufferPointer

    init(_ record: UnsafeRawBufferPointer) { rest = record }

    /// The next integer, little-endian.
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type = Integer.self
    ) -> Integer {
        Integer(littleEndian: bytes(MemoryLayout<Integer>.size).loadUnaligned(as: type))
    }

    /// The 16 bytes of a UUID, the first most significant.
    mutating func uetrBits() -> UInt128 { integer(UInt128.self).byteSwapped }

    /// The next bytes, in place.
    mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
        require(count <= rest.count, "a field lies within its record")
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[count...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<count])
    }
}
