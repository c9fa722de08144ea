/// What one statement comes to.
package struct StatementFigures: Equatable, Sendable {
    package var head: StatementHead
    /// Lines taken, whatever their status, and lines that could not be.
    package internal(set) var lines = 0
    package internal(set) var refusedLines = 0
    package internal(set) var bookedLines = 0
    package internal(set) var reversals = 0
    package internal(set) var details = 0
    /// Of the booked lines, a row for each currency, in the order they first appear.
    package internal(set) var sums: [CurrencySums] = []
    /// By the opening rule; nil when the statement has none.
    package internal(set) var opening: StatementBalance?
    package internal(set) var closing: StatementBalance?

    /// Booked money in and out in one currency; both are zero or more.
    package struct CurrencySums: Equatable, Sendable {
        /// Nil where lines do not tell.
        package var currency: String?
        package var credits = ExactSum.zero
        package var debits = ExactSum.zero
        /// Credits less debits of those that are reversals.
        var reversed = ExactSum.zero
    }

    init(head: StatementHead) { self.head = head }

    /// Of the first line that names one.
    private var lineCurrency: String?

    /// What is summed in: the currency of the balances, else of the account, else of the lines.
    package var currency: String? {
        opening?.currency ?? closing?.currency ?? head.currency ?? lineCurrency
    }

    /// The booked sums in ``currency``, with lines that name none.
    package var ownSums: CurrencySums {
        var own = CurrencySums(currency: currency)
        for part in sums where part.currency == nil || part.currency == currency {
            own.credits = own.credits + part.credits
            own.debits = own.debits + part.debits
            own.reversed = own.reversed + part.reversed
        }
        return own
    }

    /// Closing balance less opening balance and booked lines in the statement's currency; zero when
    /// it adds up, nil when a balance is missing.
    package var difference: ExactSum? {
        guard let opening, let closing else { return nil }
        let own = ownSums
        return ExactSum(closing.amount) - ExactSum(opening.amount) - own.credits + own.debits
    }

    /// Adds a line; a booked one to the sums.
    ///
    /// - Returns: false when there is no room for one more currency.
    mutating func add(_ line: StatementLine, limits: StatementLimits) -> Bool {
        lines += 1
        details += line.details.count
        if line.isReversal { reversals += 1 }
        lineCurrency = lineCurrency ?? line.currency
        return line.status != .booked || addBooked(line, limits)
    }

    private mutating func addBooked(_ line: StatementLine, _ limits: StatementLimits) -> Bool {
        var place = sums.firstIndex { $0.currency == line.currency }
        if place == nil, sums.count < limits.currencies {
            sums.append(CurrencySums(currency: line.currency))
            place = sums.count - 1
        }
        guard let place else { return false }
        let signed = line.direction == .credit ? line.amount : -line.amount
        switch line.direction {
        case .credit: sums[place].credits += line.amount
        case .debit: sums[place].debits += line.amount
        }
        if line.isReversal { sums[place].reversed += signed }
        bookedLines += 1
        return true
    }

    /// Keeps the balance if it is the opening or the closing one: `OPBD`, else `PRCD`, else in a
    /// statement the first `ITBD`; `CLBD`, else the last `ITBD`; MT 60 and 62. Of an account with
    /// several currencies the first is the statement's.
    mutating func consider(_ balance: StatementBalance) {
        if let rank = openingRank(balance.code),
            rank < opening.flatMap({ openingRank($0.code) }) ?? .max
        {
            opening = balance
        }
        guard let rank = closingRank(balance.code) else { return }
        let before = closing.flatMap { closingRank($0.code) } ?? .max
        let isOfAnother = closing?.currency == currency && balance.currency != currency
        if rank < before || (rank == before && !isOfAnother) { closing = balance }
    }

    private func openingRank(_ code: String) -> Int? {
        switch code {
        case "OPBD", "60F", "60M": 0
        case "PRCD": 1
        case "ITBD" where head.kind == .booked: 2
        default: nil
        }
    }

    private func closingRank(_ code: String) -> Int? {
        switch code {
        case "CLBD", "62F", "62M": 0
        case "ITBD": 1
        default: nil
        }
    }
}
