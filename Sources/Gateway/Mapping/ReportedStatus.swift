package import BankMessages
package import Domain

/// Where a payment stands, as messages to its payer's bank say it.
///
/// A message never says CANC: that word is for the API and for pages. What ended without anything
/// settled is rejected with the reason; what ended in part is settled, with the reason why the rest
/// was not, and states what was. What the creditor's bank has said comes behind settlement.
package struct ReportedStatus: Equatable, Sendable {
    package let status: TransactionStatus
    /// Why the payment, or what is left of it, is not settled, or not credited; nil where nothing
    /// is amiss.
    package let reason: StatusReason?
    /// What was settled of a payment of which not all is.
    package private(set) var settledPart: Money?

    /// - Parameters:
    ///   - reason: why it ended.
    ///   - received: what was settled, in the currency that the creditor receives.
    package init(_ status: PaymentStatus, _ reason: EndReason, received: Money) {
        switch status {
        case .received, .technicallyAccepted: self.status = .acceptedTechnicalValidation
        case .fundsHeld: self.status = .acceptedFundsChecked
        case .pending, .blocked: self.status = .pending
        case .partlySettled: self.status = .acceptedSettlementInProcess
        case .settled: self.status = .acceptedSettlementCompleted
        case .cancelled:
            self.status = received.minorUnits > 0 ? .acceptedSettlementCompleted : .rejected
        case .rejected: self.status = .rejected
        }
        if status == .cancelled || status == .partlySettled, received.minorUnits > 0 {
            settledPart = received
        }
        switch status {
        case .cancelled:
            self.reason = StatusReason(code: ReportedStatus.code(reason), texts: [reason.name])
        case .partlySettled: self.reason = StatusReason(code: .narrative)
        case .received, .technicallyAccepted, .fundsHeld, .pending, .blocked, .settled, .rejected:
            self.reason = nil
        }
    }

    /// What the creditor's bank has said of a settled payment.
    package init(_ credit: CreditStatus, _ reason: ReasonCode) {
        switch credit {
        case .none: status = .acceptedSettlementCompleted
        case .pending: status = .pending
        case .credited: status = .acceptedCreditSettlementCompleted
        case .rejected: status = .rejected
        }
        guard reason != .none else {
            self.reason = nil
            return
        }
        // A code that is not among those that the gateway means itself is told in words.
        let known = StatusReasonCode(rawValue: "\(reason)")
        self.reason = StatusReason(
            code: known ?? .narrative, texts: known == nil ? ["reason \(reason)"] : [])
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
