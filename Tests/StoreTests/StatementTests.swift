import Domain
import PostgresForTests
import Store
import Testing

/// Statements of business days, from rows that no engine made: thousands of entries, transfers of
/// an account to itself, many at one time.
@Suite("Statements")
struct StatementTests {
    /// Renminbi and baht: a day that has ended, and one that runs.
    fileprivate struct Ledger {
        var ledger: RandomLedger
        private let groups: Int
        /// Balances when the day began and when it ended.
        var opening: [AccountID: Int64] = [:]
        var closing: [AccountID: Int64] = [:]

        init(seed: UInt64 = 77, paysTruly: Bool = false, groups: Int = 24) {
            ledger = RandomLedger(seed: seed, paysTruly: paysTruly)
            self.groups = groups
        }

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
            for number in 1...groups {
                let day: DayNumber? = number == 4 ? 1 : number == groups - 4 ? 2 : nil
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

    @Test("Sums of an account's day are its entries, of every kind of account and day")
    func entrySums() throws {
        let address = try TestCluster.makeSchema()
        var made = Ledger()
        try made.write(to: address)
        let reader = try LedgerReader(address)
        let inPieces = try LedgerReader(address)
        inPieces.mostSummed = 700
        var kinds: Set<AccountKind> = []
        for account in made.ledger.accounts.values.sorted(by: { $0.id < $1.id }) {
            for number in DayNumber(1)...2 {
                guard let day = try reader.businessDay(account.currency, .number(number)) else {
                    continue
                }
                var expected = AccountEntries()
                let sides = try reader.transfers(
                    of: account.id, from: day.row.began, until: day.end, limit: 100_000
                ).flatMap { $0.sides(on: account.id) }
                for side in sides {
                    var own = EntryTotal()
                    (own.count, own.sum) = (1, Int128(side.transfer.amount))
                    if side.isDebit { expected.debits += own } else { expected.credits += own }
                }
                let sums = try reader.entries(of: account, from: day.row.began, until: day.end)
                #expect(sums == expected, "account \(account.id), day \(number)")
                #expect(
                    try inPieces.entries(of: account, from: day.row.began, until: day.end) == sums)
                let balance = try #require(try reader.balance(of: account.id, on: day))
                #expect(
                    Int128(balance.closing) - Int128(balance.opening)
                        == sums.credits.sum - sums.debits.sum)
                if !sides.isEmpty { kinds.insert(account.kind) }
            }
        }
        #expect(kinds == [.settlement, .nostro, .feeIncome])
    }

    @Test("Fees by payment and corridor are what the gateway got")
    func fees() throws {
        let address = try TestCluster.makeSchema()
        var made = Ledger(paysTruly: true)
        try made.write(to: address)
        let reader = try LedgerReader(address)
        for currency in [Currency.cny, .thb] {
            let day = try #require(try reader.businessDay(currency, .number(1)))
            var sum: Int128 = 0
            for bank in 1...RandomLedger.bankCount {
                let id = RandomLedger.settlementAccount(bank, currency)
                let account = try #require(try reader.account(id))
                let expected = made.fees(of: id, currency, on: day)
                for size in [1, 3, 40, 5_000] {
                    #expect(try lines(of: account, day, size, reader) == expected)
                }
                let totals = try reader.feeTotals(of: account, on: day)
                #expect(totals.reduce(0) { $0 + $1.payments } == expected.count)
                #expect(totals.reduce(0) { $0 + $1.fills } == expected.reduce(0) { $0 + $1.fills })
                let charged = expected.reduce(0) { $0 + $1.fee }
                #expect(totals.reduce(0) { $0 + $1.fee } == charged && charged > 0)
                #expect(
                    totals.compactMap(\.foreign)
                        == Set(expected.map(\.foreign)).sorted {
                            $0.rawValue < $1.rawValue
                        })
                sum += charged
            }
            let income = RandomLedger.gatewayAccount(.feeIncome, currency)
            let got = try #require(try reader.balance(of: income, on: day))
            #expect(Int128(got.closing) - Int128(got.opening) == sum)
        }
    }

    /// Page by page; a page may be short.
    private func lines(
        of account: AccountRow, _ day: BusinessDay, _ size: Int, _ reader: LedgerReader
    ) throws -> [FeeLine] {
        var (lines, next): ([FeeLine], FillID?) = ([], 0)
        while let after = next {
            let page = try reader.fees(of: account, on: day, after: after, limit: size)
            #expect(page.lines.count <= size)
            lines += page.lines
            next = page.next
        }
        return lines
    }

    @Test("A page of fees reads as much wherever it stands in the day")
    func feePagesCostTheSame() throws {
        let address = try TestCluster.makeSchema()
        var made = Ledger(paysTruly: true, groups: 90)
        try made.write(to: address)
        let reader = try LedgerReader(address)
        let day = try #require(try reader.businessDay(.cny, .number(1)))
        let account = try #require(
            try reader.account(RandomLedger.settlementAccount(1, .cny)))
        var (reads, next): ([Int], FillID?) = ([], 0)
        while let after = next {
            reads.append(
                try reader.snapshot {
                    let before = try reader.rowsRead()
                    next = try reader.fees(of: account, on: day, after: after, limit: 20).next
                    return try reader.rowsRead() - before
                })
        }
        // The last page is short.
        reads.removeLast()
        let third = reads.count / 3
        #expect(third >= 3, "\(reads)")
        let (first, last) = (reads.prefix(third).max() ?? 0, reads.suffix(third).max() ?? 0)
        #expect(last <= first * 3 / 2, "\(reads)")
        // The day has many times as many fills.
        let fills = made.ledger.fills.count { $0.timestamp >= day.row.began }
        #expect(fills > 4 * first, "\(fills) \(reads)")
        print("rows read by page: \(reads), of \(fills) fills")
    }
}

extension StatementTests.Ledger {
    /// The lines of an account as the fills say.
    fileprivate func fees(
        of account: AccountID, _ currency: Currency, on day: BusinessDay
    ) -> [FeeLine] {
        var lines: [FeeLine] = []
        for fill in ledger.fills where fill.timestamp >= day.row.began && fill.timestamp < day.end {
            let isRenminbi = currency == .cny
            guard (isRenminbi ? fill.renminbiDebit : fill.foreignDebit) == account else { continue }
            let id = isRenminbi ? fill.renminbiPayment : fill.foreignPayment
            let fee = isRenminbi ? fill.renminbiFee : fill.foreignFee
            var place = lines.firstIndex { $0.payment == id }
            if place == nil, let payment = ledger.payments[id] {
                lines.append(
                    FeeLine(
                        payment: id, uetr: payment.uetr, payer: payment.payer,
                        foreign: payment.foreign, first: fill.id))
                place = lines.count - 1
            }
            guard fee > 0, let place else { continue }
            lines[place].fills += 1
            lines[place].paid += Int128(isRenminbi ? fill.renminbiAmount : fill.foreignAmount)
            lines[place].fee += Int128(fee)
        }
        return lines.filter { $0.fee > 0 }
    }
}
