internal import Domain

extension SetIdentifier: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let identifiers = ledger.registers.of(IdentifierRow.self)
        guard ClearingCode("\(identifier)") == identifier else {
            return .refused(.identifierInvalid)
        }
        let id = ledger.participants.registered(participant)
        guard id != 0 else { return .refused(.participantUnknown) }
        let known = identifiers.find(identifier.bits)
        let owner = known?.participant ?? 0
        guard owner == 0 || owner == id else { return .refused(.identifierConflict) }
        guard (owner == 0) != removed else { return .repetition }
        guard known != nil || !identifiers.isFull else { return .refused(.identifiersFull) }

        // From here on it must succeed.
        identifiers.put(IdentifierRow(identifier: identifier, participant: removed ? 0 : id))
        return .accepted
    }
}
