internal import COpenSSL

// Owners of OpenSSL's objects: every pointer of this module lives here.

/// Owns an `EVP_PKEY`.
final class PrivateKey {
    let pointer: OpaquePointer

    /// A new key.
    init(_ kind: DevelopmentAuthority.KeyKind) throws(CertificateError) {
        let key =
            switch kind {
            case .curve(let name): langqiao_generate_curve(name)
            case .rsa(let bits): langqiao_generate_rsa(bits)
            case .ed25519: PrivateKey.ed25519()
            }
        guard let key else { throw CertificateError("generate key") }
        pointer = key
    }

    init(pem: String) throws(CertificateError) {
        let buffer = try Buffer(reading: Array(pem.utf8))
        guard let key = PEM_read_bio_PrivateKey(buffer.pointer, nil, nil, nil) else {
            throw CertificateError("read private key")
        }
        pointer = key
    }

    deinit { EVP_PKEY_free(pointer) }

    private static func ed25519() -> OpaquePointer? {
        let context = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_keygen(context, &key) == 1 else {
            return nil
        }
        return key
    }

    /// The digest that signatures with this key are made over; nil where the key prescribes it.
    var digest: OpaquePointer? {
        EVP_PKEY_get_id(pointer) == EVP_PKEY_ED25519 ? nil : EVP_sha256()
    }

    func pem() throws(CertificateError) -> String {
        let buffer = try Buffer()
        guard PEM_write_bio_PrivateKey(buffer.pointer, pointer, nil, nil, 0, nil, nil) == 1 else {
            throw CertificateError("write private key")
        }
        return buffer.text
    }
}

/// Owns an `X509`. Never changed once it is made.
final class Certificate {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    init(pem: String) throws(CertificateError) {
        let buffer = try Buffer(reading: Array(pem.utf8))
        guard let certificate = PEM_read_bio_X509(buffer.pointer, nil, nil, nil) else {
            throw CertificateError("read certificate")
        }
        pointer = certificate
    }

    init(der: [UInt8]) throws(CertificateError) {
        let certificate = der.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            return d2i_X509(nil, &place, bytes.count)
        }
        guard let certificate else { throw CertificateError("read certificate") }
        pointer = certificate
    }

    deinit { X509_free(pointer) }

    /// All certificates of a PEM file.
    ///
    /// - Throws: when there is none, or one cannot be read.
    static func all(pem: [UInt8]) throws(CertificateError) -> [Certificate] {
        let buffer = try Buffer(reading: pem)
        var found: [Certificate] = []
        while let next = PEM_read_bio_X509(buffer.pointer, nil, nil, nil) {
            found.append(Certificate(owning: next))
        }
        guard CertificateError.isEndOfPEM, !found.isEmpty else {
            throw CertificateError("read certificate \(found.count + 1)")
        }
        ERR_clear_error()
        return found
    }

    func pem() throws(CertificateError) -> String {
        let buffer = try Buffer()
        guard PEM_write_bio_X509(buffer.pointer, pointer) == 1 else {
            throw CertificateError("write certificate")
        }
        return buffer.text
    }

    /// The DER form; empty when OpenSSL has no memory.
    var der: [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(pointer, &start)
        defer { CRYPTO_free(start, #file, #line) }
        guard let start, count > 0 else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    /// The subject on one line, for logs and refusals.
    var subject: String {
        Buffer.line { langqiao_print_name($0, X509_get_subject_name(pointer)) }
    }

    /// Seconds until it begins and ends to be valid; negative when that is past.
    var secondsUntilValid: Int64 { ASN1Time.secondsUntil(X509_get0_notBefore(pointer)) }
    var secondsUntilExpired: Int64 { ASN1Time.secondsUntil(X509_get0_notAfter(pointer)) }
    var notBefore: String { ASN1Time.text(X509_get0_notBefore(pointer)) }
    var notAfter: String { ASN1Time.text(X509_get0_notAfter(pointer)) }

    /// Whether both certify the same key.
    func hasKey(of other: Certificate) -> Bool {
        EVP_PKEY_eq(X509_get0_pubkey(pointer), X509_get0_pubkey(other.pointer)) == 1
    }

    var key: PublicKeyKind {
        guard let key = X509_get0_pubkey(pointer) else { return .unknown }
        let bits = Int(EVP_PKEY_get_bits(key))
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA, EVP_PKEY_RSA_PSS: return .rsa(bits: bits)
        case EVP_PKEY_EC: return .curve(curve(of: key))
        case EVP_PKEY_ED25519: return .ed25519
        default: return .unknown  // whatever else OpenSSL knows
        }
    }

    private func curve(of key: OpaquePointer) -> String {
        var name = [CChar](repeating: 0, count: 80)
        var count = 0
        guard EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else { return "unnamed" }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// What kind of key a certificate certifies.
enum PublicKeyKind: Equatable {
    case rsa(bits: Int)
    /// A curve by OpenSSL's name.
    case curve(String)
    case ed25519
    case unknown
}

/// Times of certificates and lists.
enum ASN1Time {
    /// Seconds from now; the far past when OpenSSL cannot read the time, which then counts as over.
    static func secondsUntil(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        var days: Int32 = 0
        var seconds: Int32 = 0
        guard ASN1_TIME_diff(&days, &seconds, nil, time) == 1 else { return Int64.min / 2 }
        return Int64(days) * 86_400 + Int64(seconds)
    }

    /// For people.
    static func text(_ time: UnsafePointer<ASN1_TIME>?) -> String {
        Buffer.line { ASN1_TIME_print($0, time) }
    }
}

/// Owns an `X509_CRL`. Never changed once it is made, but for OpenSSL's own sorting of the entries,
/// which it guards with a lock.
final class RevocationList {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { X509_CRL_free(pointer) }

    /// All lists of a file, PEM or DER one after the other.
    ///
    /// - Throws: when there is none, or one cannot be read: a file that was cut off revokes less.
    static func all(_ bytes: [UInt8]) throws(CertificateError) -> [RevocationList] {
        let isPEM = bytes.first != 0x30
        let found = isPEM ? try allPEM(bytes) : try allDER(bytes)
        guard !found.isEmpty else { throw CertificateError("read revocation list 1") }
        return found
    }

    private static func allPEM(_ bytes: [UInt8]) throws(CertificateError) -> [RevocationList] {
        let buffer = try Buffer(reading: bytes)
        var found: [RevocationList] = []
        while let next = PEM_read_bio_X509_CRL(buffer.pointer, nil, nil, nil) {
            found.append(RevocationList(owning: next))
        }
        guard CertificateError.isEndOfPEM else {
            throw CertificateError("read revocation list \(found.count + 1)")
        }
        ERR_clear_error()
        return found
    }

    private static func allDER(_ bytes: [UInt8]) throws(CertificateError) -> [RevocationList] {
        var found: [RevocationList] = []
        var offset = 0
        while offset < bytes.count {
            let (next, used) = bytes.withUnsafeBufferPointer { all -> (OpaquePointer?, Int) in
                let start = all.baseAddress.map { $0 + offset }
                var place = start
                let list = d2i_X509_CRL(nil, &place, all.count - offset)
                return (list, start.flatMap { start in place.map { $0 - start } } ?? 0)
            }
            guard let next, used > 0 else {
                throw CertificateError("read revocation list \(found.count + 1)")
            }
            found.append(RevocationList(owning: next))
            offset += used
        }
        return found
    }

    var issuer: String {
        Buffer.line { langqiao_print_name($0, X509_CRL_get_issuer(pointer)) }
    }

    /// Seconds until a newer list was promised; nil when none was.
    var secondsUntilNext: Int64? {
        X509_CRL_get0_nextUpdate(pointer).map { ASN1Time.secondsUntil($0) }
    }
    var nextUpdate: String { ASN1Time.text(X509_CRL_get0_nextUpdate(pointer)) }

    func hasIssuer(_ authority: Certificate) -> Bool {
        X509_NAME_cmp(X509_CRL_get_issuer(pointer), X509_get_subject_name(authority.pointer)) == 0
    }

    func isSigned(by authority: Certificate) -> Bool {
        let isSigned = X509_CRL_verify(pointer, X509_get0_pubkey(authority.pointer)) == 1
        ERR_clear_error()
        return isSigned
    }

    /// Whether it names the certificate: issuer and serial number are compared.
    func revokes(_ certificate: Certificate) -> Bool {
        guard
            X509_NAME_cmp(
                X509_CRL_get_issuer(pointer), X509_get_issuer_name(certificate.pointer)) == 0
        else { return false }
        var entry: OpaquePointer?
        return X509_CRL_get0_by_cert(pointer, &entry, certificate.pointer) == 1
    }
}

/// Chains of trust.
enum Chain {
    /// Builds the chain from the first certificate to the authority and verifies it, but for times:
    /// every signature, and that it is good for this end of TLS. Other certificates help to find
    /// the way.
    ///
    /// - Returns: the chain without the authority, leaf first; or why there is none.
    static func verify(
        _ certificates: [Certificate], by authority: Certificate, as end: TLSEnd
    ) -> Result<[Certificate], ChainFault> {
        guard let leaf = certificates.first, let context = X509_STORE_CTX_new(),
            let trusted = langqiao_stack_new(), let others = langqiao_stack_new()
        else { return .failure(ChainFault(code: X509_V_ERR_OUT_OF_MEM)) }
        defer {
            X509_STORE_CTX_free(context)
            langqiao_stack_free(trusted)
            langqiao_stack_free(others)
            ERR_clear_error()
        }
        langqiao_stack_push(trusted, authority.pointer)
        for other in certificates.dropFirst() { langqiao_stack_push(others, other.pointer) }
        guard X509_STORE_CTX_init(context, nil, leaf.pointer, others) == 1 else {
            return .failure(ChainFault(code: X509_V_ERR_OUT_OF_MEM))
        }
        X509_STORE_CTX_set0_trusted_stack(context, trusted)
        X509_STORE_CTX_set_purpose(
            context, end == .client ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER)
        // The authorities are what the operator named, whether they signed themselves or not. The
        // times are looked at afterwards, for a better reason than "it does not verify".
        X509_STORE_CTX_set_flags(
            context, UInt(X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME))
        guard X509_verify_cert(context) == 1 else {
            return .failure(ChainFault(code: X509_STORE_CTX_get_error(context)))
        }
        let chain = X509_STORE_CTX_get0_chain(context)
        let count = langqiao_stack_count(chain)
        var found: [Certificate] = []
        for index in 0..<max(0, count - 1) {
            guard let pointer = langqiao_stack_item(chain, index) else { continue }
            X509_up_ref(pointer)
            found.append(Certificate(owning: pointer))
        }
        return .success(found)
    }
}

/// Why a chain does not hold.
struct ChainFault: Error {
    /// One of OpenSSL's `X509_V_ERR` numbers.
    let code: Int32

    /// No authority was asked yet.
    static let none = ChainFault(code: X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)

    /// Whether no way led to the authority, so that another one may have signed.
    var isStranger: Bool {
        switch code {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_CERT_SIGNATURE_FAILURE:
            true
        default: false  // OpenSSL's numbers are many and grow
        }
    }

    var text: String { String(cString: X509_verify_cert_error_string(Int(code))) }
}

/// Owns a memory `BIO`.
final class Buffer {
    let pointer: OpaquePointer

    init() throws(CertificateError) {
        guard let memory = BIO_new(BIO_s_mem()) else { throw CertificateError("new buffer") }
        pointer = memory
    }

    convenience init(reading bytes: [UInt8]) throws(CertificateError) {
        try self.init()
        guard bytes.isEmpty || BIO_write(pointer, bytes, Int32(bytes.count)) == Int32(bytes.count)
        else { throw CertificateError("fill buffer") }
    }

    deinit { BIO_free(pointer) }

    var text: String {
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(pointer))
        let count = BIO_read(pointer, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
    }

    /// What OpenSSL prints.
    static func line(_ write: (OpaquePointer) -> Int32) -> String {
        guard let buffer = try? Buffer(), write(buffer.pointer) >= 0 else { return "?" }
        return buffer.text
    }
}
