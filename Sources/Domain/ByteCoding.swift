/// Writes little-endian integers into memory that it does not own, one store each.
public struct ByteWriter {
    @usableFromInline let bytes: UnsafeMutableRawBufferPointer
    @usableFromInline var position = 0

    @inlinable
    public init(_ bytes: UnsafeMutableRawBufferPointer) {
        self.bytes = bytes
    }

    /// Bytes written so far.
    @inlinable
    public var count: Int { position }

    /// - Precondition: the value fits behind what was written.
    @inlinable
    @inline(__always)
    public mutating func write<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer) {
        let size = MemoryLayout<Integer>.size
        require(bytes.count - position >= size, "encoding exceeds its memory")
        bytes.storeBytes(of: value.littleEndian, toByteOffset: position, as: Integer.self)
        position += size
    }

    /// Copies bytes.
    ///
    /// - Precondition: they fit behind what was written.
    @inlinable
    public mutating func write(_ source: UnsafeRawBufferPointer) {
        require(bytes.count - position >= source.count, "encoding exceeds its memory")
        UnsafeMutableRawBufferPointer(rebasing: bytes[position...]).copyMemory(from: source)
        position += source.count
    }
}

extension Array where Element == UInt8 {
    /// Exactly the bytes that `encode` writes, at most `capacity`.
    @inlinable
    public init(capacity: Int, encoding encode: (inout ByteWriter) -> Void) {
        self.init(unsafeUninitializedCapacity: capacity) { buffer, count in
            var writer = ByteWriter(UnsafeMutableRawBufferPointer(buffer))
            encode(&writer)
            count = writer.count
        }
    }

    /// Appends raw bytes; one copy.
    @inlinable
    public mutating func append(raw bytes: UnsafeRawBufferPointer) {
        bytes.withMemoryRebound(to: UInt8.self) { append(contentsOf: $0) }
    }
}

/// Reads little-endian integers from bytes that it does not own.
///
/// Reading past the end gives zeros and sets `isExhausted`, so that a decoder checks once at its
/// end instead of at every field.
public struct ByteReader {
    @usableFromInline let bytes: UnsafeRawBufferPointer
    @usableFromInline var position: Int
    /// A read went past the end.
    public private(set) var isExhausted = false

    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    public mutating func read<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type = Integer.self
    ) -> Integer {
        let size = MemoryLayout<Integer>.size
        guard position >= 0, bytes.count - position >= size else {
            isExhausted = true
            return 0
        }
        let value = bytes.loadUnaligned(fromByteOffset: position, as: Integer.self)
        position += size
        return Integer(littleEndian: value)
    }

    /// Reads an integer of the format that is reserved; anything but zero is no form of ours.
    mutating func readsZero<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type
    ) -> Bool {
        read(type) == 0
    }
}
