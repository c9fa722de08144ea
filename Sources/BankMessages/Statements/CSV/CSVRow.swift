internal import Domain

/// One row of a CSV file, read by its mapping. Everything that does not fit is refused.
struct CSVRow {
    private let record: CSVRecordReader.Record
    private let columns: CSVColumns
    private let mapping: CSVMapping
    private let limits: StatementLimits

    /// Fields more than those of the header may be empty ones at the end; a row with fewer is cut.
    init(
        _ record: CSVRecordReader.Record, _ columns: CSVColumns, _ mapping: CSVMapping,
        _ limits: StatementLimits
    ) throws(StatementRefusal) {
        self.record = record
        self.columns = columns
        self.mapping = mapping
        self.limits = limits
        let count = record.fields.count
        let surplus = record.fields.dropFirst(columns.width)
        guard count >= columns.width, surplus.allSatisfy(\.isEmpty) else {
            throw refusal("The row has \(count) fields; the file has \(columns.width) columns.")
        }
    }

    var account: String? { word(.account)?.string }

    func line(position: Int) throws(StatementRefusal) -> StatementLine {
        let status = try status()
        let (amount, direction) = try money()
        var line = StatementLine(
            position: position, amount: amount, direction: direction, currency: try currency(),
            status: status)
        line.bookingDate = try date(.bookingDate)
        guard line.bookingDate != nil || status != .booked else {
            throw refusal("The row has no booking date.")
        }
        line.valueDate = try date(.valueDate)
        line.entryReference = try identifier(.entryReference)
        line.agentReference = try identifier(.agentReference)
        line.ownerReference = try identifier(.ownerReference)
        line.transactionCode = try identifier(.transactionCode)
        line.text = text(.text)
        var detail = StatementDetail()
        detail.endToEndIdentification = try identifier(.endToEndIdentification)
        detail.uetr = try identifier(.uetr)
        detail.transactionIdentification = try identifier(.transactionIdentification)
        detail.instructionIdentification = try identifier(.instructionIdentification)
        detail.counterparty = text(.counterparty)
        detail.counterpartyAccount = try identifier(.counterpartyAccount)
        detail.remittance = text(.remittance)
        if detail != StatementDetail() { line.details = [detail] }
        return line
    }

    /// Nil where the row has none.
    func balance() throws(StatementRefusal) -> ExactDecimal? {
        guard let text = word(.balance) else { return nil }
        return try number(text, .balance)
    }
}

// Money.
extension CSVRow {
    private func money() throws(StatementRefusal) -> (ExactDecimal, CreditDebit) {
        switch mapping.amounts.sign {
        case .signed(let positive):
            let amount = try needed(.amount)
            guard amount.isNegative else { return (amount, positive) }
            return (-amount, positive == .credit ? .debit : .credit)
        case .worded(let credit, let debit):
            let amount = try needed(.amount)
            let word = word(.direction)?.string ?? ""
            guard credit.contains(word) || debit.contains(word) else {
                throw refusal(
                    "The direction '\(cut(word, to: 40))' is none of the stated words.")
            }
            guard !amount.isNegative else {
                throw refusal("The amount \(amount) has a sign, but a word tells its direction.")
            }
            return (amount, credit.contains(word) ? .credit : .debit)
        case .columns(let debitsAreNegative):
            return try moneyOfColumns(debitsAreNegative)
        }
    }

    /// One of the two columns holds an amount, the other one nothing or zero.
    private func moneyOfColumns(
        _ debitsAreNegative: Bool
    ) throws(StatementRefusal) -> (ExactDecimal, CreditDebit) {
        let credit = try word(.credit).map { text throws(StatementRefusal) in
            try number(text, .credit)
        }
        var debit = try word(.debit).map { text throws(StatementRefusal) in
            try number(text, .debit)
        }
        if debitsAreNegative, let written = debit { debit = -written }
        guard credit?.isNegative != true, debit?.isNegative != true || debit!.isZero else {
            throw refusal("A column of debits or credits has an amount of the other sign.")
        }
        switch (credit, debit) {
        case (let credit?, nil): return (credit, .credit)
        case (nil, let debit?): return (debit, .debit)
        case (let credit?, let debit?) where debit.isZero: return (credit, .credit)
        case (let credit?, let debit?) where credit.isZero: return (debit, .debit)
        case (nil, nil): throw refusal("The row has neither a debit nor a credit.")
        case (_?, _?): throw refusal("The row has both a debit and a credit.")
        }
    }

    private func needed(_ role: CSVMapping.Role) throws(StatementRefusal) -> ExactDecimal {
        guard let text = word(role) else { throw refusal("The row has no \(role.rawValue).") }
        return try number(text, role)
    }

    private func number(
        _ text: ArraySlice<UInt8>, _ role: CSVMapping.Role
    ) throws(StatementRefusal) -> ExactDecimal {
        do {
            return try mapping.amounts.number(text)
        } catch .tooLong {
            throw refusal("The \(role.rawValue) \(text.quoted) has too many digits.")
        } catch {
            throw refusal(
                "The \(role.rawValue) \(text.quoted) is no number of the form that is stated.")
        }
    }

    private func currency() throws(StatementRefusal) -> String {
        guard let text = word(.currency) else {
            guard let currency = mapping.currency else {
                throw refusal("The row has no currency, and none is stated for all.")
            }
            return currency
        }
        guard text.count == 3, text.allSatisfy(\.isCapital) else {
            throw refusal("The currency is \(text.quoted), no code such as EUR.")
        }
        return text.string
    }
}

// Dates and words.
extension CSVRow {
    private func date(_ role: CSVMapping.Role) throws(StatementRefusal) -> CivilDate? {
        guard let text = word(role) else { return nil }
        guard let date = mapping.dates.date(text) else {
            throw refusal(
                "The \(role.rawValue) \(text.quoted) is no date of the form "
                    + "'\(mapping.dates.pattern)'.")
        }
        return date
    }

    private func status() throws(StatementRefusal) -> EntryStatus {
        guard columns.has(.status) else { return .booked }
        let word = word(.status)?.string ?? ""
        guard let status = mapping.status.status(word) else {
            throw refusal("The status '\(cut(word, to: 40))' is none of the stated words.")
        }
        return status
    }

    private func word(_ role: CSVMapping.Role) -> ArraySlice<UInt8>? {
        columns.fields(role, record).first
    }

    private func identifier(_ role: CSVMapping.Role) throws(StatementRefusal) -> String? {
        guard let text = word(role) else { return nil }
        guard text.count <= limits.identifierBytes else {
            throw refusal(
                "The \(role.rawValue) has \(text.count) bytes; at most "
                    + "\(limits.identifierBytes) are read.")
        }
        return text.string
    }

    /// Cut to ``StatementLimits/textBytes``.
    private func text(_ role: CSVMapping.Role) -> String? {
        let fields = columns.fields(role, record)
        guard !fields.isEmpty else { return nil }
        let text = Array(fields.joined(separator: [UInt8(ascii: "\n")]))
        return text[...].bounded(to: limits.textBytes).string
    }

    private func refusal(_ sentence: String) -> StatementRefusal {
        StatementRefusal(line: record.line, sentence)
    }
}
