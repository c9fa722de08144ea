import BankMessages
import Domain
import Testing

/// What a reader of lines made of a text.
struct LineReading {
    var events: [StatementEvent] = []
    var tally = StatementTally()
    var refusal: StatementRefusal?

    var lines: [StatementLine] {
        events.compactMap { event in if case .line(let line) = event { line } else { nil } }
    }
    var heads: [StatementHead] {
        events.compactMap { event in if case .head(let head) = event { head } else { nil } }
    }
    var codes: [StatementFinding.Code] { tally.findings.map(\.code) }

    /// Whether somebody who takes in what adds up would take this in.
    var looksComplete: Bool { refusal == nil && tally.findings.isEmpty }

    static func mt(_ text: String) -> LineReading {
        LineReading(text, with: MTStatementReader(options: StatementReadingOptions()))
    }

    static func csv(_ text: String, _ mapping: CSVMapping) -> LineReading {
        LineReading(text, with: CSVStatementReader(options: StatementReadingOptions(csv: mapping)))
    }

    init(_ text: String, with reader: consuming some StatementLineReader) {
        var lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        do throws(StatementRefusal) {
            for (index, line) in lines.enumerated() {
                try reader.read(Array(line)[...], number: index + 1) {
                    event throws(StatementRefusal) in try self.take(event)
                }
            }
            try reader.finish { event throws(StatementRefusal) in try self.take(event) }
            tally.finish()
        } catch { refusal = error }
    }

    private mutating func take(_ event: StatementEvent) throws(StatementRefusal) {
        events.append(event)
        try tally.take(event)
    }
}
