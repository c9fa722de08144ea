import BankMessages
import Foundation
import Testing

/// 155 days of one settlement account and a second one, which close and follow each other.
@Suite("Statements that follow each other", .needsSharedStatements)
struct StatementChainTests {
    private struct Row: Decodable {
        var day: String
        var account: String
        var opening: String
        var closing: String
        var entries: Int
        var sumCredits: String
        var sumDebits: String

        enum CodingKeys: String, CodingKey {
            case day, account, opening, closing, entries
            case sumCredits = "sum_credits"
            case sumDebits = "sum_debits"
        }
    }

    private struct Figures: Decodable {
        var rows: [Row]
    }

    /// All days in one tally, as if they stood in one file.
    private func tally(_ days: [(day: String, bytes: [UInt8])]) throws -> StatementTally {
        var tally = StatementTally()
        for (_, bytes) in days {
            var reader = StatementFileReader()
            try reader.read(bytes[...]) { event throws(StatementRefusal) in try tally.take(event) }
            try reader.finish { event throws(StatementRefusal) in try tally.take(event) }
        }
        tally.finish()
        return tally
    }

    /// What a statement adds to its account.
    private func net(_ statement: StatementFigures) -> ExactSum {
        statement.ownSums.credits - statement.ownSums.debits
    }

    /// Without the balances that tell no sign: the files never do.
    private func findings(_ tally: StatementTally) -> [StatementFinding] {
        tally.findings.filter { $0.code != .balanceWithoutSign }
    }

    @Test("277 statements with 1,285 lines close, follow each other and give the figures")
    func whole() throws {
        let tally = try tally(SharedStatements.chain())
        let data = Data(try SharedStatements.bytes("chain/chain.json"))
        let rows = try JSONDecoder().decode(Figures.self, from: data).rows
        #expect(tally.statements.count == 277 && rows.count == 277)
        #expect(tally.rowsRead == 1_285 && tally.rowsTaken == 1_285)
        #expect(findings(tally).isEmpty && tally.findingsLeftOut == 0)
        for (row, read) in zip(rows, tally.statements) {
            #expect(read.head.account == row.account)
            #expect(read.opening?.amount == decimal(row.opening), "\(row.day)")
            #expect(read.closing?.amount == decimal(row.closing), "\(row.day)")
            #expect(read.lines == row.entries, "\(row.day)")
            #expect(read.ownSums.credits.decimal == decimal(row.sumCredits), "\(row.day)")
            #expect(read.ownSums.debits.decimal == decimal(row.sumDebits), "\(row.day)")
            #expect(read.difference?.isZero == true, "\(row.day)")
        }
    }

    @Test("Without 2024-03-12 one gap is told, of what that day moved")
    func missing() throws {
        let found = findings(
            try tally(SharedStatements.chain().filter { $0.day != "2024-03-12" }))
        #expect(found.map(\.code) == [.doesNotFollow])
        #expect(found.first?.difference?.description == "-4637678.51")
    }

    @Test("Each day that moves money leaves its gap when it is missing or comes twice")
    func eachDay() throws {
        let days = try SharedStatements.chain()
        for place in days.indices.dropFirst().dropLast() {
            let statements = try tally([days[place]]).statements
            let moved = statements.map(net).filter { !$0.isZero }
            // Neighbours are enough: a gap is between two days.
            var without = Array(days[max(0, place - 6)...min(days.count - 1, place + 6)])
            let twice = without.flatMap { $0.day == days[place].day ? [$0, $0] : [$0] }
            without.removeAll { $0.day == days[place].day }
            let gaps = findings(try tally(without))
            #expect(gaps.map(\.code) == moved.map { _ in .doesNotFollow }, "\(days[place].day)")
            #expect(Set(gaps.compactMap(\.difference)) == Set(moved), "\(days[place].day)")
            let overlaps = findings(try tally(twice))
            #expect(overlaps.map(\.code) == moved.map { _ in .doesNotFollow })
            #expect(Set(overlaps.compactMap(\.difference)) == Set(moved.map { -$0 }))
        }
    }

    @Test("A figure that was changed is told with the amount")
    func changed() throws {
        var days = try SharedStatements.chain()
        let place = try #require(days.firstIndex { $0.day == "2024-03-07" })
        let text = String(decoding: days[place].bytes, as: UTF8.self)
        // The second entry, and behind it the detail.
        let entry = "<Amt Ccy=\"EUR\">0.2</Amt><CdtDbtInd>"
        #expect(text.contains(entry))
        days[place].bytes = Array(
            text.replacing(entry, with: "<Amt Ccy=\"EUR\">0.21</Amt><CdtDbtInd>").utf8)
        var found = findings(try tally(days))
        #expect(found.map(\.code) == [.detailsDoNotSum, .doesNotAddUp])
        #expect(found.last?.difference?.description == "0.01")
        // The closing balance: it does not add up, and the next day does not follow.
        days[place].bytes = Array(text.replacing("21903960.39", with: "21903960.40").utf8)
        found = findings(try tally(days))
        #expect(found.map(\.code) == [.doesNotAddUp, .doesNotFollow])
        #expect(found.map { $0.difference?.description } == ["0.01", "-0.01"])
    }
}
