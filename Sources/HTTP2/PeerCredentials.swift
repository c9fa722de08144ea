internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// What one client showed in its handshake, and what that is worth. Confined to its event loop.
final class PeerCredentials {
    private let tls: CurrentTLS
    private var chain: [[UInt8]] = []
    /// What the first judge said, and when.
    private var first: (verdict: PeerVerdict, at: NIODeadline)?
    /// What the judge said last; nil while nothing was shown, or nobody judges.
    private(set) var verdict: PeerVerdict?

    init(_ tls: CurrentTLS) {
        self.tls = tls
    }

    /// Judges what the client shows; true when the handshake may go on.
    func show(_ chain: [[UInt8]], _ tls: ServerTLS) -> Bool {
        self.chain = chain
        ask(tls)
        switch verdict {
        case .trusted:
            self.tls.chains.remember(chain)
            return true
        case .refused: return true
        case .untrusted, nil: return false
        }
    }

    /// The handshake is over. A resumed session shows nothing, but brings its certificate along.
    func complete(_ certificate: NIOSSLCertificate) {
        if chain.isEmpty, let der = try? certificate.toDERBytes() {
            chain = tls.chains.chain(of: der)
        }
        reconsider(asking: .all)
    }

    /// Why the certificate names nobody; nil when it does.
    var refusal: String? {
        switch verdict {
        case .trusted, nil: nil
        case .refused(let reason), .untrusted(let reason): reason
        }
    }

    /// Judges again, as of now.
    ///
    /// - Complexity: asking all verifies signatures, asking the last one does not.
    func reconsider(asking judges: JudgesAsked) {
        guard !chain.isEmpty, let tls = tls.value else { return }
        switch (judges, standing) {
        case (.last, let standing?): verdict = tls.lastJudge?(chain, standing) ?? standing
        case (.all, _), (.last, nil): ask(tls)
        }
    }

    private func ask(_ tls: ServerTLS) {
        guard let judge = tls.judge else { return }
        let said = judge(chain)
        first = (said, .now())
        verdict = tls.lastJudge?(chain, said) ?? said
    }

    /// What the first judge's verdict is worth by now; nil when its time is over.
    private var standing: PeerVerdict? {
        guard let first, case .trusted(let time) = first.verdict else { return first?.verdict }
        let left = time - (.now() - first.at)
        return left > .zero ? .trusted(for: left) : nil
    }
}

/// What a server uses for its next handshakes; may be changed while it runs.
final class CurrentTLS: Sendable {
    private let current: Mutex<ServerTLS?>
    let chains = PeerChains()

    init(_ tls: ServerTLS?) {
        current = Mutex(tls)
    }

    var value: ServerTLS? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}

/// Certificates that lay between clients' own ones and the authority: a session's ticket does not
/// give them back. Bounded; whose chain was forgotten makes a full handshake again.
final class PeerChains: Sendable {
    private struct Known {
        var others: [[UInt8]: [[UInt8]]] = [:]
        var order = CircularBuffer<[UInt8]>()
    }

    private static let limit = 1_024
    private let known = Mutex(Known())

    func remember(_ chain: [[UInt8]]) {
        guard let own = chain.first, chain.count > 1 else { return }
        known.withLock { known in
            if known.others.updateValue(Array(chain.dropFirst()), forKey: own) != nil { return }
            known.order.append(own)
            guard known.order.count > PeerChains.limit else { return }
            if let oldest = known.order.popFirst() { known.others[oldest] = nil }
        }
    }

    /// The certificate with what helped to verify it.
    func chain(of own: [UInt8]) -> [[UInt8]] {
        [own] + (known.withLock { $0.others[own] } ?? [])
    }
}
