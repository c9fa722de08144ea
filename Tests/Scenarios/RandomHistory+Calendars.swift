internal import Chance
internal import Domain

extension RandomHistory {
    /// A calendar is staged and adopted, mostly as it should be, or a corridor put on calendars.
    mutating func calendarCommands() -> [Command] {
        let currency = random.percent(50) ? .cny : random.pick(corridors).foreign
        var commands: [any DeclaredCommand] = []
        if random.percent(75) {
            commands = calendar(of: currency)
        } else {
            let foreign = random.percent(90) ? random.pick(corridors).foreign : .jpy
            commands.append(
                SetCorridorCalendars(foreign: foreign, follows: random.percent(60)))
        }
        return commands.map {
            Command.declared($0).given(
                by: random.pick([People.wang, People.li]), as: random.uetr().bits)
        }
    }

    /// Some dates from about where the last ones end, and their adoption.
    private mutating func calendar(of currency: Currency) -> [any DeclaredCommand] {
        let today = CivilDate(rawValue: UInt16(now / 86_400_000_000_000))
        let usual = max(calendarEnds[currency] ?? today, today)
        let start = random.percent(80) ? usual : later(today, random.below(9) - 3)
        let days = (0...(1 + random.below(7))).map { day(currency, later(start, $0)) }
        var commands: [any DeclaredCommand] = days.map { StageCalendarDay($0) }
        if random.percent(10) { commands.remove(at: random.below(commands.count)) }
        if random.percent(10) {
            let removed = StageCalendarDay(random.pick(days), removed: true)
            commands.append(removed)
            if random.percent(50) { commands.append(removed) }
        }
        var adoption = AdoptCalendar(
            currency, from: days[0].date, through: days[days.count - 1].date,
            days: UInt16(days.count), digest: CalendarDay.digest(of: days))
        switch random.below(12) {
        case 0: adoption.days += 1
        case 1: adoption.digest = RowsDigest(bits: random.wide())
        case 2: (adoption.first, adoption.last) = (adoption.last, adoption.first)
        default: calendarEnds[currency] = later(adoption.last, 1)
        }
        commands.append(adoption)
        return commands
    }

    private func later(_ date: CivilDate, _ days: Int) -> CivilDate {
        date.advanced(by: days) ?? date
    }

    private mutating func day(_ currency: Currency, _ date: CivilDate) -> CalendarDay {
        guard random.percent(80) else { return CalendarDay(closed: date, currency) }
        let hour: Timestamp = 3_600_000_000_000
        let opens = date.midnight + random.between(0...8) * hour
        let cutOff = opens + random.between(random.percent(3) ? 0...1 : 1...10) * hour
        let turn = cutOff + random.between(random.percent(15) ? 8...36 : 0...4) * hour
        return CalendarDay(
            currency, date, kind: random.percent(10) ? .makeUp : .working, opens: opens,
            cutOff: cutOff, turn: turn)
    }
}
