package import Domain

/// What settlement date and times of an instruction mean at the moment it comes.
///
/// A payment settles when it is matched. A past date is none; one for a later date waits for it,
/// where the ledger's rules have that (R22), and is refused else. Times on the date, and the expiry
/// of the instruction, end the order that is made of it.
package struct SettlementDateRule: Sendable {
    /// By the gateway's clock, nanoseconds since 1970 UTC.
    package var now: Timestamp
    /// Where the settlement currency's day is reckoned, minutes east of UTC.
    package var utcOffsetMinutes: Int
    /// Whether a payment may wait for its date.
    package var takesLaterDates: Bool

    package init(now: Timestamp, utcOffsetMinutes: Int, takesLaterDates: Bool = false) {
        self.now = now
        self.utcOffsetMinutes = utcOffsetMinutes
        self.takesLaterDates = takesLaterDates
    }

    /// Today at the place of settlement.
    package var today: CalendarDate {
        let local = now + Int64(utcOffsetMinutes) * nanosecondsPerMinute
        let days = local / nanosecondsPerDay - (local % nanosecondsPerDay < 0 ? 1 : 0)
        return CalendarDate(daysSince1970: Int(days))
    }

    /// When the order for this transfer ends, nanoseconds since 1970 UTC; nil when nothing says so.
    /// It follows from the transfer alone when that states its date, not from ``now``.
    ///
    /// - Complexity: O(1).
    package func statedEnd(of transfer: CreditTransfer) -> Timestamp? {
        let date = transfer.interbankSettlementDate ?? today
        let ends = transfer.settlementTimeRequest.ends.map { instant($0.time, on: date) }
        return (ends + [transfer.expiryDateTime].compactMap { $0 }).min()
    }

    /// The date for which the order of this transfer waits: one behind today. None of any other: it
    /// is placed when it comes, and where it is sent again on its date it is the same payment.
    package func laterDate(of transfer: CreditTransfer) -> CivilDate {
        guard takesLaterDates, let date = transfer.interbankSettlementDate,
            date.daysSince1970 > today.daysSince1970
        else { return .none }
        return UInt16(exactly: date.daysSince1970).map { CivilDate(rawValue: $0) } ?? .none
    }

    /// Whether the transfer can settle, as it states.
    ///
    /// - Parameter path: of the transaction, for a rejection.
    /// - Throws: ``MessageRejection``: DT01 for a date that is not taken, TM01 for times that are
    ///   past, DT04 for a settlement that may only begin later.
    /// - Complexity: O(1).
    package func check(_ transfer: CreditTransfer, path: String) throws(MessageRejection) {
        let date = transfer.interbankSettlementDate ?? today
        try check(date, path)
        let request = transfer.settlementTimeRequest
        if let from = request.from { try check(from: from, on: date, path) }
        if let expiry = transfer.expiryDateTime, expiry <= now {
            throw isPast("XpryDtTm \(expiry.isoDateTime)", "\(path)/XpryDtTm")
        }
        for (name, time) in request.ends where instant(time, on: date) <= now {
            throw isPast("\(name) \(time) of \(date)", "\(path)/SttlmTmReq/\(name)")
        }
    }

    private func instant(_ time: TimeOfDay, on date: CalendarDate) -> Timestamp {
        time.instant(on: date, placeOffsetMinutes: utcOffsetMinutes)
    }

    private func check(_ date: CalendarDate, _ path: String) throws(MessageRejection) {
        let today = today
        guard date != today else { return }
        let isLater = date.daysSince1970 > today.daysSince1970
        let isDate = (1...Int(UInt16.max)).contains(date.daysSince1970)
        guard !isLater || !takesLaterDates || !isDate else { return }
        throw .malformed(
            "\(path)/IntrBkSttlmDt",
            "IntrBkSttlmDt \(date) is "
                + (isLater
                    ? "to come: payments are taken on their settlement date alone; send it then."
                    : "past: where the payment settles it is \(today)."),
            code: .invalidDate)
    }

    private func check(
        from: TimeOfDay, on date: CalendarDate, _ path: String
    ) throws(MessageRejection) {
        guard instant(from, on: date) > now else { return }
        throw .malformed(
            "\(path)/SttlmTmReq/FrTm",
            "FrTm \(from) is to come: payments settle as soon as they are matched; send it then.",
            code: .futureDateNotSupported)
    }

    private func isPast(_ what: String, _ path: String) -> MessageRejection {
        .malformed(
            path, "\(what) is past; the payment can no longer settle in time.",
            code: .invalidCutOffTime)
    }
}
