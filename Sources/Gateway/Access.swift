internal import Domain
package import HTTP2

/// What callers may do: a role has a set of it, a call asks for one.
package struct Access: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Nothing that anyone would have to be known for.
    package static let anyone: Access = []
    /// Submit and cancel payments in a bank's own name.
    package static let submitPayments = Access(rawValue: 1 << 0)
    /// Read what all may know, and payments and accounts as far as they are the caller's own.
    package static let readLedger = Access(rawValue: 1 << 1)
    /// Read payments, accounts and sums of every bank.
    package static let seeEveryBank = Access(rawValue: 1 << 2)
    /// Register banks, open corridors, set limits, book money.
    package static let operate = Access(rawValue: 1 << 3)
    /// Read what the gateway counts of itself.
    package static let readMetrics = Access(rawValue: 1 << 4)
}

/// A kind of caller, and all that sets it apart: one more kind is one more row of ``all``.
package struct Role: Hashable, Sendable {
    /// Begins the URI by which a certificate names such a caller.
    let prefix: String
    /// For people: `participant`.
    let word: String
    /// Whether such callers are banks, which are named by their BIC and must be on record.
    let isBank: Bool
    let may: Access

    private init(_ word: String, isBank: Bool = false, may: Access) {
        prefix = "urn:langqiao:\(word):"
        self.word = word
        self.isBank = isBank
        self.may = may
    }

    /// A partner bank.
    static let participant = Role("participant", isBank: true, may: [.submitPayments, .readLedger])
    /// A person or program of the gateway's operator.
    static let `operator` = Role(
        "operator", may: [.readLedger, .seeEveryBank, .operate, .readMetrics])

    static let all = [participant, `operator`]
}

extension Access {
    /// - Parameter peer: whose certificate it is, for the reason why it names nobody.
    /// - Throws: `UNAUTHENTICATED` without a certificate, `PERMISSION_DENIED` with the wrong one.
    package func check(
        _ caller: Caller?, _ peer: PeerIdentity? = nil
    ) throws(GatewayError) {
        guard self != .anyone else { return }
        guard let caller else { throw GatewayError(.unauthenticated, Access.reason(peer)) }
        guard caller.may(self) else { throw refusal }
        if !caller.role.isBank { _ = try caller.operatorName }
    }

    /// What a caller is told whose role may not do this: `PERMISSION_DENIED`.
    var refusal: GatewayError {
        let roles = Role.all.filter { $0.may.isSuperset(of: self) }.map { "\($0.word)s" }
        return GatewayError(.permissionDenied, "this call is for \(roles.listed("and"))")
    }

    /// Why a certificate names no caller; empty without one.
    private static func reason(_ peer: PeerIdentity?) -> String {
        guard let peer else { return "" }
        let names = peer.subjectAlternativeURIs
        return peer.refusal
            ?? "the certificate must name one \(Role.all.map(\.word).listed("or")) as a URI; "
            + "it names \(names.isEmpty ? "none" : names.joined(separator: " and "))"
    }
}

extension [String] {
    /// As in a sentence: `a, b or c`.
    func listed(_ conjunction: String) -> String {
        guard count > 1, let last else { return first ?? "" }
        return "\(dropLast().joined(separator: ", ")) \(conjunction) \(last)"
    }
}
