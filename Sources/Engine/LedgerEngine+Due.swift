internal import Domain

// What happens by itself when its time comes. Another kind is a case of `DueKind`, a line in each
// of the two switches here (what is done, and who keeps the position in the heap), and its share of
// the heap's capacity.

extension LedgerEngine where Book: ~Copyable {
    /// When something happens next by itself, or ``Swift/Int64/never``.
    var nextDue: Timestamp { dueTimes.first?.time ?? .never }

    /// Does everything that has fallen due by the time of the batch; each takes itself out.
    mutating func doWhatIsDue() {
        let openings = doWhatIsDueBeforeEntries()
        if openings != 0 { enterWaiting(at: openings) }
    }

    /// R8.4 When so many orders have ended the rest waits for the next batch, and what is due
    /// behind it.
    ///
    /// - Returns: the corridors that open for payments that wait, a bit for each currency.
    private mutating func doWhatIsDueBeforeEntries() -> UInt32 {
        var openings: UInt32 = 0
        var expiriesLeft = rules >= .v4 ? Limits.expiriesPerBatch : .max
        leavesOverdue = false
        while let due = dueTimes.first, due.time <= now {
            switch due.kind {
            case .orderExpiry:
                leavesOverdue = expiriesLeft == 0
                if leavesOverdue { return openings }
                expiriesLeft -= 1
                end(due.place, .expired)
            case .notification: notify(due.place, until: position.timestamp)
            case .report: report(to: due.place)
            case .caseDeadline: expireCase(at: due.place)
            case .proposalDeadline: expireProposal(at: due.place)
            case .dayTurn: turnDay(at: due.place)
            case .datedEntry: openings |= opening(at: due.place)
            }
            require(dueTimes.first != due, "what was due is done")
        }
        return openings
    }

    @inline(never)
    mutating func schedule(_ due: Due) {
        dueTimes.insert(due) {
            Self.keep($1, of: $0, orders, outbox, cases, proposals, calendars, dated)
        }
    }

    /// Takes out what shall not happen any more, by its position in the heap.
    mutating func unschedule(at position: UInt32) -> Due {
        dueTimes.remove(at: position) {
            Self.keep($1, of: $0, orders, outbox, cases, proposals, calendars, dated)
        }
    }

    @inline(__always)
    private static func keep(
        _ position: UInt32, of due: Due, _ orders: borrowing OrderSlab,
        _ outbox: borrowing Outbox, _ cases: borrowing Cases, _ proposals: borrowing Proposals,
        _ calendars: borrowing Calendars, _ dated: borrowing DatedPayments
    ) {
        switch due.kind {
        case .orderExpiry: orders.record(due.place).pointee.duePosition = position
        case .notification, .report: outbox.keep(position, of: due)
        case .caseDeadline: cases.keep(position, at: due.place)
        case .proposalDeadline: proposals.keep(position, at: due.place)
        case .dayTurn: calendars.keep(position, at: due.place)
        case .datedEntry: dated.keep(position, at: due.place)
        }
    }
}

// MARK: Orders that end by themselves

extension LedgerEngine where Book: ~Copyable {
    /// Lets a resting order end when its time comes.
    @inline(__always)
    mutating func scheduleExpiry(_ slot: OrderSlot, at time: Timestamp) {
        guard time != .never else { return }
        schedule(Due(.orderExpiry, orders.payment(slot), at: time, place: slot))
    }

    /// Takes an order out of those that end by themselves.
    @inline(never)
    mutating func unscheduleExpiry(_ slot: OrderSlot) {
        let due = unschedule(at: orders.record(slot).pointee.duePosition)
        require(due.kind == .orderExpiry && due.place == slot, "an order knows when it ends")
    }

    /// R8.4 Whether the time of a resting order has come while more orders were due than may end in
    /// one batch: it meets nobody any more.
    @inline(never)
    func isOverdue(_ slot: OrderSlot) -> Bool { expiry(slot) <= now }

    /// When the order in this slot ends by itself. The heap knows it of who rests or waits, and
    /// all open orders but the arriving one do.
    @inline(__always)
    func expiry(_ slot: OrderSlot) -> Timestamp {
        let position = orders.record(slot).pointee.duePosition
        if position != 0 { return dueTimes.time(at: position) }
        return orders.pointer(slot).pointee.state.isDisjoint(with: .placed)
            ? arrivalExpiresAt : .never
    }
}
