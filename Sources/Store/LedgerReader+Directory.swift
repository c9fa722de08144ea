package import Domain

/// A declared row with what came with its command.
package struct DeclaredRecord<Row: DeclaredRow>: Equatable, Sendable {
    package var row: Row
    /// The attachment of the command that made it, as text; nil when there was none.
    package var details: String?

    init(from source: inout some FieldSource) throws(StoreError) {
        row = try Row(from: &source, details: &details)
    }
}

extension LedgerReader {
    /// All rows of a declared table with their details, in order of their keys.
    ///
    /// - Complexity: O(rows): for tables that stay small.
    package func records<Row: DeclaredRow>(_ type: Row.Type) throws -> [DeclaredRecord<Row>] {
        try connection.query(LedgerTable(type).selectAll).map { try DeclaredRecord(from: &$0) }
    }

    /// Participants with their details behind a number, in order of their numbers.
    ///
    /// - Complexity: O(limit).
    package func participants(
        after: ParticipantID, limit: Int
    ) throws -> [DeclaredRecord<ParticipantRow>] {
        let table = LedgerTable(ParticipantRow.self)
        return try connection.query(
            "SELECT \(table.columnList) FROM \(table.name) WHERE \(table.key) > $1 "
                + "ORDER BY \(table.key) LIMIT $2", [.int8(UInt64(after)), .int8(Int64(limit))]
        ).map { try DeclaredRecord(from: &$0) }
    }

    /// What stands in the log beside the commands of operators, each text once: who gave them.
    ///
    /// - Parameter limit: at most so many texts; behind them the log is read no further.
    /// - Complexity: O(bytes of the log); for the one time that a ledger is raised.
    package func operatorRecords(limit: Int) throws -> Set<[UInt8]> {
        var records: Set<[UInt8]> = []
        var entries = LogReader(connection).entries(from: 1)
        while records.count < limit, let entry = try entries.next() {
            let batch: Batch
            do {
                batch = try Batch(entry, rules: .first)
            } catch {
                throw StoreError(.rowUnreadable, "raft_log \(entry.index): \(error)")
            }
            batch.forEachCommand { _, item in
                guard case .declared(let command, by: _) = item.command,
                    type(of: command).isOperators, let text = batch.attachment(item.attachment)
                else { return }
                records.insert(Array(text))
            }
        }
        return records
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
