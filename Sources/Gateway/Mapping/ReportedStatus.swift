package import BankMessages
package import Domain

/// Where a payment stands, as messages to its payer's bank say it.
///
/// A message never says CANC: that word is for the API and for pages. What ended without anything
/// settled is rejected with the reason; what ended in part is settled, with the reason why the rest
/// was not, and states what was.
package struct ReportedStatus: Equatable, Sendable {
    package let status: TransactionStatus
    /// Why the payment, or what is left of it, is not settled; nil where nothing is amiss.
    package let reason: StatusReasonCode?

    /// - Parameters:
    ///   - isSettledInPart: something was received.
    package init(_ status: PaymentStatus, _ reason: EndReason, isSettledInPart: Bool) {
        switch status {
        case .received, .technicallyAccepted: self.status = .acceptedTechnicalValidation
        case .fundsHeld: self.status = .acceptedFundsChecked
        case .pending, .blocked: self.status = .pending
        case .partlySettled: self.status = .acceptedSettlementInProcess
        case .settled: self.status = .acceptedSettlementCompleted
        case .cancelled:
            self.status = isSettledInPart ? .acceptedSettlementCompleted : .rejected
        case .rejected: self.status = .rejected
        }
        self.reason = status == .cancelled ? ReportedStatus.code(reason) : nil
    }

    /// By `ExternalStatusReason1Code`.
    private static func code(_ reason: EndReason) -> StatusReasonCode {
        switch reason {
        case .none, .filled: .narrative
        case .cancelledByBank: .orderCancelled
        case .expired: .abortedSettlementTimeout
        case .notMatched, .killed, .selfMatch, .fillLimit: .settlementFailed
        case .participantSuspended: .agentSuspended
        case .corridorClosed: .notAllowedCurrency
        }
    }
}
