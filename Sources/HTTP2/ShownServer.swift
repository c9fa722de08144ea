internal import NIOSSL

/// What a server showed in its handshake, and why it was not believed. Confined to its event loop.
final class ShownServer {
    private let tls: ClientTLS?
    /// DER, the server's own first.
    private var chain: [[UInt8]] = []
    /// Why there is no connection, in words; nil while nothing speaks against it.
    private(set) var refusal: String?

    init(_ tls: ClientTLS?) {
        self.tls = tls
    }

    /// Judges what the server shows; true when the handshake may go on.
    func show(_ certificates: [NIOSSLCertificate]) -> Bool {
        chain = certificates.compactMap { try? $0.toDERBytes() }
        refusal = tls?.objection(to: chain)
        return refusal == nil
    }

    /// Why it would not be believed by these; nil when it would.
    func objection(by tls: ClientTLS) -> String? { tls.objection(to: chain) }
}
