/// Which client certificates are believed: authorities that sign them and lists of those that their
/// authorities have revoked. A value that never changes; a new file makes a new one. Where one
/// authority signs both ends, as it does for nodes, it judges servers by the same rules.
///
/// Safe to use from any number of threads: OpenSSL counts references atomically and guards what it
/// computes late with locks of its own, and nothing here writes after `init`.
package final class ClientTrust: @unchecked Sendable {
    private let authorities: [Certificate]
    /// Authorities that were believed before this trust, and are not any more.
    private let retired: [Certificate]
    /// Lists of issuers that are no authorities here: those of intermediates, which clients bring.
    private let otherLists: [RevocationList]
    /// Lists with the authorities whose signature they bear.
    private let lists: [(list: RevocationList, authority: Certificate)]

    /// What an operator should know, though it keeps nothing from working.
    package let warnings: [String]

    /// The smallest RSA key that is believed, in bits.
    package static let smallestRSAKey = 2_048

    private static let curves = [
        "prime256v1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521",
    ]

    /// Reads authorities and lists.
    ///
    /// - Parameters:
    ///   - authorities: one or more certificates, PEM.
    ///   - revocationLists: lists one after the other, PEM or DER; nil for none.
    ///   - former: what this replaces. A list of an authority that it believed and that has left is
    ///     passed over, though another authority bears the same name.
    /// - Throws: when something cannot be read, or a list does not bear its authority's signature.
    package init(
        authorities: [UInt8], revocationLists: [UInt8]? = nil, instead former: ClientTrust? = nil
    ) throws(CertificateError) {
        let current = try Certificate.all(pem: authorities)
        self.authorities = current
        retired = ((former?.authorities ?? []) + (former?.retired ?? [])).filter { old in
            !current.contains { $0.hasKey(of: old) }
        }
        var warnings: [String] = []
        for authority in self.authorities where authority.secondsUntilExpired <= 0 {
            warnings.append(
                "the authority \(authority.subject) is not valid since \(authority.notAfter)")
        }
        var lists: [(RevocationList, Certificate)] = []
        var otherLists: [RevocationList] = []
        for list in try revocationLists.map(RevocationList.all) ?? [] {
            let namesakes = self.authorities.filter { list.hasIssuer($0) }
            if let signer = namesakes.first(where: { list.isSigned(by: $0) }) {
                lists.append((list, signer))
            } else if namesakes.isEmpty || retired.contains(where: { list.isSigned(by: $0) }) {
                otherLists.append(list)
                warnings.append("a revocation list of \(list.issuer), which is no authority here")
            } else {
                throw CertificateError(
                    "revocation list of \(list.issuer)", "its signature is not the authority's")
            }
        }
        self.lists = lists
        self.otherLists = otherLists
        self.warnings = warnings
    }

    /// Lists whose successor is overdue, in words; they stay in force.
    package var overdueLists: [String] {
        lists.compactMap { list, _ in
            guard let seconds = list.secondsUntilNext, seconds <= 0 else { return nil }
            return "the revocation list of \(list.issuer) was to be replaced by \(list.nextUpdate)"
        }
    }

    /// What a certificate is worth now, a client's unless something else is said.
    ///
    /// - Parameters:
    ///   - chain: DER, the peer's own first, then what helps to reach an authority.
    ///   - end: what it must be good for.
    /// - Complexity: a verification of signatures for each certificate, and for each authority
    ///   until one fits; O(log n) in a list's entries.
    package func judge(_ chain: [[UInt8]], as end: TLSEnd = .client) -> ClientVerdict {
        var certificates: [Certificate] = []
        for der in chain.prefix(ClientTrust.longestChain) {
            guard let certificate = try? Certificate(der: der) else {
                return .untrusted("a certificate cannot be read")
            }
            certificates.append(certificate)
        }
        var fault = ChainFault.none
        var best: ClientVerdict?
        // All of them: an authority that was renewed fits as well as the certificate that ends.
        for authority in authorities {
            switch Chain.verify(certificates, by: authority, as: end) {
            case .success(let chain):
                // A client that is named as an authority itself is looked at like any other.
                let verdict = judge(chain.isEmpty ? [authority] : chain, by: authority)
                best = best.map { $0.better(verdict) } ?? verdict
            case .failure(let other): fault = fault.isStranger ? other : fault
            }
        }
        return best ?? .untrusted(fault.text)
    }

    private static let longestChain = 10

    /// A chain that holds: whether it is valid now, strong enough, and not revoked.
    private func judge(_ chain: [Certificate], by authority: Certificate) -> ClientVerdict {
        var secondsLeft = authority.secondsUntilExpired
        guard secondsLeft > 0 else {
            return .refused("the authority's certificate is not valid since \(authority.notAfter)")
        }
        for (index, certificate) in chain.enumerated() {
            let name = index == 0 ? "the certificate" : "the certificate \(certificate.subject)"
            if let reason = weakness(of: certificate) { return .refused("\(name)\(reason)") }
            let issuer = index + 1 < chain.count ? chain[index + 1] : authority
            if isRevoked(certificate, issuer) { return .refused("\(name) is revoked") }
            secondsLeft = min(secondsLeft, certificate.secondsUntilExpired)
        }
        return .trusted(secondsLeft: secondsLeft)
    }

    private func weakness(of certificate: Certificate) -> String? {
        if certificate.secondsUntilExpired <= 0 {
            return " is not valid since \(certificate.notAfter)"
        }
        if certificate.secondsUntilValid > 0 {
            return " is not valid before \(certificate.notBefore)"
        }
        switch certificate.key {
        case .rsa(let bits) where bits < ClientTrust.smallestRSAKey:
            return "'s RSA key has \(bits) bits; at least \(ClientTrust.smallestRSAKey) are needed"
        case .curve(let name) where ClientTrust.curves[name] == nil:
            return "'s key is on the curve \(name); P-256, P-384 and P-521 are accepted"
        case .unknown:
            return "'s key is neither RSA, nor on a curve of NIST, nor Ed25519"
        case .rsa, .curve, .ed25519:
            return nil
        }
    }

    /// A namesake of the issuer with another key has revoked nothing of the issuer's.
    private func isRevoked(_ certificate: Certificate, _ issuer: Certificate) -> Bool {
        lists.contains { list, authority in
            authority.hasKey(of: issuer) && list.revokes(certificate)
        }
            || otherLists.contains {
                $0.hasIssuer(issuer) && $0.revokes(certificate) && $0.isSigned(by: issuer)
            }
    }
}

/// The end of a TLS connection that shows a certificate.
package enum TLSEnd: Sendable {
    case client
    case server
}

/// What a client's certificate is worth.
package enum ClientVerdict: Equatable, Sendable {
    /// It is believed, for so long if nothing else happens.
    case trusted(secondsLeft: Int64)
    /// It was signed by an authority, but names nobody any more, or not yet; why, in words.
    case refused(String)
    /// No authority vouches for it; why, in words.
    case untrusted(String)

    /// The one of two that is better for the client.
    fileprivate func better(_ other: ClientVerdict) -> ClientVerdict {
        switch (self, other) {
        case (.trusted(let own), .trusted(let others)): others > own ? other : self
        case (.trusted, _): self
        case (_, .trusted): other
        case (.refused, _), (.untrusted, _): self
        }
    }
}
