package import Domain

extension ProtoReplayTold {
    package init(_ statement: ProtoReplayStatement) {
        self.init()
        self.statement = statement
    }
}

extension ProtoReplayStatement {
    /// - Parameters:
    ///   - told: of an account's business day.
    ///   - date: of that day.
    ///   - opening: what the account had when the day began, in minor units.
    ///   - closing: what it had when the next one began.
    package init(
        _ told: BankMessageRow, of account: AccountRow, bank: BIC, date: CivilDate,
        opening: Int64, closing: Int64
    ) {
        self.init()
        participant = bank.description
        messageNumber = told.number
        accountID = account.id
        currency = account.currency.code
        day = told.day
        self.date = date.text ?? ""
        self.opening = Money(minorUnits: opening, currency: account.currency).decimal
        self.closing = Money(minorUnits: closing, currency: account.currency).decimal
    }
}
