/// 32 random bytes of a payment, from which the salts of its fields are drawn. It is never shown;
/// who erases a payment's content erases it too.
package struct PaymentSecret: BitwiseCopyable, Sendable {
    fileprivate let bytes: InlineArray<4, UInt64>

    package static let size = 32

    /// Nil for another number of bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == PaymentSecret.size else { return nil }
        var words = InlineArray<4, UInt64>(repeating: 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        self.bytes = words
    }
}

/// 16 bytes that go before a field's value, so that nobody finds it by trying values.
package struct Salt: BitwiseCopyable, Hashable, Sendable {
    fileprivate let bits: UInt128

    package static let size = 16

    fileprivate init(bits: UInt128) { self.bits = bits }

    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Salt.size else { return nil }
        var bits: UInt128 = 0
        withUnsafeMutableBytes(of: &bits) { $0.copyBytes(from: bytes) }
        self.bits = bits
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: bits, body)
    }

    package var bytes: [UInt8] { withBytes(Array.init) }
}

/// Where a record stands: what its salts hang on beside the secret.
package struct RecordPlace: BitwiseCopyable, Equatable, Sendable {
    package let kind: RecordKind
    /// The log's entry that made it.
    package let logIndex: UInt64
    /// Among the records of that entry, from 0.
    package let position: UInt32

    package init(kind: RecordKind, logIndex: UInt64, position: UInt32) {
        self.kind = kind
        self.logIndex = logIndex
        self.position = position
    }
}

/// Draws the salts of a record's fields: HMAC(secret, kind ‖ log index ‖ position ‖ field number),
/// cut to 16 bytes; the numbers are 1, 8, 4 and 1 bytes, the most significant one first.
///
/// HMAC (RFC 2104) is two messages, each laid out here in one piece but for what changes.
struct Salts: BitwiseCopyable {
    /// A block of the key, and the message of 14 bytes.
    private var inner = InlineArray<10, UInt64>(repeating: 0x3636_3636_3636_3636)
    /// A block of the key, and the inner digest.
    private var outer = InlineArray<12, UInt64>(repeating: 0x5C5C_5C5C_5C5C_5C5C)

    private static let block = 64
    private static let message = 14

    init(_ secret: PaymentSecret, _ place: RecordPlace) {
        for word in secret.bytes.indices {
            inner[word] ^= secret.bytes[word]
            outer[word] ^= secret.bytes[word]
        }
        withUnsafeMutableBytes(of: &inner) { bytes in
            bytes[Salts.block] = place.kind.rawValue
            bytes.storeBytes(
                of: place.logIndex.bigEndian, toByteOffset: Salts.block + 1, as: UInt64.self)
            bytes.storeBytes(
                of: place.position.bigEndian, toByteOffset: Salts.block + 9, as: UInt32.self)
        }
    }

    /// - Complexity: two messages of two blocks.
    mutating func salt(of field: HiddenField, with hasher: borrowing SuiteHasher) -> Salt {
        let first = withUnsafeMutableBytes(of: &inner) { bytes in
            bytes[Salts.block + Salts.message - 1] = field.rawValue
            return hasher.hash(
                UnsafeRawBufferPointer(rebasing: bytes[..<(Salts.block + Salts.message)]))
        }
        return withUnsafeMutableBytes(of: &outer) { bytes in
            first.withBytes { bytes[Salts.block...].copyBytes(from: $0) }
            let digest = hasher.hash(UnsafeRawBufferPointer(bytes))
            return digest.withBytes { Salt(bits: $0.loadUnaligned(as: UInt128.self)) }
        }
    }
}
