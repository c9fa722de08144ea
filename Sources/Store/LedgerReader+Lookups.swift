package import Domain

/// A payment as the tables show it, with what its payer may ask of it.
package struct LookedUpPayment: Sendable {
    package let record: PaymentRecord
    /// All of its fills in their order, unless there are more than ``mostFills``.
    package let fills: [PaymentFill]
    /// Something followed it, which stands in rows of its own.
    package let hasFollowUp: Bool

    /// Fills read with a payment; one of more is read page by page.
    package static let mostFills = 200

    package var hasAllFills: Bool { fills.count <= LookedUpPayment.mostFills }
}

/// The payments with one UETR, the oldest first, as of one moment.
package struct LookedUpPayments: Sendable {
    package var payments: [LookedUpPayment] = []
    /// The last batch that the tables showed; 0 when there are no payments.
    package var logIndex: UInt64 = 0
    /// Details that are to be erased may still be there.
    package var isErasing = false
}

extension LedgerReader {
    /// UETRs in one look-up, at most.
    package static let lookedUpTogether = 32

    /// The payments with these UETRs and their fills, in one statement and so of one moment.
    ///
    /// - Parameter uetrs: some, and at most ``lookedUpTogether``.
    /// - Complexity: O(UETRs × (segments × log segment + fills of a payment and its neighbours)).
    package func lookUp(_ uetrs: [UETR]) throws -> [UETR: LookedUpPayments] {
        guard let first = uetrs.first else { return [:] }
        require(uetrs.count <= LedgerReader.lookedUpTogether, "as many as one statement takes")
        var found: [UETR: LookedUpPayments] = [:]
        // Always as many: for fewer PostgreSQL would make a new plan each time, which costs four
        // times what they take.
        let missing = LedgerReader.lookedUpTogether - uetrs.count
        let asked = uetrs.map(\.bits) + repeatElement(first.bits, count: missing)
        try connection.query(planned: Self.lookUpStatement, [.uuidArray(asked)])
            .visit { row in
                let record = try PaymentRecord(shown: &row)
                var payments = found[record.row.uetr] ?? LookedUpPayments()
                payments.logIndex = row.int8AsUnsigned()
                payments.isErasing = row.boolean()
                let hasFollowUp = row.boolean()
                let fills = PaymentFill.columns(from: &row, of: record.row.side)
                try row.check("payments")
                payments.payments.append(
                    LookedUpPayment(record: record, fills: fills, hasFollowUp: hasFollowUp))
                found[record.row.uetr] = payments
            }
        return found
    }

    /// Fills are found as in ``fills(of:after:limit:)``. Owners of lists are 32 bits of a number.
    private static let lookUpStatement = """
        SELECT \(shownColumns), (SELECT log_index FROM applied),
            coalesce(
                (SELECT max(erasure_id) FROM erasures) > (SELECT erasure_id FROM erased), false),
            EXISTS (SELECT FROM follow_ups WHERE follow_ups.payment_id = payment.payment_id),
            own.ids, own.times, own.rates, own.renminbi, own.foreigns, own.renminbi_fees,
            own.foreign_fees
        FROM payment_records AS payment \(shownDate) CROSS JOIN LATERAL (
            SELECT array_agg(number) AS ids, array_agg(timestamp_ns) AS times,
                array_agg(rate) AS rates, array_agg(renminbi_amount) AS renminbi,
                array_agg(foreign_amount) AS foreigns, array_agg(renminbi_fee) AS renminbi_fees,
                array_agg(foreign_fee) AS foreign_fees
            FROM (
                SELECT number, timestamp_ns[place], rate[place], renminbi_amount[place],
                    foreign_amount[place], renminbi_fee[place], foreign_fee[place]
                FROM (
                    SELECT payment.first_fill WHERE payment.first_fill IS NOT NULL
                    UNION
                    SELECT first_row + distance FROM (
                        SELECT first_row, offsets FROM row_lists
                        WHERE list = \(RowList.payment.rawValue)
                            AND owner = \(owner("payment.payment_id"))
                        ORDER BY first_row LIMIT \(LookedUpPayment.mostFills + 1)
                    ) AS lists CROSS JOIN LATERAL unnest(offsets) AS distance
                    UNION
                    SELECT first_row + distance
                    FROM row_lists CROSS JOIN LATERAL unnest(offsets) AS distance
                    WHERE list = \(RowList.neighbours.rawValue)
                        AND owner = \(owner("payment.payment_id >> \(Neighbours.bits)"))
                ) AS listed (number)
                CROSS JOIN LATERAL (
                    SELECT *, (number - first_fill + 1)::integer AS place FROM fill_rows
                    WHERE last_fill >= number ORDER BY last_fill LIMIT 1
                ) AS fills
                WHERE payment.payment_id IN (renminbi_payment[place], foreign_payment[place])
                ORDER BY number LIMIT \(LookedUpPayment.mostFills + 1)
            ) AS fill
        ) AS own
        WHERE uetr = ANY ($1) ORDER BY payment_id
        """

    private static func owner(_ number: String) -> String {
        "((\(number)) << 32 >> 32)::integer"
    }
}

extension PaymentFill {
    /// Reads seven arrays, which are null where there are no fills.
    fileprivate static func columns(
        from row: inout some FieldSource, of side: Side
    ) -> [PaymentFill] {
        let columns = (0..<7).map { _ in row.optionalArray(of: Int64.self) ?? [] }
        guard columns.allSatisfy({ $0.count == columns[0].count }) else {
            row.isDamaged = true
            return []
        }
        let paysRenminbi = side == .payRenminbi
        return columns[0].indices.map { place in
            PaymentFill(
                id: FillID(bitPattern: columns[0][place]), timestamp: columns[1][place],
                rate: Rate(scaled: columns[2][place]),
                paid: columns[paysRenminbi ? 3 : 4][place],
                received: columns[paysRenminbi ? 4 : 3][place],
                fee: columns[paysRenminbi ? 5 : 6][place])
        }
    }

    /// A fill as the payment on this side may see it.
    package init(_ fill: FillRow, seenBy side: Side) {
        let paysRenminbi = side == .payRenminbi
        self.init(
            id: fill.id, timestamp: fill.timestamp, rate: fill.rate,
            paid: paysRenminbi ? fill.renminbiAmount : fill.foreignAmount,
            received: paysRenminbi ? fill.foreignAmount : fill.renminbiAmount,
            fee: paysRenminbi ? fill.renminbiFee : fill.foreignFee)
    }
}
