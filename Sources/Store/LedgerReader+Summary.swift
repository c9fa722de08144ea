public import Domain

/// How many payments stand at one status.
public struct StatusCount: Equatable, Sendable {
    public var status: PaymentStatus
    public var count: Int
}

/// What went through a corridor.
public struct CorridorVolume: Equatable, Sendable {
    public var foreign: Currency
    public var fills: Int
    /// Fen.
    public var renminbi: Int128
    /// Minor units of the foreign currency.
    public var foreignAmount: Int128
    /// Fen.
    public var renminbiFees: Int128
    /// Minor units of the foreign currency.
    public var foreignFees: Int128
}

extension LedgerReader {
    /// Payments by status, those accepted from a time on.
    ///
    /// - Complexity: O(payments accepted since).
    public func paymentCounts(acceptedFrom: Timestamp = .min) throws -> [StatusCount] {
        let before = acceptedFrom == .min ? 0 : try mark(before: acceptedFrom).payments
        return try connection.query(
            "SELECT codes & 255, count(*) FROM payment_records WHERE payment_id > $1 GROUP BY 1",
            [.int8(before)]
        ).map { row in
            let status: PaymentStatus = row.coded(row.integer(Int64.self), .received)
            let count = StatusCount(status: status, count: Int(row.integer(Int64.self)))
            try row.check("payments")
            return count
        }.sorted { $0.status < $1.status }
    }

    /// Fills and volumes of each corridor that had any, in a span of time.
    ///
    /// - Complexity: O(fills in the span).
    public func corridorVolumes(
        from: Timestamp = .min, before: Timestamp = .max
    ) throws -> [CorridorVolume] {
        let first = from == .min ? 0 : try mark(before: from).fills
        let last = before == .max ? UInt64(Int64.max) : try mark(before: before).fills
        // Sums travel as text: over years they can exceed 64 bits.
        return try connection.query(
            """
            SELECT codes & 255, count(*), sum(renminbi_amount)::text,
                sum(foreign_amount)::text, sum(renminbi_fee)::text, sum(foreign_fee)::text
            FROM fill_rows WHERE fill_id > $1 AND fill_id <= $2 GROUP BY 1
            """, [.int8(first), .int8(last)]
        ).map { row in
            let volume = CorridorVolume(
                foreign: row.coded(row.integer(Int32.self), .cny),
                fills: Int(row.integer(Int64.self)), renminbi: row.sum(),
                foreignAmount: row.sum(), renminbiFees: row.sum(), foreignFees: row.sum())
            try row.check("fills")
            return volume
        }.sorted { $0.foreign.code < $1.foreign.code }
    }
}

extension FieldSource {
    fileprivate mutating func sum() -> Int128 {
        if let value = Int128(text()) { return value }
        isDamaged = true
        return 0
    }
}

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
