internal import Domain

/// An entry as it is put together.
struct CamtEntry {
    private var amount: CamtValue?
    private var direction: CamtValue?
    private var status: CamtValue?
    private var reversal: CamtValue?
    private var domain: String?
    private var family: String?
    private var subFamily: String?
    private var proprietaryCode: String?
    /// All but what may be wrong.
    private var told = StatementLine(
        position: 0, amount: .zero, direction: .credit, currency: nil)
    var details: [CamtDetail] = []

    /// Why an entry is no line.
    struct Fault: Error {
        var sentence: String
    }

    /// - Returns: what is wrong with a date.
    mutating func take(_ field: CamtField, _ value: CamtValue) -> String? {
        switch field {
        case .entryReference: told.entryReference = value.text
        case .amount: amount = value
        case .currency: told.currency = value.text
        case .direction: direction = value
        case .isReversal: reversal = value
        case .status: status = value
        case .bookingDate:
            told.bookingDate = value.date
            return value.dateFault(told.bookingDate)
        case .valueDate:
            told.valueDate = value.date
            return value.dateFault(told.valueDate)
        case .agentReference: told.agentReference = value.text
        case .domain: domain = value.text
        case .family: family = value.text
        case .subFamily: subFamily = value.text
        case .proprietaryCode: proprietaryCode = value.text
        case .entryText: told.text = value.text
        default: break
        }
        return nil
    }

    /// The line, once the entry has ended. Without a status it is booked.
    func line(position: Int) -> Result<StatementLine, Fault> {
        var line = told
        line.position = position
        guard let amount else { return .failure(Fault(sentence: "The entry has no amount.")) }
        guard let figure = amount.amount, !figure.isNegative else {
            return .failure(Fault(sentence: "The amount reads \(amount.quoted)."))
        }
        guard let direction = direction?.direction else {
            let sentence =
                self.direction.map { "The direction reads \($0.quoted)." }
                ?? "The entry does not say whether it is a credit or a debit."
            return .failure(Fault(sentence: sentence))
        }
        if let reversal {
            guard let known = reversal.flag else {
                return .failure(Fault(sentence: "RvslInd reads \(reversal.quoted)."))
            }
            line.isReversal = known
        }
        if let status {
            guard let known = EntryStatus(rawValue: status.text) else {
                return .failure(Fault(sentence: "The status reads \(status.quoted)."))
            }
            line.status = known
        }
        line.amount = figure
        line.direction = direction
        line.transactionCode = code
        line.details = details.map { $0.detail(of: line, isOnly: details.count == 1) }
        return .success(line)
    }

    private var code: String? {
        let parts = [domain, family, subFamily].compactMap { $0 }
        return parts.isEmpty ? proprietaryCode : parts.joined(separator: "/")
    }
}

/// One payment of an entry as it is put together.
struct CamtDetail {
    private var told = StatementDetail()
    private var direction: CreditDebit?
    /// The amounts it states, with their currencies, the most telling first.
    private var amounts: [(amount: ExactDecimal?, currency: String?)?] = [nil, nil, nil, nil]
    private var debtor = Party()
    private var creditor = Party()
    private var chargesTotal: ExactDecimal?
    private var charges: ExactSum?

    private struct Party {
        var name: String?
        var bank: String?
        var account: String?
    }

    mutating func take(_ field: CamtField, _ value: CamtValue, _ limits: StatementLimits) {
        switch field {
        case .endToEnd: told.endToEndIdentification = value.text
        case .uetr: told.uetr = value.text
        case .transaction: told.transactionIdentification = value.text
        case .instruction: told.instructionIdentification = value.text
        case .detailAgentReference: told.agentReference = value.text
        case .mandate: told.mandateIdentification = value.text
        case .detailDirection: direction = value.direction
        case .remittance, .reference: add(remittance: value.text, limits)
        case .returnReason: told.returnReason = told.returnReason ?? value.text
        case .chargesTotal: chargesTotal = value.amount
        case .charge:
            if let amount = value.amount { charges = (charges ?? .zero) + ExactSum(amount) }
        case .debtor: debtor.name = debtor.name ?? value.text
        case .debtorBank: debtor.bank = debtor.bank ?? value.text
        case .debtorAccount: debtor.account = value.text
        case .creditor: creditor.name = creditor.name ?? value.text
        case .creditorBank: creditor.bank = creditor.bank ?? value.text
        case .creditorAccount: creditor.account = value.text
        default: take(amount: field, value)
        }
    }

    /// An attribute is told before its element's text.
    private mutating func take(amount field: CamtField, _ value: CamtValue) {
        switch field {
        case .detailCurrency: amounts[0] = (nil, value.text)
        case .detailAmount: amounts[0] = (value.amount, amounts[0]?.currency)
        case .settledCurrency: amounts[1] = (nil, value.text)
        case .settledAmount: amounts[1] = (value.amount, amounts[1]?.currency)
        case .counterCurrency: amounts[2] = (nil, value.text)
        case .counterAmount: amounts[2] = (value.amount, amounts[2]?.currency)
        case .instructedCurrency: amounts[3] = (nil, value.text)
        case .instructedAmount: amounts[3] = (value.amount, amounts[3]?.currency)
        default: break
        }
    }

    private mutating func add(remittance text: String, _ limits: StatementLimits) {
        guard let before = told.remittance else {
            told.remittance = text
            return
        }
        guard before.utf8.count + text.utf8.count < limits.textBytes else { return }
        told.remittance = "\(before)\n\(text)"
    }

    /// The detail, once its line is known. What was instructed for the only payment of a line is
    /// not what was booked for it.
    func detail(of line: StatementLine, isOnly: Bool) -> StatementDetail {
        var detail = told
        if detail.endToEndIdentification == "NOTPROVIDED" { detail.endToEndIdentification = nil }
        let stated = amounts.prefix(isOnly ? 3 : 4).compactMap { $0 }
        let amount = stated.first { $0.currency == line.currency } ?? stated.first
        detail.amount = amount?.amount
        detail.currency = amount?.currency
        detail.direction = direction
        let other = (direction ?? line.direction) == .credit ? debtor : creditor
        detail.counterparty = other.name ?? other.bank
        detail.counterpartyAccount = other.account
        detail.charges = chargesTotal ?? charges?.decimal
        return detail
    }
}
