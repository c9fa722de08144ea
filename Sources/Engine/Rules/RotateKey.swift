internal import Domain

extension RotateKey: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard fingerprint != .none, retires > ledger.now, until == 0 || until > ledger.now else {
            return .refused(.keyInvalid)
        }
        guard var row = ledger.keys.find(old), row.state == .active, row.isGood(at: ledger.now)
        else { return .refused(.keyUnknown) }
        guard ledger.keys.find(fingerprint) == nil else { return .refused(.keyConflict) }
        guard !ledger.keys.isFull else { return .refused(.keysFull) }

        // From here on it must succeed.
        row.state = .retiring
        row.until = row.until == 0 ? retires : min(row.until, retires)
        ledger.keys.put(row)
        ledger.keys.put(
            KeyRow(
                id: UInt32(ledger.keys.count + 1), owner: row.owner, purpose: row.purpose,
                fingerprint: fingerprint, from: ledger.now, until: until, attachment: attachment))
        return .accepted
    }
}
