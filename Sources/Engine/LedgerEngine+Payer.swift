internal import Domain

// Whose order it is that names a bank.
extension LedgerEngine where Book: ~Copyable {
    /// The participant that pays when the submitter names this bank: the one that the BIC means,
    /// else the submitter, where it is the bank's correspondent (R3.16). 0 when there is none.
    func payer(
        _ bank: BIC, by submitter: BIC, under rules: RuleVersion
    ) -> ParticipantID {
        let found = participants.find(bank, under: rules)
        return found != 0 ? found : correspondent(submitter, of: bank, under: rules)
    }

    private func correspondent(
        _ submitter: BIC, of bank: BIC, under rules: RuleVersion
    ) -> ParticipantID {
        guard rules >= .v3 else { return 0 }
        let participant = participants.find(submitter, under: rules)
        guard participant != 0 else { return 0 }
        return correspondents.mayAct(participants.bic(participant), for: bank) ? participant : 0
    }

    /// R3.13 The participant whose payment a cancellation names: the one that the BIC means, else
    /// the submitter, where it is or was the bank's correspondent. 0 when there is none.
    func payer(namedBy cancellation: Cancellation, under rules: RuleVersion) -> ParticipantID {
        let found = participants.find(cancellation.payer, under: rules)
        guard found == 0, rules >= .v3 else { return found }
        let own = participants.find(cancellation.submitter, under: rules)
        guard own != 0 else { return 0 }
        return correspondents.wasNamed(participants.bic(own), for: cancellation.payer) ? own : 0
    }

    /// Why no payer was found: a correspondent is told that it is not one of this bank.
    func unknownPayer(_ order: PaymentOrderView, under rules: RuleVersion) -> ResultCode {
        let submitter = participants.find(order.submitter, under: rules)
        guard rules >= .v3, submitter != 0, correspondents.isOne(participants.bic(submitter))
        else {
            return .payerUnknown
        }
        return .correspondentNotNamed
    }
}
