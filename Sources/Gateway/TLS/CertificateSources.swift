internal import Certificates
internal import Foundation
internal import HTTP2
internal import NIOCore

/// The files that TLS is made of.
package struct CertificateSources: Sendable {
    private let certificate: String
    private let key: String
    private let clientAuthority: String
    private let revocationList: String?

    /// Paths of PEM files.
    ///
    /// - Parameters:
    ///   - certificate: the server's, with its chain.
    ///   - clientAuthority: who issues the certificates of callers.
    ///   - revocationList: nil revokes none.
    package init(
        certificate: String, key: String, clientAuthority: String, revocationList: String?
    ) {
        self.certificate = certificate
        self.key = key
        self.clientAuthority = clientAuthority
        self.revocationList = revocationList
    }

    private var paths: [String] {
        [certificate, key, clientAuthority] + (revocationList.map { [$0] } ?? [])
    }

    /// What can be seen of a file without reading it; changes whenever it is written or replaced.
    struct Stamp: Equatable, Sendable {
        private var values: [Int] = []

        fileprivate init(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return }
            values = [
                Int(status.st_dev), Int(status.st_ino), Int(status.st_size),
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec,
                status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ]
        }
    }

    var stamps: [Stamp] { paths.map { Stamp($0) } }

    /// The contents of all files.
    struct Contents: Equatable, Sendable {
        fileprivate var certificate: [UInt8]
        fileprivate var key: [UInt8]
        fileprivate var clientAuthority: [UInt8]
        fileprivate var revocationList: [UInt8]?

        /// Whether only the list differs: sessions that were made go on then.
        func sharesKeys(with other: Contents) -> Bool {
            certificate == other.certificate && key == other.key
                && clientAuthority == other.clientAuthority
        }
    }

    func read() throws -> Contents {
        Contents(
            certificate: try bytes(certificate), key: try bytes(key),
            clientAuthority: try bytes(clientAuthority),
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
        _ contents: Contents, instead old: TLSMaterial? = nil
    ) throws(CertificateFault) -> TLSMaterial {
        let trust: ClientTrust
        do {
            trust = try ClientTrust(
                authorities: contents.clientAuthority, revocationLists: contents.revocationList,
                instead: old?.trust)
        } catch {
            let lists = revocationList.map { " or \($0)" } ?? ""
            throw CertificateFault("\(clientAuthority)\(lists): \(error)")
        }
        let judge: PeerJudge = { PeerVerdict(trust.judge($0)) }
        if let old, old.contents.sharesKeys(with: contents) {
            return TLSMaterial(contents: contents, trust: trust, tls: old.tls.judged(by: judge))
        }
        do {
            let tls = try ServerTLS(
                chainPEM: contents.certificate, keyPEM: contents.key,
                clientRootsPEM: contents.clientAuthority, judge: judge)
            return TLSMaterial(contents: contents, trust: trust, tls: tls)
        } catch {
            throw CertificateFault(
                "\(certificate), \(key), \(clientAuthority) do not make a TLS server: \(error)")
        }
    }
}

/// Contents of files and what was made of them.
struct TLSMaterial: Sendable {
    let contents: CertificateSources.Contents
    let trust: ClientTrust
    let tls: ServerTLS
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
