package import Domain

/// Entries of one direction: how many, and what they come to in minor units.
package struct EntryTotal: Equatable, Sendable {
    package var count = 0
    /// Of a day it can pass 64 bits.
    package var sum: Int128 = 0

    package init() {}

    package static func += (total: inout EntryTotal, other: EntryTotal) {
        total.count += other.count
        total.sum += other.sum
    }
}

/// An entry of an account: one side of a transfer.
package struct AccountSide: Equatable, Sendable {
    package var transfer: TransferRecord
    package var isDebit: Bool
}

/// At most ``Limits/entriesPerMessage`` consecutive entries of a statement.
package struct StatementPart: Equatable, Sendable {
    /// The transfer of its first entry; nil in a statement without entries.
    package var first: TransferToken?
    /// Its first entry is the credit of a transfer whose debit ends the part before.
    package var beginsWithinTransfer: Bool
    package var credits: EntryTotal
    package var debits: EntryTotal
    /// Before its first entry and behind its last one, in minor units.
    package var opening: Int64
    package var closing: Int64

    package var count: Int { credits.count + debits.count }
}

/// A statement without its entries: what it sums up to, and where its parts begin. Of a day that
/// has ended it never changes.
package struct StatementOutline: Equatable, Sendable {
    package var day: BusinessDay
    package var balance: DayBalance
    /// One at least; each but the last is full.
    package var parts: [StatementPart]

    package var account: AccountRow { balance.account }
    package var credits: EntryTotal { parts.reduce(into: EntryTotal()) { $0 += $1.credits } }
    package var debits: EntryTotal { parts.reduce(into: EntryTotal()) { $0 += $1.debits } }
}

/// Why there is no statement.
package enum StatementError: Error, Equatable, Sendable {
    /// No such account, or no such day of its currency.
    case unknown
    /// The day runs, or the account opened on a later one.
    case notEnded
    /// Opening balance and entries do not make the closing balance; the text says by how much.
    case inconsistent(String)
}

extension LedgerReader {
    /// The outline of an account's statement of a business day that has ended.
    ///
    /// - Throws: ``StatementError``; ``StoreError``.
    /// - Complexity: O(log rows + entries of the day), inside PostgreSQL; memory for a few words a
    ///   part.
    package func statement(
        of account: AccountID, on name: DayName
    ) throws -> StatementOutline {
        guard let row = try self.account(account),
            let day = try businessDay(row.currency, name),
            let balance = try balance(of: account, on: day)
        else { throw StatementError.unknown }
        guard day.next != nil else { throw StatementError.notEnded }
        let sums = try partSums(of: row, on: day)
        var parts: [StatementPart] = []
        var now = Int128(balance.opening)
        for var part in sums {
            part.opening = Int64(clamping: now)
            now += part.credits.sum - part.debits.sum
            part.closing = Int64(clamping: now)
            parts.append(part)
        }
        guard now == Int128(balance.closing) else {
            throw StatementError.inconsistent(
                "account \(account), day \(day.row.number) of \(row.currency.code): opening and "
                    + "entries differ from closing by \(Int128(balance.closing) - now)")
        }
        if parts.isEmpty {
            parts = [StatementPart(idleAt: balance.opening)]
        }
        return StatementOutline(day: day, balance: balance, parts: parts)
    }

    /// The entries of a part, oldest first.
    ///
    /// - Parameter number: from 1 on, at most that of the last part.
    /// - Throws: ``StatementError/inconsistent(_:)`` when they are not those of the outline.
    /// - Complexity: O(log rows + entries of the part).
    package func entries(
        of statement: StatementOutline, part number: Int
    ) throws -> [AccountSide] {
        let part = statement.parts[number - 1]
        guard let first = part.first else { return [] }
        let next = number < statement.parts.count ? statement.parts[number] : nil
        let end = next.flatMap { part in
            part.beginsWithinTransfer ? part.first?.successor : part.first
        }
        let found = try transfers(
            of: statement.account.id, before: end, from: first.timestamp,
            until: statement.day.end, limit: part.count
        ).reversed().drop { $0.token.isBefore(first) }
        let sides = found.flatMap { $0.sides(on: statement.account.id) }
            .dropFirst(part.beginsWithinTransfer ? 1 : 0).prefix(part.count)
        let entries = Array(sides)
        var (credits, debits) = (EntryTotal(), EntryTotal())
        for entry in entries {
            let own = EntryTotal(of: entry)
            if entry.isDebit { debits += own } else { credits += own }
        }
        guard credits == part.credits, debits == part.debits else {
            throw StatementError.inconsistent(
                "account \(statement.account.id), day \(statement.day.row.number), part \(number):"
                    + " \(entries.count) entries, not those that were summed up")
        }
        return entries
    }

    /// The parts with their sums, but without balances.
    private func partSums(of account: AccountRow, on day: BusinessDay) throws -> [StatementPart] {
        var parts: [StatementPart] = []
        var count = 0
        for span in try spans(from: day.row.began, until: day.end) {
            for part in try partSums(of: account, span, behind: count) {
                count += part.count
                if part.first == nil, let last = parts.indices.last {
                    parts[last].credits += part.credits
                    parts[last].debits += part.debits
                } else {
                    parts.append(part)
                }
            }
        }
        return parts
    }

    /// A time cut into spans of so few fills, of all accounts, that no statement in SQL takes long,
    /// however much a day brought.
    ///
    /// - Complexity: O(spans × log batches).
    func spans(from: Timestamp, until end: Timestamp) throws -> [StatementSpan] {
        let span = StatementSpan(
            from: from, end: end, fillsBefore: try mark(before: from).fills,
            fills: try mark(before: end).fills)
        guard span.fills - span.fillsBefore > mostSummed, end - from > 1 else {
            return [span]
        }
        let middle = from + (end - from) / 2
        return try spans(from: from, until: middle) + spans(from: middle, until: end)
    }

    /// - Parameter count: entries of the day before the span. A part that began before it has no
    ///   first transfer here.
    private func partSums(
        of account: AccountRow, _ span: StatementSpan, behind count: Int
    ) throws -> [StatementPart] {
        try connection.query(
            planned: StatementQuery.sums,
            [
                .int4(Int32(bitPattern: account.id)), .int8(Int64(bitPattern: span.fillsBefore)),
                .int8(Int64(bitPattern: span.fills)), .int8(span.from), .int8(span.end),
                .int8(Int64(Limits.entriesPerMessage)), .int8(Int64(count)),
            ]
        ).map { row in
            let begins = row.integer(Int32.self) == 1
            let first = TransferToken(
                timestamp: row.integer(), fill: row.int8AsUnsigned(), part: row.integer(),
                reference: UETR(bits: row.integer()))
            let part = StatementPart(
                first: begins ? first : nil, beginsWithinTransfer: row.integer(Int32.self) == 1,
                credits: EntryTotal(from: &row), debits: EntryTotal(from: &row), opening: 0,
                closing: 0)
            try row.check("transfers")
            return part
        }
    }
}

/// A part of a day.
struct StatementSpan {
    let from: Timestamp
    let end: Timestamp
    /// On record before it, and at its end.
    let fillsBefore: FillID
    let fills: FillID
}

extension StatementPart {
    /// The only part of a statement without entries.
    fileprivate init(idleAt balance: Int64) {
        self.init(
            first: nil, beginsWithinTransfer: false, credits: EntryTotal(), debits: EntryTotal(),
            opening: balance, closing: balance)
    }
}

extension EntryTotal {
    init(from row: inout some FieldSource) {
        count = Int(row.integer(Int64.self))
        sum = row.wideInteger()
    }

    fileprivate init(of entry: AccountSide) {
        count = 1
        sum = Int128(entry.transfer.amount)
    }
}

extension TransferToken {
    /// Newer than this transfer and older than the next one.
    fileprivate var successor: TransferToken {
        var token = self
        token.reference = UETR(bits: reference.bits &+ 1)
        return token
    }

    fileprivate func isBefore(_ other: TransferToken) -> Bool {
        (timestamp, fill, part, reference.bits)
            < (other.timestamp, other.fill, other.part, other.reference.bits)
    }
}

extension TransferRecord {
    /// The entries that it makes on an account: both where both are on it, the debit first.
    package func sides(on account: AccountID) -> [AccountSide] {
        (debitAccount == account ? [AccountSide(transfer: self, isDebit: true)] : [])
            + (creditAccount == account ? [AccountSide(transfer: self, isDebit: false)] : [])
    }
}

extension FieldSource {
    /// A sum that PostgreSQL keeps as a number of any length, sent as text.
    mutating func wideInteger() -> Int128 {
        if let number = Int128(text()) { return number }
        isDamaged = true
        return 0
    }
}

/// The fills of an account in a span, for statements in SQL.
enum ListedFills {
    /// The lists of an owner follow one another, so the first that counts is the last that begins
    /// before.
    ///
    /// - Parameters:
    ///   - owner: of the list; a parameter of the statement, as the others are.
    ///   - before: the last fill before the span, and in `last` the last one of it.
    static func numbers(
        _ list: RowList = .account, of owner: String = "$1", after before: String = "$2",
        through last: String = "$3"
    ) -> String {
        """
        SELECT number FROM (
            SELECT first_row + distance AS number
            FROM row_lists CROSS JOIN LATERAL unnest(offsets) AS distance
            WHERE list = \(list.rawValue) AND owner = \(owner) AND first_row <= \(last)
                AND first_row >= coalesce((
                    SELECT first_row FROM row_lists
                    WHERE list = \(list.rawValue) AND owner = \(owner) AND first_row <= \(before)
                    ORDER BY first_row DESC LIMIT 1
                ), 0)
        ) AS listed WHERE number > \(before) AND number <= \(last)
        """
    }
}

/// Parameters: $1 the account, $2 the last fill before the span, $3 the last one of it, $4 and $5
/// when it begins and ends, $6 entries of a part, $7 those of the day before the span.
private enum StatementQuery {
    static let sums = """
        SELECT
            max((place % $6 = 0)::integer),
            coalesce(max(timestamp_ns) FILTER (WHERE place % $6 = 0), 0),
            coalesce(max(fill_id) FILTER (WHERE place % $6 = 0), 0),
            coalesce(max(part) FILTER (WHERE place % $6 = 0), 0),
            coalesce(
                (array_agg(reference) FILTER (WHERE place % $6 = 0))[1],
                '00000000-0000-0000-0000-000000000000'),
            coalesce(
                max((is_credit AND debit_account = $1)::integer) FILTER (WHERE place % $6 = 0),
                0),
            count(*) FILTER (WHERE is_credit),
            coalesce(sum(amount) FILTER (WHERE is_credit), 0)::text,
            count(*) FILTER (WHERE NOT is_credit),
            coalesce(sum(amount) FILTER (WHERE NOT is_credit), 0)::text
        FROM (
            SELECT *, row_number() OVER (
                ORDER BY timestamp_ns, fill_id, part, reference, is_credit
            ) - 1 + $7 AS place
            FROM (
                SELECT timestamp_ns, fill_id, part::integer AS part,
                    '00000000-0000-0000-0000-000000000000'::uuid AS reference, debit_account,
                    credit_account, amount
                FROM transfers_of(ARRAY(\(ListedFills.numbers())))
                UNION ALL
                SELECT timestamp_ns, fill_id, part, reference, debit_account, credit_account,
                    amount
                FROM transfers WHERE reference = ANY (ARRAY(
                    SELECT reference FROM fundings
                    WHERE account_id = $1 AND timestamp_ns >= $4 AND timestamp_ns < $5
                    UNION ALL
                    SELECT lpad(to_hex(return_id), 32, '0')::uuid FROM returns
                    WHERE debit_account = $1 AND timestamp_ns >= $4 AND timestamp_ns < $5
                    UNION ALL
                    SELECT lpad(to_hex(return_id), 32, '0')::uuid FROM returns
                    WHERE credit_account = $1 AND timestamp_ns >= $4 AND timestamp_ns < $5
                ))
            ) AS moved
            CROSS JOIN LATERAL (
                VALUES (debit_account, false), (credit_account, true)
            ) AS side (account, is_credit)
            WHERE side.account = $1
        ) AS entries
        GROUP BY place / $6 ORDER BY place / $6
        """
}
