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

    /// What the creditor's bank has said of a payment of which something was settled.
    ///
    /// - Parameters:
    ///   - payment: as it ended.
    ///   - settled: what the creditor's bank received.
    private init(
        _ credit: CreditStatus, _ reason: ReasonCode, of payment: PaymentStatus, settled: Money
    ) {
        switch credit {
        case .none: status = .acceptedSettlementCompleted
        case .pending: status = .pending
        case .credited: status = .acceptedCreditSettlementCompleted
        case .rejected: status = .rejected
        }
        if payment == .cancelled { settledPart = settled }
        guard reason != .none else {
            self.reason = nil
            return
        }
        // What is no code of ISO 20022 is told in words.
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
        // What is told of one says why (R22.7).
        case .entryRefused: .settlementFailed
        }
    }
}

// MARK: - What the messages say

extension ReportedStatus {
    /// A transaction that is refused, or a payment that was.
    package init(
        refusedWith code: ResultCode, _ detail: String = ""
    ) {
        status = .rejected
        reason = StatusReason(
            code: StatusReasonCode(rawValue: code.isoReason) ?? .narrative,
            texts: ["\(code.name): \(code.sentence)", detail])
    }

    /// The answer to an order, or to its repetition.
    ///
    /// - Parameters:
    ///   - currency: in which its creditor receives.
    ///   - date: of one that could not enter on it.
    package init(
        _ outcome: Outcome, receiving currency: Currency, _ date: DatedPaymentRow? = nil
    ) {
        guard outcome.code == .accepted, let status = outcome.status else {
            self.init(refusedWith: outcome.code)
            return
        }
        if outcome.endReason == .entryRefused, let date {
            self.init(entryRefusedWith: ReasonCode(date.code.isoReason) ?? .none)
            return
        }
        self.init(
            status, outcome.endReason,
            received: Money(minorUnits: outcome.received, currency: currency))
    }

    /// What its payer is told of a payment without asking.
    package init(_ told: BankMessageRow, of payment: PaymentRow) {
        let received = Money(minorUnits: told.received, currency: payment.receiveCurrency)
        if told.reason == .entryRefused {
            self.init(entryRefusedWith: told.code)
        } else if told.credit == .none {
            self.init(told.status, told.reason, received: received)
        } else {
            self.init(told.credit, told.code, of: payment.status, settled: received)
        }
    }

    /// R22.7 A payment that could not enter the book when its date came.
    private init(entryRefusedWith code: ReasonCode) {
        status = .rejected
        reason = StatusReason(
            code: StatusReasonCode(rawValue: "\(code)") ?? .narrative,
            texts: [EndReason.entryRefused.name])
    }

    /// Where a payment on record stands, for whom asks.
    ///
    /// - Parameter date: that it states: there stands why it could not enter on it.
    package init(_ payment: PaymentRow, _ followUp: FollowUpRow?, _ date: DatedPaymentRow?) {
        let received = Money(minorUnits: payment.received, currency: payment.receiveCurrency)
        if let followUp, followUp.credit != .none {
            self.init(
                followUp.credit, followUp.creditReason, of: payment.status, settled: received)
        } else if payment.code != .accepted {
            self.init(refusedWith: payment.code)
        } else if payment.endReason == .entryRefused, let date {
            self.init(entryRefusedWith: ReasonCode(date.code.isoReason) ?? .none)
        } else {
            self.init(payment.status, payment.endReason, received: received)
        }
    }

    /// A payment that is not on record as one of who asks, or of which there are several.
    package static func unknown(isAmbiguous: Bool) -> ReportedStatus {
        ReportedStatus(
            isAmbiguous ? .pending : .rejected,
            StatusReason(
                code: .narrative,
                texts: [
                    isAmbiguous
                        ? "Several payments with this UETR are on record; ask for them by the API."
                        : "No payment of the sender with this UETR is on record."
                ]))
    }

    private init(_ status: TransactionStatus, _ reason: StatusReason) {
        self.status = status
        self.reason = reason
    }

    /// As a pacs.002 says it of a transaction.
    ///
    /// - Parameter payment: as it is on record; nil where it is not, or where that is not known.
    package func report(
        on original: OriginalTransaction, of payment: PaymentRow? = nil
    ) -> TransactionStatusReport {
        var report = TransactionStatusReport(
            original: original, status: status, reason: reason,
            acceptanceDateTime: payment?.acceptedAt)
        report.settledAmount = settledPart
        // What is settled whole was so by its last part, and nothing changed it since.
        let isSettled =
            status == .acceptedSettlementCompleted || status == .acceptedCreditSettlementCompleted
        if let payment, payment.status == .settled, isSettled {
            report.effectiveSettlementDateTime = payment.updatedAt
        }
        return report
    }
}
