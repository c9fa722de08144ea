internal import BankMessages
internal import Domain
internal import Foundation
internal import Terminal

/// What statement files come to, as a table or as JSON.
struct StatementReport {
    private let tally: StatementTally

    init(_ tally: StatementTally) { self.tally = tally }

    /// Whether somebody has to look: something does not add up, follow, or could not be read.
    var hasDifferences: Bool {
        tally.rowsRefused > 0 || tally.findings.contains { !$0.code.isRemark }
    }

    var text: String {
        var table = TextTable([
            ("statement", .right), ("account", .left), ("identification", .left),
            ("closing date", .left), ("opening", .right), ("in", .right), ("out", .right),
            ("closing", .right), ("currency", .left), ("lines", .right), ("difference", .right),
        ])
        for (place, figures) in tally.statements.enumerated() {
            let own = figures.ownSums
            table.add([
                "\(place + 1)", StatementReport.printable(figures.head.account),
                StatementReport.printable(figures.head.identification),
                figures.closing?.date?.description ?? "–", shown(figures.opening?.amount),
                "\(own.credits)", "\(own.debits)", shown(figures.closing?.amount),
                StatementReport.printable(figures.currency), "\(figures.lines)",
                shown(figures.difference),
            ])
        }
        let findings = tally.findings.filter { !$0.code.isRemark }.map(StatementReport.sentence)
        let more = tally.findingsLeftOut > 0 ? ["and \(tally.findingsLeftOut) more"] : []
        return ([table.text, rows] + findings + more + remarks).joined(separator: "\n")
    }

    private static func sentence(_ finding: StatementFinding) -> String {
        let place = [
            finding.statement.map { "statement \($0)" }, finding.position.map { "line \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
        return (place.isEmpty ? "" : "\(place): ") + clean(finding.sentence)
    }

    /// Of each kind the first, and how many there are: some agents' files are alike throughout.
    private var remarks: [String] {
        StatementFinding.Code.allCases.filter(\.isRemark).compactMap { code in
            let found = tally.findings.filter { $0.code == code }
            guard let first = found.first else { return nil }
            let more = found.count > 1 ? " (and \(found.count - 1) more)" : ""
            return "remark: \(StatementReport.sentence(first))\(more)"
        }
    }

    private var rows: String {
        "\(tally.statements.count) statements; \(tally.rowsRead) lines read, "
            + "\(tally.rowsTaken) taken, \(tally.rowsRefused) refused"
    }

    /// A text of an agent in a table.
    static func printable(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "–" }
        return clean(String(text.prefix(36)))
    }

    /// Texts come from others and go to a terminal: nothing in them moves its cursor or hides a
    /// word.
    static func clean(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
                Character("?")
            default: Character(scalar)
            }
        }
        return String(scalars)
    }

    private func shown(_ number: (some CustomStringConvertible)?) -> String {
        number.map(\.description) ?? "–"
    }
}

extension StatementFinding.Code {
    /// Said for the sake of completeness; the figures stand.
    fileprivate var isRemark: Bool {
        switch self {
        case .balanceWithoutSign, .encodingGuessed, .decimalPoint, .passedOver: true
        case .doesNotAddUp, .openingAndClosingSwapped, .onlyFlippedReversalsClose,
            .declaredTotalsDiffer, .detailsDoNotSum, .currencyDiffers, .doesNotFollow, .noOpening,
            .noClosing, .impossibleDate, .unreadableAmount, .isCutOff, .isEmpty:
            false
        }
    }
}

// MARK: - JSON

extension StatementReport {
    /// Amounts are texts: no program may read them as floating point.
    private struct Form: Encodable {
        struct Statement: Encodable {
            var account, identification, sequence, kind, format, currency: String?
            var opening, closing, closingDate, credits, debits, difference: String?
            var lines, refusedLines: Int
        }
        struct Finding: Encodable {
            var code, sentence: String
            var statement, line, fileLine: Int?
            var difference: String?
        }
        var statements: [Statement]
        var findings: [Finding]
        var findingsLeftOut, rowsRead, rowsTaken, rowsRefused: Int
    }

    var json: String {
        get throws {
            let form = Form(
                statements: tally.statements.map(StatementReport.form),
                findings: tally.findings.map {
                    Form.Finding(
                        code: $0.code.rawValue, sentence: $0.sentence, statement: $0.statement,
                        line: $0.position, fileLine: $0.line, difference: $0.difference?.description
                    )
                },
                findingsLeftOut: tally.findingsLeftOut, rowsRead: tally.rowsRead,
                rowsTaken: tally.rowsTaken, rowsRefused: tally.rowsRefused)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            return String(decoding: try encoder.encode(form), as: UTF8.self)
        }
    }

    private static func form(_ figures: StatementFigures) -> Form.Statement {
        let own = figures.ownSums
        return Form.Statement(
            account: figures.head.account, identification: figures.head.identification,
            sequence: figures.head.sequence, kind: figures.head.kind.rawValue,
            format: figures.head.format.rawValue, currency: figures.currency,
            opening: figures.opening?.amount.description,
            closing: figures.closing?.amount.description,
            closingDate: figures.closing?.date?.description, credits: own.credits.description,
            debits: own.debits.description, difference: figures.difference?.description,
            lines: figures.lines, refusedLines: figures.refusedLines)
    }
}
