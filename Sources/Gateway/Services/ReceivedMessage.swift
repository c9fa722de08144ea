internal import BankMessages
internal import Domain

/// A message of a bank, and what the bank wants to be told of it.
struct ReceivedMessage: Sendable {
    let message: BankMessage
    /// What breaks a usage rule, where the bank wants to be warned.
    private let findings: [UsageFinding]

    /// Reads a message, as its bank's setting says with or without a look at the usage rules.
    ///
    /// - Parameter banks: who knows the banks that it names.
    /// - Throws: ``MessageRejection`` also of a message that is for somebody else.
    init(
        xml: [UInt8], for gateway: BIC, _ banks: KnownBanks, _ setting: UsageRuleSetting
    ) throws(MessageRejection) {
        var found: [UsageFinding] = []
        let read =
            setting == .none
            ? try BankMessage(xml: xml, banks: banks)
            : try BankMessage(xml: xml, banks: banks, findings: &found)
        try read.checkAddressee(gateway: gateway)
        message = setting == .refuse ? try read.refusing(found) : read
        findings = setting == .warn ? found : []
    }

    var hasFindings: Bool { !findings.isEmpty }

    /// A report on the message, with what was found in it.
    ///
    /// - Parameters:
    ///   - transactions: in the order of the message.
    ///   - description: of what was done with the whole message; empty when each one says it.
    func report(
        _ transactions: [TransactionStatusReport], _ description: String = "",
        identification: String, at time: Timestamp, from sender: BIC
    ) -> PaymentStatusReport {
        let texts = (description.isEmpty ? [] : [description]) + findings.ofGroup.texts
        return PaymentStatusReport(
            messageIdentification: identification, creationDateTime: time, sender: sender,
            original: message.original,
            groupReason: texts.isEmpty ? nil : StatusReason(code: .narrative, texts: texts),
            transactions: telling(transactions))
    }

    private func telling(_ reports: [TransactionStatusReport]) -> [TransactionStatusReport] {
        guard hasFindings else { return reports }
        let found = findings.byTransaction
        return reports.enumerated().map { place, report in
            guard let texts = found[place]?.texts else { return report }
            var report = report
            var reason = StatusReason(code: report.reason?.code ?? .narrative, texts: texts)
            reason.additionalInformation.insert(
                contentsOf: report.reason?.additionalInformation ?? [], at: 0)
            report.reason = reason
            return report
        }
    }
}
