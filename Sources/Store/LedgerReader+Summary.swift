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
    /// - Complexity: O(payments on record).
    public func paymentCounts(acceptedFrom: Timestamp = .min) throws -> [StatusCount] {
        try connection.query(
            "SELECT status, count(*) FROM payments WHERE accepted_ns >= $1 GROUP BY status",
            [.int8(acceptedFrom)]
        ).map { row in
            let count = StatusCount(
                status: row.code(Codes.status), count: Int(row.integer(Int64.self)))
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
        // Sums travel as text: over years they can exceed 64 bits.
        try connection.query(
            """
            SELECT foreign_currency, count(*), sum(renminbi_amount)::text,
                sum(foreign_amount)::text, sum(renminbi_fee)::text, sum(foreign_fee)::text
            FROM fills WHERE timestamp_ns >= $1 AND timestamp_ns < $2
            GROUP BY foreign_currency ORDER BY foreign_currency
            """, [.int8(from), .int8(before)]
        ).map { row in
            let volume = CorridorVolume(
                foreign: row.code(Codes.currency), fills: Int(row.integer(Int64.self)),
                renminbi: row.sum(), foreignAmount: row.sum(), renminbiFees: row.sum(),
                foreignFees: row.sum())
            try row.check("fills")
            return volume
        }
    }
}

extension FieldSource {
    fileprivate mutating func sum() -> Int128 {
        if let value = Int128(text()) { return value }
        isDamaged = true
        return 0
    }
}
