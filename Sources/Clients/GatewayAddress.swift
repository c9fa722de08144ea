internal import Foundation
internal import Gateway
package import HTTP2
package import NIOPosix

/// Where a gateway is, and as whom to call it.
package struct GatewayAddress: Sendable {
    package let host: String
    package let port: Int
    private let files: CertificateFiles
    private let caller: String

    /// - Parameter caller: the name of the caller's certificate in `files`.
    package init(host: String, port: Int, files: CertificateFiles, as caller: String) {
        self.host = host
        self.port = port
        self.files = files
        self.caller = caller
    }

    /// The name of the operator that the caller's certificate names; nil of a bank, and where the
    /// file cannot be read.
    package var operatorName: String? {
        guard let text = try? String(contentsOfFile: files.certificate(caller), encoding: .utf8),
            let begin = text.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = text.range(of: "-----END CERTIFICATE-----"),
            begin.upperBound <= end.lowerBound,
            let der = Data(
                base64Encoded: String(text[begin.upperBound..<end.lowerBound]),
                options: .ignoreUnknownCharacters)
        else { return nil }
        return PeerIdentity(der: Array(der)).flatMap { Caller($0) }?.operatorText
    }

    /// A connection with the caller's certificate.
    ///
    /// - Parameters:
    ///   - limits: the usual ones when left out.
    ///   - loops: whose threads serve it.
    /// - Throws: `HTTP2Error`, or what is wrong with the certificate.
    package func connect(
        limits: HTTP2.Limits = HTTP2.Limits(),
        on loops: MultiThreadedEventLoopGroup = .singleton
    ) async throws -> Client {
        let tls = try ClientTLS(
            rootsPath: files.certificate("ca"), chainPath: files.certificate(caller),
            keyPath: files.key(caller))
        return try await Client.connect(
            host: host, port: port, tls: tls, group: loops, limits: limits)
    }

    /// A connection over which answers in bulk flow as fast as it can carry them.
    ///
    /// - Throws: as ``connect(limits:on:)``.
    package func connectForBulk() async throws -> Client {
        var limits = HTTP2.Limits()
        limits.streamWindow = limits.connectionWindow
        return try await connect(limits: limits)
    }
}
