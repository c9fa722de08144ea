internal import COpenSSL
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
        let context = EVP_MD_CTX_new()
        precondition(context != nil, "no memory for a digest")
        defer { EVP_MD_CTX_free(context) }
        var result = [UInt8](repeating: 0, count: 32)
        var succeeded = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        for part in parts {
            succeeded = succeeded && EVP_DigestUpdate(context, part, part.count) == 1
        }
        succeeded = succeeded && EVP_DigestFinal_ex(context, &result, nil) == 1
        precondition(succeeded, "SHA-256 has no inputs that it refuses")
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
    private let context: OpaquePointer

    package init() {
        guard let context = EVP_MD_CTX_new(),
            EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        else { preconditionFailure("no memory for a digest") }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// The first 128 bits of a whole message's digest, most significant byte first.
    ///
    /// - Complexity: O(bytes); allocates nothing.
    package mutating func first128Bits(of message: UnsafeRawBufferPointer) -> UInt128 {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 16) { digest in
            // Without a kind of digest the context keeps the one it has and starts anew.
            let succeeded =
                EVP_DigestInit_ex(context, nil, nil) == 1
                && EVP_DigestUpdate(context, message.baseAddress, message.count) == 1
                && EVP_DigestFinal_ex(
                    context, digest.bindMemory(to: UInt8.self).baseAddress, nil) == 1
            precondition(succeeded, "SHA-256 has no inputs that it refuses")
            return UInt128(bigEndian: digest.load(as: UInt128.self))
        }
    }
}
