/// How an agent's CSV files for one account are laid out, as an operator states it.
///
/// Nothing is guessed from a file: what a row holds is either what its mapping says, or the file is
/// refused (rule 28). ``init(from:)`` reads the form that operators write.
package struct CSVMapping: Equatable, Sendable {
    /// ``StatementKind/booked`` or ``StatementKind/interim``.
    package var kind = StatementKind.booked
    package var encoding: StatementEncoding?
    package var delimiter = UInt8(ascii: ",")
    /// Nil where a bank quotes nothing: quotes are then characters like others.
    package var quote: UInt8? = UInt8(ascii: "\"")
    /// Lines of the file in front of the header or of the first row, whatever they hold.
    package var linesBefore = 0
    /// Rows at the end that are none, such as a total.
    package var linesAfter = 0
    package var hasHeader = true
    /// Which end of the file is the older one; needed with ``Role/balance``.
    package var order: Order?
    /// The account of every row. With ``Role/account`` each row must say the same.
    package var account: String?
    /// Of rows that have none of their own.
    package var currency: String?
    package var dates: CSVDateFormat
    package var amounts: CSVAmountFormat
    package var status = StatusWords()
    package var columns: [Role: [Column]]

    /// A file with a header, signed amounts and no more than that.
    package init(dates: CSVDateFormat, amounts: CSVAmountFormat, columns: [Role: [Column]]) {
        self.dates = dates
        self.amounts = amounts
        self.columns = columns
    }

    /// What a column holds.
    package enum Role: String, CaseIterable, Hashable, Sendable {
        case bookingDate, valueDate
        /// ``amount`` alone, ``amount`` with ``direction``, or ``debit`` with ``credit``.
        case amount, direction, debit, credit
        case currency, account, status
        /// Of the account when the row is booked.
        case balance
        case entryReference, agentReference, ownerReference, transactionCode
        case endToEndIdentification, uetr, transactionIdentification, instructionIdentification
        case counterparty, counterpartyAccount
        /// May be several columns, which are joined by a line feed.
        case remittance, text

        var maySpanColumns: Bool { self == .remittance || self == .text }
    }

    package enum Column: Hashable, Sendable {
        /// As the header has it.
        case named(String)
        /// From 1.
        case numbered(Int)
    }

    package enum Order: String, CaseIterable, Hashable, Sendable {
        case oldestFirst = "oldest-first"
        case newestFirst = "newest-first"
    }

    /// What words ``Role/status`` holds. With none for booked, every other word is booked.
    package struct StatusWords: Equatable, Sendable {
        package var booked: [String] = []
        package var pending: [String] = []
        /// Rows that move nothing, such as a payment that failed.
        package var information: [String] = []

        package init() {}

        /// Nil for a word that is not named.
        func status(_ word: String) -> EntryStatus? {
            if pending.contains(word) { return .pending }
            if information.contains(word) { return .information }
            return booked.isEmpty || booked.contains(word) ? .booked : nil
        }
    }

    /// What is wrong with a mapping.
    package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// Where in its form, for example `amounts.decimal`; empty for the whole.
        package let place: String
        package let sentence: String

        init(_ place: String, _ sentence: String) {
            self.place = place
            self.sentence = sentence
        }

        package var description: String { place.isEmpty ? sentence : "\(place): \(sentence)" }
    }
}

extension CSVMapping {
    /// Whether it says all that is needed and nothing twice.
    package func check() throws(Fault) {
        try checkCharacters()
        try checkColumns()
        guard kind != .notification else {
            throw Fault("kind", "is 'booked' or 'interim'")
        }
        for (place, lines) in [("linesBefore", linesBefore), ("linesAfter", linesAfter)]
        where !(0...100).contains(lines) {
            throw Fault(place, "is a number from 0 to 100")
        }
        if columns[.balance] != nil, order == nil {
            throw Fault("order", "is needed with a balance: 'oldest-first' or 'newest-first'")
        }
        if columns[.currency] == nil, currency == nil {
            throw Fault("currency", "is needed, for all rows or as a column")
        }
        if let currency, currency.utf8.count != 3 || !currency.utf8.allSatisfy(\.isCapital) {
            throw Fault("currency", "is a code such as EUR, not '\(cut(currency, to: 40))'")
        }
        guard columns[.status] != nil || status == StatusWords() else {
            throw Fault("status", "words are stated, but columns.status is not")
        }
    }

    private func checkCharacters() throws(Fault) {
        let isSeparator: (UInt8) -> Bool = {
            $0 == 0x09 || ($0 >= 0x20 && $0 < 0x7F && !$0.isLetterOrDigit)
        }
        guard isSeparator(delimiter) else {
            throw Fault("delimiter", "is one character, such as ';' or a tab, no letter or digit")
        }
        guard let quote else { return }
        guard isSeparator(quote), quote != delimiter else {
            throw Fault("quote", "is one character other than the delimiter, or \"\" for none")
        }
    }

    private func checkColumns() throws(Fault) {
        for (role, places) in columns.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let place = "columns.\(role.rawValue)"
            guard places.count == 1 || (role.maySpanColumns && places.count > 1) else {
                throw Fault(place, "names \(places.count) columns; it is one")
            }
            for column in places {
                switch column {
                case .numbered(let number) where !(1...1_000).contains(number):
                    throw Fault(place, "is a column from 1 to 1000, not \(number)")
                case .named(let name) where name.isEmpty:
                    throw Fault(place, "is the name of a column, not empty")
                case .named where !hasHeader:
                    throw Fault(place, "is a number where the file has no header")
                case .named, .numbered: break
                }
            }
        }
        guard columns[.bookingDate] != nil else {
            throw Fault("columns.bookingDate", "is needed")
        }
        try checkAmountColumns()
    }

    private func checkAmountColumns() throws(Fault) {
        let named = Set<Role>([.amount, .direction, .debit, .credit]).intersection(columns.keys)
        let needed: Set<Role> =
            switch amounts.sign {
            case .signed: [.amount]
            case .worded: [.amount, .direction]
            case .columns: [.debit, .credit]
            }
        guard named == needed else {
            throw Fault(
                "columns",
                "has to name amount alone, amount with direction and its words, or debit with "
                    + "credit")
        }
        if case .worded(let credit, let debit) = amounts.sign {
            guard !credit.isEmpty, !debit.isEmpty, Set(credit).isDisjoint(with: debit) else {
                throw Fault("amounts", "words of credit and debit are needed, each only once")
            }
        }
    }
}
