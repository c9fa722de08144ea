package import NIOCore

/// What a client's certificate is worth at the moment.
package enum PeerVerdict: Sendable, Hashable {
    /// It is believed, for so long if nothing else happens.
    case trusted(for: TimeAmount)
    /// The connection stands, but the certificate names nobody; why, in words for the peer.
    case refused(String)
    /// The handshake fails; why, in words for the log.
    case untrusted(String)
}

/// Judges client certificates: DER, the client's own first, then what it sent along. Called on
/// event loops, with every handshake and again while a connection lasts, so it must not block.
package typealias PeerJudge = @Sendable ([[UInt8]]) -> PeerVerdict

/// Has the last word about a chain that another judge has looked at. As often as that one, so it
/// must not block either.
package typealias LastJudge = @Sendable ([[UInt8]], PeerVerdict) -> PeerVerdict

/// Who is asked when clients are judged again.
package enum JudgesAsked: Sendable {
    case all
    /// Signatures have not changed; only what the last judge knows may have. The first one's
    /// verdict stands for as long as it said.
    case last
}
