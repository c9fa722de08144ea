internal import CPostgres

/// One session with PostgreSQL; the only place that holds libpq pointers.
///
/// Every call blocks the calling thread, so a connection belongs to one dedicated thread and is
/// deliberately not `Sendable`. Values travel in binary form in both directions.
package final class PostgresConnection {
    private let connection: OpaquePointer
    let address: DatabaseAddress
    /// Names of the statements that ``query(planned:_:)`` has given to the server.
    private var plannedNames: [String: String] = [:]

    /// Opens a session whose search path is the address's schema.
    ///
    /// - Throws: ``StoreError`` with code `connectionLost` when no server answers, and `database`
    ///   when the database does not store UTF-8.
    package init(to address: DatabaseAddress, applicationName: String) throws(StoreError) {
        self.address = address
        // A peer that is gone without a word is noticed within half a minute; what the connection
        // string says of these comes later and wins.
        let keywords = [
            "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
            "dbname", "application_name", "client_encoding", "connect_timeout",
        ]
        let values = [
            "10", "5", "3", "25000", address.connectionString, applicationName, "UTF8", "10",
        ]
        connection = withCStrings(keywords) { keywords in
            withCStrings(values) { values in
                // A crash for want of memory is all that null could mean here.
                PQconnectdbParams(keywords, values, 1)!
            }
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            throw StoreError(
                .connectionLost, "No connection to PostgreSQL.",
                cause: lastError("connect", lost: true))
        }
        // Notices are for people at a terminal; errors arrive as results.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        try execute("SET search_path = \(address.schema); SET client_min_messages = warning")
        if let encoding = PQparameterStatus(connection, "server_encoding"),
            String(cString: encoding) != "UTF8"
        {
            throw StoreError(.database, "The database must be created with encoding UTF8.")
        }
    }

    deinit {
        PQfinish(connection)
    }

    /// The session can still be used, as far as is known without asking the server.
    var isOpen: Bool { PQstatus(connection) == CONNECTION_OK }

    /// Whether the server is reached by a Unix socket or a loopback address.
    var isOnThisMachine: Bool {
        let address = PQhostaddr(connection).map { String(cString: $0) } ?? ""
        guard address.isEmpty else {
            return address == "::1" || address.hasPrefix("127.") || address.hasPrefix("::ffff:127.")
        }
        let host = PQhost(connection).map { String(cString: $0) } ?? ""
        return host.hasPrefix("/") || host.hasPrefix("@")
    }

    /// The server process of this session.
    package var serverProcess: Int32 { PQbackendPID(connection) }

    /// The server's own version: `17.2`.
    package var serverVersion: String {
        let text = PQparameterStatus(connection, "server_version").map { String(cString: $0) }
        return text?.split(separator: " ").first.map { "\($0)" } ?? ""
    }

    /// Runs statements that return nothing, separated by semicolons.
    package func execute(_ sql: String) throws(StoreError) {
        _ = try checked(PQexec(connection, sql), sql)
    }

    /// Runs one statement with parameters; the rows stay in memory until the result is released.
    @discardableResult
    package func query(
        _ sql: String, _ parameters: [Parameter] = []
    ) throws(StoreError) -> QueryResult {
        let result = parameters.withPointers { types, values, lengths, formats in
            PQexecParams(
                connection, sql, Int32(parameters.count), types, values, lengths, formats, 1)
        }
        return try checked(result, sql)
    }

    /// Like ``query(_:_:)`` for a statement that comes again and again: the server keeps its plan.
    ///
    /// - Parameter sql: one of a bounded number of texts; each stays until the session ends.
    @discardableResult
    package func query(
        planned sql: String, _ parameters: [Parameter]
    ) throws(StoreError) -> QueryResult {
        let name = plannedNames[sql] ?? "planned_\(plannedNames.count)"
        if plannedNames[sql] == nil {
            try prepare(name, sql, types: parameters.map(\.type))
            plannedNames[sql] = name
        }
        let result = parameters.withPointers { _, values, lengths, formats in
            PQexecPrepared(connection, name, Int32(parameters.count), values, lengths, formats, 1)
        }
        return try checked(result, sql)
    }

    /// Gives a statement a name for ``send(prepared:_:)``.
    func prepare(_ name: String, _ sql: String, types: [UInt32]) throws(StoreError) {
        _ = try checked(PQprepare(connection, name, sql, Int32(types.count), types), sql)
    }

    /// Runs `body` in a transaction; a thrown error rolls it back.
    func transaction<Result>(
        _ begin: String = "BEGIN", _ body: () throws -> Result
    ) throws -> Result {
        try execute(begin)
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Ends a failed transaction. A session that cannot even do that is of no use any more and
    /// will say so at its next call.
    func rollBack() {
        // A request to end a query may come so late that it hits this; then once more.
        for attempt in 0..<3 where attempt == 0 || isInTransaction {
            PQclear(PQexec(connection, "ROLLBACK"))
        }
    }

    private var isInTransaction: Bool {
        [PQTRANS_INTRANS, PQTRANS_INERROR].contains(PQtransactionStatus(connection))
    }

    private func checked(_ result: OpaquePointer?, _ context: String) throws(StoreError)
        -> QueryResult
    {
        guard let result else { throw StoreError(lastError(context, lost: !isOpen)) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_EMPTY_QUERY,
            PGRES_PIPELINE_SYNC:
            return QueryResult(result)
        default:
            defer { PQclear(result) }
            let state = PQresultErrorField(result, Int32(UInt8(ascii: "C")))
            let message = PQresultErrorField(result, Int32(UInt8(ascii: "M")))
            throw StoreError(
                PostgresError(
                    sqlState: state.map { String(cString: $0) } ?? "",
                    message: String(cString: message ?? PQresultErrorMessage(result)),
                    context: context,
                    // The server always states an SQLSTATE. Without one the client library failed,
                    // as it does when it cannot write, and then it calls the connection good.
                    isConnectionLost: !isOpen || state == nil))
        }
    }

    private func lastError(_ context: String, lost: Bool) -> PostgresError {
        PostgresError(
            sqlState: "", message: String(cString: PQerrorMessage(connection)), context: context,
            isConnectionLost: lost)
    }
}

// MARK: - Pipeline

extension PostgresConnection {
    /// From here on statements are sent only; they run as one transaction at the end.
    func beginPipeline() throws(StoreError) {
        guard PQenterPipelineMode(connection) == 1 else {
            throw StoreError(lastError("begin pipeline", lost: !isOpen))
        }
    }

    /// Queues one execution of a prepared statement.
    func send(prepared name: String, _ parameters: [Parameter]) throws(StoreError) {
        let sent = parameters.withPointers { _, values, lengths, formats in
            PQsendQueryPrepared(
                connection, name, Int32(parameters.count), values, lengths, formats, 1)
        }
        guard sent == 1 else { throw StoreError(lastError(name, lost: !isOpen)) }
    }

    /// Hands everything sent so far to the server, without ending the transaction.
    func flushPipeline() throws(StoreError) {
        guard PQsendFlushRequest(connection) == 1, PQflush(connection) == 0 else {
            throw StoreError(lastError("flush pipeline", lost: !isOpen))
        }
    }

    /// Commits what was sent and returns how many rows each of `count` statements changed.
    ///
    /// The first error of the pipeline is thrown after all results are read, so the session can be
    /// used again unless it is lost.
    func finishPipeline(_ count: Int) throws(StoreError) -> [Int] {
        guard PQpipelineSync(connection) == 1 else {
            throw StoreError(lastError("commit pipeline", lost: !isOpen))
        }
        var changed: [Int] = []
        var failure: StoreError?
        for _ in 0..<count {
            do throws(StoreError) {
                changed.append(try checked(PQgetResult(connection), "pipeline").changedRows)
            } catch {
                // Statements after a failed one only report that they were skipped.
                failure = failure ?? error
            }
            if !isOpen { break }
            PQclear(PQgetResult(connection))
        }
        if isOpen {
            do throws(StoreError) {
                _ = try checked(PQgetResult(connection), "commit")
            } catch {
                failure = failure ?? error
            }
            PQexitPipelineMode(connection)
        }
        if let failure { throw failure }
        return changed
    }
}

// MARK: - COPY

extension PostgresConnection {
    /// Streams rows into a table.
    ///
    /// - Parameter target: the table with its list of `columnCount` columns.
    /// - Returns: how many rows were copied.
    @discardableResult
    func copyIn(
        _ target: String, columnCount: Int, _ rows: (inout CopyWriter) throws -> Void
    ) throws -> Int {
        try copyIn(target) { send in
            var writer = CopyWriter(columnCount: columnCount, send: send)
            try rows(&writer)
            writer.finish()
        }
    }

    /// Sends rows that a ``CopyWriter`` has encoded.
    @discardableResult
    func copyIn(_ target: String, encoded: [UInt8]) throws -> Int {
        try copyIn(target) { send in
            encoded.withUnsafeBytes { bytes in
                let step = 1 << 18
                for start in stride(from: 0, to: bytes.count, by: step) {
                    let piece = start..<min(start + step, bytes.count)
                    send(UnsafeRawBufferPointer(rebasing: bytes[piece]))
                }
            }
        }
    }

    private func copyIn(
        _ target: String, _ body: (@escaping (UnsafeRawBufferPointer) -> Void) throws -> Void
    ) throws -> Int {
        let sql = "COPY \(target) FROM STDIN (FORMAT binary)"
        _ = try checked(PQexec(connection, sql), sql)
        var isSent = true
        let connection = connection
        do {
            try body { bytes in
                let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                // After a first failure the rest would only repeat it; the end reports it.
                isSent = isSent && PQputCopyData(connection, start, Int32(bytes.count)) == 1
            }
        } catch {
            PQputCopyEnd(connection, "the rows could not be formed")
            drain()
            throw error
        }
        let ended = PQputCopyEnd(connection, nil) == 1
        guard isSent, ended else {
            let error = lastError(sql, lost: !isOpen)
            drain()
            throw StoreError(error)
        }
        let result = Result { () throws(StoreError) in
            try checked(PQgetResult(connection), sql)
        }
        drain()
        return try result.get().changedRows
    }

    /// Streams rows out of a query, one call of `body` a row.
    func copyOut(_ query: String, _ body: (inout CopyFields) throws -> Void) throws {
        let sql = "COPY (\(query)) TO STDOUT (FORMAT binary)"
        _ = try checked(PQexec(connection, sql), sql)
        var headerSize = 19
        var failure: (any Error)?
        var message: UnsafeMutablePointer<CChar>?
        var length = PQgetCopyData(connection, &message, 0)
        while length > 0 {
            let bytes = UnsafeRawBufferPointer(start: message, count: Int(length))
            let row = UnsafeRawBufferPointer(rebasing: bytes[headerSize...])
            headerSize = 0
            // The trailer is a row of −1 fields.
            if failure == nil, row.count >= 2, row.loadUnaligned(as: UInt16.self) != 0xFFFF {
                var fields = CopyFields(UnsafeRawBufferPointer(rebasing: row[2...]))
                do { try body(&fields) } catch { failure = error }
            }
            PQfreemem(message)
            length = PQgetCopyData(connection, &message, 0)
        }
        let result = Result { () throws(StoreError) in
            try checked(PQgetResult(connection), sql)
        }
        drain()
        if let failure { throw failure }
        _ = try result.get()
    }

    /// Reads away what is left of a command, so that the next one can start.
    private func drain() {
        while let result = PQgetResult(connection) {
            let status = PQresultStatus(result)
            PQclear(result)
            if !isOpen || status == PGRES_COPY_IN { return }
        }
    }
}

// MARK: - Results

/// The rows of one statement; released with the last reference.
package final class QueryResult {
    private let result: OpaquePointer

    fileprivate init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    package var rowCount: Int { Int(PQntuples(result)) }

    /// Rows inserted, updated, deleted or copied.
    var changedRows: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    /// Decodes every row.
    func map<Value>(_ decode: (inout ResultFields) throws -> Value) rethrows -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(rowCount)
        for row in 0..<rowCount {
            var fields = ResultFields(result, row: Int32(row))
            values.append(try decode(&fields))
        }
        return values
    }

    /// Visits every row.
    func visit(_ body: (inout ResultFields) throws -> Void) rethrows {
        for row in 0..<rowCount {
            var fields = ResultFields(result, row: Int32(row))
            try body(&fields)
        }
    }

    /// Decodes the first row, if there is one.
    func first<Value>(_ decode: (inout ResultFields) throws -> Value) rethrows -> Value? {
        guard rowCount > 0 else { return nil }
        var fields = ResultFields(result, row: 0)
        return try decode(&fields)
    }
}

/// One row of a ``QueryResult``; valid while the result is.
struct ResultFields: FieldSource {
    private let result: OpaquePointer
    private let row: Int32
    private var column: Int32 = 0
    var isDamaged = false

    fileprivate init(_ result: OpaquePointer, row: Int32) {
        self.result = result
        self.row = row
    }

    mutating func next() -> UnsafeRawBufferPointer? {
        guard column < PQnfields(result) else {
            isDamaged = true
            return nil
        }
        defer { column += 1 }
        guard PQgetisnull(result, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }
}

/// Whether a server answers at a connection string, without opening a session.
func serverAnswers(at connectionString: String) -> Bool {
    PQping(connectionString) == PQPING_OK
}

/// Calls `body` with a null-terminated array of C strings.
private func withCStrings<Result>(
    _ strings: [String], _ body: ([UnsafePointer<CChar>?]) -> Result
) -> Result {
    func pin(
        _ rest: ArraySlice<String>, _ pinned: [UnsafePointer<CChar>?]
    ) -> Result {
        guard let string = rest.first else { return body(pinned + [nil]) }
        return string.withCString { pin(rest.dropFirst(), pinned + [$0]) }
    }
    return pin(strings[...], [])
}

/// Asks the server to end what a session is doing; any thread may use it.
///
/// `@unchecked Sendable`: libpq never changes a cancel object after it was made, and allows any
/// thread to send its request.
package final class PostgresCancellation: @unchecked Sendable {
    private let handle: OpaquePointer?

    fileprivate init(_ connection: OpaquePointer) {
        handle = PQgetCancel(connection)
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Sends the request and waits until the server has taken it. Whether it has an effect shows
    /// in what the session answers.
    func request() {
        guard let handle else { return }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { complaint in
            _ = PQcancel(handle, complaint.baseAddress, 256)
        }
    }
}

extension PostgresConnection {
    /// A way to end this session's statements from another thread.
    package var cancellation: PostgresCancellation { PostgresCancellation(connection) }
}
