/// What an operator must see in a file that could be read.
package struct StatementFinding: Equatable, Sendable {
    package enum Code: String, CaseIterable, Hashable, Sendable {
        /// Opening balance and booked lines do not make the closing balance.
        case doesNotAddUp = "does-not-add-up"
        /// They do when opening and closing change places.
        case openingAndClosingSwapped = "opening-and-closing-swapped"
        /// They do when reversals are read in the other direction than `CdtDbtInd` says.
        case onlyFlippedReversalsClose = "only-flipped-reversals-close"
        /// The statement counts or sums its lines otherwise (`TxsSummry`, MT 90C and 90D).
        case declaredTotalsDiffer = "declared-totals-differ"
        case detailsDoNotSum = "details-do-not-sum"
        /// A line's currency is not that of its statement.
        case currencyDiffers = "currency-differs"
        /// The opening balance is not the closing balance before it, of the same account.
        case doesNotFollow = "does-not-follow"
        case noOpening = "no-opening"
        case noClosing = "no-closing"
        /// A balance without `CdtDbtInd`, taken as a credit.
        case balanceWithoutSign = "balance-without-sign"
        case impossibleDate = "impossible-date"
        case unreadableAmount = "unreadable-amount"
        /// The file ends before its statement does.
        case isCutOff = "is-cut-off"
        /// There is neither a line nor a balance in the file.
        case isEmpty = "is-empty"
        /// The file does not say what its letters beyond ASCII are. Only texts have such.
        case encodingGuessed = "encoding-guessed"
        /// A bank writes amounts of MT with a point.
        case decimalPoint = "decimal-point"
        /// Something stands where a statement has nothing, and was passed over.
        case passedOver = "passed-over"
    }

    package var code: Code
    /// Which statement of the file, from 1; nil for the file.
    package var statement: Int?
    /// Which line of that statement, from 1; nil for the statement.
    package var position: Int?
    /// The line of the file, from 1, where it is known.
    package var line: Int?
    /// With figures, for an operator; quotes at most 40 characters.
    package var sentence: String
    /// By how much something does not fit, where that can be said.
    package var difference: ExactSum?

    package init(
        _ code: Code, statement: Int? = nil, position: Int? = nil, line: Int? = nil,
        _ sentence: String, difference: ExactSum? = nil
    ) {
        self.difference = difference
        self.code = code
        self.statement = statement
        self.position = position
        self.line = line
        self.sentence = sentence
    }
}
