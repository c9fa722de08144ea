internal import BankMessages
internal import Domain
internal import Store

// What was booked on an account, and where it stands (R14.7, R14.8).
extension MessageRenderer {
    /// camt.054 or camt.052.
    func accountReport(_ row: BankMessageRow) throws -> (MessageDefinition, String) {
        guard let id = AccountID(exactly: row.subject), let account = try reader.account(id) else {
            throw GatewayError(.internalError, "account \(row.subject) is not on record")
        }
        let isNotification = row.kind == .notification
        let definition =
            isNotification
            ? definition(.accountNotification, .notification)
            : definition(.accountReport, .accountReport)
        var report = AccountReport(
            frame: frame(definition, row), messageIdentification: identification(row),
            creationDateTime: row.timestamp, identification: identification(row),
            account: CashAccount(
                identification: .other("\(account.id)"), currency: account.currency))
        report.servicer = gateway
        guard isNotification else {
            report.balances = [interim(row.received, account.currency, at: row.until)]
            return (definition, try report.xml(entries: [AccountEntry]()))
        }
        report.page = BankMessages.Page(number: Int(row.part), isLast: row.part == row.parts)
        report.period = (row.since + 1)...max(row.since + 1, row.until)
        return (definition, try report.xml(entries: try entries(of: account, row)))
    }

    private func interim(
        _ balance: Int64, _ currency: Currency, at time: Timestamp
    ) -> AccountBalance {
        AccountBalance(
            type: .code("ITBD"),
            amount: Money(minorUnits: balance == .min ? .max : abs(balance), currency: currency),
            direction: balance < 0 ? .debit : .credit, date: .time(time))
    }

    // MARK: Entries

    /// The entries of a part, oldest first.
    private func entries(of account: AccountRow, _ row: BankMessageRow) throws -> [AccountEntry] {
        let all = try transfers(of: account.id, after: row.since, upTo: row.until).reversed()
            .flatMap { $0.sides(on: account.id) }
        let size = Limits.entriesPerMessage
        let part = Array(all.dropFirst((Int(row.part) - 1) * size).prefix(size))
        let payments = try payments(behind: part)
        return part.map { entry($0, payments[$0]) }
    }

    /// Newest first.
    private func transfers(
        of account: AccountID, after: Timestamp, upTo until: Timestamp
    ) throws -> [TransferRecord] {
        var found: [TransferRecord] = []
        var token = TransferToken(
            timestamp: until + 1, fill: 0, part: 0, reference: UETR(bits: 0))
        let size = Limits.entriesPerMessage
        while true {
            let page = try reader.transfers(
                of: account, before: token, from: after + 1, limit: size)
            found += page
            guard page.count == size, let last = page.last else { return found }
            token = last.token
        }
    }

    /// The payment behind each entry of a fill: who pays by a debit, and who is paid by a credit.
    func payments(behind entries: [AccountSide]) throws -> PaymentsBehind {
        let numbers = Array(Set(entries.compactMap(\.transfer.fill)))
        let fills = try reader.fills(numbers: numbers)
        let payments = Set(fills.flatMap { [$0.renminbiPayment, $0.foreignPayment] })
        let facts = Dictionary(
            uniqueKeysWithValues: try facts(of: reader.payments(numbers: payments)).map {
                ($0.row.id, $0)
            })
        var found = PaymentsBehind()
        for fill in fills {
            guard let renminbi = facts[fill.renminbiPayment],
                let foreign = facts[fill.foreignPayment]
            else { continue }
            found.byFill[fill.id] = (renminbi, foreign)
        }
        return found
    }

    /// - Parameter facts: of the payment behind it, if there is one.
    func entry(_ side: AccountSide, _ facts: PaymentFacts?) -> AccountEntry {
        let transfer = side.transfer
        var entry = AccountEntry(
            reference: side.reference,
            amount: Money(minorUnits: transfer.amount, currency: transfer.currency),
            direction: side.isDebit ? .debit : .credit, transactionCode: side.code)
        entry.booking = .time(transfer.timestamp)
        entry.value = .day(
            CalendarDate(daysSince1970: Int(transfer.timestamp / 86_400_000_000_000)))
        entry.servicerReference = side.reference
        if let facts {
            var details = EntryTransaction()
            details.references = facts.original
            details.messageIdentification = side.isDebit ? facts.details.messageID.nonEmpty : nil
            entry.transactions = [details]
            if facts.returned != nil, transfer.kind == .leg {
                entry.transactionCode = side.isDebit ? .returnOfReceived : .returnOfIssued
            }
        }
        return entry
    }
}

/// The payments of fills.
struct PaymentsBehind {
    /// By the number of the fill: who gave renminbi, and the other.
    fileprivate var byFill: [FillID: (renminbi: PaymentFacts, foreign: PaymentFacts)] = [:]

    /// The payment behind an entry; nil when there is none.
    subscript(_ side: AccountSide) -> PaymentFacts? {
        guard let fill = side.transfer.fill, let both = byFill[fill] else { return nil }
        // The leg in renminbi (1) leaves who gives it and reaches the creditor of the other.
        let isRenminbi = side.transfer.token.part % 2 == 1
        return isRenminbi == side.isDebit ? both.renminbi : both.foreign
    }
}

extension AccountSide {
    /// At most 35 characters; unique on the account with the direction.
    var reference: String {
        if let fill = transfer.fill { return "F\(fill)-\(transfer.token.part)" }
        let text = transfer.reference.map(\.description) ?? ""
        return String(text.filter { $0 != "-" })
    }

    fileprivate var code: BankTransactionCode {
        switch transfer.kind {
        case .leg: isDebit ? .issuedCreditTransfer : .receivedCreditTransfer
        case .fee: .fees
        case .funding: isDebit ? .issuedInstitutionTransfer : .receivedInstitutionTransfer
        case .return: isDebit ? .returnOfReceived : .returnOfIssued
        case .agentFee, .agentInterest, .agentTransfer:
            isDebit ? .debitAdjustment : .creditAdjustment
        }
    }
}
