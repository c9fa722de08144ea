package import Domain

/// Fees that a bank paid for one payment on one day.
package struct FeeLine: Equatable, Sendable {
    package var payment: PaymentID
    package var foreign: Currency
    package var fills: Int
    /// What its fills of the day paid, and the fees on that, in minor units of the account.
    package var paid: Int128
    package var fee: Int128
}

/// The same of a corridor, or of all.
package struct FeeTotal: Equatable, Sendable {
    package var foreign: Currency?
    package var payments = 0
    package var fills = 0
    package var paid: Int128 = 0
    package var fee: Int128 = 0

    package init() {}

    package static func += (total: inout FeeTotal, other: FeeTotal) {
        total.payments += other.payments
        total.fills += other.fills
        total.paid += other.paid
        total.fee += other.fee
    }
}

extension LedgerReader {
    /// The fees charged to a settlement account on a business day, by payment, in the order of
    /// their numbers.
    ///
    /// - Parameter after: only payments of higher numbers.
    /// - Complexity: O(log rows + fills of the account on the day), inside PostgreSQL.
    package func fees(
        of account: AccountRow, on day: BusinessDay, after: PaymentID = 0, limit: Int
    ) throws -> [FeeLine] {
        try connection.query(
            planned: """
                SELECT payment, foreign_code, count(*), sum(paid)::text, sum(fee)::text
                FROM (\(FeeQuery.charged)) AS charged
                WHERE payment > $5
                GROUP BY payment, foreign_code ORDER BY payment LIMIT $6
                """,
            try parameters(account, day) + [
                .int8(Int64(bitPattern: after)), .int8(Int64(limit)),
            ]
        ).map { row in
            let line = FeeLine(
                payment: row.int8AsUnsigned(), foreign: row.coded(row.integer(Int32.self), .cny),
                fills: Int(row.integer(Int64.self)), paid: row.wideInteger(), fee: row.wideInteger()
            )
            try row.check("fill_rows")
            return line
        }
    }

    /// What the fees of a day come to in each corridor, in the order of their currencies.
    ///
    /// - Complexity: as ``fees(of:on:after:limit:)``.
    package func feeTotals(of account: AccountRow, on day: BusinessDay) throws -> [FeeTotal] {
        try connection.query(
            planned: """
                SELECT foreign_code, count(DISTINCT payment), count(*), sum(paid)::text,
                    sum(fee)::text
                FROM (\(FeeQuery.charged)) AS charged
                GROUP BY foreign_code ORDER BY foreign_code
                """, try parameters(account, day)
        ).map { row in
            var total = FeeTotal()
            total.foreign = row.coded(row.integer(Int32.self), .cny)
            total.payments = Int(row.integer(Int64.self))
            total.fills = Int(row.integer(Int64.self))
            total.paid = row.wideInteger()
            total.fee = row.wideInteger()
            try row.check("fill_rows")
            return total
        }
    }

    private func parameters(_ account: AccountRow, _ day: BusinessDay) throws -> [Parameter] {
        [
            .int4(Int32(bitPattern: account.id)),
            .int8(Int64(bitPattern: try mark(before: day.row.began).fills)),
            .int8(Int64(bitPattern: try mark(before: day.end).fills)),
            .int4(account.currency == .cny ? 1 : 0),
        ]
    }
}

/// Parameters beside those of ``DayFills``: $4 is 1 for an account in renminbi, else 0.
private enum FeeQuery {
    static let charged = """
        SELECT
            CASE $4::integer WHEN 1 THEN renminbi_payment ELSE foreign_payment END AS payment,
            (codes & 255)::integer AS foreign_code,
            CASE $4::integer WHEN 1 THEN renminbi_amount ELSE foreign_amount END AS paid,
            CASE $4::integer WHEN 1 THEN renminbi_fee ELSE foreign_fee END AS fee
        FROM fill_records_of(ARRAY(\(DayFills.numbers)))
        WHERE CASE $4::integer
            WHEN 1 THEN renminbi_debit = $1 AND renminbi_fee > 0
            ELSE foreign_debit = $1 AND foreign_fee > 0
        END
        """
}
