internal import COpenSSL

// Owners of OpenSSL's objects: every pointer of this module lives here.

/// Owns an `EVP_MD_CTX`, with the algorithm looked up once: both cost more than a short message to
/// hash.
struct DigestContext: ~Copyable {
    private let pointer: OpaquePointer

    init(_ suite: Suite) {
        let algorithm = EVP_MD_fetch(nil, suite == .intl ? "SHA256" : "SM3", nil)
        defer { EVP_MD_free(algorithm) }
        guard let algorithm, let context = EVP_MD_CTX_new(),
            EVP_DigestInit_ex(context, algorithm, nil) == 1
        else { preconditionFailure("no memory for a digest, or OpenSSL was built without it") }
        pointer = context
    }

    deinit { EVP_MD_CTX_free(pointer) }

    /// Starts a message; what was added of another one is forgotten.
    func begin() {
        // Without a kind of digest the context keeps the one it has and starts anew.
        precondition(EVP_DigestInit_ex(pointer, nil, nil) == 1, "a context starts anew")
    }

    func add(_ bytes: UnsafeRawBufferPointer) {
        precondition(
            EVP_DigestUpdate(pointer, bytes.baseAddress, bytes.count) == 1,
            "a hash function has no inputs that it refuses")
    }

    /// Writes the digest of all pieces, 32 bytes.
    func finish(into digest: UnsafeMutableRawBufferPointer) {
        precondition(digest.count == Digest.size, "a digest has 32 bytes")
        let first = digest.assumingMemoryBound(to: UInt8.self).baseAddress
        precondition(EVP_DigestFinal_ex(pointer, first, nil) == 1, "a digest can be finished")
    }
}

/// Owns an `EVP_PKEY`.
///
/// Safe to use from any number of threads: OpenSSL counts references atomically, and nothing here
/// changes a key after `init`.
final class KeyObject: @unchecked Sendable {
    private let pointer: OpaquePointer
    private let suite: Suite

    /// A public key; nil for bytes that are none, such as a point beside the curve.
    init?(_ suite: Suite, publicKey bytes: [UInt8]) {
        guard bytes.count == suite.publicKeySize else { return nil }
        let key =
            switch suite {
            case .intl: EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
            // Forms of the point other than the plain one are not ours.
            case .sm: bytes[0] == 4 ? langqiao_sm2_key(bytes, nil) : nil
            }
        guard let key else {
            ERR_clear_error()
            return nil
        }
        self.suite = suite
        pointer = key
    }

    /// A private key; nil for a scalar that SM2 does not allow.
    init?(_ suite: Suite, privateKey bytes: [UInt8]) {
        guard bytes.count == Suite.privateKeySize else { return nil }
        let key: OpaquePointer?
        switch suite {
        case .intl:
            key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
        case .sm:
            var point = [UInt8](repeating: 0, count: suite.publicKeySize)
            key =
                langqiao_sm2_point(bytes, &point) == 1 ? langqiao_sm2_key(point, bytes) : nil
        }
        guard let key else {
            ERR_clear_error()
            return nil
        }
        self.suite = suite
        pointer = key
    }

    deinit { EVP_PKEY_free(pointer) }

    var publicKey: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: suite.publicKeySize)
        var count = bytes.count
        let isRead =
            switch suite {
            case .intl: EVP_PKEY_get_raw_public_key(pointer, &bytes, &count) == 1
            case .sm:
                EVP_PKEY_get_octet_string_param(
                    pointer, OSSL_PKEY_PARAM_PUB_KEY, &bytes, bytes.count, &count) == 1
            }
        precondition(isRead && count == bytes.count, "a key has its public part")
        return bytes
    }

    /// Nil when OpenSSL has no memory or no randomness. Of SM2 it is DER.
    func signature(of message: [UInt8]) -> [UInt8]? {
        withOperation { context, algorithm in
            guard EVP_DigestSignInit(context, nil, algorithm, nil, pointer) == 1 else { return nil }
            var count = 0
            guard EVP_DigestSign(context, nil, &count, message, message.count) == 1 else {
                return nil
            }
            var signature = [UInt8](repeating: 0, count: count)
            guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
                return nil
            }
            return Array(signature.prefix(count))
        }
    }

    /// - Parameter signature: of SM2 in DER.
    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        withOperation { context, algorithm in
            EVP_DigestVerifyInit(context, nil, algorithm, nil, pointer) == 1
                && EVP_DigestVerify(
                    context, signature, signature.count, message, message.count) == 1
                ? true : nil
        } ?? false
    }

    /// With SM2's identifier set, which OpenSSL 3.0 leaves out otherwise.
    private func withOperation<Result>(
        _ body: (OpaquePointer, OpaquePointer?) -> Result?
    ) -> Result? {
        // Freed after the context that uses it and does not own it.
        let parameters = suite == .sm ? EVP_PKEY_CTX_new(pointer, nil) : nil
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_CTX_free(parameters)
            ERR_clear_error()
        }
        guard let context else { return nil }
        guard suite == .sm else { return body(context, nil) }
        let identifier = Suite.identifier
        guard EVP_PKEY_CTX_set1_id(parameters, identifier, Int32(identifier.count)) == 1 else {
            return nil
        }
        EVP_MD_CTX_set_pkey_ctx(context, parameters)
        return body(context, EVP_sm3())
    }
}
