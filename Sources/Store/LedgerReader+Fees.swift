package import Domain

/// Fees that a bank paid for one payment on one day.
package struct FeeLine: Equatable, Sendable {
    package var payment: PaymentID
    package var uetr: UETR
    package var payer: ParticipantID
    package var foreign: Currency
    /// The first of its fills of the day: where the line stands among others.
    package var first: FillID
    package var fills: Int
    /// What its fills of the day paid that were charged, and the fees on that, in minor units of
    /// the account.
    package var paid: Int128
    package var fee: Int128

    package init(
        payment: PaymentID, uetr: UETR, payer: ParticipantID, foreign: Currency, first: FillID,
        fills: Int = 0, paid: Int128 = 0, fee: Int128 = 0
    ) {
        self.payment = payment
        self.uetr = uetr
        self.payer = payer
        self.foreign = foreign
        self.first = first
        self.fills = fills
        self.paid = paid
        self.fee = fee
    }
}

/// Some lines of a fee statement.
package struct FeePage: Equatable, Sendable {
    package var lines: [FeeLine] = []
    /// Behind which fill the next page goes on; nil at the end of the day.
    package var next: FillID?
}

/// The same of a corridor, or of all.
package struct FeeTotal: Equatable, Sendable {
    package var foreign: Currency?
    package var payments = 0
    package var fills = 0
    package var paid: Int128 = 0
    package var fee: Int128 = 0

    package init() {}

    package static func += (total: inout FeeTotal, other: FeeTotal) {
        total.payments += other.payments
        total.fills += other.fills
        total.paid += other.paid
        total.fee += other.fee
    }

    fileprivate static func += (total: inout FeeTotal, line: FeeLine) {
        total.foreign = line.foreign
        total.payments += 1
        total.fills += line.fills
        total.paid += line.paid
        total.fee += line.fee
    }
}

// A payment's line stands where its first fill of the day does. So a page is a span of the
// account's fills: of payments that were filled in it alone, which is most, all is known then, and
// the others are looked up. They are told from each other by what the payment has paid in all.
extension LedgerReader {
    /// The fees charged to a settlement account on a business day that has ended, by payment, in
    /// the order in which these were filled first on that day.
    ///
    /// - Parameters:
    ///   - after: where the page before says that this one begins.
    ///   - limit: at most so many; there may be fewer, and none, before the end.
    /// - Complexity: O(log rows + fills of the page), whatever stands before and behind it; O(1)
    ///   more for each payment of the page with fills outside of it that is not told here, and
    ///   O(its fills of the day) for one that is.
    package func fees(
        of account: AccountRow, on day: BusinessDay, after: FillID = 0, limit: Int
    ) throws -> FeePage {
        var span = FeeSpan(
            account: account, before: try mark(before: day.row.began).fills,
            end: try mark(before: day.end).fills)
        span.after = max(after, span.before)
        var (page, walked) = (FeePage(), 0)
        let step = min(FeeSpan.most, max(128, 2 * limit))
        while page.lines.count < limit, walked < mostWalked {
            let numbers = try listed(
                .account, of: account.id, after: span.after, through: span.end, limit: step)
            guard let last = numbers.last else { return page }
            page.lines += try lines(numbers, span)
            walked += numbers.count
            span.after = last
        }
        page.next = span.after
        if page.lines.count > limit {
            page.lines.removeLast(page.lines.count - limit)
            page.next = page.lines.last?.first
        }
        return page
    }

    /// What the fees of a day come to in each corridor, in the order of their currencies.
    ///
    /// - Complexity: O(log rows + fills of the account on the day); memory for one page.
    package func feeTotals(of account: AccountRow, on day: BusinessDay) throws -> [FeeTotal] {
        var totals = [FeeTotal](repeating: FeeTotal(), count: Currency.count)
        var next: FillID? = 0
        while let after = next {
            let page = try fees(of: account, on: day, after: after, limit: FeeSpan.most)
            for line in page.lines { totals[Int(line.foreign.rawValue)] += line }
            next = page.next
        }
        return totals.filter { $0.payments > 0 }
    }

    /// The lines that begin at these fills, in their order.
    private func lines(_ numbers: [FillID], _ span: FeeSpan) throws -> [FeeLine] {
        var found = try connection.query(
            planned: FeeQuery.lines("$4", "debit = $1"),
            span.parameters + [.int8Array(numbers.map { Int64(bitPattern: $0) })]
        ).map { try PaidInSpan(from: &$0) }
        let payments = try filledPayments(found.map(\.payment).sorted())
        var scattered: [PaymentID] = []
        found.removeAll { line in
            guard let payment = payments[line.payment], Int128(payment.paid) != line.moved else {
                return false
            }
            scattered.append(line.payment)
            return true
        }
        let beginning = try beginning(scattered.compactMap { payments[$0] }, span)
        if !beginning.isEmpty {
            found += try connection.query(
                planned: FeeQuery.lines(
                    "ARRAY(\(FeeQuery.numbers))", "debit = $1 AND payment = ANY ($4)"),
                span.parameters + beginning.listParameters + [
                    .int8Array(beginning.map { Int64(bitPattern: $0.first) })
                ]
            ).map { try PaidInSpan(from: &$0) }
            found.sort { $0.first < $1.first }
        }
        return try found.compactMap { line in
            guard line.fee > 0 else { return nil }
            guard let payment = payments[line.payment] else {
                throw StoreError(
                    .rowUnreadable, "Payment \(line.payment) of a fill is not on record.")
            }
            return FeeLine(
                payment: line.payment, uetr: payment.uetr, payer: payment.payer,
                foreign: payment.foreign, first: line.first, fills: line.fills, paid: line.paid,
                fee: line.fee)
        }
    }

    /// Those of which no fill of the day lies before the span.
    private func beginning(
        _ payments: [FilledPayment], _ span: FeeSpan
    ) throws -> [FilledPayment] {
        // The first fill of all is the first of the day, unless the day began behind it.
        let old = payments.filter { $0.first <= span.before }
        var begun: Set<PaymentID> = []
        if !old.isEmpty {
            begun = Set(
                try connection.query(
                    planned: FeeQuery.begun,
                    old.listParameters + [
                        .int8(Int64(bitPattern: span.before)), .int8(Int64(bitPattern: span.after)),
                    ]
                ).map { row in
                    let payment = row.int8AsUnsigned()
                    try row.check("row_lists")
                    return payment
                })
        }
        return payments.filter {
            $0.first <= span.before ? !begun.contains($0.id) : $0.first > span.after
        }
    }

    /// What lines need to know of payments.
    ///
    /// - Parameter numbers: ascending.
    private func filledPayments(_ numbers: [PaymentID]) throws -> [PaymentID: FilledPayment] {
        var found: [PaymentID: FilledPayment] = [:]
        for part in PaymentSegment.parts(of: numbers) {
            let payments = try connection.query(
                planned: FeeQuery.payments,
                [
                    .uuidArray(try uetrs(of: part).map(\.bits)),
                    .int8Array(part.map { Int64(bitPattern: $0) }),
                    .int8(part[part.startIndex]), .int8(part[part.endIndex - 1]),
                ]
            ).map { try FilledPayment(from: &$0) }
            for payment in payments { found[payment.id] = payment }
        }
        return found
    }
}

/// Where a page reads: fills of an account, behind `after` and through `end`.
private struct FeeSpan {
    /// Fills that one statement in SQL reads.
    static let most = 2_048

    let account: AccountRow
    /// The last fill of all accounts before the day, and the last one of the day.
    let before: FillID
    let end: FillID
    var after: FillID = 0

    /// $1 to $3 of ``FeeQuery/lines(_:_:)``.
    var parameters: [Parameter] {
        [
            .int4(Int32(bitPattern: account.id)), .int4(account.currency == .cny ? 1 : 0),
            .int8Array([Int64(bitPattern: before), Int64(bitPattern: end)]),
        ]
    }

    init(account: AccountRow, before: FillID, end: FillID) {
        self.account = account
        self.before = before
        self.end = end
    }
}

/// What fills did for one payment.
private struct PaidInSpan {
    let payment: PaymentID
    let first: FillID
    /// Of all of them, and below of those that were charged.
    let moved: Int128
    let fills: Int
    let paid: Int128
    let fee: Int128

    init(from row: inout some FieldSource) throws {
        payment = row.int8AsUnsigned()
        first = row.int8AsUnsigned()
        moved = row.wideInteger()
        fills = Int(row.integer(Int64.self))
        paid = row.wideInteger()
        fee = row.wideInteger()
        try row.check("fill_rows")
    }
}

private struct FilledPayment {
    let id: PaymentID
    let uetr: UETR
    let payer: ParticipantID
    let foreign: Currency
    /// 0 when its list has that one too.
    let first: FillID
    let paid: Int64

    init(from row: inout some FieldSource) throws {
        id = row.int8AsUnsigned()
        uetr = UETR(bits: row.integer())
        payer = ParticipantID(bitPattern: row.integer(Int32.self))
        foreign = row.coded(row.integer(Int32.self), .cny)
        first = row.int8AsUnsigned()
        paid = row.integer()
        try row.check("payments")
    }
}

private enum FeeQuery {
    /// Parameters: $1 the UETRs of payments, $2 their numbers, $3 and $4 the first and the last of
    /// these, which name the segment.
    static let payments = """
        SELECT payment_id, uetr, payer_id, (codes >> 16 & 255)::integer, coalesce(first_fill, 0),
            coalesce(paid, 0)
        FROM payment_records
        WHERE uetr = ANY ($1) AND payment_id = ANY ($2) AND payment_id >= $3 AND payment_id <= $4
        """

    /// What fills did, by payment, in the order of the first ones.
    ///
    /// Parameters: $1 the account, $2 is 1 for one in renminbi, else 0, $3 the last fill before the
    /// day and the last one of the day; the others are those of `numbers` and `condition`.
    static func lines(_ numbers: String, _ condition: String) -> String {
        """
        SELECT payment, min(fill_id), sum(paid)::text, count(*) FILTER (WHERE fee > 0),
            coalesce(sum(paid) FILTER (WHERE fee > 0), 0)::text, sum(fee)::text
        FROM (
            SELECT
                fill_id,
                CASE $2::integer WHEN 1 THEN renminbi_debit ELSE foreign_debit END AS debit,
                CASE $2::integer WHEN 1 THEN renminbi_payment ELSE foreign_payment END AS payment,
                CASE $2::integer WHEN 1 THEN renminbi_amount ELSE foreign_amount END AS paid,
                CASE $2::integer WHEN 1 THEN renminbi_fee ELSE foreign_fee END AS fee
            FROM fill_records_of(\(numbers))
            WHERE fill_id > ($3::bigint[])[1] AND fill_id <= ($3::bigint[])[2]
        ) AS fill
        WHERE \(condition) GROUP BY payment ORDER BY min(fill_id)
        """
    }

    /// A payment's own list, by its owner, from the last piece on that begins at or before a fill.
    private static func own(behind fill: String) -> String {
        """
        SELECT first_row, offsets FROM row_lists
        WHERE list = \(RowList.payment.rawValue) AND owner = wanted.owner AND first_row >=
            coalesce((
                SELECT first_row FROM row_lists
                WHERE list = \(RowList.payment.rawValue) AND owner = wanted.owner
                    AND first_row <= \(fill)
                ORDER BY first_row DESC LIMIT 1
            ), 0)
        """
    }

    /// The lists that payments share with their neighbours.
    private static func shared(by neighbours: String) -> String {
        """
        SELECT first_row + distance AS number
        FROM row_lists CROSS JOIN LATERAL unnest(offsets) AS distance
        WHERE list = \(RowList.neighbours.rawValue) AND owner = ANY (\(neighbours)::integer[])
        """
    }

    /// All fills of payments on a day, and others. Parameters beside $3: $4 the payments, $5 whose
    /// lists they own and $6 share, $7 their first fills.
    static let numbers = """
        SELECT unnest($7::bigint[])
        UNION
        SELECT first_row + distance
        FROM unnest($5::integer[]) AS wanted (owner)
        CROSS JOIN LATERAL (
            \(own(behind: "($3::bigint[])[1]")) AND first_row <= ($3::bigint[])[2]
        ) AS own
        CROSS JOIN LATERAL unnest(offsets) AS distance
        UNION
        \(shared(by: "$6"))
        """

    /// Which payments ($1, with the owners $2 and $3 of their lists) have a fill behind $4 and
    /// through $5.
    static let begun = """
        SELECT payment FROM unnest($1::bigint[], $2::integer[]) AS wanted (payment, owner)
        WHERE EXISTS (
            SELECT FROM (
                \(own(behind: "$4::bigint")) AND first_row <= $5 ORDER BY first_row LIMIT 2
            ) AS own CROSS JOIN LATERAL unnest(offsets) AS distance
            WHERE first_row + distance > $4 AND first_row + distance <= $5
        )
        UNION
        SELECT payment FROM fill_records_of(ARRAY(
            SELECT number FROM (\(shared(by: "$3"))) AS listed WHERE number > $4 AND number <= $5
        )) CROSS JOIN LATERAL (VALUES (renminbi_payment), (foreign_payment)) AS side (payment)
        WHERE payment = ANY ($1)
        """
}

extension [FilledPayment] {
    /// Their numbers, and the owners of the lists that they own and that they share.
    fileprivate var listParameters: [Parameter] {
        let shared = Set(map { Neighbours.owner(of: $0.id) }).sorted()
        return [
            .int8Array(map { Int64(bitPattern: $0.id) }),
            .int4Array(map { Int32(truncatingIfNeeded: $0.id) }),
            .int4Array(shared.map { Int32(bitPattern: $0) }),
        ]
    }
}
