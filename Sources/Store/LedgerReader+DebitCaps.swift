package import Domain

/// A debit cap with the number of the business day that runs in its currency; 0 before the first.
package struct DebitCap: Equatable, Sendable {
    package var row: DebitCapRow
    package var day: DayNumber
}

extension LedgerReader {
    /// Debit caps in force, by participant, counterparty and currency.
    ///
    /// - Parameters:
    ///   - participant: whose; nil for all.
    ///   - after: only those of greater identifications.
    /// - Complexity: O(log rows + limit + removed ones between).
    package func debitCaps(
        of participant: ParticipantID?, after: UInt64 = 0, limit: Int
    ) throws -> [DebitCap] {
        let table = LedgerTable(DebitCapRow.self)
        let first = participant.map { DebitCapRow.id(of: $0, towards: 0, in: .cny) } ?? 0
        let end = participant.map { DebitCapRow.id(of: $0 + 1, towards: 0, in: .cny) }
        var days: [Currency: DayNumber] = [:]
        let rows = try connection.query(
            planned: """
                SELECT \(table.columnList) FROM debit_caps
                WHERE debit_cap_id > $1 AND debit_cap_id < $2 AND removed = 0
                ORDER BY debit_cap_id LIMIT $3
                """,
            [
                .int8(Int64(clamping: max(after, first == 0 ? 0 : first - 1))),
                .int8(Int64(clamping: end ?? .max)), .int8(Int64(limit)),
            ]
        ).map { try DebitCapRow(from: &$0) }
        return try rows.map { row in
            let known = days[row.currency]
            let day = try known ?? businessDays(row.currency, limit: 1).first?.row.number ?? 0
            days[row.currency] = day
            return DebitCap(row: row, day: day)
        }
    }
}
