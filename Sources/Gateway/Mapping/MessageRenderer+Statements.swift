internal import BankMessages
internal import Domain
internal import Store

// The statement of a business day that has ended (R14.11 to R14.14).
extension MessageRenderer {
    /// camt.053: a part, whose balances and sums are its own. Where the statement goes on in
    /// another part, the balance between them is an intermediate one.
    ///
    /// - Parameter row: whose message it is; its time is that of the message.
    /// - Throws: ``StatementError/inconsistent(_:)``, `MessageWritingError`.
    func statement(
        _ outline: StatementOutline, part number: Int, _ row: BankMessageRow
    ) throws -> (MessageDefinition, String) {
        let (account, day) = (outline.account, outline.day)
        let definition = definition(.accountStatement, .accountReport)
        let (part, isLast) = (outline.parts[number - 1], number == outline.parts.count)
        var report = AccountReport(
            frame: frame(definition, row), messageIdentification: identification(row),
            creationDateTime: row.timestamp, identification: outline.identification,
            account: CashAccount(
                identification: .other("\(account.id)"), currency: account.currency))
        report.servicer = gateway
        report.page = BankMessages.Page(number: number, isLast: isLast)
        report.sequenceNumber = Int64(day.row.number)
        report.period = day.row.began...max(day.row.began, day.end - 1)
        let date = CalendarDate(daysSince1970: Int(day.row.date.rawValue))
        report.balances = [
            balance("OPBD", part.opening, account.currency, date, isIntermediate: number > 1),
            balance("CLBD", part.closing, account.currency, date, isIntermediate: !isLast),
        ]
        report.summary = EntrySummary(
            currency: account.currency,
            credits: EntrySummary.Side(count: part.credits.count, sum: part.credits.sum),
            debits: EntrySummary.Side(count: part.debits.count, sum: part.debits.sum))
        let sides = try reader.entries(of: outline, part: number)
        let payments = try payments(behind: sides)
        let entries = sides.lazy.map { side in
            var entry = entry(side, payments[side])
            (entry.booking, entry.value) = (.day(date), .day(date))
            return entry
        }
        return (definition, try report.xml(entries: entries))
    }

    private func balance(
        _ type: String, _ amount: Int64, _ currency: Currency, _ date: CalendarDate,
        isIntermediate: Bool
    ) -> AccountBalance {
        var balance = AccountBalance(
            type: .code(type), amount: Money(minorUnits: abs(amount), currency: currency),
            direction: amount < 0 ? .debit : .credit, date: .day(date))
        balance.subType = isIntermediate ? .code("INTM") : nil
        return balance
    }

    /// A part as the API answers it.
    func statementPart(
        _ outline: StatementOutline, part number: Int
    ) throws -> ProtoStatement {
        let currency = outline.account.currency
        let part = outline.parts[number - 1]
        var answer = ProtoStatement()
        answer.day = ProtoBusinessDay(outline.day)
        answer.balance = ProtoDayBalance(
            outline.balance, participant: directory.bic(of: outline.account.owner))
        answer.credits = ProtoEntryTotal(outline.credits, currency)
        answer.debits = ProtoEntryTotal(outline.debits, currency)
        answer.part = UInt32(number)
        answer.parts = UInt32(outline.parts.count)
        answer.partOpening = currency.decimal(Int128(part.opening))
        answer.partClosing = currency.decimal(Int128(part.closing))
        let sides = try reader.entries(of: outline, part: number)
        let payments = try payments(behind: sides)
        answer.entries = sides.map { ProtoStatementEntry($0, payments[$0]?.original) }
        return answer
    }
}

extension StatementOutline {
    /// The same on all its parts, and however it is asked for; at most 35 characters.
    var identification: String { "S\(account.id)-\(day.row.number)" }
}

extension ProtoEntryTotal {
    init(_ total: EntryTotal, _ currency: Currency) {
        self.init()
        entries = UInt64(total.count)
        sum = currency.decimal(total.sum)
    }
}

extension ProtoStatementEntry {
    /// - Parameter original: the references of the payment behind it.
    fileprivate init(_ side: AccountSide, _ original: OriginalTransaction?) {
        self.init()
        let transfer = side.transfer
        reference = side.reference
        time = .init(transfer.timestamp)
        kind = transfer.kind.rawValue
        direction = (side.isDebit ? CreditDebit.debit : .credit).rawValue
        amount = transfer.currency.decimal(Int128(transfer.amount))
        uetr = original?.uetr?.description ?? ""
        endToEndID = original?.endToEndIdentification ?? ""
        instructionID = original?.instructionIdentification ?? ""
        transactionID = original?.transactionIdentification ?? ""
    }
}
