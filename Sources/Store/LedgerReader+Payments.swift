public import Domain

/// A payment as it stands, with what came with its order.
public struct PaymentRecord: Equatable, Sendable {
    public var row: PaymentRow
    /// The order's attachment as text, usually JSON; nil when there was none.
    public var details: String?
}

/// A fill as one of its two payments may see it: nothing of the other one.
public struct PaymentFill: Equatable, Sendable {
    public var id: FillID
    public var timestamp: Timestamp
    public var rate: Rate
    /// Minor units of the pay currency, without the fee.
    public var paid: Int64
    /// Minor units of the receive currency.
    public var received: Int64
    /// Minor units of the pay currency.
    public var fee: Int64
}

/// Which payments a list shows; nil fields do not restrict.
public struct PaymentFilter: Equatable, Sendable {
    public var status: PaymentStatus?
    /// Only orders that can still change.
    public var onlyOpen: Bool
    /// The corridor, by its foreign currency.
    public var foreign: Currency?
    /// Accepted at this time or later.
    public var acceptedFrom: Timestamp?
    /// Accepted before this time.
    public var acceptedBefore: Timestamp?

    public init(
        status: PaymentStatus? = nil, onlyOpen: Bool = false, foreign: Currency? = nil,
        acceptedFrom: Timestamp? = nil, acceptedBefore: Timestamp? = nil
    ) {
        self.status = status
        self.onlyOpen = onlyOpen
        self.foreign = foreign
        self.acceptedFrom = acceptedFrom
        self.acceptedBefore = acceptedBefore
    }
}

/// Whose payments a list shows.
public enum PaymentList: Equatable, Sendable {
    case paid(by: ParticipantID)
    case received(by: ParticipantID)
    case all
}

extension LedgerReader {
    /// The payment with this UETR, or nil.
    ///
    /// - Complexity: O(segments × log segment), a segment being 2^20 payments on record.
    public func payment(_ uetr: UETR) throws -> PaymentRecord? {
        try connection.query(
            planned:
                "SELECT \(LedgerTable.payments.columnList) FROM payment_records WHERE uetr = $1",
            [.uuid(uetr.bits)]
        ).first { try PaymentRecord(from: &$0) }
    }

    /// The payments with these UETRs, as far as they are on record, in any order.
    ///
    /// - Complexity: O(UETRs × segments × log segment), in one query.
    public func payments(uetrs: [UETR]) throws -> [PaymentRecord] {
        guard !uetrs.isEmpty else { return [] }
        return try connection.query(
            planned: """
                SELECT \(LedgerTable.payments.columnList) FROM payment_records
                WHERE uetr = ANY ($1)
                """, [.uuidArray(uetrs.map(\.bits))]
        ).map { try PaymentRecord(from: &$0) }
    }

    /// The payment with this number, or nil.
    ///
    /// - Complexity: O(log payments).
    public func payment(_ id: PaymentID) throws -> PaymentRecord? {
        try connection.query(
            planned: """
                SELECT \(LedgerTable.payments.columnList) FROM payment_records WHERE payment_id = $1
                """, [.int8(id)]
        ).first { try PaymentRecord(from: &$0) }
    }

    /// Payments, newest first.
    ///
    /// - Parameters:
    ///   - before: the number of the last payment of the page before; nil for the first page.
    ///     Payments that arrive meanwhile never shift a page.
    ///   - limit: at most so many; a shorter page is the last one.
    /// - Complexity: O(log payments + rows walked until the page is full): a participant's own
    ///   payments, or the open ones, or all, in the stated span of time.
    public func payments(
        _ list: PaymentList, _ filter: PaymentFilter = PaymentFilter(), before: PaymentID? = nil,
        limit: Int
    ) throws -> [PaymentRecord] {
        var span = PaymentSpan(
            above: try filter.acceptedFrom.map { try mark(before: $0).payments } ?? 0,
            below: before ?? UInt64(Int64.max))
        if let end = filter.acceptedBefore {
            span.below = min(span.below, try mark(before: end).payments + 1)
        }
        switch list {
        case .all: return try payments(in: span, filter, nil, limit: limit)
        case .paid(let payer):
            if filter.onlyOpen {
                return try payments(in: span, filter, ("payer_id", payer), limit: limit)
            }
            return try payments(in: span, filter, .payer, of: payer, limit: limit)
        case .received(let payee):
            if filter.onlyOpen {
                return try payments(in: span, filter, ("creditor_id", payee), limit: limit)
            }
            return try payments(in: span, filter, .creditor, of: payee, limit: limit)
        }
    }

    /// Walks a participant's list.
    private func payments(
        in span: PaymentSpan, _ filter: PaymentFilter, _ list: RowList,
        of participant: ParticipantID, limit: Int
    ) throws -> [PaymentRecord] {
        var found: [PaymentRecord] = []
        var below = span.below
        // With a filter a page may need many candidates.
        var chunk = filter.status == nil && filter.foreign == nil ? limit : max(limit, 500)
        while found.count < limit {
            let numbers = try listed(
                list, of: participant, above: span.above, below: below, limit: chunk)
            guard let newest = numbers.first, let oldest = numbers.last else { break }
            var query = PaymentQuery(filter)
            query.restrict("payment_id = ANY (%)", .int8Array(numbers.map(Int64.init)))
            // The bounds name the segments, which an array does not.
            query.restrict("payment_id >= %", .int8(oldest))
            query.restrict("payment_id <= %", .int8(newest))
            found += try run(query, "payment_records", limit: limit - found.count)
            guard numbers.count == chunk else { break }
            below = oldest
            chunk = min(chunk * 2, 16_384)
        }
        return found
    }

    /// Walks all payments, or the open ones.
    private func payments(
        in span: PaymentSpan, _ filter: PaymentFilter,
        _ party: (column: String, id: ParticipantID)?,
        limit: Int
    ) throws -> [PaymentRecord] {
        var query = PaymentQuery(filter)
        if let party { query.restrict("\(party.column) = %", .int4(Int32(bitPattern: party.id))) }
        query.restrict("payment_id > %", .int8(span.above))
        query.restrict("payment_id < %", .int8(span.below))
        let source = filter.onlyOpen ? "open_payments" : "payment_records"
        return try run(query, source, limit: limit)
    }

    private func run(
        _ query: PaymentQuery, _ source: String, limit: Int
    ) throws -> [PaymentRecord] {
        try connection.query(
            planned: """
                SELECT \(LedgerTable.payments.columnList) FROM \(source)
                WHERE \(query.conditions.joined(separator: " AND "))
                ORDER BY payment_id DESC
                LIMIT $\(query.parameters.count + 1)
                """, query.parameters + [.int8(Int64(limit))]
        ).map { try PaymentRecord(from: &$0) }
    }

    /// The fills of a payment in their order, from its own point of view.
    ///
    /// - Parameters:
    ///   - payment: its number and side say which half of a fill it may see.
    ///   - after: the last fill of the page before; 0 for the first page.
    /// - Complexity: O(log rows + fills of the payment).
    public func fills(
        of payment: PaymentRow, after: FillID = 0, limit: Int
    ) throws -> [PaymentFill] {
        let gaveRenminbi = payment.side == .payRenminbi
        let key = gaveRenminbi ? "renminbi_payment" : "foreign_payment"
        let columns =
            gaveRenminbi
            ? "renminbi_amount, foreign_amount, renminbi_fee"
            : "foreign_amount, renminbi_amount, foreign_fee"
        // A payment's first fill stands in its row, the others in its list or its neighbours'.
        return try connection.query(
            planned: """
                SELECT fill_id, timestamp_ns, rate, \(columns) FROM fill_rows
                WHERE fill_id = ANY (ARRAY(
                    SELECT first_fill FROM payment_records
                    WHERE payment_id = $1 AND first_fill IS NOT NULL
                    UNION ALL
                    SELECT first_row + distance FROM (
                        SELECT first_row, offsets FROM row_lists
                        WHERE list = \(RowList.payment.rawValue) AND owner = $2 AND last_row > $4
                        ORDER BY first_row LIMIT $5
                    ) AS own CROSS JOIN LATERAL unnest(offsets) AS distance
                    UNION ALL
                    SELECT first_row + distance
                    FROM row_lists CROSS JOIN LATERAL unnest(offsets) AS distance
                    WHERE list = \(RowList.neighbours.rawValue) AND owner = $3
                )) AND fill_id > $4 AND \(key) = $1
                ORDER BY fill_id LIMIT $5
                """,
            [
                .int8(payment.id), .int4(Int32(truncatingIfNeeded: payment.id)),
                .int4(Int32(bitPattern: Neighbours.owner(of: payment.id))), .int8(after),
                .int8(Int64(limit)),
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
    public func fills(after: FillID = 0, limit: Int) throws -> [FillRow] {
        try connection.query(
            """
            SELECT \(LedgerTable.fills.columnList) FROM fill_rows
            WHERE fill_id > $1 ORDER BY fill_id LIMIT $2
            """, [.int8(after), .int8(Int64(limit))]
        ).map { try FillRow(from: &$0) }
    }
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
}
