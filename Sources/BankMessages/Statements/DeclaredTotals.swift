/// What a statement says that its lines come to (camt `TxsSummry`, MT 90C and 90D).
package struct DeclaredTotals: Equatable, Sendable {
    package var lines: Int?
    package var creditLines: Int?
    package var credits: ExactDecimal?
    package var debitLines: Int?
    package var debits: ExactDecimal?

    package init() {}

    /// Parts tell different things; of two that tell the same the first stays.
    mutating func add(_ other: DeclaredTotals) {
        lines = lines ?? other.lines
        creditLines = creditLines ?? other.creditLines
        credits = credits ?? other.credits
        debitLines = debitLines ?? other.debitLines
        debits = debits ?? other.debits
    }
}

/// Lines counted and summed as a statement's own totals do it, whatever their currency.
struct LineCount {
    var credits = ExactSum.zero
    var debits = ExactSum.zero
    var creditLines = 0
    var debitLines = 0

    mutating func add(_ line: StatementLine) {
        switch line.direction {
        case .credit:
            creditLines += 1
            credits += line.amount
        case .debit:
            debitLines += 1
            debits += line.amount
        }
    }
}

extension DeclaredTotals {
    /// A sentence for each total that neither all lines nor the booked ones have: which of the two
    /// is meant, banks see differently.
    func faults(present: LineCount, booked: LineCount) -> [String] {
        var sentences: [String] = []
        func compare<Total: Equatable, Figure: Equatable>(
            _ name: String, _ declared: Total?, _ figure: (LineCount) -> Figure,
            _ same: (Total, Figure) -> Bool
        ) {
            guard let declared, !same(declared, figure(present)), !same(declared, figure(booked))
            else { return }
            sentences.append(
                "The statement declares \(name) \(declared), but its lines make \(figure(present))."
            )
        }
        compare("lines", lines, { $0.creditLines + $0.debitLines }, ==)
        compare("lines in", creditLines, \.creditLines, ==)
        compare("lines out", debitLines, \.debitLines, ==)
        compare("money in", credits, \.credits) { ExactSum($0) == $1 }
        compare("money out", debits, \.debits) { ExactSum($0) == $1 }
        return sentences
    }
}

extension StatementLine {
    /// By how much the line's details are not the line; nil when they are, or when it cannot be
    /// told because a detail states no amount, or one in another currency. What charges explain is
    /// no fault.
    var faultOfDetails: ExactSum? {
        guard !details.isEmpty else { return nil }
        var (sum, charges) = (ExactSum.zero, ExactSum.zero)
        for detail in details {
            guard let amount = detail.amount, detail.currency == nil || detail.currency == currency
            else { return nil }
            sum += detail.direction ?? direction == direction ? amount : -amount
            if let charge = detail.charges { charges += charge }
        }
        let difference = sum - ExactSum(amount)
        return difference.isZero || difference.magnitude == charges.magnitude ? nil : difference
    }
}
