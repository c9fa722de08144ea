package import Domain
internal import Evidence
internal import Foundation
package import HTTP2
internal import Synchronization

/// What the ledger has on record of certificates, asked with every handshake and again while a
/// connection lasts (R18.6). Takes no lock but the directory's, and never waits.
struct RegisteredKeys: Sendable {
    let directory: Directory

    /// The verdict about a chain that is believed otherwise: the keys on record have the last word.
    func judge(_ chain: [[UInt8]], _ verdict: PeerVerdict) -> PeerVerdict {
        guard case .trusted = verdict, let own = chain.first, directory.hasKeys else {
            return verdict
        }
        let owners = PeerIdentity(der: own).map { RegisteredKeys.owners(of: $0) } ?? []
        let now = Timestamp(Date().timeIntervalSince1970 * 1_000_000_000)
        let reason = directory.refusal(of: KeyFingerprint(ofCertificate: own), owners, at: now)
        return reason.map { .refused($0) } ?? verdict
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
    init(ofCertificate der: [UInt8]) {
        var hash = [UInt8](repeating: 0, count: 32)
        der.withUnsafeBytes { content in
            hash.withUnsafeMutableBytes { SHA256Hasher().hash(content, into: $0) }
        }
        self = hash.withUnsafeBytes { KeyFingerprint(bytes: $0) }
    }
}

/// The judge of a node's peers, who are met before the node knows its ledger: until it does, they
/// are believed as their authorities say.
package final class PeerKeys: Sendable {
    private let keys = Mutex<RegisteredKeys?>(nil)

    package init() {}

    /// From now on the ledger has the last word.
    package func begin(_ directory: Directory) {
        keys.withLock { $0 = RegisteredKeys(directory: directory) }
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

extension SettlementNode {
    /// Calls `changed` behind every batch that puts a key on record or changes one, on any thread.
    package func watchKeys(_ changed: @escaping @Sendable () -> Void) {
        _ = watch { applied in
            guard let applied, !applied.effects.declared[KeyRow.self].isEmpty else { return }
            changed()
        }
    }
}
