package import Domain

extension LedgerReader {
    /// - Complexity: O(log statements).
    package func agentStatement(
        _ id: AgentStatementID
    ) throws -> DeclaredRecord<AgentStatementRow>? {
        try connection.query(
            planned: "SELECT \(Self.columns) FROM agent_statements WHERE statement_id = $1",
            [.int8(Int64(id))]
        ).first { try DeclaredRecord(from: &$0) }
    }

    /// Statements, newest first.
    ///
    /// - Parameters:
    ///   - account: only those of this one; nil for all.
    ///   - state: only these; nil for all.
    ///   - before: the number of the last one of the page before; nil for the first page.
    /// - Complexity: O(log statements + limit) of one account, of one state, and of all; of both
    ///   O(statements of the account until the page is full).
    package func agentStatements(
        of account: (nostro: NostroID, currency: Currency)?, _ state: AgentStatementState?,
        before: AgentStatementID?, limit: Int
    ) throws -> [DeclaredRecord<AgentStatementRow>] {
        var condition = "statement_id < $1"
        var parameters: [Parameter] = [.int8(before.map(Int64.init) ?? .max), .int8(Int64(limit))]
        if let account {
            condition += " AND nostro_id = $3 AND currency = $4"
            parameters += [.int8(Int64(account.nostro)), .text(account.currency.code)]
        }
        if let state { condition += " AND state = '\(state.word)'" }
        return try connection.query(
            planned: """
                SELECT \(Self.columns) FROM agent_statements WHERE \(condition)
                ORDER BY statement_id DESC LIMIT $2
                """, parameters
        ).map { try DeclaredRecord(from: &$0) }
    }

    /// The one of the same account that was taken and covers the latest dates before a statement's.
    ///
    /// - Complexity: O(log statements).
    package func agentStatement(
        before row: AgentStatementRow
    ) throws -> AgentStatementRow? {
        try taken(row, "last_date < $3", row.first, "DESC").first
    }

    /// The one of the same account that was taken and covers the earliest dates behind a
    /// statement's.
    ///
    /// - Complexity: O(log statements).
    package func agentStatement(
        behind row: AgentStatementRow
    ) throws -> AgentStatementRow? {
        try taken(row, "first_date > $3", row.last, "ASC").first
    }

    /// The last one of the same account that was taken and covers days of a statement.
    ///
    /// - Complexity: O(log statements).
    package func agentStatement(
        overlapping row: AgentStatementRow
    ) throws -> AgentStatementRow? {
        try taken(row, "first_date <= $3", row.last, "DESC").first { $0.overlaps(row) }
    }

    /// The first one in this order of the same account that was taken.
    private func taken(
        _ row: AgentStatementRow, _ condition: String, _ date: CivilDate, _ order: String
    ) throws -> [AgentStatementRow] {
        try connection.query(
            planned: """
                SELECT \(Self.columns) FROM agent_statements
                WHERE nostro_id = $1 AND currency = $2 AND state = 'taken' AND \(condition)
                ORDER BY first_date \(order) LIMIT 1
                """,
            [.int8(Int64(row.nostro)), .text(row.currency.code), .text(date.description)]
        ).map { try AgentStatementRow(from: &$0) }
    }

    /// What is received or taken and was begun by the same bytes for the same account.
    ///
    /// - Complexity: O(log statements).
    package func agentStatement(sameAs row: AgentStatementRow) throws -> AgentStatementRow? {
        try counting(row, "digest = $3", row.digest).first
    }

    /// What is received or taken and has the same name in the same year.
    ///
    /// - Complexity: O(log statements + those of the name).
    package func agentStatement(namedAs row: AgentStatementRow) throws -> AgentStatementRow? {
        try counting(row, "identity = $3", row.identity).first {
            $0.last.parts.year == row.last.parts.year
        }
    }

    private func counting(
        _ row: AgentStatementRow, _ condition: String, _ digest: RowsDigest
    ) throws -> [AgentStatementRow] {
        let bytes = withUnsafeBytes(of: digest.bits.bigEndian) { Array($0) }
        return try connection.query(
            planned: """
                SELECT \(Self.columns) FROM agent_statements
                WHERE nostro_id = $1 AND currency = $2 AND \(condition) AND state <> 'abandoned'
                """, [.int8(Int64(row.nostro)), .text(row.currency.code), .bytea(bytes)]
        ).map { try AgentStatementRow(from: &$0) }
    }

    /// R23.7 The last date through which an account's statements follow one another without gap and
    /// difference; nil where there is none.
    ///
    /// - Complexity: O(log statements).
    package func provenThrough(_ nostro: NostroID, _ currency: Currency) throws -> CivilDate? {
        let rows = try connection.query(
            planned: """
                SELECT \(Self.columns) FROM agent_statements
                WHERE nostro_id = $1 AND currency = $2 AND state = 'taken'
                    AND first_date < coalesce((
                        SELECT min(first_date) FROM agent_statements
                        WHERE nostro_id = $1 AND currency = $2 AND state = 'taken'
                            AND (gap <> 0 OR difference <> 0)), '9')
                ORDER BY first_date DESC LIMIT 1
                """, [.int8(Int64(nostro)), .text(currency.code)]
        ).map { try AgentStatementRow(from: &$0) }
        return rows.first?.last
    }

    /// Why a statement was taken as an exception, as it came with the command.
    package func exception(
        of id: AgentStatementID
    ) throws -> DeclaredRecord<AgentStatementExceptionRow>? {
        let columns = LedgerTable(AgentStatementExceptionRow.self).columnList
        return try connection.query(
            planned: "SELECT \(columns) FROM agent_statement_exceptions WHERE statement_id = $1",
            [.int8(Int64(id))]
        ).first { try DeclaredRecord(from: &$0) }
    }

    /// Lines of a statement in their order, behind a position.
    ///
    /// - Complexity: O(log lines + limit).
    package func agentStatementLines(
        of id: AgentStatementID, after position: UInt32, limit: Int
    ) throws -> [DeclaredRecord<AgentStatementLineRow>] {
        let key = { (position: UInt32) in
            Parameter.int8(Int64(bitPattern: AgentStatementLineRow.id(position, of: id)))
        }
        return try connection.query(
            planned: """
                SELECT \(Self.lineColumns) FROM agent_statement_lines
                WHERE line_id > $1 AND line_id <= $2 ORDER BY line_id LIMIT $3
                """, [key(position), key(.max), .int8(Int64(limit))]
        ).map { try DeclaredRecord(from: &$0) }
    }

    /// What an engine starts from: the open lines of what is received or taken.
    func loadAgentStatements(into image: inout LedgerImage) throws {
        var rows: [AgentStatementLineRow] = []
        try connection.copyOut(
            """
            SELECT \(Self.lineColumns) FROM agent_statement_lines
            WHERE state = 'open' AND line_id >> 32 NOT IN
                (SELECT statement_id FROM agent_statements WHERE state = 'abandoned')
            """
        ) { rows.append(try AgentStatementLineRow(from: &$0)) }
        image.declared[AgentStatementLineRow.self] = rows
    }

    private static var columns: String { LedgerTable(AgentStatementRow.self).columnList }
    private static var lineColumns: String { LedgerTable(AgentStatementLineRow.self).columnList }
}
