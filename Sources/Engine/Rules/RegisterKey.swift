internal import Domain

extension RegisterKey: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        guard fingerprint != .none, owner.name.isValid, until == 0 || until > ledger.now else {
            return .refused(.keyInvalid)
        }
        if let code = stranger(to: ledger) { return .refused(code) }
        if let known = ledger.keys.find(fingerprint) {
            let isSame =
                known.owner == owner && known.purpose == purpose && known.until == until
                && known.state == .active
            return isSame ? .repetition : .refused(.keyConflict)
        }
        guard !ledger.keys.isFull else { return .refused(.keysFull) }

        // From here on it must succeed.
        ledger.keys.put(
            KeyRow(
                id: UInt32(ledger.keys.count + 1), owner: owner, purpose: purpose,
                fingerprint: fingerprint, from: ledger.now, until: until, attachment: attachment))
        return .accepted
    }

    /// R18.2 Participants and operators are those on record; nodes and witnesses are not recorded
    /// otherwise.
    private func stranger<Book>(
        to ledger: borrowing LedgerEngine<Book>
    ) -> ResultCode? where Book: OrderBook & ~Copyable {
        switch owner.kind {
        case .participant:
            guard let bic = BIC(owner.name.description), bic.description == owner.name.description
            else { return .keyInvalid }
            return ledger.participants.registered(bic) == 0 ? .participantUnknown : nil
        case .operator: return ledger.operators.find(owner.name) == nil ? .operatorUnknown : nil
        case .node, .witness: return nil
        }
    }
}
