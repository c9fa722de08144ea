internal import Domain

/// Adds up what a reader tells of a file, and says what does not fit together.
///
/// It keeps a few words a statement, never a line. What it says counts only when the reader has
/// reached the end of the file and ``finish()`` was called.
///
/// - Complexity: O(1) an event, but O(details) a line and O(currencies of the statement) a line.
package struct StatementTally: Sendable {
    package private(set) var statements: [StatementFigures] = []
    /// In the order they were found; the first ``StatementLimits/findings`` of them.
    package private(set) var findings: [StatementFinding] = []
    package private(set) var findingsLeftOut = 0

    private let limits: StatementLimits
    private var current: OpenStatement?
    /// The closing balance of each account that the file told last.
    private var last: [AccountCurrency: StatementBalance] = [:]

    private struct AccountCurrency: Hashable {
        var account: String?
        var currency: String?
    }

    package init(limits: StatementLimits = StatementLimits()) { self.limits = limits }

    /// Rows that the file has: each was taken or refused.
    package var rowsRead: Int { rowsTaken + rowsRefused }
    package var rowsTaken: Int { statements.reduce(0) { $0 + $1.lines } }
    package var rowsRefused: Int { statements.reduce(0) { $0 + $1.refusedLines } }

    /// Takes the next event in.
    ///
    /// - Throws: ``StatementRefusal`` when there is more of something than ``StatementLimits`` has
    ///   room for.
    package mutating func take(_ event: StatementEvent) throws(StatementRefusal) {
        switch event {
        case .head(let head): try open(head)
        case .balance(let balance): try current?.add(balance, limits)
        case .line(let line): try add(line)
        case .declared(let totals): current?.add(totals)
        case .refusedLine(let finding):
            current?.refuseLine()
            note(finding)
        case .finding(let finding): note(finding)
        case .end: close()
        }
    }

    /// Ends the file: what only the whole of it shows.
    package mutating func finish() {
        if current != nil {
            note(StatementFinding(.isCutOff, "The file ends before its last statement does."))
            close()
        }
        let isEmpty = statements.allSatisfy {
            $0.lines + $0.refusedLines == 0 && $0.opening == nil && $0.closing == nil
        }
        guard isEmpty else { return }
        note(
            StatementFinding(
                .isEmpty,
                statements.isEmpty
                    ? "There is no statement in the file."
                    : "There is neither a line nor a balance in the file."))
    }
}

extension StatementTally {
    private mutating func open(_ head: StatementHead) throws(StatementRefusal) {
        close()
        guard statements.count < limits.statements else {
            throw StatementRefusal(
                "The file has more than \(limits.statements) statements; send it in parts.")
        }
        current = OpenStatement(head: head)
    }

    private mutating func add(_ line: StatementLine) throws(StatementRefusal) {
        try current?.add(line, limits)
        guard let difference = line.faultOfDetails else { return }
        note(
            StatementFinding(
                .detailsDoNotSum, position: line.position,
                "The details make \(ExactSum(line.amount) + difference), but the line is "
                    + "\(line.amount): a difference of \(difference).", difference: difference))
    }

    private mutating func note(_ finding: StatementFinding) {
        guard findings.count < limits.findings else {
            findingsLeftOut += 1
            return
        }
        var finding = finding
        if current != nil { finding.statement = finding.statement ?? statements.count + 1 }
        findings.append(finding)
    }
}

/// A statement whose end has not come yet.
private struct OpenStatement {
    private(set) var figures: StatementFigures
    private(set) var declared = DeclaredTotals()
    private(set) var present = LineCount()
    private(set) var booked = LineCount()
    private var balances = 0
    /// The first line in another currency, and how many there are.
    private(set) var strange: (position: Int, currency: String)?
    private(set) var strangeLines = 0

    init(head: StatementHead) { figures = StatementFigures(head: head) }

    mutating func add(
        _ balance: StatementBalance, _ limits: StatementLimits
    ) throws(StatementRefusal) {
        guard balances < limits.balancesPerStatement else {
            throw StatementRefusal(
                "A statement has more than \(limits.balancesPerStatement) balances.")
        }
        balances += 1
        figures.consider(balance)
    }

    mutating func add(_ line: StatementLine, _ limits: StatementLimits) throws(StatementRefusal) {
        guard figures.lines < limits.linesPerStatement else {
            throw StatementRefusal(
                "A statement has more than \(limits.linesPerStatement) lines; ask the agent for it "
                    + "in parts.")
        }
        guard figures.add(line, limits: limits) else {
            throw StatementRefusal(
                "A statement has lines in more than \(limits.currencies) currencies.")
        }
        present.add(line)
        if line.status == .booked { booked.add(line) }
        guard let currency = line.currency, let own = figures.currency, currency != own else {
            return
        }
        strangeLines += 1
        if strange == nil { strange = (line.position, currency) }
    }

    mutating func add(_ totals: DeclaredTotals) { declared.add(totals) }

    mutating func refuseLine() { figures.refusedLines += 1 }
}

// What a statement shows when it ends.
extension StatementTally {
    private mutating func close() {
        guard let closing = current else { return }
        let figures = closing.figures
        judgeBalances(figures)
        if let (position, currency) = closing.strange, let own = figures.currency {
            note(
                StatementFinding(
                    .currencyDiffers, position: position,
                    "Lines that are not in \(cut(own, to: 40)): \(closing.strangeLines), the first "
                        + "in \(cut(currency, to: 40)); they are summed apart."))
        }
        for sentence in closing.declared.faults(present: closing.present, booked: closing.booked) {
            note(StatementFinding(.declaredTotalsDiffer, sentence))
        }
        statements.append(figures)
        current = nil
    }

    private mutating func judgeBalances(_ figures: StatementFigures) {
        if figures.head.kind == .booked {
            if figures.opening == nil {
                note(StatementFinding(.noOpening, "The statement has no opening balance."))
            }
            if figures.closing == nil {
                note(StatementFinding(.noClosing, "The statement has no closing balance."))
            }
            judgeChain(figures)
        }
        guard let opening = figures.opening, let closing = figures.closing,
            let difference = figures.difference
        else { return }
        if let first = opening.currency, let last = closing.currency, first != last {
            note(
                StatementFinding(
                    .currencyDiffers,
                    "The opening balance is in \(cut(first, to: 40)), the closing balance in "
                        + "\(cut(last, to: 40))."))
        }
        guard !difference.isZero else { return }
        let own = figures.ownSums
        let sentence =
            "The closing balance is \(closing.amount), but opening \(opening.amount) and lines "
            + "\(own.credits) in and \(own.debits) out make "
            + "\(ExactSum(closing.amount) - difference): a difference of \(difference)."
        // Where all lines are reversals, both explain it.
        let net = own.credits - own.debits
        if (difference + own.reversed + own.reversed).isZero {
            note(
                StatementFinding(
                    .onlyFlippedReversalsClose,
                    "\(sentence) They fit with reversals read in the other direction.",
                    difference: difference))
        } else if (difference + net + net).isZero {
            note(
                StatementFinding(
                    .openingAndClosingSwapped, "\(sentence) They fit with the two changed about.",
                    difference: difference))
        } else {
            note(StatementFinding(.doesNotAddUp, sentence, difference: difference))
        }
    }

    /// In one file, too, a statement opens with what the one before closed with.
    private mutating func judgeChain(_ figures: StatementFigures) {
        let account = AccountCurrency(account: figures.head.account, currency: figures.currency)
        if let before = last[account], let opening = figures.opening,
            before.amount != opening.amount
        {
            let gap = ExactSum(opening.amount) - ExactSum(before.amount)
            note(
                StatementFinding(
                    .doesNotFollow,
                    "The opening balance is \(opening.amount), but the statement before it closes "
                        + "with \(before.amount): a gap of \(gap).", difference: gap))
        }
        if let closing = figures.closing { last[account] = closing }
    }
}
