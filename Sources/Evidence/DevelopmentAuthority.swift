internal import COpenSSL

/// A certificate authority for development and demonstrations: P-256 keys, valid for 825 days.
///
/// It keeps its key in memory and in a file without a passphrase; production certificates come from
/// the operators' own authority.
public struct DevelopmentAuthority {
    private let key: PrivateKey
    private let certificate: Certificate

    /// What a certificate is for.
    public enum Subject {
        /// A server: host names and IP addresses by which clients reach it.
        case server(names: [String], addresses: [String])
        /// A client: the URI that names a participant or an operator.
        case client(uri: String)
    }

    /// A key and its certificate as PEM text.
    public struct Issued: Sendable {
        public let certificatePEM: String
        public let keyPEM: String
    }

    /// A new authority.
    ///
    /// - Throws: ``CertificateError`` when OpenSSL fails, for example for want of randomness.
    public init(commonName: String) throws(CertificateError) {
        key = try PrivateKey()
        certificate = try Certificate(
            commonName: commonName, key: key, issuer: nil, issuerKey: key,
            extensions: [
                (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                (NID_key_usage, "critical,keyCertSign,cRLSign"),
            ])
    }

    /// An authority from its PEM files, to issue more certificates.
    public init(certificatePEM: String, keyPEM: String) throws(CertificateError) {
        key = try PrivateKey(pem: keyPEM)
        certificate = try Certificate(pem: certificatePEM)
    }

    /// The authority's own certificate and key.
    public func authority() throws(CertificateError) -> Issued {
        Issued(certificatePEM: try certificate.pem(), keyPEM: try key.pem())
    }

    /// A certificate with a new key, signed by the authority.
    public func issue(
        commonName: String, for subject: Subject
    ) throws(CertificateError) -> Issued {
        var names: String
        var usage: String
        switch subject {
        case .server(let hosts, let addresses):
            names = (hosts.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" })
                .joined(separator: ",")
            usage = "serverAuth"
        case .client(let uri):
            names = "URI:\(uri)"
            usage = "clientAuth"
        }
        let key = try PrivateKey()
        let issued = try Certificate(
            commonName: commonName, key: key, issuer: certificate, issuerKey: self.key,
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"),
                (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, usage),
                (NID_subject_alt_name, names),
            ])
        return Issued(certificatePEM: try issued.pem(), keyPEM: try key.pem())
    }
}

/// Why OpenSSL made no certificate.
public struct CertificateError: Error, Sendable, CustomStringConvertible {
    /// The step that failed.
    public let step: String
    /// OpenSSL's first error, if it left one.
    public let cause: String

    init(_ step: String) {
        var text = [CChar](repeating: 0, count: 256)
        let code = ERR_get_error()
        ERR_error_string_n(code, &text, text.count)
        self.step = step
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        cause = code == 0 ? "no reason given" : String(decoding: bytes, as: UTF8.self)
    }

    public var description: String { "\(step): \(cause)" }
}

/// Owns an `EVP_PKEY`.
private final class PrivateKey {
    let pointer: OpaquePointer

    init() throws(CertificateError) {
        guard let key = langqiao_generate_p256() else { throw CertificateError("generate key") }
        pointer = key
    }

    init(pem: String) throws(CertificateError) {
        let buffer = try Buffer(reading: pem)
        guard let key = PEM_read_bio_PrivateKey(buffer.pointer, nil, nil, nil) else {
            throw CertificateError("read private key")
        }
        pointer = key
    }

    deinit { EVP_PKEY_free(pointer) }

    func pem() throws(CertificateError) -> String {
        let buffer = try Buffer()
        guard PEM_write_bio_PrivateKey(buffer.pointer, pointer, nil, nil, 0, nil, nil) == 1 else {
            throw CertificateError("write private key")
        }
        return buffer.text
    }
}

/// Owns an `X509`.
private final class Certificate {
    let pointer: OpaquePointer
    private static let validitySeconds = 825 * 86_400

    init(pem: String) throws(CertificateError) {
        let buffer = try Buffer(reading: pem)
        guard let certificate = PEM_read_bio_X509(buffer.pointer, nil, nil, nil) else {
            throw CertificateError("read certificate")
        }
        pointer = certificate
    }

    /// Signs a new certificate; without an issuer it signs itself.
    init(
        commonName: String, key: PrivateKey, issuer: Certificate?, issuerKey: PrivateKey,
        extensions: [(Int32, String)]
    ) throws(CertificateError) {
        guard let certificate = X509_new() else { throw CertificateError("new certificate") }
        pointer = certificate
        try setSerialNumber()
        let name = X509_get_subject_name(pointer)
        let isPrepared =
            X509_set_version(pointer, 2) == 1
            && X509_gmtime_adj(X509_getm_notBefore(pointer), -3_600) != nil
            && X509_gmtime_adj(X509_getm_notAfter(pointer), Certificate.validitySeconds) != nil
            && X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, "Langqiao", -1, -1, 0) == 1
            && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, commonName, -1, -1, 0) == 1
            && X509_set_issuer_name(
                pointer, X509_get_subject_name(issuer?.pointer ?? pointer)) == 1
            && X509_set_pubkey(pointer, key.pointer) == 1
        guard isPrepared else { throw CertificateError("fill in certificate") }
        for (identifier, value) in extensions {
            try add(identifier, value, issuer: issuer?.pointer ?? pointer)
        }
        guard X509_sign(pointer, issuerKey.pointer, EVP_sha256()) > 0 else {
            throw CertificateError("sign certificate")
        }
    }

    deinit { X509_free(pointer) }

    private func setSerialNumber() throws(CertificateError) {
        guard let number = BN_new() else { throw CertificateError("new serial number") }
        defer { BN_free(number) }
        guard BN_rand(number, 127, 0, 0) == 1,
            BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil
        else { throw CertificateError("draw serial number") }
    }

    private func add(
        _ identifier: Int32, _ value: String, issuer: OpaquePointer
    ) throws(CertificateError) {
        var context = X509V3_CTX()
        X509V3_set_ctx(&context, issuer, pointer, nil, nil, 0)
        guard let item = X509V3_EXT_conf_nid(nil, &context, identifier, value) else {
            throw CertificateError("make extension \(value)")
        }
        defer { X509_EXTENSION_free(item) }
        guard X509_add_ext(pointer, item, -1) == 1 else {
            throw CertificateError("add extension \(value)")
        }
    }

    func pem() throws(CertificateError) -> String {
        let buffer = try Buffer()
        guard PEM_write_bio_X509(buffer.pointer, pointer) == 1 else {
            throw CertificateError("write certificate")
        }
        return buffer.text
    }
}

/// Owns a memory `BIO`.
private final class Buffer {
    let pointer: OpaquePointer

    init() throws(CertificateError) {
        guard let memory = BIO_new(BIO_s_mem()) else { throw CertificateError("new buffer") }
        pointer = memory
    }

    convenience init(reading text: String) throws(CertificateError) {
        try self.init()
        guard BIO_puts(pointer, text) == Int32(text.utf8.count) else {
            throw CertificateError("fill buffer")
        }
    }

    deinit { BIO_free(pointer) }

    var text: String {
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(pointer))
        let count = BIO_read(pointer, &bytes, Int32(bytes.count))
        return String(decoding: bytes.prefix(Int(max(0, count))), as: UTF8.self)
    }
}
