internal import NIOSSL

/// What a server showed in its handshake, and why it was not believed. Confined to its event loop.
final class ShownServer {
    private let tls: ClientTLS?
    /// Why there is no connection, in words; nil while nothing speaks against it.
    private(set) var refusal: String?

    init(_ tls: ClientTLS?) {
        self.tls = tls
    }

    /// Judges what the server shows; true when the handshake may go on.
    func show(_ certificates: [NIOSSLCertificate]) -> Bool {
        refusal = fault(of: certificates)
        return refusal == nil
    }

    private func fault(of certificates: [NIOSSLCertificate]) -> String? {
        guard let tls, let judge = tls.judge, let own = certificates.first else {
            return "the server shows no certificate"
        }
        switch judge(certificates.compactMap { try? $0.toDERBytes() }) {
        case .refused(let reason), .untrusted(let reason): return reason
        case .trusted: break
        }
        let names = PeerIdentity(own).subjectAlternativeURIs
        guard let wanted = tls.serverURI, names != [wanted] else { return nil }
        let found = names.isEmpty ? "nothing" : names.joined(separator: " and ")
        return "the server's certificate names \(found), not \(wanted)"
    }
}
