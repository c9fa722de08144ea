internal import Domain

// R22 Payments for a later date. One waits as an open order that no book has: it stands in the line
// of its corridor and date, and holds its funds or nothing. It ends there as resting orders do, or
// leaves when its corridor opens: then it is asked for as if it arrived now, and placed.

extension LedgerEngine where Book: ~Copyable {
    /// Takes an order that states its settlement date: refuses it, places it, where the corridor is
    /// in the session of that date, or lets it wait.
    @inline(never)
    mutating func submitDated(_ order: PaymentOrderView, _ hash: UInt64) {
        guard let (payer, search) = newcomer(order, hash) else { return }

        // From here on the order goes on record: accepted, rejected, or as an attempt.
        var admission = Admission()
        let code = admitDated(order, payer, &admission)
        if code.isPassing { return attempt(order, code, payer, search, hash) }
        guard code == .accepted else {
            let slot = reject(order, code, payer, admission.creditor, search)
            return state(order.settlementDate, of: slot, .ended)
        }
        guard admission.waits else {
            let firstFill = position.fillCount + 1
            let slot = place(order, admission, payer, search)
            var answer = outcome(.submitPayment, of: slot)
            answer.firstFill = firstFill
            answer.fillCount = UInt32(position.fillCount + 1 - firstFill)
            report(answer)
            return state(order.settlementDate, of: slot, .entered)
        }
        let slot = take(order, admission, payer, search, waits: true)
        orders.record(slot).pointee.date = order.settlementDate
        let first = dated.firstDate(order.foreign)
        dated.add(slot, in: orders)
        dated.put(waitingRow(slot))
        if order.timeInForce == .goodTillDate { scheduleExpiry(slot, at: order.expiresAt) }
        if dated.firstDate(order.foreign) != first { scheduleEntries(of: order.foreign) }
        report(outcome(.submitPayment, of: slot))
    }

    /// The ladder of an order with a date. Its funds are asked for when they are to be held.
    private mutating func admitDated(
        _ order: PaymentOrderView, _ payer: ParticipantID, _ admission: inout Admission
    ) -> ResultCode {
        let terms = admitTerms(order, payer, .dated, &admission)
        guard terms == .accepted else { return terms }
        guard !admission.waits || dated.hasRoom(for: payer) else { return .datedFull }
        guard admission.waits, dated.funding(of: payer) == .atEntry else {
            return admitFunds(order, payer, asksCaps: true, &admission)
        }
        admission.hold = 0
        return .accepted
    }

    /// Puts the date on record that an order stated which does not wait.
    private mutating func state(_ date: CivilDate, of slot: OrderSlot, _ state: DatedState) {
        orders.record(slot).pointee.date = date
        let hasEntered = state == .entered
        dated.put(
            DatedPaymentRow(
                PaymentID(orders.payment(slot)), orders.pointer(slot).pointee.foreign, date,
                .atAcceptance, state, enteredIn: hasEntered ? position.logIndex + 1 : 0,
                at: hasEntered ? now : 0))
    }

    /// R2.5 Whether an order states another date than the payment on record did.
    func statesAnotherDate(_ order: PaymentOrderView, than known: OrderSlot) -> Bool {
        order.settlementDate.contradicts(orders.record(known).pointee.date)
    }

    // MARK: The end of waiting

    /// The row of a payment that waits. It holds something where its funds were to be held at once.
    private func waitingRow(_ slot: OrderSlot) -> DatedPaymentRow {
        let record = orders.record(slot).pointee
        return DatedPaymentRow(
            PaymentID(record.payment), orders.pointer(slot).pointee.foreign, record.date,
            record.held > 0 ? .atAcceptance : .atEntry)
    }

    private mutating func leaveLine(_ slot: OrderSlot) {
        let order = orders.pointer(slot)
        require(order.pointee.state.contains(.waiting), "who leaves a line has waited")
        dated.remove(slot, in: orders)
        order.pointee.state.remove(.waiting)
    }

    /// An order ends while it waits. Whoever ends it takes care of its hold and its time.
    @inline(never)
    mutating func endWaiting(_ slot: OrderSlot) {
        let foreign = orders.pointer(slot).pointee.foreign
        let before = waitingRow(slot)
        var row = before
        row.state = .ended
        dated.put(row, before: before)
        let first = dated.firstDate(foreign)
        leaveLine(slot)
        if dated.firstDate(foreign) != first { scheduleEntries(of: foreign) }
    }

    // MARK: Entry

    /// R22.6 At the beginning of a batch, behind all else that happens by itself: what waited for
    /// these corridors to open enters, as many as one batch takes.
    ///
    /// - Parameter openings: a bit for each currency by its number.
    @inline(never)
    mutating func enterWaiting(at openings: UInt32) {
        var left = Limits.datedEntriesPerBatch
        for foreign in Currency.allCases where openings & foreign.bit != 0 {
            if !leavesOverdue { enterWaiting(of: foreign, &left) }
            scheduleEntries(of: foreign)
        }
    }

    private mutating func enterWaiting(of foreign: Currency, _ left: inout Int) {
        guard let session = nextEntry(of: foreign), session.isRunning(at: now) else { return }
        require(cutOff(of: corridors[foreign]) == session.cutOff, "its session runs")
        while left > 0 {
            let slot = dated.next(foreign, through: session.date, in: orders)
            guard slot != 0 else { return }
            require(orders.record(slot).pointee.date <= session.date, "no payment enters early")
            enter(slot)
            left -= 1
        }
    }

    /// R22.7 The ladder is asked once more; then the order is placed, or ends.
    private mutating func enter(_ slot: OrderSlot) {
        let record = orders.record(slot)
        let before = waitingRow(slot)
        let expiresAt = expiry(slot)
        leaveLine(slot)
        if record.pointee.duePosition != 0 { unscheduleExpiry(slot) }
        changeHold(record, to: 0)
        var admission = Admission()
        var row = before
        row.code = admitEntry(of: slot, until: expiresAt, &admission)
        guard row.code == .accepted else {
            row.state = .ended
            dated.put(row, before: before)
            arrivalExpiresAt = expiresAt
            return end(slot, .entryRefused)
        }

        // From here on it must succeed.
        row.state = .entered
        row.enteredIn = position.logIndex + 1
        row.enteredAt = now
        dated.put(row, before: before)
        let order = orders.pointer(slot)
        let receives = order.pointee.side == .payRenminbi ? order.pointee.foreign : .cny
        order.pointee.tick = admission.tick
        record.pointee.debitAccount = admission.debitAccount
        record.pointee.creditAccount = accounts.open(admission.settlesFor, receives)
        record.pointee.held = admission.hold
        accounts.changeHold(admission.debitAccount, by: admission.hold)
        arrivalExpiresAt = admission.expiresAt
        markDirty(slot)
        matchAndRest(slot, maximumFills: admission.maximumFills)
    }

    /// The ladder as if the order arrived now, but for its fee, which it was accepted with.
    private mutating func admitEntry(
        of slot: OrderSlot, until expiresAt: Timestamp, _ admission: inout Admission
    ) -> ResultCode {
        let payer = orders.pointer(slot).pointee.payer
        let fee = orders.record(slot).pointee.feePartsPerMillion
        let encoded = EncodedCommands(
            EncodedCommand(.submitPayment(order(in: slot, until: expiresAt))))
        return encoded.withCommands { commands in
            var commands = commands
            guard let view = commands.next()?.order else { preconditionFailure("one was encoded") }
            let terms = admitTerms(view, payer, .entry(fee: fee), &admission)
            return terms == .accepted ? admitFunds(view, payer, asksCaps: true, &admission) : terms
        }
    }

    /// The order as its bank stated it, without what no rule reads.
    private func order(in slot: OrderSlot, until expiresAt: Timestamp) -> PaymentOrder {
        let order = orders.pointer(slot).pointee
        let record = orders.record(slot).pointee
        let payer = participants.bic(order.payer)
        let limit = corridors[order.foreign].pointee.rate(order.tick)
        return PaymentOrder(
            uetr: record.uetr, submitter: payer, payer: payer,
            creditor: participants.bic(record.creditor), foreign: order.foreign, side: order.side,
            fixed: order.fixed, amount: record.amount,
            limit: order.state.contains(.limitStated) ? limit : .none,
            timeInForce: order.timeInForce, fillPolicy: order.fillPolicy,
            minimumFill: record.minimumFill,
            expiresAt: order.timeInForce == .goodTillDate ? expiresAt : 0)
    }

    // MARK: Openings

    /// Whether payments are still to enter that waited for a session of the corridor that has
    /// begun.
    func isOpening(_ foreign: Currency) -> Bool {
        let due = dated.duePosition(foreign)
        return due != 0 && dueTimes.time(at: due) <= now
    }

    /// Takes out that a corridor opens; gives its bit.
    mutating func opening(at place: UInt32) -> UInt32 {
        guard let foreign = Currency(rawValue: UInt8(place)) else {
            preconditionFailure("an opening is a corridor's")
        }
        _ = unschedule(at: dated.duePosition(foreign))
        return foreign.bit
    }

    /// Schedules when what waits longest in a corridor enters; not while it takes no orders.
    ///
    /// Whatever moves that has to ask: who waits first, the corridor, its calendars.
    mutating func scheduleEntries(of foreign: Currency) {
        let known = dated.duePosition(foreign)
        if known != 0 { _ = unschedule(at: known) }
        guard let session = nextEntry(of: foreign) else {
            if known != 0 { corridors[foreign].pointee.forgetCutOff() }
            return
        }
        let number = UInt32(foreign.rawValue)
        schedule(Due(.datedEntry, number, at: session.opens, place: number))
        corridors[foreign].pointee.forgetCutOff()
    }

    /// The session in which the payments that wait longest enter: the first one that is not over,
    /// on their date or behind it. Nil while the corridor takes no orders, and where calendars do
    /// not reach so far.
    private func nextEntry(of foreign: Currency) -> CorridorSession? {
        guard !dated.isEmpty, let date = dated.firstDate(foreign),
            corridors[foreign].pointee.standing == .accepted,
            let row = corridors[foreign].pointee.row
        else { return nil }
        var next = max(date, today(row))
        let last = lastKnownDate(row, from: next)
        while next <= last {
            if let session = session(row, on: next), session.cutOff > now { return session }
            guard let following = next.advanced(by: 1) else { return nil }
            next = following
        }
        return nil
    }

    /// Where the search for a session ends: by calendars at the last date that both have, by fixed
    /// hours, which every week has, behind eight days.
    private func lastKnownDate(_ row: CorridorRow, from date: CivilDate) -> CivilDate {
        guard row.followsCalendars else { return date.advanced(by: 8) ?? date }
        return min(calendars.last(.cny), calendars.last(row.corridor.foreign))
    }

    // MARK: Dates

    /// The date that the corridor has reached: of its currencies' business days, or by its hours.
    private func today(_ row: CorridorRow) -> CivilDate {
        row.followsCalendars
            ? max(calendars.begun(.cny), calendars.begun(row.corridor.foreign))
            : row.corridor.localDate(at: now)
    }

    /// When the corridor is open on a date; nil when it is not.
    private func session(_ row: CorridorRow, on date: CivilDate) -> CorridorSession? {
        row.followsCalendars
            ? calendars.session(row.corridor.foreign, on: date) : row.corridor.session(on: date)
    }

    /// Whether more sessions lie behind a date, up to another, than a settlement date may be ahead.
    ///
    /// - Complexity: O(closed days between).
    private func hasTooManySessions(
        _ row: CorridorRow, from today: CivilDate, through last: CivilDate
    ) -> Bool {
        var sessions = 0
        var date = today
        while sessions <= Limits.datesAhead, date < last, let next = date.advanced(by: 1) {
            if session(row, on: next) != nil { sessions += 1 }
            date = next
        }
        return sessions > Limits.datesAhead
    }

    /// R22.2 The session of the date that an order states, or why it can state no such date.
    ///
    /// - Complexity: O(closed days between today and the date).
    func session(
        statedBy order: PaymentOrderView, _ corridor: UnsafeMutablePointer<CorridorEntry>
    ) -> Result<CorridorSession, DateRefusal> {
        guard let row = corridor.pointee.row else { return .failure(DateRefusal(.corridorUnknown)) }
        let date = order.settlementDate
        let today = today(row)
        guard date >= today else { return .failure(DateRefusal(.datePassed)) }
        let known = lastKnownDate(row, from: date)
        guard !row.followsCalendars || date <= known else {
            let isFar = hasTooManySessions(row, from: today, through: known)
            return .failure(DateRefusal(isFar ? .dateTooFar : .outsideSession))
        }
        guard let stated = session(row, on: date) else { return .failure(DateRefusal(.dateClosed)) }
        guard stated.cutOff > now else { return .failure(DateRefusal(.datePassed)) }
        guard !hasTooManySessions(row, from: today, through: date) else {
            return .failure(DateRefusal(.dateTooFar))
        }
        return .success(stated)
    }
}

/// When an order is asked whether it may be placed.
enum AdmissionStage {
    /// It arrives and is placed at once.
    case arrival
    /// It arrives and states its settlement date (R22.2).
    case dated
    /// Its date has come; the fee is that of its acceptance.
    case entry(fee: UInt32)
}

/// Why an order can not state a date.
struct DateRefusal: Error {
    let code: ResultCode

    init(_ code: ResultCode) { self.code = code }
}

extension CivilDate {
    /// Whether two dates are stated, and not the same.
    func contradicts(_ other: CivilDate) -> Bool {
        self != .none && other != .none && self != other
    }
}

extension Currency {
    /// Its own in a set of currencies.
    fileprivate var bit: UInt32 { 1 << UInt32(rawValue) }
}

// MARK: - Start

extension LedgerEngine where Book: ~Copyable {
    /// The dates of the payments in the image, and whether each has its payment there.
    func datesOnRecord(
        _ image: LedgerImage
    ) throws(LoadError) -> [PaymentID: DatedPaymentRow] {
        var dates: [PaymentID: DatedPaymentRow] = [:]
        for row in image.declared[DatedPaymentRow.self] { dates[row.payment] = row }
        var missing = image.declared[DatedPaymentRow.self].count { $0.state == .waiting }
        for row in image.payments where dates[row.id]?.state == .waiting { missing -= 1 }
        guard missing == 0 else { throw .inconsistent(DatedPaymentRow.table) }
        return dates
    }

    /// The payments as they came into their books: one that had waited came in the batch in which
    /// it entered, before the orders of that batch.
    ///
    /// - Complexity: O(n log n) where one that had waited is open, else O(dates).
    func inOrderOfArrival(
        _ payments: [PaymentRow], _ dates: [PaymentID: DatedPaymentRow]
    ) -> [PaymentRow] {
        let late = dates.filter { $1.state == .entered }
        guard !late.isEmpty else { return payments }
        func arrival(_ row: PaymentRow) -> (Timestamp, Int, PaymentID) {
            guard let entered = late[row.id]?.enteredAt, entered != row.acceptedAt else {
                return (row.acceptedAt, 1, row.id)
            }
            return (entered, 0, row.id)
        }
        return payments.sorted { arrival($0) < arrival($1) }
    }
}

extension DatedPaymentRow {
    /// Whether a payment can be the one that states this date.
    func fits(_ row: PaymentRow) -> Bool {
        switch state {
        case .waiting: row.foreign == foreign && !row.status.isFinal && row.paid == 0
        case .entered: row.foreign == foreign && row.code == .accepted
        case .ended: row.foreign == foreign && row.status.isFinal
        }
    }
}
