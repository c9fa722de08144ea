public import Domain
public import HTTP2
internal import Shares

/// Who calls, by the client certificate.
public enum Caller: Hashable, Sendable {
    /// A partner bank.
    case participant(BIC)
    /// A person or program of the gateway's operator.
    case `operator`(String)

    /// Prefixes of the URI in the certificate's subject alternative name.
    public static let participantPrefix = "urn:langqiao:participant:"
    public static let operatorPrefix = "urn:langqiao:operator:"

    /// The caller that a verified certificate names; nil without a certificate or such a URI, and
    /// when it is refused or its URIs name more than one caller.
    public init?(_ peer: PeerIdentity?) {
        guard let peer, peer.refusal == nil else { return nil }
        var found: Caller?
        for uri in peer.subjectAlternativeURIs {
            guard let caller = Caller(uri: uri) else { continue }
            guard found == nil || found == caller else { return nil }
            found = caller
        }
        guard let found else { return nil }
        self = found
    }

    init?(uri: String) {
        if let bic = uri.behind(Caller.participantPrefix).flatMap({ BIC($0) }) {
            self = .participant(bic)
        } else if let name = uri.behind(Caller.operatorPrefix), !name.isEmpty {
            self = .operator(String(name))
        } else {
            return nil
        }
    }

    /// For whom the caller's turns, places and bytes are counted.
    var owner: Owner { Owner(uri) }

    /// The URI that a certificate for this caller carries.
    public var uri: String {
        switch self {
        case .participant(let bic): Caller.participantPrefix + bic.description
        case .operator(let name): Caller.operatorPrefix + name
        }
    }
}

extension String {
    /// What follows a prefix; nil without it.
    fileprivate func behind(_ prefix: String) -> Substring? {
        utf8.starts(with: prefix.utf8) ? Substring(utf8.dropFirst(prefix.utf8.count)) : nil
    }
}

/// Who may make a call.
package enum Access: Sendable {
    case anyone
    case participants
    case operators
    case participantsAndOperators

    /// - Parameter peer: whose certificate it is, for the reason why it names nobody.
    /// - Throws: `UNAUTHENTICATED` without a certificate, `PERMISSION_DENIED` with the wrong one.
    package func check(
        _ caller: Caller?, _ peer: PeerIdentity? = nil
    ) throws(GatewayError) {
        switch (self, caller) {
        case (.anyone, _), (.participants, .participant), (.operators, .operator),
            (.participantsAndOperators, .some):
            return
        case (_, .none):
            throw GatewayError(.unauthenticated, Access.reason(peer))
        case (.participants, .operator):
            throw GatewayError(.permissionDenied, "this call is for participants")
        case (.operators, .participant):
            throw GatewayError(.permissionDenied, "this call is for operators")
        }
    }

    /// Why a certificate names no caller; empty without one.
    private static func reason(_ peer: PeerIdentity?) -> String {
        guard let peer else { return "" }
        return peer.refusal
            ?? "the certificate must name one participant or operator as a URI; it names "
            + (peer.subjectAlternativeURIs.isEmpty
                ? "none" : peer.subjectAlternativeURIs.joined(separator: " and "))
    }
}
