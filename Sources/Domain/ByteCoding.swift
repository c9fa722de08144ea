/// Appends little-endian integers to an array of bytes.
public struct ByteWriter: Sendable {
    public var bytes: [UInt8] = []

    public init() {}

    @inlinable
    public mutating func write<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
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
