package import Domain
internal import Evidence
internal import Foundation
package import HTTP2
internal import NIOCore
internal import Synchronization

/// What the ledger has on record of certificates, asked with every handshake and again while a
/// connection lasts (R18.6). Takes no lock but the directory's, and never waits.
struct RegisteredKeys: Sendable {
    let directory: Directory
    let reliance: KeyReliance

    /// The verdict about a chain that is believed otherwise: the keys on record have the last word.
    func judge(_ chain: [[UInt8]], _ verdict: PeerVerdict) -> PeerVerdict {
        guard case .trusted(let time) = verdict, let own = chain.first, directory.hasKeys else {
            return verdict
        }
        let owners = PeerIdentity(der: own).map { RegisteredKeys.owners(of: $0) } ?? []
        let now = Timestamp(Date().timeIntervalSince1970 * 1_000_000_000)
        let fingerprint = KeyFingerprint(ofCertificate: own)
        switch directory.verdict(on: fingerprint, naming: owners, at: now, relyingOn: reliance) {
        case .refused(let reason): return .refused(reason)
        case .believed(nil): return verdict
        case .believed(let until?): return .trusted(for: min(time, .nanoseconds(until - now)))
        }
    }

    /// Whom a certificate names, as the ledger names them.
    static func owners(of identity: PeerIdentity) -> [KeyOwner] {
        identity.subjectAlternativeURIs.compactMap { uri in
            let parts = uri.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, parts[0] == "urn", parts[1] == "langqiao",
                let kind = KeyOwnerKind(text: String(parts[2]))
            else { return nil }
            let name = kind == .participant ? BIC(parts[3])?.description : String(parts[3])
            return name.flatMap { OperatorName($0) }.map { KeyOwner(kind, $0) }
        }
    }
}

extension KeyFingerprint {
    /// SHA-256 over the DER form.
    package init(ofCertificate der: [UInt8]) {
        var hash = [UInt8](repeating: 0, count: 32)
        der.withUnsafeBytes { content in
            hash.withUnsafeMutableBytes { SHA256Hasher().hash(content, into: $0) }
        }
        self = hash.withUnsafeBytes { KeyFingerprint(bytes: $0) }
    }
}

/// The judge of a node's peers, who may be met before the node has loaded its ledger: until then
/// they are believed as their authorities say.
package final class PeerKeys: Sendable {
    private let keys = Mutex<RegisteredKeys?>(nil)

    package init() {}

    /// From now on the ledger has the last word.
    package func begin(_ directory: Directory, relyingOn reliance: KeyReliance) {
        keys.withLock { $0 = RegisteredKeys(directory: directory, reliance: reliance) }
    }

    /// The same certificates, and verdicts that stand with the ledger.
    package func judging(_ tls: MutualTLS) -> MutualTLS {
        let judge: LastJudge = { [self] chain, verdict in
            keys.withLock { $0 }?.judge(chain, verdict) ?? verdict
        }
        return MutualTLS(
            server: tls.server.judged(atLastBy: judge), client: tls.client.judged(atLastBy: judge))
    }
}
