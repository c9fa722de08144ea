public import Domain

/// A participant with what came with its registration.
public struct ParticipantRecord: Equatable, Sendable {
    public var row: ParticipantRow
    /// The registering command's attachment as text; nil when there was none.
    public var details: String?
}

/// How many payments a corridor has.
public struct CorridorCounts: Equatable, Sendable {
    public var foreign: Currency
    public var payments: Int
    public var settled: Int
}

extension LedgerReader {
    /// All participants in order of number.
    public func participantRecords() throws -> [ParticipantRecord] {
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

    /// Payments by corridor.
    ///
    /// - Complexity: O(payments on record).
    public func corridorCounts() throws -> [CorridorCounts] {
        try connection.query(
            """
            SELECT codes >> 16 & 255, count(*),
                count(*) FILTER (WHERE codes & 255 = \(PaymentStatus.settled.rawValue))
            FROM payment_records GROUP BY 1
            """
        ).map { row in
            let counts = CorridorCounts(
                foreign: row.coded(row.integer(Int64.self), .cny),
                payments: Int(row.integer(Int64.self)), settled: Int(row.integer(Int64.self)))
            try row.check("payments")
            return counts
        }.sorted { $0.foreign.code < $1.foreign.code }
    }
}

extension StoreError {
    /// The server cannot be reached or the connection broke; what was committed is found out by
    /// connecting again.
    public var isConnectionLoss: Bool {
        code == .connectionLost || code == .outcomeUnknown
    }
}
