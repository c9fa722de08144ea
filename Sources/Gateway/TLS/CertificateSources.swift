internal import Certificates
internal import Foundation
package import HTTP2
internal import NIOCore

/// The files that TLS is made of, and what is made of them: ``ServerTLS`` for callers,
/// ``MutualTLS`` for nodes.
package struct CertificateSources<TLS: Sendable>: Sendable {
    private let certificate: String
    private let key: String
    private let authority: String
    private let revocationList: String?
    /// What the files are to make, for people.
    private let purpose: String
    private let make: @Sendable (CertificateContents, @escaping TrustJudge) throws -> TLS
    /// The same certificates and sessions with another judge.
    private let rejudge: @Sendable (TLS, @escaping TrustJudge) -> TLS

    private var paths: [String] {
        [certificate, key, authority] + (revocationList.map { [$0] } ?? [])
    }

    var stamps: [FileStamp] { paths.map { FileStamp($0) } }

    func read() throws -> CertificateContents {
        CertificateContents(
            certificate: try bytes(certificate), key: try bytes(key),
            authority: try bytes(authority),
            revocationList: try revocationList.map { try bytes($0) })
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CertificateFault(
                "cannot read \(path); 'langqiao init' makes certificates for development")
        }
        return Array(data)
    }

    /// Makes TLS of the contents.
    ///
    /// - Parameter old: what is in force, kept as far as it is the same.
    /// - Throws: when they do not fit together.
    func material(
        _ contents: CertificateContents, instead old: TLSMaterial<TLS>? = nil
    ) throws(CertificateFault) -> TLSMaterial<TLS> {
        let trust: ClientTrust
        do {
            trust = try ClientTrust(
                authorities: contents.authority, revocationLists: contents.revocationList,
                instead: old?.trust)
        } catch {
            let lists = revocationList.map { " or \($0)" } ?? ""
            throw CertificateFault("\(authority)\(lists): \(error)")
        }
        let judge: TrustJudge = { PeerVerdict(trust.judge($0, as: $1)) }
        if let old, old.contents.sharesKeys(with: contents) {
            return TLSMaterial(contents: contents, trust: trust, tls: rejudge(old.tls, judge))
        }
        do {
            return TLSMaterial(contents: contents, trust: trust, tls: try make(contents, judge))
        } catch {
            throw CertificateFault(
                "\(certificate), \(key), \(authority) do not make \(purpose): \(error)")
        }
    }
}

extension CertificateSources where TLS == ServerTLS {
    /// Those of a server for callers; paths of PEM files.
    ///
    /// - Parameters:
    ///   - certificate: the server's, with its chain.
    ///   - clientAuthority: who issues the certificates of callers.
    ///   - revocationList: nil revokes none.
    package static func server(
        certificate: String, key: String, clientAuthority: String, revocationList: String?
    ) -> CertificateSources<ServerTLS> {
        CertificateSources(
            certificate: certificate, key: key, authority: clientAuthority,
            revocationList: revocationList, purpose: "a TLS server"
        ) { contents, judge in
            try ServerTLS(
                chainPEM: contents.certificate, keyPEM: contents.key,
                clientRootsPEM: contents.authority, judge: { judge($0, .client) })
        } rejudge: { tls, judge in
            tls.judged { judge($0, .client) }
        }
    }
}

extension CertificateSources where TLS == MutualTLS {
    /// Those of a node among others; paths of PEM files.
    ///
    /// - Parameters:
    ///   - certificate: this node's, with its chain.
    ///   - authority: who issues the certificates of nodes; several during a change.
    package static func node(
        certificate: String, key: String, authority: String
    ) -> CertificateSources<MutualTLS> {
        CertificateSources(
            certificate: certificate, key: key, authority: authority, revocationList: nil,
            purpose: "TLS of a node"
        ) { contents, judge in
            MutualTLS(
                server: try ServerTLS(
                    chainPEM: contents.certificate, keyPEM: contents.key,
                    clientRootsPEM: contents.authority, requiresClient: true,
                    judge: { judge($0, .client) }),
                client: try ClientTLS(
                    chainPEM: contents.certificate, keyPEM: contents.key,
                    judge: { judge($0, .server) }))
        } rejudge: { tls, judge in
            MutualTLS(
                server: tls.server.judged { judge($0, .client) },
                client: tls.client.judged { judge($0, .server) })
        }
    }
}

/// Judges what an end of a connection shows: DER, its own certificate first.
typealias TrustJudge = @Sendable ([[UInt8]], TLSEnd) -> PeerVerdict

/// What can be seen of a file without reading it; changes whenever it is written or replaced.
struct FileStamp: Equatable, Sendable {
    private var values: [Int] = []

    init(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return }
        values = [
            Int(status.st_dev), Int(status.st_ino), Int(status.st_size),
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
            status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }
}

/// The contents of all files.
struct CertificateContents: Equatable, Sendable {
    fileprivate var certificate: [UInt8]
    fileprivate var key: [UInt8]
    fileprivate var authority: [UInt8]
    fileprivate var revocationList: [UInt8]?

    /// Whether only the list differs: sessions that were made go on then.
    func sharesKeys(with other: CertificateContents) -> Bool {
        certificate == other.certificate && key == other.key && authority == other.authority
    }
}

/// Contents of files and what was made of them.
struct TLSMaterial<TLS: Sendable>: Sendable {
    let contents: CertificateContents
    let trust: ClientTrust
    let tls: TLS
}

extension PeerVerdict {
    init(_ verdict: ClientVerdict) {
        switch verdict {
        case .trusted(let seconds): self = .trusted(for: .seconds(min(seconds, 1 << 32)))
        case .refused(let reason): self = .refused(reason)
        case .untrusted(let reason): self = .untrusted(reason)
        }
    }
}

/// Files that cannot be read or do not fit together.
package struct CertificateFault: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
