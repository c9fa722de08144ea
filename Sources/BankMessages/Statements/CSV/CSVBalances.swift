internal import Domain

/// The balances that a column of balances tells, each that of the account when its row is booked.
struct CSVBalances {
    let isOldestFirst: Bool
    /// Booked money of all rows so far, in less out.
    private var moved = ExactSum.zero
    private var first: Known?
    private var last: Known?
    /// Dates of the first and the last booked row of the file.
    private var firstDate: CivilDate?
    private var lastDate: CivilDate?

    /// A balance that a row states, and what was moved up to that row of the file, it included.
    private struct Known {
        let balance: ExactDecimal
        let amount: ExactSum
        let moved: ExactSum
    }

    init(isOldestFirst: Bool) { self.isOldestFirst = isOldestFirst }

    /// Takes a row in; a sentence when its balance does not follow from that of a row before.
    mutating func add(_ line: StatementLine, balance: ExactDecimal?) throws(StatementRefusal)
        -> String?
    {
        guard line.status == .booked else { return nil }
        let amount = ExactSum(line.direction == .credit ? line.amount : -line.amount)
        moved = moved + amount
        firstDate = firstDate ?? line.bookingDate
        lastDate = line.bookingDate
        guard let balance else { return nil }
        let known = Known(balance: balance, amount: amount, moved: moved)
        defer { last = known }
        guard let before = last else {
            first = known
            return nil
        }
        let (older, newer) = isOldestFirst ? (before, known) : (known, before)
        // Between two rows: the newer one and those behind the older one.
        let between =
            isOldestFirst
            ? newer.moved - older.moved : older.moved - older.amount - newer.moved + newer.amount
        guard ExactSum(older.balance) + between != ExactSum(newer.balance) else { return nil }
        return
            "The balance \(newer.balance) does not follow from \(older.balance) and \(between) "
            + "between the two."
    }

    /// The opening and the closing balance, where any row states one.
    func found() throws(StatementRefusal) -> [(
        code: String, amount: ExactDecimal, date: CivilDate?
    )] {
        guard let first, let last else { return [] }
        let opening: ExactSum
        let closing: ExactSum
        if isOldestFirst {
            opening = ExactSum(first.balance) - first.moved
            closing = ExactSum(last.balance) + (moved - last.moved)
        } else {
            opening = ExactSum(last.balance) - last.amount - (moved - last.moved)
            closing = ExactSum(first.balance) + (first.moved - first.amount)
        }
        guard let openingAmount = ExactDecimal(exactly: opening),
            let closingAmount = ExactDecimal(exactly: closing)
        else { throw StatementRefusal("The balances have too many digits.") }
        let newest = isOldestFirst ? lastDate : firstDate
        return [("OPBD", openingAmount, nil), ("CLBD", closingAmount, newest)]
    }
}

extension ExactDecimal {
    /// Nil for a sum of more than 18 digits.
    fileprivate init?(exactly sum: ExactSum) {
        let unscaled = sum.billionths / Int128(powerOfTen(Int(ExactDecimal.mostScale - sum.scale)))
        guard unscaled.magnitude < 1_000_000_000_000_000_000 else { return nil }
        self.init(unscaled: Int64(unscaled), scale: sum.scale)
    }
}
