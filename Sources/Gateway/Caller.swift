package import Domain
package import HTTP2
internal import Shares

/// Who calls, by the client certificate.
package struct Caller: Hashable, Sendable {
    let role: Role
    /// The bank that calls; nil when the caller is none.
    let bank: BIC?
    /// Who calls when it is no bank; else empty.
    private let person: String

    private init(_ role: Role, bank: BIC? = nil, person: String = "") {
        self.role = role
        self.bank = bank
        self.person = person
    }

    /// A partner bank.
    package static func participant(_ bic: BIC) -> Caller { Caller(.participant, bank: bic) }

    /// A person or program of the gateway's operator.
    package static func `operator`(_ name: String) -> Caller { Caller(.operator, person: name) }

    /// The caller that a verified certificate names; nil without a certificate or such a URI, and
    /// when it is refused or its URIs name more than one caller.
    package init?(_ peer: PeerIdentity?) {
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
        for role in Role.all {
            guard let name = uri.behind(role.prefix), !name.isEmpty else { continue }
            guard role.isBank else {
                self.init(role, person: String(name))
                return
            }
            guard let bic = BIC(name) else { return nil }
            self.init(role, bank: bic)
            return
        }
        return nil
    }

    /// Whether its role may do all of this.
    func may(_ access: Access) -> Bool { role.may.isSuperset(of: access) }

    /// A bank's BIC, or the name of a person or program.
    var name: String { bank?.description ?? person }

    /// The name under which an operator's commands go into the log.
    ///
    /// - Throws: `PERMISSION_DENIED` when his certificate gives a name that none can have.
    var operatorName: OperatorName {
        get throws(GatewayError) {
            guard let name = OperatorName(person) else {
                throw GatewayError(
                    .permissionDenied,
                    "the certificate must name the operator by 1 to 34 printable characters "
                        + "without spaces")
            }
            return name
        }
    }

    /// An operator's name as its certificate has it; nil of a bank.
    package var operatorText: String? { role.isBank ? nil : person }

    /// For whom the caller's turns, places and bytes are counted.
    var owner: Owner { Owner(uri) }

    /// The URI that a certificate for this caller carries.
    package var uri: String { role.prefix + name }
}

extension Caller? {
    /// The caller of a method whose access has been checked.
    ///
    /// - Throws: `UNAUTHENTICATED` when there is none.
    var known: Caller {
        get throws(GatewayError) {
            guard let self else { throw GatewayError(.unauthenticated) }
            return self
        }
    }
}

extension String {
    /// What follows a prefix; nil without it.
    fileprivate func behind(_ prefix: String) -> Substring? {
        utf8.starts(with: prefix.utf8) ? Substring(utf8.dropFirst(prefix.utf8.count)) : nil
    }
}
