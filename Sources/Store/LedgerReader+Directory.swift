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
        try connection.query(
            """
            SELECT \(LedgerTable.participants.columnList) FROM participants
            ORDER BY participant_id
            """
        ).map { row in
            let participant = try ParticipantRow(from: &row)
            return ParticipantRecord(row: participant, details: row.optionalText())
        }
    }
}

extension StoreError {
    /// The server cannot be reached or the connection broke; what was committed is found out by
    /// connecting again.
    package var isConnectionLoss: Bool {
        code == .connectionLost || code == .outcomeUnknown
    }
}
