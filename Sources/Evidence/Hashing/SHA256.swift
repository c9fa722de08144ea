package import Domain
internal import Hexadecimal

/// A SHA-256 digest (FIPS 180-4): 32 bytes.
package struct SHA256Digest: Equatable, Hashable, Sendable {
    package let bytes: [UInt8]

    /// Zeros: what the first link of a chain points to.
    package static let zero = SHA256Digest(bytes: [UInt8](repeating: 0, count: 32))

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Hashes the parts one after the other, as if they were joined.
    ///
    /// - Complexity: O(bytes); allocates a context a call.
    package init(of parts: [UInt8]...) {
        let context = DigestContext(.intl)
        context.begin()
        for part in parts { part.withUnsafeBytes { context.add($0) } }
        var result = [UInt8](repeating: 0, count: 32)
        result.withUnsafeMutableBytes { context.finish(into: $0) }
        bytes = result
    }

    /// The first 128 bits, most significant byte first: the content hash of a command.
    package var first128Bits: UInt128 {
        bytes.prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }

    /// Lower-case hexadecimal digits.
    package var hexadecimal: String { Hexadecimal.hexadecimal(bytes) }
}

extension SHA256Digest {
    /// A digest as it was stored; anything that is not 32 bytes long stands for no predecessor.
    package init(stored bytes: [UInt8]) {
        self = bytes.count == 32 ? SHA256Digest(bytes: bytes) : .zero
    }
}

/// Hashes messages one after the other with a single context, which costs more to make than a short
/// message to hash.
package struct SHA256Hasher: ~Copyable {
    private let context = DigestContext(.intl)

    package init() {}

    /// The first 128 bits of a whole message's digest, most significant byte first.
    ///
    /// - Parameter key: goes before the message; who does not know it cannot guess the message.
    /// - Complexity: O(bytes); allocates nothing.
    package func first128Bits(
        of message: UnsafeRawBufferPointer, key: ContentKey = .none
    ) -> UInt128 {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) { digest in
            begin()
            key.withBytes { add($0) }
            add(message)
            finish(into: digest)
            return UInt128(bigEndian: digest.load(as: UInt128.self))
        }
    }

    /// Writes the digest of a whole message, 32 bytes.
    ///
    /// - Complexity: O(bytes); allocates nothing.
    package func hash(
        _ message: UnsafeRawBufferPointer, into digest: UnsafeMutableRawBufferPointer
    ) {
        begin()
        add(message)
        finish(into: digest)
    }

    /// Starts a message that comes in pieces; what was added of another one is forgotten.
    package func begin() { context.begin() }

    /// Adds the next piece of the message.
    package func add(_ bytes: UnsafeRawBufferPointer) { context.add(bytes) }

    /// Writes the digest of all pieces, 32 bytes.
    package func finish(into digest: UnsafeMutableRawBufferPointer) {
        context.finish(into: digest)
    }
}
