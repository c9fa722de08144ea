package import Domain

/// A participant with what came with its registration.
package struct ParticipantRecord: Equatable, Sendable {
    package var row: ParticipantRow
    /// The registering command's attachment as text; nil when there was none.
    package var details: String?
}

extension LedgerReader {
    /// All participants in order of number.
    package func participantRecords() throws -> [ParticipantRecord] {
        try connection.query(LedgerTable(ParticipantRow.self).selectAll).map { row in
            var record = ParticipantRecord(row: ParticipantRow())
            record.row = try ParticipantRow(from: &row, details: &record.details)
            return record
        }
    }

    /// All rows of a declared table, in the order in which PostgreSQL sorts their keys.
    ///
    /// - Complexity: O(rows).
    package func rows<Row: DeclaredRow>(_ type: Row.Type) throws -> [Row] {
        var rows: [Row] = []
        try connection.copyOut(LedgerTable(type).selectAll) { rows.append(try Row(from: &$0)) }
        return rows
    }
}

extension StoreError {
    /// The server cannot be reached or the connection broke; what was committed is found out by
    /// connecting again.
    package var isConnectionLoss: Bool {
        code == .connectionLost || code == .outcomeUnknown
    }
}
