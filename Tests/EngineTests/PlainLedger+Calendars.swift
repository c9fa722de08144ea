internal import Domain

/// R4.7, R19, R20: calendars, and what every account had when a business day began.
extension PlainLedger {
    struct Calendar {
        var days: [UInt16: CalendarDay] = [:]
        var staged: [UInt16: CalendarDay] = [:]
        /// The dates of its business days, the running one last.
        var business: [UInt16?] = []
        /// When each began, and what all accounts of the currency had then.
        var openings: [(time: Timestamp, balances: [AccountKey: Int128])] = []

        func working(after date: UInt16) -> CalendarDay? {
            days.values.filter { $0.date.rawValue > date && $0.kind != .closed }
                .min { $0.date < $1.date }
        }

        /// The last date that has begun.
        var begun: UInt16 { business.compactMap { $0 }.last ?? 0 }
    }

    /// The command's outcome, if it is one of these.
    mutating func carryOutCalendar(_ command: any DeclaredCommand) -> Outcome? {
        let (code, isRepetition): (ResultCode, Bool)
        switch command {
        case let it as StageCalendarDay: (code, isRepetition) = stage(it)
        case let it as AdoptCalendar: (code, isRepetition) = (adopt(it), false)
        case let it as SetCorridorCalendars: (code, isRepetition) = follow(it)
        default: return nil
        }
        return Outcome(code: code, kind: type(of: command).kind, isRepetition: isRepetition)
    }

    private mutating func stage(_ it: StageCalendarDay) -> (ResultCode, Bool) {
        let (currency, date) = (it.day.currency, it.day.date.rawValue)
        var calendar = calendars[currency] ?? Calendar()
        defer { calendars[currency] = calendar }
        if it.removed { return (.accepted, calendar.staged.removeValue(forKey: date) == nil) }
        guard isSensible(it.day) else { return (.calendarInvalid, false) }
        if calendar.staged[date] == it.day { return (.accepted, true) }
        if calendar.staged[date] == nil, calendar.staged.count == 2_000 {
            return (.stagedDaysFull, false)
        }
        calendar.staged[date] = it.day
        return (.accepted, false)
    }

    private func isSensible(_ day: CalendarDay) -> Bool {
        if day.date.rawValue == 0 { return false }
        if day.kind == .closed { return [day.opens, day.cutOff, day.turn] == [0, 0, 0] }
        let hour: Int128 = 3_600_000_000_000
        let midnight = Int128(day.date.rawValue) * 24 * hour
        return day.opens < day.cutOff && day.cutOff <= day.turn
            && Int128(day.opens) >= midnight - 36 * hour
            && Int128(day.turn) <= midnight + 60 * hour
    }

    private mutating func adopt(_ it: AdoptCalendar) -> ResultCode {
        var calendar = calendars[it.currency] ?? Calendar()
        let (first, last) = (it.first.rawValue, it.last.rawValue)
        guard first > 0, first <= last else { return .calendarGap }
        let days = (first...last).compactMap { calendar.staged[$0] }
        guard days.count == Int(last - first) + 1 else { return .calendarGap }
        if let from = calendar.days.keys.min(), let to = calendar.days.keys.max(),
            first < from || Int(first) > Int(to) + 1
        {
            return .calendarGap
        }
        guard days.count == Int(it.days), CalendarDay.digest(of: days) == it.digest else {
            return .calendarDiffers
        }
        guard first > calendar.begun, days.allSatisfy({ $0.kind == .closed || $0.turn > now })
        else { return .calendarDayBegun }
        let isFirst = calendar.days.isEmpty
        for day in days { calendar.days[day.date.rawValue] = day }
        let working = calendar.days.values.filter { $0.kind != .closed }
            .sorted { $0.date < $1.date }
        guard zip(working, working.dropFirst()).allSatisfy({ $0.turn <= $1.opens }) else {
            return .calendarOverlaps
        }
        for day in days { calendar.staged[day.date.rawValue] = nil }
        calendars[it.currency] = calendar
        if isFirst {
            begin(it.currency)
        } else if calendar.business.last == .some(nil) {
            calendars[it.currency]?.business.removeLast()
            calendars[it.currency]?.business.append(
                calendar.working(after: calendar.begun)?.date.rawValue)
        }
        return .accepted
    }

    private mutating func follow(_ it: SetCorridorCalendars) -> (ResultCode, Bool) {
        guard corridors[it.foreign] != nil else { return (.corridorUnknown, false) }
        let both = [.cny, it.foreign].allSatisfy { calendars[$0]?.days.isEmpty == false }
        guard both || !it.follows else { return (.calendarMissing, false) }
        let isSo = onCalendars.contains(it.foreign) == it.follows
        if it.follows { onCalendars.insert(it.foreign) } else { onCalendars.remove(it.foreign) }
        return (.accepted, isSo)
    }

    /// The next business day: the whole batch belongs to it.
    private mutating func begin(_ currency: Currency) {
        fillsBeforeDay[currency] = fills.count
        var calendar = calendars[currency] ?? Calendar()
        calendar.business.append(calendar.working(after: calendar.begun)?.date.rawValue)
        let own = accountsBefore.filter { $0.key.currency == currency }
        calendar.openings.append((now, own.mapValues { $0.balance }))
        calendars[currency] = calendar
    }

    /// Every business day whose turn has come ends.
    mutating func turnDays() {
        for currency in calendars.keys {
            while let date = calendars[currency]?.business.last ?? nil,
                let turn = calendars[currency]?.days[date]?.turn, turn <= now
            {
                tellStatements(of: calendars[currency]?.business.count ?? 0, in: currency)
                begin(currency)
            }
        }
    }

    /// R14.11 every bank has a statement of each account that was open when the day ended.
    private mutating func tellStatements(of day: Int, in currency: Currency) {
        for account in accountsBefore.keys where account.currency == currency {
            guard let bank = BIC(account.owner) else { continue }
            tell(bank, Message(kind: .statement, time: now, currency: currency, day: day))
        }
    }

    /// The earlier cut-off of two working days that are both open.
    func sessionEnd(_ foreign: Currency) -> Timestamp? {
        let ends = [Currency.cny, foreign].compactMap { currency in
            calendars[currency]?.days.values.first { $0.opens <= now && now < $0.cutOff }?.cutOff
        }
        return ends.count == 2 ? ends.min() : nil
    }

    /// R8.4 at most 4,096 orders end by themselves in one batch, the soonest first; whether those
    /// are all.
    mutating func endExpired() -> Bool {
        let due = open.filter { $0.expires <= now }
            .sorted { ($0.expires, $0.number) < ($1.expires, $1.number) }
        let most = rules >= .v4 ? 4_096 : due.count
        for order in due.prefix(most) { end(order, .expired) }
        return due.count <= most
    }
}
