/// What the keys on record make of a certificate.
public enum KeyVerdict: Equatable, Sendable {
    /// Until then, nanoseconds since 1970; nil where nothing on record ends it.
    case believed(until: Timestamp?)
    /// It names nobody; why, in words.
    case refused(String)
}

/// How far a node heeds the keys on record.
public enum KeyReliance: Sendable {
    /// As R18.6 says.
    case full
    /// Revocations alone: the way back into a ledger that shuts out its nodes or operators because
    /// their keys were registered wrongly (R18.8).
    case revocationsOnly
}

/// The certificates and keys on record, as handshakes ask for them (R18.6).
struct KnownKeys: Sendable {
    private var rows: [KeyFingerprint: KeyRow] = [:]
    /// Those for TLS.
    private var ofOwners: [KeyOwner: [KeyFingerprint]] = [:]

    var isEmpty: Bool { rows.isEmpty }

    mutating func set(_ row: KeyRow) {
        let isNew = rows.updateValue(row, forKey: row.fingerprint) == nil
        // Whose it is and what for never changes.
        if isNew, row.purpose == .tls { ofOwners[row.owner, default: []].append(row.fingerprint) }
    }

    /// Everybody whom a certificate names has to agree: else it would lend one of them the name of
    /// another.
    ///
    /// - Complexity: O(keys of the owners).
    func verdict(
        on fingerprint: KeyFingerprint, naming owners: [KeyOwner], at now: Timestamp,
        relyingOn reliance: KeyReliance
    ) -> KeyVerdict {
        let row = rows[fingerprint]
        if row?.state != .revoked, reliance == .revocationsOnly { return .believed(until: nil) }
        if let reason = row?.refusal(naming: owners, at: now) { return .refused(reason) }
        for owner in owners where row?.owner != owner {
            let own = ofOwners[owner] ?? []
            if own.contains(where: { rows[$0]?.isGood(at: now) == true }) {
                return .refused("\(owner.kind.word) \(owner.name) has other certificates on record")
            }
        }
        guard let until = row?.until, until != 0 else { return .believed(until: nil) }
        return .believed(until: until)
    }
}

extension KeyRow {
    /// Why a certificate with this key is not believed; nil when it is.
    fileprivate func refusal(naming owners: [KeyOwner], at now: Timestamp) -> String? {
        if state == .revoked { return "the certificate is revoked" }
        if !isGood(at: now) { return "the certificate has been replaced, or its time has passed" }
        if purpose != .tls { return "the certificate is on record for signing" }
        return owners.contains(owner) ? nil : "the certificate is on record for somebody else"
    }
}
