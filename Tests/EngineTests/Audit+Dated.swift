internal import Domain
import Simulation

extension LedgerTables {
    /// R22 the payments that wait for their dates.
    var waitingIDs: Set<PaymentID> {
        Set(declared[DatedPaymentRow.self].filter { $0.state == .waiting }.map(\.payment))
    }

    /// When a payment came into its book: by time; what had waited before the orders of its batch.
    func arrival(_ row: PaymentRow) -> (Int64, Int64, PaymentID) {
        let dated = declared[DatedPaymentRow.self].first { $0.payment == row.id }
        guard let entered = dated?.enteredAt, entered != 0, entered != row.acceptedAt else {
            return (row.acceptedAt, 1, row.id)
        }
        return (entered, 0, row.id)
    }

    /// R22.2 when a corridor takes orders on a date, from the rows.
    func hours(_ row: CorridorRow, on date: CivilDate) -> Range<Timestamp>? {
        guard row.followsCalendars else {
            let corridor = row.corridor
            guard corridor.weekdays >> UInt8(date.weekday - 1) & 1 == 1 else { return nil }
            let minute: Timestamp = 60_000_000_000
            let midnight = date.midnight - Timestamp(corridor.utcOffsetMinutes) * minute
            return midnight + Timestamp(corridor.opensAtMinute) * minute..<midnight + Timestamp(
                corridor.cutOffMinute) * minute
        }
        let days = declared[CalendarDayRow.self].filter {
            [.cny, row.corridor.foreign].contains($0.day.currency) && $0.day.date == date
                && !$0.day.isClosed
        }
        guard days.count == 2 else { return nil }
        let from = days.map(\.day.opens).max() ?? 0
        let to = days.map(\.day.cutOff).min() ?? 0
        return from < to ? from..<to : nil
    }

    /// The session of an open corridor in which the first of its payments that wait enters.
    func nextEntry(_ row: CorridorRow) -> Timestamp? {
        let waiting = declared[DatedPaymentRow.self].filter {
            $0.state == .waiting && $0.foreign == row.corridor.foreign
        }
        guard row.state == .open, let first = waiting.map(\.date).min() else { return nil }
        // Histories last some weeks, and their calendars some days.
        for ahead in 0..<400 {
            guard let date = first.advanced(by: ahead), let hours = hours(row, on: date) else {
                continue
            }
            if hours.upperBound > position.timestamp { return hours.lowerBound }
        }
        return nil
    }
}

extension Audit {
    /// R22.5, R22.6 a payment waits, then enters or ends, and never enters before the opening of
    /// its date.
    func dates() throws {
        let known = Dictionary(
            uniqueKeysWithValues: before.declared[DatedPaymentRow.self].map { ($0.payment, $0) })
        for row in effects.declared[DatedPaymentRow.self] {
            let payment = after.payments[Int(row.payment) - 1]
            let old = known[row.payment]
            let isFirst = old == nil && payment.isNew
            try check("R22.5", isFirst || old?.state == .waiting, "\(row) was \(old as Any)")
            if let old {
                try check("R22.5", (old.date, old.funding) == (row.date, row.funding), "\(row)")
            }
            switch row.state {
            case .waiting:
                try check("R22.4", payment.status == .pending && payment.paid == 0, "\(payment)")
            case .entered: try entered(row)
            case .ended:
                try check("R22.5", payment.status.isFinal && payment.paid == 0, "\(payment)")
                let isRefused = payment.endReason == .entryRefused
                try check("R22.7", isRefused == (row.code != .accepted), "\(row) of \(payment)")
            }
        }
    }

    private func entered(_ row: DatedPaymentRow) throws {
        let now = after.position.timestamp
        try check(
            "R22.6", (row.enteredAt, row.enteredIn) == (now, after.position.logIndex), "\(row)")
        // Before the commands of the batch, which may have changed the corridor.
        guard let corridor = before.corridors.first(where: { $0.corridor.foreign == row.foreign }),
            let opens = before.hours(corridor, on: row.date)?.lowerBound
        else { return }
        let isKnown = before.waitingIDs.contains(row.payment)
        try check("R22.6", !isKnown || opens <= now, "\(row) entered before \(opens)")
    }

    /// When payments that wait enter.
    var entriesDue: Timestamp { after.corridors.compactMap { after.nextEntry($0) }.min() ?? .never }
}
