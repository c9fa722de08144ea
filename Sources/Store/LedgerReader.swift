public import Domain

/// Reads the ledger tables: for starting an engine, for the API and for statements.
///
/// Blocking; belongs to the thread that made it. ``ReaderPool`` offers readers to async callers.
public final class LedgerReader {
    package let connection: PostgresConnection
    /// Payments that one page of a list looks at before it gives back what it has found: nobody may
    /// keep a reader for as long as his history is.
    package var mostWalked = 1 << 17

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
    /// Rows are streamed, so memory is that of the image. Fills are not loaded, and of the final
    /// payments only those that ended in the last ``Limits/finalBatches`` batches.
    ///
    /// - Throws: ``StoreError``; `rowUnreadable` when the tables do not hold as many payments as
    ///   the position says.
    /// - Complexity: O(rows of the image × log payments on record).
    public func loadImage() throws -> LedgerImage {
        try snapshot { try readImage() }
    }

    /// The image, and the UETRs of all payments on record at the same moment, in any order.
    ///
    /// - Throws: as ``loadImage()``, and what `eachUETR` throws.
    /// - Complexity: as ``loadImage()``, and O(payments on record), streamed.
    public func loadImage(eachUETR: (UETR) throws -> Void) throws -> LedgerImage {
        try snapshot {
            let image = try readImage()
            try connection.copyOut("SELECT uetr FROM payment_records") { row in
                let uetr = UETR(bits: row.integer())
                try row.check("payments")
                try eachUETR(uetr)
            }
            return image
        }
    }

    private func readImage() throws -> LedgerImage {
        var image = LedgerImage()
        image.position = try position()
        image.participants = try load(.participants) { try ParticipantRow(from: &$0) }
        image.corridors = try load(.corridors) { try CorridorRow(from: &$0) }
        // By the ledger's number, not by the letters of the code.
        image.corridors.sort { $0.corridor.foreign.rawValue < $1.corridor.foreign.rawValue }
        image.accounts = try load(.accounts) { try AccountRow(from: &$0) }
        try checkPaymentCount(image.position)
        try loadPayments(into: &image)
        image.fundings = try load(.fundings) { try FundingRow(from: &$0) }
        return image
    }

    /// Payments are numbered without gaps, so the newest one's number is their count.
    private func checkPaymentCount(_ position: LedgerPosition) throws {
        let newest = try connection.query(
            "SELECT coalesce(max(payment_id), 0) FROM payment_records"
        ).first { $0.int8AsUnsigned() }
        guard newest != position.paymentCount else { return }
        throw StoreError(
            .rowUnreadable,
            "\(newest ?? 0) payments are on record, \(position.paymentCount) should be.")
    }

    private func loadPayments(into image: inout LedgerImage) throws {
        let last = image.position.logIndex
        let forgotten = last - min(last, UInt64(Limits.finalBatches))
        image.recentTimestamps = try connection.query(
            "SELECT timestamp_ns FROM batches WHERE log_index > $1 ORDER BY log_index",
            [.int8(forgotten)]
        ).map { $0.integer(Int64.self) }
        guard image.recentTimestamps.count == Int(last - forgotten) else {
            throw StoreError(.rowUnreadable, "Table batches lacks rows up to \(last).")
        }
        let old =
            try connection.query(
                "SELECT payment_count FROM batches WHERE log_index = $1", [.int8(forgotten)]
            ).first { $0.int8AsUnsigned() } ?? 0
        // Few rows of many, found by number, whatever is known about their distribution.
        try connection.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        var rows: [PaymentRow] = []
        let columns = LedgerTable.payments.columnList
        try connection.copyOut(
            """
            SELECT \(columns) FROM open_payments WHERE payment_id <= \(old)
            UNION ALL SELECT \(columns) FROM payment_rows JOIN (
                SELECT unnest(ended) AS payment_id FROM batches WHERE log_index > \(forgotten)
            ) AS known USING (payment_id) WHERE payment_id <= \(old)
            ORDER BY payment_id
            """
        ) { rows.append(try PaymentRow(from: &$0)) }
        try connection.copyOut(
            "SELECT \(columns) FROM payment_records WHERE payment_id > \(old) ORDER BY payment_id"
        ) { rows.append(try PaymentRow(from: &$0)) }
        image.payments = rows
    }

    /// Runs several reads on one state of the tables.
    public func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try connection.transaction(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", body)
    }

    private func load<Row>(
        _ table: LedgerTable, _ decode: (inout CopyFields) throws -> Row
    ) throws -> [Row] {
        var rows: [Row] = []
        let query = "SELECT \(table.columnList) FROM \(table.name) ORDER BY \(table.key)"
        try connection.copyOut(query) { fields in rows.append(try decode(&fields)) }
        return rows
    }
}

// MARK: - Places

/// How many payments and fills were on record at a time; also the numbers of the newest.
struct RecordMark {
    var payments: UInt64 = 0
    var fills: UInt64 = 0
}

extension LedgerReader {
    /// What was on record after the last batch before a time.
    ///
    /// - Complexity: O(log batches).
    func mark(before time: Timestamp) throws -> RecordMark {
        try connection.query(
            planned: """
                SELECT payment_count, fill_count FROM batches
                WHERE timestamp_ns < $1 ORDER BY timestamp_ns DESC LIMIT 1
                """, [.int8(time)]
        ).first { RecordMark(payments: $0.int8AsUnsigned(), fills: $0.int8AsUnsigned()) }
            ?? RecordMark()
    }

    /// The newest rows of a list, descending.
    ///
    /// - Parameters:
    ///   - above: only numbers greater than this.
    ///   - below: only numbers smaller than this.
    ///   - limit: at most so many; fewer means that there are no more.
    /// - Complexity: O(log lists + limit + one list's length).
    func listed(
        _ list: RowList, of owner: UInt32, above: UInt64, below: UInt64, limit: Int
    ) throws -> [UInt64] {
        var found: [UInt64] = []
        var below = below
        var pieces: Int64 = 2
        while found.count < limit {
            let rows = try connection.query(
                planned: """
                    SELECT first_row, offsets FROM row_lists
                    WHERE list = $1 AND owner = $2 AND first_row < $3
                    ORDER BY first_row DESC LIMIT $4
                    """,
                [
                    .int2(list.rawValue), .int4(Int32(bitPattern: owner)),
                    .int8(Int64(clamping: below)), .int8(pieces),
                ]
            ).map { row in
                let piece = (first: row.int8AsUnsigned(), offsets: row.array(of: Int32.self))
                try row.check("row_lists")
                return piece
            }
            for row in rows {
                for offset in row.offsets.reversed() {
                    let number = row.first + UInt64(UInt32(bitPattern: offset))
                    guard number < below, found.count < limit else { continue }
                    guard number > above else { return found }
                    found.append(number)
                }
                below = row.first
            }
            guard rows.count == Int(pieces) else { break }
            pieces = min(pieces * 4, 512)
        }
        return found
    }
}
