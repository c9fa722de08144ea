internal import Domain
import Simulation

/// R14.11 and R14.12 from the rows alone: who has a statement of which day, that each adds up with
/// the entries of its day, and that each goes on where the one before ended.
struct StatementCheck {
    struct Counts {
        var all = 0
        /// Those with entries.
        var moved = 0

        static func += (counts: inout Counts, others: Counts) {
            counts.all += others.all
            counts.moved += others.moved
        }
    }

    private struct Movement {
        var time: Timestamp
        var amount: Int128
    }

    private let tables: Tables
    private var movements: [AccountID: [Movement]] = [:]

    init(_ tables: Tables) {
        self.tables = tables
        for row in tables.fundings { move(row.account, Int128(row.amount), row.timestamp) }
        for row in tables.declared[ReturnRow.self] where row.order == 0 {
            move(row.debit, -Int128(row.amount), row.timestamp)
            move(row.credit, Int128(row.amount), row.timestamp)
        }
        for row in tables.fills {
            let (renminbi, foreign) = (Int128(row.renminbiAmount), Int128(row.foreignAmount))
            move(row.renminbiDebit, -renminbi - Int128(row.renminbiFee), row.timestamp)
            move(row.renminbiCredit, renminbi, row.timestamp)
            move(row.foreignDebit, -foreign - Int128(row.foreignFee), row.timestamp)
            move(row.foreignCredit, foreign, row.timestamp)
        }
    }

    private mutating func move(_ account: AccountID, _ amount: Int128, _ time: Timestamp) {
        movements[account, default: []].append(Movement(time: time, amount: amount))
    }

    /// - Returns: how many statements there are.
    func run() throws -> Counts {
        var counts = Counts()
        let statements = tables.declared[BankMessageRow.self].filter { $0.kind == .statement }
        let byAccount = Dictionary(grouping: statements, by: \.subject)
        for (number, rows) in byAccount {
            let account = tables.accounts[Int(number) - 1]
            let rows = rows.sorted { $0.number < $1.number }
            let days = rows.map { Int($0.day) }
            // From the first on none is left out, and none comes twice.
            let isWhole = days == Array((days.first ?? 0)..<(days.first ?? 0) + days.count)
            try check("R14.11", isWhole, "\(account): \(days)")
            for row in rows {
                try check("R14.11", row.participant == account.owner, "\(row) of \(account)")
                counts += try add(row, account)
            }
        }
        try everyAccountHasIts(byAccount)
        return counts
    }

    private func add(_ row: BankMessageRow, _ account: AccountRow) throws -> Counts {
        guard let from = began(account.currency, row.day),
            let end = began(account.currency, row.day + 1)
        else { throw Violation(description: "R14.11: \(row) is of no day that has ended") }
        try check("R14.11", row.timestamp >= end, "\(row) is told before the day ends")
        let entries = movements[account.id, default: []].filter {
            $0.time >= from && $0.time < end
        }
        let opening = Int128(tables.opening(of: account, on: row.day))
        let closing = Int128(tables.opening(of: account, on: row.day + 1))
        let sum = entries.reduce(0) { $0 + $1.amount }
        try check("R14.12", opening + sum == closing, "\(account), day \(row.day)")
        return Counts(all: 1, moved: entries.isEmpty ? 0 : 1)
    }

    private func began(_ currency: Currency, _ day: DayNumber) -> Timestamp? {
        tables.declared[BusinessDayRow.self].first {
            $0.currency == currency && $0.number == day
        }?.began
    }

    /// R14.11 an account that moved on a day that has ended has a statement of it, when its run is
    /// told whole.
    private func everyAccountHasIts(_ statements: [UInt64: [BankMessageRow]]) throws {
        for run in tables.declared[StatementRunRow.self] where !run.isOpen {
            for account in tables.accounts where account.currency == run.currency {
                let isTold =
                    statements[UInt64(account.id)]?.contains { $0.day == run.day } ?? false
                let isMeant = account.kind == .settlement && account.id <= run.accounts
                try check("R14.11", isTold == isMeant, "\(account), day \(run.day)")
            }
        }
    }
}
