import Domain
import PostgresForTests
import Store
import Testing

/// Statements of business days, from rows that no engine made: thousands of entries, transfers of
/// an account to itself, many at one time.
@Suite("Statements")
struct StatementTests {
    /// Renminbi and baht: a day that has ended, and one that runs.
    private struct Ledger {
        var ledger: RandomLedger
        /// Balances when the day began and when it ended.
        var opening: [AccountID: Int64] = [:]
        var closing: [AccountID: Int64] = [:]

        init(seed: UInt64 = 77) { ledger = RandomLedger(seed: seed) }

        /// - Parameter day: begins with this group.
        mutating func group(beginning day: DayNumber?) -> Group {
            let before = ledger.accounts.mapValues(\.balance)
            var group = ledger.nextGroup(payments: 20, fills: 320, fundings: 9)
            guard let day else { return group }
            if day == 1 { opening = before } else { closing = before }
            for currency in [Currency.cny, .thb] {
                group.effects.declared.append(
                    BusinessDayRow(
                        currency, day, date: CivilDate(rawValue: UInt16(20_000 + day)),
                        beganIn: ledger.position.logIndex, at: ledger.position.timestamp))
            }
            for (account, balance) in before where ledger.accounts[account]!.balance != balance {
                group.effects.declared.append(
                    AccountDayRow(account: account, day: day, opening: balance))
            }
            return group
        }

        mutating func write(to address: DatabaseAddress) throws {
            let writer = try LedgerWriter(address)
            for number in 1...24 {
                let day: DayNumber? = number == 4 ? 1 : number == 20 ? 2 : nil
                try writer.write([group(beginning: day)])
            }
        }
    }

    @Test("Parts of a thousand entries, which add up and follow one another")
    func parts() throws {
        var (longest, twoSided) = (0, 0)
        for seed in UInt64(77)...80 {
            let address = try TestCluster.makeSchema()
            var made = Ledger(seed: seed)
            try made.write(to: address)
            let reader = try LedgerReader(address)
            for account in made.ledger.accounts.values.filter({ $0.kind == .settlement }) {
                guard account.currency == .cny || account.currency == .thb else { continue }
                let statement = try reader.statement(of: account.id, on: .number(1))
                #expect(statement.balance.opening == made.opening[account.id])
                #expect(statement.balance.closing == made.closing[account.id])
                try check(statement, reader)
                // The day may be summed up in pieces.
                let inPieces = try LedgerReader(address)
                inPieces.mostSummed = 700
                #expect(try inPieces.statement(of: account.id, on: .number(1)) == statement)
                longest = max(longest, statement.parts.count)
                twoSided += statement.parts.count { $0.beginsWithinTransfer }
            }
        }
        // The debit of a transfer within the account ends a part, and its credit begins the next.
        #expect(longest > 2 && twoSided > 0)
    }

    private func check(_ statement: StatementOutline, _ reader: LedgerReader) throws {
        let id = statement.account.id
        let all = try reader.transfers(
            of: id, from: statement.day.row.began, until: statement.day.end, limit: 100_000
        ).reversed().flatMap { $0.sides(on: id) }
        var seen: [AccountSide] = []
        var balance = statement.balance.opening
        for (place, part) in statement.parts.enumerated() {
            let entries = try reader.entries(of: statement, part: place + 1)
            let isLast = place == statement.parts.count - 1
            #expect(isLast ? entries.count <= 1_000 : entries.count == 1_000)
            #expect(part.opening == balance && part.count == entries.count)
            balance = entries.reduce(balance) {
                $0 + ($1.isDebit ? -$1.transfer.amount : $1.transfer.amount)
            }
            #expect(part.closing == balance)
            seen += entries
        }
        #expect(seen == all && balance == statement.balance.closing)
    }

    @Test("No statement of a day that runs, of no day, or that does not add up")
    func refusals() throws {
        let address = try TestCluster.makeSchema()
        var made = Ledger()
        try made.write(to: address)
        let reader = try LedgerReader(address)
        let account = RandomLedger.settlementAccount(1, .cny)
        #expect(throws: StatementError.notEnded) {
            try reader.statement(of: account, on: .number(2))
        }
        #expect(throws: StatementError.notEnded) {
            try reader.statement(of: account, on: .running)
        }
        #expect(throws: StatementError.unknown) {
            try reader.statement(of: account, on: .number(3))
        }
        #expect(throws: StatementError.unknown) { try reader.statement(of: 9_999, on: .number(1)) }
        try TestCluster.execute(
            """
            UPDATE account_days SET opening_balance = opening_balance + 1
            WHERE account_id = \(account) AND day = 2
            """, at: address)
        #expect {
            try reader.statement(of: account, on: .number(1))
        } throws: { error in
            guard case .inconsistent(let text)? = error as? StatementError else { return false }
            return text.hasSuffix("by 1")
        }
    }

    @Test("Fees by payment and corridor are what the gateway got")
    func fees() throws {
        let address = try TestCluster.makeSchema()
        var made = Ledger()
        try made.write(to: address)
        let reader = try LedgerReader(address)
        for currency in [Currency.cny, .thb] {
            let day = try #require(try reader.businessDay(currency, .number(1)))
            var sum: Int128 = 0
            for bank in 1...RandomLedger.bankCount {
                let id = RandomLedger.settlementAccount(bank, currency)
                let account = try #require(try reader.account(id))
                let lines = try reader.fees(of: account, on: day, limit: 100_000)
                let totals = try reader.feeTotals(of: account, on: day)
                let paid = made.ledger.fills.filter {
                    $0.timestamp >= day.row.began && $0.timestamp < day.end
                        && (currency == .cny ? $0.renminbiDebit : $0.foreignDebit) == id
                        && (currency == .cny ? $0.renminbiFee : $0.foreignFee) > 0
                }
                #expect(lines.reduce(0) { $0 + $1.fills } == paid.count)
                let charged = paid.reduce(0) {
                    $0 + Int128(currency == .cny ? $1.renminbiFee : $1.foreignFee)
                }
                #expect(lines.reduce(0) { $0 + $1.fee } == charged && charged > 0)
                #expect(totals.reduce(0) { $0 + $1.fee } == charged)
                #expect(Set(totals.map(\.foreign)) == Set(lines.map(\.foreign)))
                #expect(lines.map(\.payment) == lines.map(\.payment).sorted())
                let page = try reader.fees(
                    of: account, on: day, after: lines[2].payment, limit: 3)
                let behind = lines.filter { $0.payment > lines[2].payment }
                #expect(page == Array(behind.prefix(3)))
                sum += charged
            }
            let income = RandomLedger.gatewayAccount(.feeIncome, currency)
            let got = try #require(try reader.balance(of: income, on: day))
            #expect(Int128(got.closing) - Int128(got.opening) == sum)
        }
    }
}
