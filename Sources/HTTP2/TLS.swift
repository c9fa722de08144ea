internal import NIOCore
public import NIOSSL

/// TLS 1.2 or later with ALPN `h2`, for a server.
public struct ServerTLS: Sendable {
    let context: NIOSSLContext

    /// - Parameters:
    ///   - chain: the server's certificate, then its intermediates.
    ///   - clientRoots: the authorities that sign clients; nil asks for no client certificate.
    ///     With them a client may present none, but one it presents must verify.
    /// - Throws: `NIOSSLError` and relatives when the material does not fit together.
    public init(
        chain: [NIOSSLCertificate], key: NIOSSLPrivateKey, clientRoots: [NIOSSLCertificate]? = nil
    ) throws {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2"]
        if let clientRoots {
            configuration.trustRoots = .certificates(clientRoots)
            configuration.certificateVerification = .optionalVerification
        }
        context = try NIOSSLContext(configuration: configuration)
    }

    /// The same from PEM files.
    public init(chainPath: String, keyPath: String, clientRootsPath: String? = nil) throws {
        try self.init(
            chain: NIOSSLCertificate.fromPEMFile(chainPath),
            key: NIOSSLPrivateKey(file: keyPath, format: .pem),
            clientRoots: clientRootsPath.map { try NIOSSLCertificate.fromPEMFile($0) })
    }
}

/// TLS 1.2 or later with ALPN `h2`, for a client. The server's certificate is always verified.
public struct ClientTLS: Sendable {
    let context: NIOSSLContext
    let serverName: String?

    /// - Parameters:
    ///   - roots: the authorities to trust; nil means the system's.
    ///   - serverName: the name expected in the certificate; nil means the host connected to.
    public init(
        roots: [NIOSSLCertificate]? = nil, chain: [NIOSSLCertificate] = [],
        key: NIOSSLPrivateKey? = nil, serverName: String? = nil
    ) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["h2"]
        if let roots { configuration.trustRoots = .certificates(roots) }
        configuration.certificateChain = chain.map { .certificate($0) }
        configuration.privateKey = key.map { .privateKey($0) }
        context = try NIOSSLContext(configuration: configuration)
        self.serverName = serverName
    }

    /// The same from PEM files.
    public init(
        rootsPath: String?, chainPath: String? = nil, keyPath: String? = nil,
        serverName: String? = nil
    ) throws {
        try self.init(
            roots: rootsPath.map { try NIOSSLCertificate.fromPEMFile($0) },
            chain: chainPath.map { try NIOSSLCertificate.fromPEMFile($0) } ?? [],
            key: keyPath.map { try NIOSSLPrivateKey(file: $0, format: .pem) },
            serverName: serverName)
    }

    /// An IP address is verified as the address in the certificate; it is never sent as a name.
    func handler(host: String) throws -> NIOSSLClientHandler {
        let name = serverName ?? host
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : name)
    }
}
