internal import Domain
internal import Store

/// Counts what a run put on record, row by row, and looks up what was acknowledged.
struct RecordAudit {
    private let reader: LedgerReader
    private let before: LedgerPosition

    /// - Parameter before: how far the tables were when the run began, which it did with all caught
    ///   up.
    init(_ reader: LedgerReader, since before: LedgerPosition) {
        self.reader = reader
        self.before = before
    }

    /// Reads everything from one state of the tables.
    ///
    /// - Parameters:
    ///   - sample: acknowledged payments.
    ///   - progress: told what is being done.
    /// - Complexity: O(payments and fills of the run).
    func record(
        _ sample: [UETR], _ progress: (String) -> Void
    ) throws -> GatewayRecord {
        try reader.snapshot {
            var record = GatewayRecord()
            let after = try reader.position()
            record.countedPayments = Int(after.paymentCount - before.paymentCount)
            record.countedFills = Int(after.fillCount - before.fillCount)
            progress("counting rows")
            let rows = try reader.rowCounts(after: before)
            record.paymentRows = rows.payments
            record.rejectedRows = rows.rejected
            record.fillRows = rows.fills
            try lookUp(sample, &record, progress)
            for (currency, sum) in try reader.balanceSums() { record.sums[currency.code] = sum }
            return record
        }
    }

    private func lookUp(
        _ sample: [UETR], _ record: inout GatewayRecord, _ progress: (String) -> Void
    ) throws {
        let found = try reader.payments(uetrs: sample)
        record.lookedUp = sample.count
        record.missing = Set(sample).subtracting(found.map(\.row.uetr)).count
        for (number, payment) in found.enumerated() {
            if number % 100 == 0 {
                try Task.checkCancellation()
                progress("looking up payments: \(number) of \(found.count)")
            }
            let fills = try reader.fills(of: payment.row, limit: RecordAudit.mostFills)
            guard let difference = difference(payment.row, fills) else { continue }
            record.differing += 1
            record.firstDifference = record.firstDifference ?? "\(payment.row.uetr): \(difference)"
        }
    }

    /// More than any payment has.
    private static let mostFills = 1_000_000

    /// In what an accepted payment is not what its fills make of it; nil when in nothing.
    private func difference(_ row: PaymentRow, _ fills: [PaymentFill]) -> String? {
        func sum(_ amount: (PaymentFill) -> Int64) -> Int128 {
            fills.reduce(0) { $0 + Int128(amount($1)) }
        }
        let done = row.fixed == .pay ? row.paid : row.received
        let fee = Int128(row.paid) * Int128(row.feePartsPerMillion) / 1_000_000
        let isWhole = done + row.remaining == row.amount
        let fits =
            switch row.status {
            case .pending: fills.isEmpty && isWhole && row.held > 0
            case .partlySettled: !fills.isEmpty && isWhole && row.remaining > 0 && row.held > 0
            case .settled: !fills.isEmpty && row.endReason == .filled && row.held == 0
            case .cancelled: row.endReason != .none && row.endReason != .filled && row.held == 0
            default: false
            }
        if row.code != .accepted { return "its result is \(row.code.name)" }
        if sum(\.paid) != row.paid { return "fills pay \(sum(\.paid)), the row \(row.paid)" }
        if sum(\.received) != row.received {
            return "fills bring \(sum(\.received)), the row \(row.received)"
        }
        if sum(\.fee) != row.fee { return "fills cost \(sum(\.fee)), the row \(row.fee)" }
        if fee != row.fee { return "the fee is \(row.fee), it should be \(fee)" }
        if done > row.amount { return "\(done) of \(row.amount) are settled" }
        return fits ? nil : "status \(row.status.code) with \(fills.count) fills"
    }
}
