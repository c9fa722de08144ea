internal import Domain
import Simulation

/// R23 The statements of agents on record, from the plain ledger's, which keeps no gaps.
struct AgentStatementCheck {
    /// What was there to compare.
    struct Counts {
        var taken = 0
        var exceptions = 0
        /// Those that do not go on from the one before.
        var gaps = 0
        /// Exceptions whose gap was filled.
        var closed = 0

        static func += (all: inout Counts, more: Counts) {
            all.taken += more.taken
            all.exceptions += more.exceptions
            all.gaps += more.gaps
            all.closed += more.closed
        }
    }

    let tables: Tables
    let statements: [PlainLedger.AgentStatement]

    func run() throws -> Counts {
        var counts = Counts()
        let rows = tables.declared[AgentStatementRow.self]
        let numbers = rows.map { Int($0.id) }
        try check("R23.1", numbers == Array(0..<statements.count).map { $0 + 1 }, "\(numbers)")
        for (row, mine) in zip(rows, statements) {
            let isSame =
                mine.stage == row.state.word && mine.way == row.way
                && mine.lines.count == row.received && mine.sum == Int128(row.sum)
            try check("R23.1", isSame, "plain \(mine)\nengine \(row)")
            try compareLines(row, mine)
            guard row.state == .taken else {
                try check("R23.6", row.gap == 0 && row.difference == 0, "\(row)")
                continue
            }
            let others = statements.filter { $0.stage == "taken" && $0.isBeside(mine) }
            let gap = PlainLedger.gap(of: mine, among: others)
            try check("R23.6", Int128(row.gap) == gap, "\(row): \(gap)")
            try check("R23.6", Int128(row.difference) == mine.imbalance, "\(row)")
            counts.taken += 1
            counts.exceptions += row.way == .exception ? 1 : 0
            counts.gaps += row.gap != 0 ? 1 : 0
            let isWhole = row.gap == 0 && row.difference == 0
            counts.closed += row.way == .exception && isWhole ? 1 : 0
        }
        let reasons = tables.declared[AgentStatementExceptionRow.self].count
        try check("R23.6", reasons == counts.exceptions, "\(reasons) reasons")
        return counts
    }

    private func compareLines(
        _ row: AgentStatementRow, _ mine: PlainLedger.AgentStatement
    ) throws {
        let rows = tables.declared[AgentStatementLineRow.self].filter { $0.statement == row.id }
        let isSame =
            rows.map(\.amount) == mine.lines.map(\.amount)
            && rows.map(\.position) == mine.lines.map(\.position)
            && rows.map(\.bookingDate) == mine.lines.map(\.bookingDate)
        try check("R23.4", isSame, "plain \(mine.lines)\nengine \(rows)")
    }
}
