internal import NIOCore
package import NIOSSL

/// TLS 1.2 or later with ALPN `h2`, for a server.
package struct ServerTLS: Sendable {
    let context: NIOSSLContext
    /// Nil: the TLS library alone verifies client certificates, in the handshake.
    private(set) var judge: PeerJudge?
    private(set) var lastJudge: LastJudge?

    /// Only suites that encrypt and authenticate in one (AEAD), with keys made for the connection.
    /// TLS 1.3 has no others.
    private static let suites = "ECDHE+AESGCM:ECDHE+CHACHA20"

    /// Signatures of clients; SHA-1 is not among them.
    private static let signatures: [SignatureAlgorithm] = [
        .ecdsaSecp256R1Sha256, .ed25519, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512,
        .rsaPssRsaeSha256, .rsaPssRsaeSha384, .rsaPssRsaeSha512,
        .rsaPkcs1Sha256, .rsaPkcs1Sha384, .rsaPkcs1Sha512,
    ]

    /// - Parameters:
    ///   - chain: the server's certificate, then its intermediates.
    ///   - clientRoots: the authorities that sign clients; nil asks for no client certificate.
    ///     With them a client may present none, but one it presents must verify.
    ///   - requiresClient: the handshake of a client that presents none fails.
    ///   - judge: verifies client certificates in the library's stead.
    /// - Throws: `NIOSSLError` and relatives when the material does not fit together.
    package init(
        chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, clientRoots: [NIOSSLCertificate]? = nil,
        requiresClient: Bool = false, judge: PeerJudge? = nil
    ) throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = ServerTLS.suites
        configuration.verifySignatureAlgorithms = ServerTLS.signatures
        configuration.applicationProtocols = ["h2"]
        // A peer that does not say goodbye must not keep its socket for it.
        configuration.shutdownTimeout = .seconds(1)
        if let clientRoots {
            configuration.trustRoots = .certificates(clientRoots)
            // A client is known by what its certificate names, never by where it comes from.
            configuration.certificateVerification =
                requiresClient ? .noHostnameVerification : .optionalVerification
        }
        context = try NIOSSLContext(configuration: configuration)
        self.judge = judge
    }

    /// The same from PEM files.
    package init(
        chainPath: String, keyPath: String, clientRootsPath: String? = nil,
        judge: PeerJudge? = nil
    ) throws {
        try self.init(
            chain: NIOSSLCertificate.fromPEMFile(chainPath),
            key: NIOSSLPrivateKey(file: keyPath, format: .pem),
            clientRoots: clientRootsPath.map { try NIOSSLCertificate.fromPEMFile($0) },
            judge: judge)
    }

    /// The same from PEM text.
    package init(
        chainPEM: [UInt8], keyPEM: [UInt8], clientRootsPEM: [UInt8], requiresClient: Bool = false,
        judge: PeerJudge? = nil
    ) throws {
        try self.init(
            chain: NIOSSLCertificate.fromPEMBytes(chainPEM),
            key: NIOSSLPrivateKey(bytes: keyPEM, format: .pem),
            clientRoots: NIOSSLCertificate.fromPEMBytes(clientRootsPEM),
            requiresClient: requiresClient, judge: judge)
    }

    /// The same certificates and sessions with another judge.
    package func judged(by judge: @escaping PeerJudge) -> ServerTLS {
        var copy = self
        copy.judge = judge
        return copy
    }

    /// The same, of whose verdicts another judge has the last word; itself where nobody judges.
    package func judged(atLastBy last: @escaping LastJudge) -> ServerTLS {
        guard judge != nil else { return self }
        var copy = self
        copy.lastJudge = last
        return copy
    }

    /// The handler for one connection.
    func handler(_ credentials: PeerCredentials) -> NIOSSLServerHandler {
        guard judge != nil else { return NIOSSLServerHandler(context: context) }
        return NIOSSLServerHandler(context: context) { certificates, promise in
            let chain = certificates.compactMap { try? $0.toDERBytes() }
            promise.succeed(credentials.show(chain, self) ? .certificateVerified : .failed)
        }
    }
}

/// TLS 1.2 or later with ALPN `h2`, for a client. The server's certificate is always verified.
package struct ClientTLS: Sendable {
    let context: NIOSSLContext
    let serverName: String?
    /// Nil: the TLS library verifies the server's certificate, and the name of its host in it.
    private(set) var judge: PeerJudge?
    /// The URI by which the certificate must name the server; nil for any.
    private(set) var serverURI: String?

    /// - Parameters:
    ///   - roots: the authorities to trust; nil means the system's.
    ///   - serverName: the name expected in the certificate; nil means the host connected to.
    package init(
        roots: [NIOSSLCertificate]? = nil, chain: [NIOSSLCertificate] = [],
        key: NIOSSLPrivateKey? = nil, serverName: String? = nil
    ) throws {
        var configuration = ClientTLS.usual
        if let roots { configuration.trustRoots = .certificates(roots) }
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = key.map { .privateKey($0) }
        context = try NIOSSLContext(configuration: configuration)
        self.serverName = serverName
    }

    /// The same from PEM files.
    package init(
        rootsPath: String?, chainPath: String? = nil, keyPath: String? = nil,
        serverName: String? = nil
    ) throws {
        try self.init(
            roots: rootsPath.map { try NIOSSLCertificate.fromPEMFile($0) },
            chain: chainPath.map { try NIOSSLCertificate.fromPEMFile($0) } ?? [],
            key: keyPath.map { try NIOSSLPrivateKey(file: $0, format: .pem) },
            serverName: serverName)
    }

    /// A client that verifies who the server is and not where: it may be reached by addresses that
    /// its certificate does not have.
    ///
    /// - Parameters:
    ///   - chainPEM: the client's own certificate, then its intermediates.
    ///   - judge: verifies the server's certificate in the library's stead. A server that is
    ///     refused or not trusted gets no connection.
    package init(chainPEM: [UInt8], keyPEM: [UInt8], judge: @escaping PeerJudge) throws {
        var configuration = ClientTLS.usual
        configuration.certificateVerification = .noHostnameVerification
        configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(chainPEM)
            .map { .certificate($0) }
        configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: keyPEM, format: .pem))
        context = try NIOSSLContext(configuration: configuration)
        serverName = nil
        self.judge = judge
    }

    private static var usual: TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2"]
        return configuration
    }

    /// The same certificates with another judge.
    package func judged(by judge: @escaping PeerJudge) -> ClientTLS {
        var copy = self
        copy.judge = judge
        return copy
    }

    /// The same, of whose verdicts another judge has the last word; itself where nobody judges.
    package func judged(atLastBy last: @escaping LastJudge) -> ClientTLS {
        guard let judge else { return self }
        return judged { last($0, judge($0)) }
    }

    /// Whether both are made of the same certificates, by whomever they are judged.
    package func sharesKeys(with other: ClientTLS) -> Bool { context === other.context }

    /// Why a server that shows these is not believed; nil when it is. Only with a judge.
    ///
    /// - Parameter chain: DER, the server's own first.
    func objection(to chain: [[UInt8]]) -> String? {
        guard let judge, let own = chain.first else { return "the server shows no certificate" }
        switch judge(chain) {
        case .refused(let reason), .untrusted(let reason): return reason
        case .trusted: break
        }
        let names = PeerIdentity(der: own)?.subjectAlternativeURIs ?? []
        guard let wanted = serverURI, names != [wanted] else { return nil }
        let found = names.isEmpty ? "nothing" : names.joined(separator: " and ")
        return "the server's certificate names \(found), not \(wanted)"
    }

    /// The same for the one server whose certificate has this URI; only with a judge.
    package func naming(_ serverURI: String) -> ClientTLS {
        precondition(judge != nil, "the library does not look at URIs")
        var copy = self
        copy.serverURI = serverURI
        return copy
    }

    /// An IP address is verified as the address in the certificate; it is never sent as a name.
    func handler(host: String, _ server: ShownServer) throws -> NIOSSLClientHandler {
        let name = serverName ?? host
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        let sent = isAddress ? nil : name
        guard judge != nil else {
            return try NIOSSLClientHandler(context: context, serverHostname: sent)
        }
        return try NIOSSLClientHandler(context: context, serverHostname: sent) {
            certificates, promise in
            promise.succeed(server.show(certificates) ? .certificateVerified : .failed)
        }
    }
}
