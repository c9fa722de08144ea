public import Domain

extension LedgerReader {
    /// Bytes that the database takes on disk, without the write-ahead log.
    public func databaseSize() throws -> UInt64 {
        try connection.query("SELECT pg_database_size(current_database())")
            .first { $0.int8AsUnsigned() } ?? 0
    }

    /// The sum of all balances of each currency in use; zero, always.
    public func balanceSums() throws -> [(currency: Currency, sum: Int128)] {
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
