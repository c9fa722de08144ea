package import Domain

/// What went through a corridor: payments that ended, and fills.
package struct CorridorTotals: Equatable, Sendable {
    package var foreign: Currency
    package var settled = 0
    package var cancelled = 0
    package var rejected = 0
    package var fills = 0
    /// Fen.
    package var renminbi: Int128 = 0
    /// Minor units of the foreign currency.
    package var foreignAmount: Int128 = 0
    /// Fen.
    package var renminbiFees: Int128 = 0
    /// Minor units of the foreign currency.
    package var foreignFees: Int128 = 0

    init(foreign: Currency) { self.foreign = foreign }

    /// Payments that ended.
    package var ended: Int { settled + cancelled + rejected }

    var isEmpty: Bool { ended == 0 && fills == 0 }

    /// Counts a payment that has ended.
    mutating func count(_ status: PaymentStatus) {
        switch status {
        case .settled: settled += 1
        case .cancelled: cancelled += 1
        case .rejected: rejected += 1
        case .received, .technicallyAccepted, .fundsHeld, .pending, .blocked, .partlySettled:
            require(false, "only payments that ended are summed")
        }
    }

    mutating func add(_ fill: FillRow) {
        fills += 1
        renminbi += Int128(fill.renminbiAmount)
        foreignAmount += Int128(fill.foreignAmount)
        renminbiFees += Int128(fill.renminbiFee)
        foreignFees += Int128(fill.foreignFee)
    }
}

extension LedgerWriter {
    /// Adds what these changes brought to the totals.
    func writeTotals(_ changes: LedgerChanges) throws {
        let table = LedgerTable.corridorTotals
        let sums = table.columns.dropFirst().map {
            "\($0) = \(table.name).\($0) + excluded.\($0)"
        }.joined(separator: ", ")
        for totals in changes.totals where !totals.isEmpty {
            try connection.query(
                """
                INSERT INTO \(table.copyTarget)
                VALUES ($1, $2, $3, $4, $5, $6::numeric, $7::numeric, $8::numeric, $9::numeric)
                ON CONFLICT (\(table.key)) DO UPDATE SET \(sums)
                """,
                [
                    .text(totals.foreign.code), .int8(Int64(totals.settled)),
                    .int8(Int64(totals.cancelled)), .int8(Int64(totals.rejected)),
                    .int8(Int64(totals.fills)), .text(String(totals.renminbi)),
                    .text(String(totals.foreignAmount)), .text(String(totals.renminbiFees)),
                    .text(String(totals.foreignFees)),
                ])
        }
    }
}

extension LedgerReader {
    /// The totals of every corridor in which anything ended or was filled, by currency code.
    ///
    /// - Complexity: O(corridors).
    package func corridorTotals() throws -> [CorridorTotals] {
        // Sums travel as text: over years they can exceed 64 bits.
        try connection.query(
            """
            SELECT foreign_currency, settled, cancelled, rejected, fills, renminbi::text,
                foreign_amount::text, renminbi_fees::text, foreign_fees::text
            FROM corridor_totals ORDER BY foreign_currency
            """
        ).map { row in
            guard let foreign = Currency(code: row.text()) else {
                throw StoreError(.rowUnreadable, "Table corridor_totals has an unknown currency.")
            }
            var totals = CorridorTotals(foreign: foreign)
            totals.settled = Int(row.integer(Int64.self))
            totals.cancelled = Int(row.integer(Int64.self))
            totals.rejected = Int(row.integer(Int64.self))
            totals.fills = Int(row.integer(Int64.self))
            totals.renminbi = row.sum()
            totals.foreignAmount = row.sum()
            totals.renminbiFees = row.sum()
            totals.foreignFees = row.sum()
            try row.check("corridor_totals")
            return totals
        }
    }

    /// Open payments by corridor and status.
    ///
    /// - Complexity: O(open payments).
    package func openPaymentCounts() throws -> [OpenPaymentCount] {
        try connection.query(
            "SELECT codes >> 16 & 255, codes & 255, count(*) FROM open_payments GROUP BY 1, 2"
        ).map { row in
            let count = OpenPaymentCount(
                foreign: row.coded(row.integer(Int64.self), .cny),
                status: row.coded(row.integer(Int64.self), .received),
                count: Int(row.integer(Int64.self)))
            try row.check("open_payments")
            return count
        }
    }
}

/// How many payments of a corridor can still change and stand at one status.
package struct OpenPaymentCount: Equatable, Sendable {
    package var foreign: Currency
    package var status: PaymentStatus
    package var count: Int
}

extension FieldSource {
    fileprivate mutating func sum() -> Int128 {
        if let value = Int128(text()) { return value }
        isDamaged = true
        return 0
    }
}
