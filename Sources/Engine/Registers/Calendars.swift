internal import Domain

/// The calendars in force, what is staged, and the business day that runs in each currency (R19,
/// R20).
///
/// Invariants: a calendar has every date from its first to its last; its working days turn in the
/// order of their dates; the day that runs is of the first working date behind those that have
/// ended, or has no date while there is none.
struct Calendars: ~Copyable {
    /// One currency's.
    private struct Entry: BitwiseCopyable {
        /// Of what is in force; none before the first adoption.
        var first = CivilDate.none
        var last = CivilDate.none
        var stagedCount = 0
        /// The business day that runs; 0 before the first.
        var number: DayNumber = 0
        /// The last date whose business day has begun.
        var begun = CivilDate.none
        /// The running day's times; closed while it has no date.
        var day = CalendarDay()
        /// Position of its turn in the heap of due times.
        var duePosition: UInt32 = 0
    }

    private let days: Registry<CalendarDayRow>
    private let staged: Registry<StagedDayRow>
    private let businessDays: Registry<BusinessDayRow>
    private let entries: UnsafeMutablePointer<Entry>

    /// The registers are changed here alone.
    init(
        _ days: Registry<CalendarDayRow>, _ staged: Registry<StagedDayRow>,
        _ businessDays: Registry<BusinessDayRow>
    ) {
        self.days = days
        self.staged = staged
        self.businessDays = businessDays
        entries = .allocate(capacity: Currency.count)
        entries.initialize(repeating: Entry(), count: Currency.count)
    }

    deinit { entries.deallocate() }

    private func entry(_ currency: Currency) -> UnsafeMutablePointer<Entry> {
        entries + Int(currency.rawValue)
    }

    // MARK: In force

    func isInForce(_ currency: Currency) -> Bool { entry(currency).pointee.last != .none }

    /// The first date of what is in force; none before the first adoption.
    func first(_ currency: Currency) -> CivilDate { entry(currency).pointee.first }

    /// The last date likewise.
    func last(_ currency: Currency) -> CivilDate { entry(currency).pointee.last }

    /// The last date whose business day has begun; none before that.
    func begun(_ currency: Currency) -> CivilDate { entry(currency).pointee.begun }

    func day(_ currency: Currency, _ date: CivilDate) -> CalendarDay? {
        days.find(UInt128(CalendarDay.key(currency, date)))?.day
    }

    /// The last working day before a date.
    ///
    /// - Complexity: O(closed days between).
    func workingDay(_ currency: Currency, before date: CivilDate) -> CalendarDay? {
        workingDay(currency, date, by: -1)
    }

    /// The first working day behind a date.
    ///
    /// - Complexity: O(closed days between); each is passed once in the life of a calendar.
    func workingDay(_ currency: Currency, after date: CivilDate) -> CalendarDay? {
        workingDay(currency, date, by: 1)
    }

    private func workingDay(
        _ currency: Currency, _ date: CivilDate, by step: Int
    ) -> CalendarDay? {
        var next = date.advanced(by: step)
        while let date = next, let day = day(currency, date) {
            guard day.isClosed else { return day }
            next = date.advanced(by: step)
        }
        return nil
    }

    /// R4.7 The earlier of the two cut-offs, while renminbi and this currency are both open.
    func cutOff(_ foreign: Currency, at now: Timestamp) -> Timestamp? {
        guard let own = cutOff(of: .cny, at: now), let other = cutOff(of: foreign, at: now) else {
            return nil
        }
        return min(own, other)
    }

    /// A working day lies between two turns, so that of the running business day is the only one
    /// that can be open.
    private func cutOff(of currency: Currency, at now: Timestamp) -> Timestamp? {
        let day = entry(currency).pointee.day
        return !day.isClosed && day.opens <= now && now < day.cutOff ? day.cutOff : nil
    }

    /// When both renminbi and this currency are open on a date; nil when they are not.
    func session(_ foreign: Currency, on date: CivilDate) -> CorridorSession? {
        guard let own = day(.cny, date), let other = day(foreign, date), !own.isClosed,
            !other.isClosed, max(own.opens, other.opens) < min(own.cutOff, other.cutOff)
        else { return nil }
        return CorridorSession(
            date: date, opens: max(own.opens, other.opens), cutOff: min(own.cutOff, other.cutOff))
    }

    // MARK: Staging

    func hasRoom(_ currency: Currency) -> Bool {
        entry(currency).pointee.stagedCount < Limits.stagedDays
    }

    /// What is staged for a date.
    func stagedDay(_ currency: Currency, _ date: CivilDate) -> CalendarDay? {
        let row = staged.find(UInt128(CalendarDay.key(currency, date)))
        return row?.state == .staged ? row?.day : nil
    }

    /// - Precondition: a date that is not staged finds room.
    func stage(_ day: CalendarDay) {
        if stagedDay(day.currency, day.date) == nil { entry(day.currency).pointee.stagedCount += 1 }
        staged.put(StagedDayRow(day, .staged))
    }

    /// - Precondition: it is staged.
    func unstage(_ day: CalendarDay, as state: StagingState) {
        entry(day.currency).pointee.stagedCount -= 1
        require(entry(day.currency).pointee.stagedCount >= 0, "what is taken back was staged")
        staged.put(StagedDayRow(day, state))
    }

    /// Puts staged days in force, in the order of their dates.
    ///
    /// - Precondition: they lie behind what has begun, and leave no gap to what is in force.
    func adopt(_ adopted: [CalendarDay]) {
        for day in adopted {
            let entry = entry(day.currency)
            require(day.date > entry.pointee.begun, "what has begun does not change")
            unstage(day, as: .adopted)
            days.put(CalendarDayRow(day))
            noteInForce(day)
        }
    }

    private func noteInForce(_ day: CalendarDay) {
        let entry = entry(day.currency)
        if entry.pointee.first == .none { entry.pointee.first = day.date }
        entry.pointee.first = min(entry.pointee.first, day.date)
        entry.pointee.last = max(entry.pointee.last, day.date)
    }

    // MARK: Business days

    /// The business day that runs; 0 before the first.
    func number(_ currency: Currency) -> DayNumber { entry(currency).pointee.number }

    /// Whether the business day that runs has no date yet, or none runs.
    func lacksDate(_ currency: Currency) -> Bool { entry(currency).pointee.day.isClosed }

    /// Begins the next business day with the batch at this log index; gives its number.
    func beginNext(_ currency: Currency, in logIndex: UInt64, at now: Timestamp) -> DayNumber {
        let entry = entry(currency)
        entry.pointee.number += 1
        entry.pointee.day = CalendarDay(closed: .none, currency)
        businessDays.put(
            BusinessDayRow(
                currency, entry.pointee.number, date: .none, beganIn: logIndex, at: now))
        return entry.pointee.number
    }

    /// Gives the running business day the date of the next working day, if one is in force.
    func giveDate(_ currency: Currency) {
        let entry = entry(currency)
        require(entry.pointee.day.isClosed, "a business day has one date")
        let behind = entry.pointee.begun == .none ? beforeFirst(currency) : entry.pointee.begun
        guard let day = workingDay(currency, after: behind),
            var row = businessDays.find(
                UInt128(BusinessDayRow.id(of: currency, entry.pointee.number)))
        else { return }
        row.date = day.date
        businessDays.put(row)
        entry.pointee.day = day
        entry.pointee.begun = day.date
    }

    /// No date of a calendar is 1970-01-01, so there is one before the first.
    private func beforeFirst(_ currency: Currency) -> CivilDate {
        entry(currency).pointee.first.advanced(by: -1) ?? .none
    }

    /// When the running business day turns.
    func turn(_ currency: Currency) -> Due? {
        let entry = entry(currency)
        guard !entry.pointee.day.isClosed else { return nil }
        let number = UInt32(currency.rawValue)
        return Due(.dayTurn, number, at: entry.pointee.day.turn, place: number)
    }

    func keep(_ position: UInt32, at place: UInt32) {
        entries[Int(place)].duePosition = position
    }

    func duePosition(at place: UInt32) -> UInt32 { entries[Int(place)].duePosition }

    // MARK: Start

    /// Takes over what the registers were loaded with.
    ///
    /// - Throws: ``LoadError/inconsistent(_:)`` for a key or number that does not fit.
    func adoptLoaded() throws(LoadError) {
        for number in 0..<UInt32(days.count) {
            let row = days[number + 1]
            guard row.id == row.day.key, row.day.isValid else {
                throw .inconsistent("\(CalendarDayRow.table) \(row.id)")
            }
            noteInForce(row.day)
        }
        for number in 0..<UInt32(staged.count) {
            let row = staged[number + 1]
            guard row.id == row.day.key else {
                throw .inconsistent("\(StagedDayRow.table) \(row.id)")
            }
            if row.state == .staged { entry(row.day.currency).pointee.stagedCount += 1 }
        }
        for number in 0..<UInt32(businessDays.count) { try adopt(businessDays[number + 1]) }
        for currency in Currency.allCases { try checkRunning(currency) }
    }

    private func adopt(_ row: BusinessDayRow) throws(LoadError) {
        let entry = entry(row.currency)
        guard row.id == BusinessDayRow.id(of: row.currency, row.number), row.number > 0 else {
            throw .inconsistent("\(BusinessDayRow.table) \(row.id)")
        }
        entry.pointee.begun = max(entry.pointee.begun, row.date)
        guard row.number > entry.pointee.number else { return }
        entry.pointee.number = row.number
        entry.pointee.day =
            row.date == .none
            ? CalendarDay(closed: .none, row.currency)
            : day(row.currency, row.date) ?? CalendarDay(closed: .none, row.currency)
    }

    /// The day that runs has the date that the calendar gives it.
    private func checkRunning(_ currency: Currency) throws(LoadError) {
        let entry = entry(currency).pointee
        let row = businessDays.find(UInt128(BusinessDayRow.id(of: currency, entry.number)))
        guard entry.number == 0 ? row == nil : row?.date == entry.day.date,
            (entry.number > 0) == (entry.last != .none)
        else { throw .inconsistent("\(BusinessDayRow.table) of \(currency.code)") }
    }
}
