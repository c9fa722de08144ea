internal import COpenSSL

/// A certificate authority for development and demonstrations: P-256 keys, valid for 825 days.
///
/// It keeps its key in memory and in a file without a passphrase; production certificates come from
/// the operators' own authority.
package struct DevelopmentAuthority {
    private let key: PrivateKey
    private let certificate: Certificate

    /// What a certificate is for.
    package enum Subject {
        /// A server: host names and IP addresses by which clients reach it.
        case server(names: [String], addresses: [String])
        /// A client: the URI that names a participant or an operator.
        case client(uri: String)
        /// Both, as a node is to the others of its cluster: a URI that names it, and by which names
        /// and IP addresses it is reached.
        case node(uri: String, names: [String], addresses: [String])

        var alternativeNames: String {
            switch self {
            case .server(let names, let addresses):
                Subject.hosts(names, addresses).joined(separator: ",")
            case .client(let uri): "URI:\(uri)"
            case .node(let uri, let names, let addresses):
                (["URI:\(uri)"] + Subject.hosts(names, addresses)).joined(separator: ",")
            }
        }

        var extendedKeyUsage: String {
            switch self {
            case .server: "serverAuth"
            case .client: "clientAuth"
            case .node: "serverAuth,clientAuth"
            }
        }

        private static func hosts(_ names: [String], _ addresses: [String]) -> [String] {
            names.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }
        }
    }

    /// Kinds of keys, for tests of what a gateway takes.
    package enum KeyKind: Sendable {
        /// A curve by OpenSSL's name, such as `P-256`.
        case curve(String)
        case rsa(bits: Int)
        case ed25519
    }

    /// When a certificate is valid, in seconds from now.
    package struct Validity: Sendable {
        package var from: Int
        package var until: Int

        package init(from: Int = -3_600, until: Int = 825 * 86_400) {
            self.from = from
            self.until = until
        }
    }

    /// A key and its certificate as PEM text.
    package struct Issued: Sendable {
        package let certificatePEM: String
        package let keyPEM: String
    }

    /// A new authority.
    ///
    /// - Throws: ``CertificateError`` when OpenSSL fails, for example for want of randomness.
    package init(commonName: String) throws(CertificateError) {
        key = try PrivateKey(.curve("P-256"))
        certificate = try Certificate(
            commonName: commonName, key: key, issuer: nil, issuerKey: key, validity: Validity(),
            extensions: [
                (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                (NID_key_usage, "critical,keyCertSign,cRLSign"),
                (NID_subject_key_identifier, "hash"),
            ])
    }

    /// An authority from its PEM files, to issue more certificates.
    package init(certificatePEM: String, keyPEM: String) throws(CertificateError) {
        key = try PrivateKey(pem: keyPEM)
        certificate = try Certificate(pem: certificatePEM)
    }

    /// The authority's own certificate and key.
    package func authority() throws(CertificateError) -> Issued {
        Issued(certificatePEM: try certificate.pem(), keyPEM: try key.pem())
    }

    /// A certificate with a new key, signed by the authority.
    package func issue(
        commonName: String, for subject: Subject, key kind: KeyKind = .curve("P-256"),
        validity: Validity = Validity()
    ) throws(CertificateError) -> Issued {
        let key = try PrivateKey(kind)
        let issued = try Certificate(
            commonName: commonName, key: key, issuer: certificate, issuerKey: self.key,
            validity: validity,
            extensions: [
                (NID_basic_constraints, "critical,CA:FALSE"),
                (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, subject.extendedKeyUsage),
                (NID_subject_alt_name, subject.alternativeNames),
                (NID_authority_key_identifier, "keyid"),
            ])
        return Issued(certificatePEM: try issued.pem(), keyPEM: try key.pem())
    }

    /// A list of revoked certificates, as PEM text.
    ///
    /// - Parameter validity: when the list was made and when the next one is promised.
    package func revocationList(
        of certificates: [String], validity: Validity = Validity(until: 30 * 86_400)
    ) throws(CertificateError) -> String {
        var revoked: [Certificate] = []
        for pem in certificates { revoked.append(try Certificate(pem: pem)) }
        return try RevocationList(
            of: revoked, issuer: certificate, key: key, validity: validity
        ).pem()
    }
}
