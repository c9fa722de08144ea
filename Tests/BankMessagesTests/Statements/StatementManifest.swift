import BankMessages
import Foundation

/// The right answers to the shared statements, made by two readers that are not ours.
struct StatementManifest: Decodable {
    var files: [File]

    struct File: Decodable {
        var file: String
        var format: String
        var version: String?
        var facts: Facts
        /// Both readers agree, or somebody looked.
        var confident: Bool
        var note: String?
    }

    struct Facts: Decodable {
        var statements: Int
        var entries: Int
        /// Of booked lines; nil where only a refusal is right.
        var sumCredits: String?
        var sumDebits: String?
        /// Of a file with one statement.
        var opening: String?
        var closing: String?
        var perStatement: [Statement]?

        enum CodingKeys: String, CodingKey {
            case statements, entries, opening, closing
            case sumCredits = "sum_credits"
            case sumDebits = "sum_debits"
            case perStatement = "per_statement"
        }
    }

    struct Statement: Decodable {
        var id: String?
        var reference: String?
        var account: String?
        var number: String?
        var electronic: String?
        var legal: String?
        var currency: String?
        var opening: String?
        var openingCode: String?
        var openingTag: String?
        var openingDate: String?
        var closing: String?
        var closingCode: String?
        var closingTag: String?
        var closingDate: String?
        var entries: Int
        var bookedEntries: Int?
        var reversals: Int?
        var details: Int?
        var sumCredits: String
        var sumDebits: String
        var addsUp: Bool?
        var difference: String?
        var unreadable: [String]?

        enum CodingKeys: String, CodingKey {
            case id, reference, account, number, currency, opening, closing, entries, reversals
            case details, difference, unreadable
            case electronic = "electronic_seq"
            case legal = "legal_seq"
            case openingCode = "opening_code"
            case openingTag = "opening_tag"
            case openingDate = "opening_date"
            case closingCode = "closing_code"
            case closingTag = "closing_tag"
            case closingDate = "closing_date"
            case bookedEntries = "booked_entries"
            case sumCredits = "sum_credits"
            case sumDebits = "sum_debits"
            case addsUp = "balances_add_up"
        }
    }

    static func read() throws -> StatementManifest {
        let bytes = try SharedStatements.bytes("manifest.json")
        return try JSONDecoder().decode(StatementManifest.self, from: Data(bytes))
    }
}

extension StatementManifest.File {
    /// Where what was read is not what is right.
    func faults(_ read: FileReading) -> [String] {
        guard facts.sumCredits != nil else {
            // What nobody can sum is to be refused; where others could not, we may.
            return confident && read.refusal?.line == nil ? ["is not refused with a line"] : []
        }
        if let refusal = read.refusal { return ["refused: \(refusal.sentence)"] }
        let statements = read.tally.statements
        var faults = [
            differs("statements", "\(facts.statements)", "\(statements.count)"),
            differs("entries", "\(facts.entries)", "\(read.tally.rowsRead)"),
            differs("credits", facts.sumCredits, "\(sum(statements, \.credits))"),
            differs("debits", facts.sumDebits, "\(sum(statements, \.debits))"),
        ].compactMap(\.self)
        if statements.count == 1 {
            faults += balanceFaults(facts.opening, facts.closing, statements[0])
        }
        for (told, read) in zip(facts.perStatement ?? [], statements) {
            faults += told.figureFaults(read) + told.headFaults(read)
        }
        return faults
    }
}

extension StatementManifest.Statement {
    func figureFaults(_ read: StatementFigures) -> [String] {
        let difference = read.difference.map { "\($0)" }
        return balanceFaults(opening, closing, read)
            + [
                differs("entries", "\(entries)", "\(read.lines + read.refusedLines)"),
                differs("credits", sumCredits, "\(sum([read], \.credits))"),
                differs("debits", sumDebits, "\(sum([read], \.debits))"),
                differs("adds up", addsUp.map(String.init), read.difference.map { "\($0.isZero)" }),
                addsUp == false ? differs("difference", self.difference, difference) : nil,
                // The manifest counts as booked what cannot be read, too.
                bookedEntries.flatMap {
                    differs("booked", "\($0)", "\(read.bookedLines + read.refusedLines)")
                },
                reversals.flatMap { differs("reversals", "\($0)", "\(read.reversals)") },
                details.flatMap { differs("details", "\($0)", "\(read.details)") },
                unreadable == nil || read.refusedLines == unreadable?.count
                    ? nil : "\(read.refusedLines) lines refused",
            ].compactMap(\.self)
    }

    func headFaults(_ read: StatementFigures) -> [String] {
        let isMT = openingTag != nil || closingTag != nil || reference != nil
        let pages = isMT ? (read.head.page.map { "/\($0)" } ?? "") : ""
        let sequence = (read.head.sequence ?? "") + pages
        // Of a statement without balances and of what cannot be read the manifest sees more.
        let own = read.head.currency ?? read.currency
        return [
            differs("id", isMT ? reference : id, read.head.identification),
            differs("number", (isMT ? number : electronic) ?? "", sequence),
            isMT ? nil : differs("legal number", legal, read.head.legalSequence),
            currency == nil || own == nil ? nil : differs("currency", currency, own),
            differs("opening code", openingCode ?? openingTag, read.opening?.code),
            differs("closing code", closingCode ?? closingTag, read.closing?.code),
            differs("opening date", openingDate, date(read.opening, isMT)),
            differs("closing date", closingDate, date(read.closing, isMT)),
        ].compactMap(\.self)
    }

    /// MT has years of two digits; the manifest keeps a time behind a date.
    private func date(_ balance: StatementBalance?, _ isMT: Bool) -> String? {
        guard let date = balance?.date else { return nil }
        return isMT ? String("\(date)".dropFirst(2).filter { $0 != "-" }) : "\(date)"
    }
}

private func sum(
    _ statements: [StatementFigures], _ side: KeyPath<StatementFigures.CurrencySums, ExactSum>
) -> ExactSum {
    statements.flatMap(\.sums).reduce(.zero) { $0 + $1[keyPath: side] }
}

private func balanceFaults(
    _ opening: String?, _ closing: String?, _ read: StatementFigures
) -> [String] {
    [
        differs("opening", opening, read.opening?.amount.description),
        differs("closing", closing, read.closing?.amount.description),
    ].compactMap(\.self)
}

/// Numbers are compared by value, texts as they are, of a date with a time the date.
private func differs(_ what: String, _ told: String?, _ read: String?) -> String? {
    if let told, let read {
        if told == read || told.hasPrefix("\(read)T") { return nil }
        if let told = decimal(told), let read = decimal(read), told == read { return nil }
    }
    if told == nil, read == nil { return nil }
    return "\(what) \(told ?? "none"), read \(read ?? "none")"
}
