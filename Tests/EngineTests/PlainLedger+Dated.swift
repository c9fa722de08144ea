internal import Domain

/// R22: payments that state a settlement date, those that wait for it, and how they enter.
extension PlainLedger {
    /// The command's outcome, if it is one of these.
    mutating func carryOutDated(_ command: any DeclaredCommand) -> Outcome? {
        guard let it = command as? SetDatedFunding else { return nil }
        guard let bank = registered(it.participant) else {
            return Outcome(code: .participantUnknown, kind: SetDatedFunding.kind)
        }
        let isSo = fundedAtEntry.contains(bank) == (it.funding == .atEntry)
        if it.funding == .atEntry { fundedAtEntry.insert(bank) } else { fundedAtEntry.remove(bank) }
        return Outcome(code: .accepted, kind: SetDatedFunding.kind, isRepetition: isSo)
    }

    // MARK: Dates

    /// When a corridor takes orders on a date: while both currencies are open, or by its hours.
    private func hours(_ foreign: Currency, _ date: Int) -> (from: Timestamp, to: Timestamp)? {
        guard let (corridor, _) = corridors[foreign] else { return nil }
        if onCalendars.contains(foreign) {
            let both = [Currency.cny, foreign].compactMap {
                calendars[$0]?.days[UInt16(date)]
            }.filter { $0.kind != .closed }
            let from = both.map(\.opens).max() ?? 0
            let to = both.map(\.cutOff).min() ?? 0
            return both.count == 2 && from < to ? (from, to) : nil
        }
        // 1970-01-01 was a Thursday.
        guard corridor.weekdays >> UInt8((date + 3) % 7) & 1 == 1 else { return nil }
        let midnight = Int64(date) * 1_440 - Int64(corridor.utcOffsetMinutes)
        let minute: Int64 = 60_000_000_000
        return (
            (midnight + Int64(corridor.opensAtMinute)) * minute,
            (midnight + Int64(corridor.cutOffMinute)) * minute
        )
    }

    private func today(_ foreign: Currency) -> Int {
        if onCalendars.contains(foreign) {
            return [Currency.cny, foreign].map { Int(calendars[$0]?.begun ?? 0) }.max() ?? 0
        }
        let offset = Int64(corridors[foreign]?.corridor.utcOffsetMinutes ?? 0)
        return Int((now / 60_000_000_000 + offset) / 1_440)
    }

    /// The date whose session runs now.
    private func openDate(_ foreign: Currency) -> Int? {
        let near = Int(now / 86_400_000_000_000)
        return (near - 3...near + 3).first { date in
            hours(foreign, date).map { $0.from <= now && now < $0.to } ?? false
        }
    }

    func rejectDate(_ terms: PaymentOrder) -> ResultCode? {
        guard terms.settlementDate != .none else { return nil }
        let (date, today) = (Int(terms.settlementDate.rawValue), today(terms.foreign))
        if date < today { return .datePassed }
        if onCalendars.contains(terms.foreign) {
            let known =
                [Currency.cny, terms.foreign].map { calendars[$0]?.days.keys.max() ?? 0 }
                .min() ?? 0
            if date > Int(known) {
                return sessions(terms.foreign, today, Int(known)) > 10
                    ? .dateTooFar : .outsideSession
            }
        }
        guard let hours = hours(terms.foreign, date) else { return .dateClosed }
        if hours.to <= now { return .datePassed }
        if sessions(terms.foreign, today, date) > 10 { return .dateTooFar }
        let joins = openDate(terms.foreign) == date && isOpening(terms.foreign)
        return joins ? .outsideSession : nil
    }

    /// Dates with a session behind one, up to another.
    private func sessions(_ foreign: Currency, _ today: Int, _ date: Int) -> Int {
        today < date ? (today + 1...date).count { hours(foreign, $0) != nil } : 0
    }

    func opening(_ terms: PaymentOrder) -> Timestamp? {
        terms.settlementDate == .none
            ? nil : hours(terms.foreign, Int(terms.settlementDate.rawValue))?.from
    }

    /// Whether the corridor takes orders of the stated date now.
    func isInSession(_ terms: PaymentOrder) -> Bool {
        guard let (corridor, _) = corridors[terms.foreign] else { return false }
        return openDate(terms.foreign) == Int(terms.settlementDate.rawValue)
            && cutOff(corridor) != nil
    }

    func hasRoom(_ payer: BIC) -> Bool {
        let waiting = open.filter { $0.waits }
        return waiting.count < 262_144 && waiting.count { $0.terms.payer == payer } < 65_536
    }

    /// Two dates that are stated differ.
    func contradict(_ terms: PaymentOrder, _ known: Order) -> Bool {
        let dates = [terms.settlementDate, known.terms.settlementDate].filter { $0 != .none }
        return Set(dates).count == 2
    }

    // MARK: Entry

    private func waiting(_ foreign: Currency, through date: Int) -> [Order] {
        open.filter {
            $0.waits && $0.terms.foreign == foreign && $0.terms.settlementDate.rawValue <= date
        }.sorted { $0.number < $1.number }
    }

    /// R22.6 while payments are still to enter nothing else arrives.
    func isOpening(_ foreign: Currency) -> Bool {
        openDate(foreign).map { !waiting(foreign, through: $0).isEmpty } ?? false
    }

    /// Those whose date has come enter the books that are open, 1,024 a batch.
    mutating func enterWaiting() {
        var left = 1_024
        for foreign in Currency.allCases where corridors[foreign]?.state == .open {
            guard let date = openDate(foreign), let hours = hours(foreign, date) else { continue }
            for order in waiting(foreign, through: date).prefix(left) {
                enter(order, hours)
                left -= 1
            }
        }
    }

    private mutating func enter(_ order: Order, _ hours: (from: Timestamp, to: Timestamp)) {
        order.waits = false
        hold(order, 0)
        var terms = order.terms
        terms.settlementDate = .none
        let code =
            rejectParties(terms) ?? rejectTerms(terms, entersAt: hours.from)
            ?? price(order, keepsFee: true)
        let funds = isCovered(order) ? nil : ResultCode.insufficientFunds
        order.refusal = code ?? funds ?? capRefusal(terms, needed(order)) ?? .accepted
        guard order.refusal == .accepted else { return end(order, .entryRefused) }
        accounts[key(terms.creditor, terms.receiveCurrency), default: Account()].held += 0
        if terms.timeInForce == .day { order.expires = hours.to }
        hold(order, needed(order))
        match(order)
    }
}
