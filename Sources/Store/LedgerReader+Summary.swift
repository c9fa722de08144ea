package import Domain

/// Rows on record, counted one by one.
package struct RowCounts: Equatable, Sendable {
    package var payments = 0
    /// Those of the payments that were refused.
    package var rejected = 0
    package var fills = 0
}

extension LedgerReader {
    /// Counts the rows of payments and fills that came after a position: what ``position()`` says,
    /// found out the slow way.
    ///
    /// - Complexity: O(rows counted).
    package func rowCounts(after position: LedgerPosition) throws -> RowCounts {
        var counts = RowCounts()
        try connection.query(
            """
            SELECT count(*), count(*) FILTER (WHERE codes & 255 = $2)
            FROM payment_records WHERE payment_id > $1
            """, [.int8(position.paymentCount), .int8(Int64(PaymentStatus.rejected.rawValue))]
        ).visit { row in
            counts.payments = Int(row.integer(Int64.self))
            counts.rejected = Int(row.integer(Int64.self))
            try row.check("payments")
        }
        try connection.query(
            """
            SELECT coalesce(sum(last_fill - greatest(first_fill - 1, $1)), 0)::bigint
            FROM fill_rows WHERE last_fill > $1
            """, [.int8(position.fillCount)]
        ).visit { row in
            counts.fills = Int(row.integer(Int64.self))
            try row.check("fills")
        }
        return counts
    }

    /// Bytes that the database takes on disk, without the write-ahead log.
    package func databaseSize() throws -> UInt64 {
        try connection.query("SELECT pg_database_size(current_database())")
            .first { $0.int8AsUnsigned() } ?? 0
    }

    /// The sum of all balances of each currency in use; zero, always.
    package func balanceSums() throws -> [(currency: Currency, sum: Int128)] {
        var sums = [Int128?](repeating: nil, count: Currency.count)
        for row in try accounts() {
            let index = Int(row.currency.rawValue)
            sums[index] = (sums[index] ?? 0) + Int128(row.balance)
        }
        return Currency.allCases.compactMap { currency in
            sums[Int(currency.rawValue)].map { (currency, $0) }
        }
    }
}
