package import Domain

/// Where a page of withdrawals ends.
package struct WithdrawalToken: Equatable, Sendable {
    package var requestedAt: Timestamp
    package var reference: UETR

    package init(requestedAt: Timestamp, reference: UETR) {
        self.requestedAt = requestedAt
        self.reference = reference
    }
}

extension LedgerReader {
    /// The withdrawal with this reference.
    package func withdrawal(_ reference: UETR) throws -> DeclaredRecord<WithdrawalRow>? {
        try connection.query(
            "SELECT \(Self.columns) FROM withdrawals WHERE reference = $1",
            [.uuid(reference.bits)]
        ).first { try DeclaredRecord(from: &$0) }
    }

    /// Withdrawals, those that were asked for last first.
    ///
    /// - Parameters:
    ///   - accounts: from which; nil for all.
    ///   - states: only these, one at least; nil for all.
    ///   - before: the last one of the page before; nil for the first page.
    /// - Complexity: O(accounts × (log rows + limit)) of all and of those under way; of confirmed
    ///   or reversed ones alone O(rows until the page is full).
    package func withdrawals(
        of accounts: [AccountID]?, _ states: [WithdrawalState]?, before: WithdrawalToken?,
        limit: Int
    ) throws -> [DeclaredRecord<WithdrawalRow>] {
        let words = states?.map { "'\($0.word)'" }.joined(separator: ", ")
        // As the partial index has it, so that the planner sees that it holds them all.
        let isUnderWay = states?.allSatisfy(\.holds) ?? false
        let underWay = isUnderWay ? " AND state IN ('requested', 'ordered')" : ""
        let state = words.map { "\(underWay) AND state IN (\($0))" } ?? ""
        func newest(_ condition: String) -> String {
            """
            SELECT reference FROM withdrawals
            WHERE \(condition)\(state) AND (requested_ns, reference) < ($1, $2)
            ORDER BY requested_ns DESC, reference DESC LIMIT $3
            """
        }
        var parameters: [Parameter] = [
            .int8(before?.requestedAt ?? .max), .uuid(before?.reference.bits ?? .max),
            .int8(Int64(limit)),
        ]
        var references = newest("true")
        if let accounts {
            parameters.append(.int8Array(accounts.map(Int64.init)))
            references = """
                SELECT own.reference FROM unnest($4) AS account CROSS JOIN LATERAL (
                    \(newest("account_id = account"))) AS own
                """
        }
        return try connection.query(
            planned: """
                SELECT \(Self.columns) FROM withdrawals
                WHERE reference = ANY (ARRAY(\(references)))
                ORDER BY requested_ns DESC, reference DESC LIMIT $3
                """, parameters
        ).map { try DeclaredRecord(from: &$0) }
    }

    private static var columns: String { LedgerTable(WithdrawalRow.self).columnList }
}
