package import Domain

/// A payment as it stands, with what came with its order.
package struct PaymentRecord: Equatable, Sendable {
    package var row: PaymentRow
    /// The order's attachment as text, usually JSON; nil when there was none.
    package var details: String?
    /// The settlement date that it states, and what became of it; when funds are held it does not
    /// say.
    package var date: DatedPaymentRow?
}

/// A fill as one of its two payments may see it: nothing of the other one.
package struct PaymentFill: Equatable, Sendable {
    package var id: FillID
    package var timestamp: Timestamp
    package var rate: Rate
    /// Minor units of the pay currency, without the fee.
    package var paid: Int64
    /// Minor units of the receive currency.
    package var received: Int64
    /// Minor units of the pay currency.
    package var fee: Int64

    package init(
        id: FillID, timestamp: Timestamp, rate: Rate, paid: Int64, received: Int64, fee: Int64
    ) {
        self.id = id
        self.timestamp = timestamp
        self.rate = rate
        self.paid = paid
        self.received = received
        self.fee = fee
    }
}

/// Which payments a list shows; nil fields do not restrict.
package struct PaymentFilter: Equatable, Sendable {
    package var status: PaymentStatus?
    /// Only orders that can still change.
    package var onlyOpen: Bool
    /// The corridor, by its foreign currency.
    package var foreign: Currency?
    /// Accepted at this time or later.
    package var acceptedFrom: Timestamp?
    /// Accepted before this time.
    package var acceptedBefore: Timestamp?

    package init(
        status: PaymentStatus? = nil, onlyOpen: Bool = false, foreign: Currency? = nil,
        acceptedFrom: Timestamp? = nil, acceptedBefore: Timestamp? = nil
    ) {
        self.status = status
        self.onlyOpen = onlyOpen
        self.foreign = foreign
        self.acceptedFrom = acceptedFrom
        self.acceptedBefore = acceptedBefore
    }

    /// Whether a payment can fail it, besides by its time or for having ended.
    var hasTerms: Bool { status != nil || foreign != nil }
}

/// Some of the payments of a list.
package struct PaymentPage: Equatable, Sendable {
    package var payments: [PaymentRecord] = []
    /// What the next page takes as `before`; nil when this is the last one.
    package var next: PaymentID?
}

extension LedgerReader {
    /// The payments with this UETR, the oldest first: as many as banks that pay under it.
    ///
    /// - Complexity: O(segments × log segment), a segment being 2^20 payments on record.
    package func payments(_ uetr: UETR) throws -> [PaymentRecord] {
        try connection.query(
            planned: """
                SELECT \(Self.shownColumns) FROM payment_records AS payment \(Self.shownDate)
                WHERE uetr = $1 ORDER BY payment_id
                """, [.uuid(uetr.bits)]
        ).map { try PaymentRecord(shown: &$0) }
    }

    /// The payments with these UETRs, as far as they are on record, in any order.
    ///
    /// - Complexity: O(UETRs × segments × log segment), in one query.
    package func payments(uetrs: [UETR]) throws -> [PaymentRecord] {
        guard !uetrs.isEmpty else { return [] }
        return try connection.query(
            planned: """
                SELECT \(LedgerTable.payments.columnList) FROM payment_records
                WHERE uetr = ANY ($1)
                """, [.uuidArray(uetrs.map(\.bits))]
        ).map { try PaymentRecord(from: &$0) }
    }

    /// The attempts on record at payments with these UETRs, in any order.
    ///
    /// - Complexity: O(UETRs × log attempts), in one query.
    package func attempts(uetrs: [UETR]) throws -> [AttemptRow] {
        guard !uetrs.isEmpty else { return [] }
        let table = LedgerTable(AttemptRow.self)
        return try connection.query(
            planned: "SELECT \(table.columnList) FROM attempts WHERE uetr = ANY ($1)",
            [.uuidArray(uetrs.map(\.bits))]
        ).map { try AttemptRow(from: &$0) }
    }

    /// The operators' commands on record with these identifications, in any order.
    ///
    /// - Complexity: O(identifications × log commands), in one query.
    package func operatorCommands(_ identifications: [UETR]) throws -> [OperatorCommandRow] {
        guard !identifications.isEmpty else { return [] }
        let table = LedgerTable(OperatorCommandRow.self)
        return try connection.query(
            planned: """
                SELECT \(table.columnList) FROM operator_commands WHERE command_id = ANY ($1)
                """, [.uuidArray(identifications.map(\.bits))]
        ).map { try OperatorCommandRow(from: &$0) }
    }

    /// Payments, newest first.
    ///
    /// - Parameters:
    ///   - before: ``PaymentPage/next`` of the page before; nil for the first page. Payments that
    ///     arrive meanwhile never shift a page.
    ///   - limit: at most so many. A page can be shorter, even empty, and not be the last one: when
    ///     32,768 payments, or a whole segment of all, did not fill it.
    /// - Complexity: O(log payments + payments walked): a participant's own ones, or all, in the
    ///   stated span of time; of open ones as many as there are.
    package func payments(
        _ list: PaymentList, _ filter: PaymentFilter = PaymentFilter(), before: PaymentID? = nil,
        limit: Int
    ) throws -> PaymentPage {
        var span = PaymentSpan(
            above: try filter.acceptedFrom.map { try mark(before: $0).payments } ?? 0,
            below: min(before ?? .max, try position().paymentCount + 1))
        if let end = filter.acceptedBefore {
            span.below = min(span.below, try mark(before: end).payments + 1)
        }
        switch (list, filter.onlyOpen) {
        case (.paid(let payer), false):
            return try payments(in: span, filter, .payer, of: payer, limit: limit)
        case (.received(let payee), false):
            return try payments(in: span, filter, .creditor, of: payee, limit: limit)
        case (.paid(let payer), true):
            return try openPayments(in: span, filter, ("payer_id", payer), limit: limit)
        case (.received(let payee), true):
            return try openPayments(in: span, filter, ("creditor_id", payee), limit: limit)
        case (.all, true): return try openPayments(in: span, filter, nil, limit: limit)
        case (.all, false): return try allPayments(in: span, filter, limit: limit)
        }
    }

    /// Walks a participant's list.
    private func payments(
        in span: PaymentSpan, _ filter: PaymentFilter, _ list: RowList,
        of participant: ParticipantID, limit: Int
    ) throws -> PaymentPage {
        // With a filter a page may need many candidates.
        var chunk = filter.hasTerms ? max(limit + 1, 500) : limit + 1
        return try walk(span, limit) { below, wanted in
            let numbers = try listed(
                list, of: participant, above: span.above, below: below, limit: chunk)
            guard let oldest = numbers.last else { return nil }
            let found = try payments(numbered: numbers, filter, limit: wanted)
            let isLast = numbers.count < chunk
            chunk = min(chunk * 2, 4_096)
            return WalkedPayments(
                found: found, walked: numbers.count, below: isLast ? nil : oldest)
        }
    }

    /// Walks all payments by number: those of a page, or with terms to fulfil a segment as it lies.
    private func allPayments(
        in span: PaymentSpan, _ filter: PaymentFilter, limit: Int
    ) throws -> PaymentPage {
        // With terms the newest ones may do; if not, a segment is read.
        var chunk = UInt64(filter.hasTerms ? max(limit + 1, 500) : limit + 1)
        return try walk(span, limit) { below, wanted in
            guard below > span.above + 1 else { return nil }
            let first = span.above + 1
            var lowest = max(first, below - min(below, chunk))
            let found: [PaymentRecord]
            if filter.hasTerms, chunk > 4_096 {
                lowest = max(first, PaymentSegment(of: below - 1).start)
                var query = PaymentQuery(filter)
                query.restrict("payment_id >= %", .int8(lowest))
                query.restrict("payment_id < %", .int8(below))
                found = try run(query, "payment_records", limit: wanted)
            } else {
                let numbers = (lowest..<below).reversed()
                found = try payments(numbered: Array(numbers), filter, limit: wanted)
                chunk *= 2
            }
            return WalkedPayments(
                found: found, walked: Int(below - lowest), below: lowest > first ? lowest : nil)
        }
    }

    /// The payments with these numbers, which descend, as far as they pass the filter.
    ///
    /// - Complexity: O(numbers × (log batches + log segment)).
    func payments(
        numbered numbers: [PaymentID], _ filter: PaymentFilter, limit: Int
    ) throws -> [PaymentRecord] {
        var found: [PaymentRecord] = []
        for part in PaymentSegment.parts(of: numbers) where found.count < limit {
            var query = PaymentQuery(filter)
            query.restrict("uetr = ANY (%)", .uuidArray(try uetrs(of: part).map(\.bits)))
            // A UETR leads to the payments of all banks that pay under it.
            query.restrict(
                "payment_id = ANY (%)", .int8Array(part.map { Int64(bitPattern: $0) }))
            // The bounds name the segment.
            query.restrict("payment_id >= %", .int8(part[part.endIndex - 1]))
            query.restrict("payment_id <= %", .int8(part[part.startIndex]))
            let rows = try run(query, "payment_records", limit: limit - found.count)
            guard filter.hasTerms || rows.count == min(part.count, limit - found.count) else {
                throw StoreError(
                    .rowUnreadable, "Numbers do not lead to all payments; see table batches.")
            }
            found += rows
        }
        return found
    }

    /// Takes steps until the page is full, the walk is at its end or long enough.
    ///
    /// - Parameter step: walks on below a number and finds at most so many payments; nil when there
    ///   is nothing below.
    private func walk(
        _ span: PaymentSpan, _ limit: Int,
        _ step: (_ below: PaymentID, _ wanted: Int) throws -> WalkedPayments?
    ) throws -> PaymentPage {
        var page = PaymentPage()
        var below = span.below
        var walked = 0
        while walked < mostWalked {
            // One more than fits shows that the page is not the last one.
            let wanted = limit + 1 - page.payments.count
            guard let part = try step(below, wanted) else { return page }
            page.payments += part.found
            if page.payments.count > limit {
                page.payments.removeLast()
                page.next = page.payments.last?.row.id
                return page
            }
            guard let lowest = part.below else { return page }
            below = lowest
            walked += part.walked
        }
        page.next = below
        return page
    }

    /// The open ones, which are not many.
    private func openPayments(
        in span: PaymentSpan, _ filter: PaymentFilter,
        _ party: (column: String, id: ParticipantID)?, limit: Int
    ) throws -> PaymentPage {
        var query = PaymentQuery(filter)
        if let party { query.restrict("\(party.column) = %", .int4(Int32(bitPattern: party.id))) }
        query.restrict("payment_id > %", .int8(span.above))
        query.restrict("payment_id < %", .int8(span.below))
        var page = PaymentPage(payments: try run(query, "open_payments", limit: limit + 1))
        if page.payments.count > limit {
            page.payments.removeLast()
            page.next = page.payments.last?.row.id
        }
        return page
    }

    private func run(
        _ query: PaymentQuery, _ source: String, limit: Int
    ) throws -> [PaymentRecord] {
        try connection.query(
            planned: """
                SELECT \(Self.shownColumns) FROM \(source) AS payment \(Self.shownDate)
                WHERE \(query.conditions.joined(separator: " AND "))
                ORDER BY payment_id DESC
                LIMIT $\(query.parameters.count + 1)
                """, query.parameters + [.int8(Int64(limit))]
        ).map { try PaymentRecord(shown: &$0) }
    }

    /// The fills of a payment in their order, from its own point of view.
    ///
    /// - Parameters:
    ///   - payment: its number and side say which half of a fill it may see.
    ///   - after: the last fill of the page before; 0 for the first page.
    /// - Complexity: O(log rows + fills of the payment).
    package func fills(
        of payment: PaymentRow, after: FillID = 0, limit: Int
    ) throws -> [PaymentFill] {
        let gaveRenminbi = payment.side == .payRenminbi
        let key = gaveRenminbi ? "renminbi_payment" : "foreign_payment"
        let columns =
            gaveRenminbi
            ? "renminbi_amount[place], foreign_amount[place], renminbi_fee[place]"
            : "foreign_amount[place], renminbi_amount[place], foreign_fee[place]"
        // A payment's first fill stands in its row, the others in its list or its neighbours'.
        return try connection.query(
            planned: """
                SELECT number, timestamp_ns[place], rate[place], \(columns)
                FROM (
                    SELECT first_fill FROM payment_records
                    WHERE uetr = $6 AND payment_id = $1 AND first_fill IS NOT NULL
                    UNION
                    SELECT first_row + distance FROM (
                        SELECT first_row, offsets FROM row_lists
                        WHERE list = \(RowList.payment.rawValue) AND owner = $2 AND last_row > $4
                        ORDER BY first_row LIMIT $5
                    ) AS own CROSS JOIN LATERAL unnest(offsets) AS distance
                    UNION
                    SELECT first_row + distance
                    FROM row_lists CROSS JOIN LATERAL unnest(offsets) AS distance
                    WHERE list = \(RowList.neighbours.rawValue) AND owner = $3
                ) AS listed (number)
                CROSS JOIN LATERAL (
                    SELECT *, (number - first_fill + 1)::integer AS place FROM fill_rows
                    WHERE last_fill >= number ORDER BY last_fill LIMIT 1
                ) AS fills
                WHERE number > $4 AND \(key)[place] = $1
                ORDER BY number LIMIT $5
                """,
            [
                .int8(payment.id), .int4(Int32(truncatingIfNeeded: payment.id)),
                .int4(Int32(bitPattern: Neighbours.owner(of: payment.id))), .int8(after),
                .int8(Int64(limit)), .uuid(payment.uetr.bits),
            ]
        ).map { row in
            let fill = PaymentFill(
                id: row.int8AsUnsigned(), timestamp: row.integer(),
                rate: Rate(scaled: row.integer()), paid: row.integer(), received: row.integer(),
                fee: row.integer())
            try row.check("fills")
            return fill
        }
    }

    /// Whole fill rows in their order: for operators and supervisors, who may see both sides.
    package func fills(after: FillID = 0, limit: Int) throws -> [FillRow] {
        try connection.query(
            """
            SELECT \(LedgerTable.fills.columnList)
            FROM fill_records_of(ARRAY(SELECT generate_series($1 + 1, $1 + $2))) ORDER BY fill_id
            """, [.int8(after), .int8(Int64(limit))]
        ).map { try FillRow(from: &$0) }
    }
}

/// One step of a walk.
private struct WalkedPayments {
    var found: [PaymentRecord]
    /// Payments looked at.
    var walked: Int
    /// Where the walk goes on; nil at its end.
    var below: PaymentID?
}

/// Numbers of payments between two bounds, both left out.
private struct PaymentSpan {
    var above: PaymentID
    var below: PaymentID
}

/// The conditions of a query over payments. Only those that apply are spelled out, so that the
/// planner sees the right index.
private struct PaymentQuery {
    var conditions: [String] = []
    var parameters: [Parameter] = []

    init(_ filter: PaymentFilter) {
        if let status = filter.status {
            restrict("codes & 255 = %", .int8(Int64(status.rawValue)))
        }
        if let foreign = filter.foreign {
            restrict("codes >> 16 & 255 = %", .int8(Int64(foreign.rawValue)))
        }
    }

    /// - Parameter condition: with `%` in the place of the parameter.
    mutating func restrict(_ condition: String, _ parameter: Parameter) {
        parameters.append(parameter)
        conditions.append(
            condition.split(separator: "%", omittingEmptySubsequences: false)
                .joined(separator: "$\(parameters.count)"))
    }
}

extension PaymentRecord {
    init(from row: inout some FieldSource) throws(StoreError) {
        self.row = try PaymentRow(from: &row)
        details = row.optionalText()
    }

    /// With its date, behind the columns of the payment.
    init(shown row: inout some FieldSource) throws(StoreError) {
        try self.init(from: &row)
        date = DatedPaymentRow.shown(with: self.row, from: &row)
        try row.check("dated_payments")
    }
}
