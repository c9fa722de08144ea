package import Domain

/// Reads the ledger tables: for starting an engine, for the API and for statements.
///
/// Blocking; belongs to the thread that made it. ``ReaderPool`` offers readers to async callers.
package final class LedgerReader {
    package let connection: PostgresConnection
    /// Payments that one page of a list looks at before it gives back what it has found: nobody may
    /// keep a reader for as long as his history is.
    package var mostWalked = 1 << 15
    /// Fills, of all accounts, that one statement in SQL sums up; a batch that has more stands
    /// alone.
    package var mostSummed: FillID = 1 << 17

    /// Opens a session that cannot write.
    ///
    /// - Parameter statementTimeoutMilliseconds: after this a query is given up; 0 is never.
    /// - Throws: ``StoreError``: `connectionLost`, `database`.
    package init(_ address: DatabaseAddress, statementTimeoutMilliseconds: Int = 0) throws {
        connection = try PostgresConnection(to: address, applicationName: "langqiao-reader")
        // Segments have no statistics, and without any the planner takes a UETR for common: many of
        // them and it would read all payments, or compile what a moment's work would do.
        try connection.execute(
            """
            SET default_transaction_read_only = on;
            SET enable_seqscan = off;
            SET jit = off;
            SET statement_timeout = \(max(0, statementTimeoutMilliseconds))
            """)
    }

    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    /// How far the tables have come.
    package func position() throws -> LedgerPosition {
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
    /// - Parameters:
    ///   - eachUETR: called with the UETR of every payment on record at that moment, in any order.
    ///   - eachAttempt: called with the UETR of every attempt on record then.
    ///   - eachCommand: called with the identification of every operator's command on record then.
    /// - Throws: ``StoreError``; `rowUnreadable` when the tables do not hold as many payments as
    ///   the position says; and what `eachUETR` throws.
    /// - Complexity: O(rows of the image × log payments on record), and O(payments on record) for
    ///   the UETRs, streamed.
    package func loadImage(
        eachUETR: (UETR) throws -> Void = { _ in },
        eachAttempt: (UETR) throws -> Void = { _ in },
        eachCommand: (UETR) throws -> Void = { _ in }
    ) throws -> LedgerImage {
        try snapshot {
            let image = try readImage()
            // A payment that is missing would be paid again when its bank repeats it.
            var numbers = NumbersOnRecord(count: image.position.paymentCount)
            try connection.copyOut("SELECT payment_id, uetr FROM payment_records") { row in
                let number = row.int8AsUnsigned()
                let uetr = UETR(bits: row.integer())
                try row.check("payments")
                try numbers.add(number)
                try eachUETR(uetr)
            }
            try numbers.finish()
            try connection.copyOut("SELECT uetr FROM attempts") { row in
                let uetr = UETR(bits: row.integer())
                try row.check("attempts")
                try eachAttempt(uetr)
            }
            try connection.copyOut("SELECT command_id FROM operator_commands") { row in
                let identification = UETR(bits: row.integer())
                try row.check("operator_commands")
                try eachCommand(identification)
            }
            return image
        }
    }

    private func readImage() throws -> LedgerImage {
        var image = LedgerImage()
        image.position = try position()
        for type in DeclaredRows.all where !type.isForgotten { try load(type, into: &image) }
        image.declared[AttemptRow.self] = try recent("attempt_id", image.position)
        let commands: [OperatorCommandRow] = try recent("operator_command_id", image.position)
        image.declared[OperatorCommandRow.self] = commands
        try loadFollowUps(into: &image)
        image.declared[AccountDayRow.self] = try lastAccountDays()
        image.declared[NoticeRow.self] = try recent("notice_id", image.position)
        try loadProposals(into: &image)
        try loadAgentStatements(into: &image)
        for record in try records(ContentKeyRow.self) {
            guard let text = record.details else { continue }
            guard let key = ContentKey(hexadecimal: text) else {
                throw StoreError(.rowUnreadable, "content_keys \(record.row.number): no key.")
            }
            image.contentKey = key
        }
        try connection.copyOut(LedgerTable.accounts.selectAll) {
            image.accounts.append(try AccountRow(from: &$0))
        }
        try loadPayments(into: &image)
        return image
    }

    private func load<Row: DeclaredRow>(_ type: Row.Type, into image: inout LedgerImage) throws {
        let rows = try rows(type)
        if !rows.isEmpty { image.declared[type] = rows }
    }

    /// The rows that leave memory and that the engine still knows, by their number.
    func recent<Row: NumberedInBatch>(
        _ key: String, _ position: LedgerPosition
    ) throws -> [Row] {
        let last = position.logIndex
        let first = last - min(last, UInt64(Limits.finalBatches)) + 1
        let table = LedgerTable(Row.self)
        return try connection.query(
            """
            SELECT \(table.columnList) FROM \(Row.table)
            WHERE \(key) >= $1 ORDER BY \(key)
            """, [.int8(Row.firstID(in: first))]
        ).map { try Row(from: &$0) }
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
        let columns = LedgerTable.payments.columnList
        var rows: [PaymentRow] = []
        try connection.copyOut("SELECT \(columns) FROM open_payments WHERE payment_id <= \(old)") {
            rows.append(try PaymentRow(from: &$0))
        }
        let openCount = rows.count
        let ended = try connection.query(
            """
            SELECT number FROM batches CROSS JOIN LATERAL unnest(ended) AS number
            WHERE log_index > $1 AND number <= $2 ORDER BY number
            """, [.int8(forgotten), .int8(old)]
        ).map { $0.int8AsUnsigned() }
        for numbers in PaymentSegment.parts(of: ended) {
            rows += try connection.query(
                """
                SELECT \(columns) FROM \(PaymentSegment(of: numbers[numbers.startIndex]).table)
                WHERE uetr = ANY ($1) AND payment_id = ANY ($2)
                """,
                [
                    .uuidArray(try uetrs(of: numbers).map(\.bits)),
                    .int8Array(numbers.map { Int64(bitPattern: $0) }),
                ]
            ).map { try PaymentRow(from: &$0) }
        }
        guard rows.count == openCount + ended.count else {
            throw StoreError(.rowUnreadable, "Payments that ended of late are not on record.")
        }
        rows.sort { $0.id < $1.id }
        image.payments = rows + (try recentPayments(after: old, upTo: image.position.paymentCount))
        try loadDates(into: &image, after: old, and: ended)
    }

    /// All payments behind a number, which are read as they lie and put in order here.
    private func recentPayments(
        after old: PaymentID, upTo newest: PaymentID
    ) throws -> [PaymentRow] {
        var rows: [PaymentRow] = []
        rows.reserveCapacity(Int(newest - min(old, newest)))
        var places = [Int](repeating: -1, count: Int(newest - min(old, newest)))
        try connection.copyOut(
            "SELECT \(LedgerTable.payments.columnList) FROM payment_records"
                + " WHERE payment_id > \(old)"
        ) { fields in
            let row = try PaymentRow(from: &fields)
            guard row.id > old, row.id <= newest, places[Int(row.id - old) - 1] < 0 else {
                throw StoreError(.rowUnreadable, "Payment \(row.id) is there twice or too new.")
            }
            places[Int(row.id - old) - 1] = rows.count
            rows.append(row)
        }
        return try places.enumerated().map { offset, place in
            guard place >= 0 else {
                throw StoreError(
                    .rowUnreadable, "Payment \(old + UInt64(offset) + 1) is not on record.")
            }
            return rows[place]
        }
    }

    /// The UETRs of the payments with these numbers, in the same order: as `uetr_of()` gives them
    /// to people, which PostgreSQL would call anew for each.
    ///
    /// - Throws: ``StoreError``; `rowUnreadable` when the tables do not know one.
    /// - Complexity: O(numbers × log batches).
    func uetrs(of numbers: some Collection<PaymentID>) throws -> [UETR] {
        let found = try connection.query(
            planned: """
                SELECT encode(
                    substring(
                        uetrs
                        FROM (octet_length(uetrs) - 16 * (payment_count - number) - 15)::integer
                        FOR 16
                    ), 'hex')::uuid
                FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (number, place)
                CROSS JOIN LATERAL (
                    SELECT payment_count, uetrs FROM batches WHERE payment_count >= number
                    ORDER BY payment_count, log_index LIMIT 1
                ) AS batch
                ORDER BY place
                """, [.int8Array(numbers.map { Int64(bitPattern: $0) })]
        ).map { row in
            let uetr = UETR(bits: row.integer())
            try row.check("batches")
            return uetr
        }
        guard found.count == numbers.count else {
            throw StoreError(.rowUnreadable, "Table batches does not know all payments.")
        }
        return found
    }

    /// Runs several reads on one state of the tables.
    package func snapshot<Result>(_ body: () throws -> Result) throws -> Result {
        try connection.transaction(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", body)
    }
}

extension LedgerReader {
    /// Rows of tables that this session has read so far, as far as nobody has been told of them
    /// yet: between two questions in one ``snapshot(_:)`` what reads cost, whatever else the
    /// machine does.
    package func rowsRead() throws -> Int {
        try connection.query(
            """
            SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint
            FROM pg_stat_xact_user_tables
            """
        ).first { Int($0.integer(Int64.self)) } ?? 0
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

    /// The oldest rows of a list, ascending.
    ///
    /// - Parameters:
    ///   - after: only numbers greater than this.
    ///   - last: only numbers up to this.
    ///   - limit: at most so many; none means that there are no more.
    /// - Complexity: O(log lists + limit + one list's length).
    func listed(
        _ list: RowList, of owner: UInt32, after: UInt64, through last: UInt64, limit: Int
    ) throws -> [UInt64] {
        var found: [UInt64] = []
        var (after, pieces) = (after, Int64(2))
        while found.count < limit, after < last {
            // The lists of an owner follow one another, so the first that counts is the last that
            // begins before.
            let rows = try connection.query(
                planned: """
                    SELECT first_row, offsets FROM row_lists
                    WHERE list = $1 AND owner = $2 AND first_row <= $4 AND first_row >= coalesce((
                        SELECT first_row FROM row_lists
                        WHERE list = $1 AND owner = $2 AND first_row <= $3
                        ORDER BY first_row DESC LIMIT 1
                    ), 0)
                    ORDER BY first_row LIMIT $5
                    """,
                [
                    .int2(list.rawValue), .int4(Int32(bitPattern: owner)),
                    .int8(Int64(clamping: after)), .int8(Int64(clamping: last)), .int8(pieces),
                ]
            ).map { row in
                let piece = (first: row.int8AsUnsigned(), offsets: row.array(of: Int32.self))
                try row.check("row_lists")
                return piece
            }
            for row in rows {
                for offset in row.offsets {
                    let number = row.first + UInt64(UInt32(bitPattern: offset))
                    guard number > after, found.count < limit else { continue }
                    guard number <= last else { return found }
                    found.append(number)
                    after = number
                }
            }
            guard rows.count == Int(pieces) else { break }
            pieces = min(pieces * 4, 512)
        }
        return found
    }
}

/// Which payments have been seen: every number up to a count, each once.
private struct NumbersOnRecord {
    private let count: UInt64
    private var seen = 0
    private var bits: [UInt64]

    init(count: UInt64) {
        self.count = count
        bits = [UInt64](repeating: 0, count: Int(count / 64) + 1)
    }

    mutating func add(_ number: PaymentID) throws(StoreError) {
        guard number > 0, number <= count, bits[Int(number / 64)] >> (number % 64) & 1 == 0 else {
            throw StoreError(
                .rowUnreadable, "Payment \(number) is on record twice, or beyond \(count).")
        }
        bits[Int(number / 64)] |= 1 << (number % 64)
        seen += 1
    }

    func finish() throws(StoreError) {
        guard seen == Int(count) else {
            throw StoreError(
                .rowUnreadable, "\(seen) payments are on record, \(count) should be.")
        }
    }
}
