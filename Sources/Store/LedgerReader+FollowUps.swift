package import Domain

extension LedgerReader {
    /// What followed a payment.
    ///
    /// - Complexity: O(log rows).
    package func followUp(of payment: PaymentID) throws -> FollowUpRow? {
        try connection.query(
            planned: "SELECT \(columns(FollowUpRow.self)) FROM follow_ups WHERE payment_id = $1",
            [.int8(payment)]
        ).first { try FollowUpRow(from: &$0) }
    }

    /// The returns of a payment in their order, with what came with them.
    ///
    /// - Complexity: O(log rows + its returns), which ``Limits/returnsPerPayment`` bounds.
    package func returns(of payment: PaymentID) throws -> [DeclaredRecord<ReturnRow>] {
        try connection.query(
            planned: """
                SELECT \(columns(ReturnRow.self)) FROM returns WHERE payment_id = $1
                ORDER BY return_id
                """, [.int8(payment)]
        ).map { try DeclaredRecord(from: &$0) }
    }

    /// The payments of those returns that are orders, by their numbers.
    package func orders(
        of returns: [DeclaredRecord<ReturnRow>]
    ) throws -> [PaymentID: PaymentRow] {
        let numbers = returns.map(\.row.order).filter { $0 > 0 }
        guard !numbers.isEmpty else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: try payments(numbers: numbers).map { ($0.row.id, $0.row) })
    }

    /// The return of this bank with this key.
    package func `return`(_ key: UInt128, by returner: ParticipantID) throws -> ReturnRow? {
        try connection.query(
            planned: """
                SELECT \(columns(ReturnRow.self)) FROM returns
                WHERE return_key = $1 AND returner_id = $2
                """,
            [
                .bytea(withUnsafeBytes(of: key.bigEndian) { Array($0) }),
                .int4(Int32(bitPattern: returner)),
            ]
        ).first { try ReturnRow(from: &$0) }
    }

    /// The returns that are orders with these payments.
    ///
    /// - Complexity: O(payments × log returns).
    package func returns(
        byOrders payments: [PaymentID]
    ) throws -> [DeclaredRecord<ReturnRow>] {
        try connection.query(
            planned: """
                SELECT \(columns(ReturnRow.self)) FROM returns
                WHERE order_payment_id = ANY ($1) AND order_payment_id > 0
                """, [.int8Array(payments.map { Int64(bitPattern: $0) })]
        ).map { try DeclaredRecord(from: &$0) }
    }

    package func `case`(_ id: CaseID) throws -> DeclaredRecord<CaseRow>? {
        try connection.query(
            planned: "SELECT \(columns(CaseRow.self)) FROM cases WHERE case_id = $1",
            [.int8(Int64(id))]
        ).first { try DeclaredRecord(from: &$0) }
    }

    /// Cases, newest first.
    ///
    /// - Parameters:
    ///   - parties: whose, as payers or creditors; nil for all.
    ///   - before: the number of the last case of the page before; nil for the first page.
    /// - Complexity: O(parties × (log rows + limit)); of those that are closed as well O(rows until
    ///   the page is full) when only open ones are asked for.
    package func cases(
        of parties: [ParticipantID]?, onlyOpen: Bool, before: CaseID?, limit: Int
    ) throws -> [DeclaredRecord<CaseRow>] {
        let open = onlyOpen ? " AND state IN ('open', 'pending')" : ""
        func newest(_ condition: String) -> String {
            "SELECT case_id FROM cases WHERE \(condition) AND case_id < $1\(open) "
                + "ORDER BY case_id DESC LIMIT $2"
        }
        var parameters: [Parameter] = [.int8(Int64(before ?? .max)), .int8(Int64(limit))]
        var numbers = newest("true")
        if let parties {
            parameters.append(.int8Array(parties.map(Int64.init)))
            numbers = """
                SELECT number FROM unnest($3) AS party CROSS JOIN LATERAL (
                    (\(newest("payer_id = party"))) UNION ALL (\(newest("creditor_id = party")))
                ) AS own (number)
                """
        }
        return try connection.query(
            planned: """
                SELECT \(columns(CaseRow.self)) FROM cases WHERE case_id = ANY (ARRAY(\(numbers)))
                ORDER BY case_id DESC LIMIT $2
                """, parameters
        ).map { try DeclaredRecord(from: &$0) }
    }

    /// Of returns: that they are orders which can still bring something.
    private static var isOpenOrder: String {
        "order_payment_id > 0 AND order_payment_id IN (SELECT payment_id FROM open_payments)"
    }

    private func columns<Row: DeclaredRow>(_ type: Row.Type) -> String {
        LedgerTable(type).columnList
    }

    /// What an engine starts from: what changed in the last batches, and what is open.
    func loadFollowUps(into image: inout LedgerImage) throws {
        let last = image.position.logIndex
        let forgotten = last - min(last, UInt64(Limits.finalBatches))
        image.declared[FollowUpRow.self] = try connection.query(
            """
            SELECT \(columns(FollowUpRow.self)) FROM follow_ups
            WHERE changed_in > $1 OR case_state IN ('open', 'pending')
                OR payment_id IN (SELECT payment_id FROM returns WHERE \(Self.isOpenOrder))
            """, [.int8(forgotten)]
        ).map { try FollowUpRow(from: &$0) }
        let recent: [ReturnRow] = try recent("return_id", image.position)
        let known = Set(recent.map(\.id))
        let open = try connection.query(
            "SELECT \(columns(ReturnRow.self)) FROM returns WHERE \(Self.isOpenOrder)"
        ).map { try ReturnRow(from: &$0) }
        image.declared[ReturnRow.self] = recent + open.filter { !known.contains($0.id) }
        image.declared[CaseRow.self] = try connection.query(
            """
            SELECT \(columns(CaseRow.self)) FROM cases
            WHERE state IN ('open', 'pending') OR case_id = (SELECT max(case_id) FROM cases)
            """
        ).map { try CaseRow(from: &$0) }
    }
}
