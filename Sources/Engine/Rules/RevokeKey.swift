internal import Domain

extension RevokeKey: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard var row = ledger.keys.find(fingerprint) else { return .refused(.keyUnknown) }
        guard row.state != .revoked else { return .repetition }

        // From here on it must succeed.
        row.state = .revoked
        row.revokedAt = ledger.now
        if attachment.length > 0 { row.attachment = attachment }
        ledger.keys.put(row)
        return .accepted
    }
}
