package import Domain

extension LedgerReader {
    /// The settlement dates that these payments state, in any order; of most there is none.
    ///
    /// - Complexity: O(payments × log dates), in one query.
    package func dates(of payments: [PaymentID]) throws -> [DatedPaymentRow] {
        guard !payments.isEmpty else { return [] }
        return try connection.query(
            planned: """
                SELECT \(Self.dateColumns) FROM dated_payments WHERE payment_id = ANY ($1)
                """, [.int8Array(payments.map { Int64(bitPattern: $0) })]
        ).map { try DatedPaymentRow(from: &$0) }
    }

    /// What an engine starts from: the dates of the payments that it knows.
    ///
    /// - Parameters:
    ///   - old: the last payment that was on record when the oldest batch in its memory began.
    ///   - ended: payments up to that one that have ended since.
    func loadDates(
        into image: inout LedgerImage, after old: PaymentID, and ended: [PaymentID]
    ) throws {
        var rows: [DatedPaymentRow] = try connection.query(
            "SELECT \(Self.dateColumns) FROM dated_payments WHERE payment_id > $1",
            [.int8(Int64(bitPattern: old))]
        ).map { try DatedPaymentRow(from: &$0) }
        rows += try connection.query(
            """
            SELECT \(Self.dateColumns) FROM open_payments JOIN dated_payments USING (payment_id)
            WHERE payment_id <= $1
            """, [.int8(Int64(bitPattern: old))]
        ).map { try DatedPaymentRow(from: &$0) }
        rows += try dates(of: ended)
        if !rows.isEmpty {
            image.declared[DatedPaymentRow.self] = rows.sorted { $0.payment < $1.payment }
        }
    }

    private static var dateColumns: String { LedgerTable(DatedPaymentRow.self).columnList }

    /// What follows the columns of a payment where its date is shown with it.
    static let shownDate = """
        LEFT JOIN LATERAL (
            SELECT date, state, code FROM dated_payments
            WHERE dated_payments.payment_id = payment.payment_id
        ) AS dated ON true
        """
    /// Those of a payment, and behind them those of its date.
    static let shownColumns =
        LedgerTable.payments.columns.map { "payment.\($0)" }.joined(separator: ", ")
        + ", dated.date, dated.state, dated.code"
}

extension DatedPaymentRow {
    /// Reads the columns of ``LedgerReader/shownDate``; nil where the payment states no date.
    static func shown(
        with payment: PaymentRow, from row: inout some FieldSource
    ) -> DatedPaymentRow? {
        let (date, state, code) = (row.optionalText(), row.optionalText(), row.optionalText())
        guard let date else { return nil }
        guard let date = CivilDate(date), let state = DatedState(text: state),
            let code = ResultCode(text: code)
        else {
            row.isDamaged = true
            return nil
        }
        return DatedPaymentRow(
            payment.id, payment.foreign, date, .atAcceptance, state, code: code)
    }
}
