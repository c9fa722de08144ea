internal import Domain

extension RevokeKey: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard fingerprint != .none else { return .refused(.keyInvalid) }
        let known = ledger.keys.find(fingerprint)
        guard known != nil || !ledger.keys.isFull else { return .refused(.keysFull) }
        guard known?.state != .revoked else { return .repetition }

        // From here on it must succeed.
        var row =
            known
            ?? KeyRow(
                id: UInt32(ledger.keys.count + 1), owner: .unknown, purpose: .tls,
                fingerprint: fingerprint, from: ledger.now, until: 0)
        row.state = .revoked
        row.revokedAt = ledger.now
        if attachment.length > 0 { row.attachment = attachment }
        ledger.keys.put(row)
        return .accepted
    }
}
