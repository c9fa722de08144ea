public import Domain

/// Reads the ledger tables: for starting an engine, for the API and for statements.
///
/// Blocking; belongs to the thread that made it. ``ReaderPool`` offers readers to async callers.
public final class LedgerReader {
    package let connection: PostgresConnection

    /// Opens a session that cannot write.
    ///
    /// - Parameter statementTimeoutMilliseconds: after this a query is given up; 0 is never.
    /// - Throws: ``StoreError``: `connectionLost`, `database`.
    public init(_ address: DatabaseAddress, statementTimeoutMilliseconds: Int = 0) throws {
        connection = try PostgresConnection(to: address, applicationName: "langqiao-reader")
        try connection.execute(
            """
            SET default_transaction_read_only = on;
            SET statement_timeout = \(max(0, statementTimeoutMilliseconds))
            """)
    }

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    /// How far the tables have come.
    public func position() throws -> LedgerPosition {
        let position = try connection.query(
            "SELECT \(LedgerTable.applied.columnList) FROM applied"
        ).first { try LedgerPosition(from: &$0) }
        guard let position else {
            throw StoreError(.rowUnreadable, "Table applied has lost its row.")
        }
        return position
    }

    /// Everything that an engine starts from, as of one moment.
    ///
    /// Rows are streamed, so memory is that of the image. Fills are not loaded.
    ///
    /// - Throws: ``StoreError``; `rowUnreadable` when the tables do not hold as many payments as
    ///   the position says.
    /// - Complexity: O(rows).
    public func loadImage() throws -> LedgerImage {
        try snapshot {
            var image = LedgerImage()
            image.position = try position()
            image.participants = try load(.participants) { try ParticipantRow(from: &$0) }
            image.corridors = try load(.corridors) { try CorridorRow(from: &$0) }
            // By the ledger's number, not by the letters of the code.
            image.corridors.sort { $0.corridor.foreign.rawValue < $1.corridor.foreign.rawValue }
            image.accounts = try load(.accounts) { try AccountRow(from: &$0) }
            image.payments = try load(.payments, expecting: image.position.paymentCount) {
                try PaymentRow(from: &$0)
            }
            image.fundings = try load(.fundings) { try FundingRow(from: &$0) }
            guard UInt64(image.payments.count) == image.position.paymentCount else {
                throw StoreError(
                    .rowUnreadable,
                    """
                    \(image.payments.count) payments are on record, \
                    \(image.position.paymentCount) should be.
                    """)
            }
            return image
        }
    }

    /// Runs several reads on one state of the tables.
    public func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try connection.transaction(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", body)
    }

    private func load<Row>(
        _ table: LedgerTable, expecting count: UInt64 = 0,
        _ decode: (inout CopyFields) throws -> Row
    ) throws -> [Row] {
        var rows: [Row] = []
        rows.reserveCapacity(Int(clamping: min(count, UInt64(Limits.payments))))
        let query = "SELECT \(table.columnList) FROM \(table.name) ORDER BY \(table.key)"
        try connection.copyOut(query) { fields in rows.append(try decode(&fields)) }
        return rows
    }
}
