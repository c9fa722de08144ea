internal import Domain

extension RegisterParticipant: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let known = ledger.participants.registered(registration.bic)
        if known != 0 {
            return ledger.participants.row(known).registration == registration
                ? .repetition : .refused(.participantConflict)
        }
        guard registration.firstInvalidParameter == nil else {
            return .refused(.registrationInvalid)
        }
        guard ledger.participants.count <= Limits.participants else {
            return .refused(.participantsFull)
        }
        let id = ParticipantID(ledger.participants.count)
        var settlement = id
        if registration.settlesThrough != .none {
            settlement = ledger.participants.registered(registration.settlesThrough)
            guard settlement != 0, ledger.participants.isDirect(settlement) else {
                return .refused(.directParticipantInvalid)
            }
        }

        // From here on it must succeed.
        ledger.participants.put(
            ParticipantRow(
                id: id, registration: registration, settlementParticipant: settlement,
                state: .active, attachment: attachment))
        ledger.accounts.addParticipant(id)
        require(
            ledger.participants.registered(registration.bic) == id
                && ledger.participants.isDirect(settlement),
            "a participant is found, and settles through a direct one")
        return .accepted
    }
}
