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
    /// - Complexity: O(log payments).
    public func payment(_ uetr: UETR) throws -> PaymentRecord? {
        try connection.query(
            "SELECT \(LedgerTable.payments.columnList) FROM payments WHERE uetr = $1",
            [.uuid(uetr.bits)]
        ).first { try PaymentRecord(from: &$0) }
    }

    /// The payment with this number, or nil.
    public func payment(_ id: PaymentID) throws -> PaymentRecord? {
        try connection.query(
            "SELECT \(LedgerTable.payments.columnList) FROM payments WHERE payment_id = $1",
            [.int8(id)]
        ).first { try PaymentRecord(from: &$0) }
    }

    /// Payments, newest first.
    ///
    /// - Parameters:
    ///   - before: the number of the last payment of the page before; nil for the first page.
    ///     Payments that arrive meanwhile never shift a page.
    ///   - limit: at most so many; a shorter page is the last one.
    /// - Complexity: O(log payments + rows walked until the page is full).
    public func payments(
        _ list: PaymentList, _ filter: PaymentFilter = PaymentFilter(), before: PaymentID? = nil,
        limit: Int
    ) throws -> [PaymentRecord] {
        // Only the conditions that apply are spelled out, so that the planner sees the right index.
        var conditions: [String] = []
        var parameters: [Parameter] = []
        func restrict(_ condition: String, _ parameter: Parameter) {
            parameters.append(parameter)
            conditions.append("\(condition) $\(parameters.count)")
        }
        switch list {
        case .paid(let payer): restrict("payer_id =", .int4(Int32(bitPattern: payer)))
        case .received(let payee): restrict("creditor_id =", .int4(Int32(bitPattern: payee)))
        case .all: break
        }
        if let status = filter.status { restrict("status =", .text(status.code)) }
        if filter.onlyOpen { conditions.append("status NOT IN ('ACSC', 'CANC', 'RJCT')") }
        if let foreign = filter.foreign { restrict("foreign_currency =", .text(foreign.code)) }
        if let from = filter.acceptedFrom { restrict("accepted_ns >=", .int8(from)) }
        if let end = filter.acceptedBefore { restrict("accepted_ns <", .int8(end)) }
        if let before { restrict("payment_id <", .int8(before)) }
        parameters.append(.int8(Int64(limit)))
        return try connection.query(
            """
            SELECT \(LedgerTable.payments.columnList) FROM payments
            \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
            ORDER BY payment_id DESC LIMIT $\(parameters.count)
            """, parameters
        ).map { try PaymentRecord(from: &$0) }
    }

    /// The fills of a payment in their order, from its own point of view.
    ///
    /// - Parameters:
    ///   - payment: its number and side say which half of a fill it may see.
    ///   - after: the last fill of the page before; 0 for the first page.
    /// - Complexity: O(fills of the payment).
    public func fills(
        of payment: PaymentRow, after: FillID = 0, limit: Int
    ) throws -> [PaymentFill] {
        let gaveRenminbi = payment.side == .payRenminbi
        let columns =
            gaveRenminbi
            ? "renminbi_amount, foreign_amount, renminbi_fee"
            : "foreign_amount, renminbi_amount, foreign_fee"
        let key = gaveRenminbi ? "renminbi_payment" : "foreign_payment"
        return try connection.query(
            """
            SELECT fill_id, timestamp_ns, rate, \(columns) FROM fills
            WHERE \(key) = $1 AND fill_id > $2 ORDER BY fill_id LIMIT $3
            """, [.int8(payment.id), .int8(after), .int8(Int64(limit))]
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
            SELECT \(LedgerTable.fills.columnList) FROM fills
            WHERE fill_id > $1 ORDER BY fill_id LIMIT $2
            """, [.int8(after), .int8(Int64(limit))]
        ).map { try FillRow(from: &$0) }
    }
}

extension PaymentRecord {
    init(from row: inout some FieldSource) throws(StoreError) {
        self.row = try PaymentRow(from: &row)
        details = row.optionalText()
    }
}
