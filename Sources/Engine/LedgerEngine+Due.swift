internal import Domain

// What happens by itself when its time comes. Another kind is a case of `DueKind`, a line in each
// of the two switches here (what is done, and who keeps the position in the heap), and its share of
// the heap's capacity. Orders, which are many, have a heap of their own.

extension LedgerEngine where Book: ~Copyable {
    /// When something happens next by itself, or ``Swift/Int64/never``.
    var nextDue: Timestamp {
        min(nextDue(in: expiries), nextDue(in: dueTimes), statementsDue)
    }

    @inline(__always)
    private func nextDue(in heap: borrowing DueHeap) -> Timestamp { heap.first?.time ?? .never }

    /// Does everything that has fallen due by the time of the batch, in the order in which it did;
    /// each takes itself out. R8.4 when so many orders have ended the others wait for the next
    /// batch, and with them what waits to enter a book (R22.6), but nothing else.
    mutating func doWhatIsDue() {
        var expiriesLeft = rules >= .v4 ? Limits.expiriesPerBatch : .max
        // A bit for each currency.
        var openings: UInt32 = 0
        while let due = nextDue(withExpiries: expiriesLeft > 0), due.time <= now {
            switch due.kind {
            case .orderExpiry:
                expiriesLeft -= 1
                end(due.place, .expired)
            case .notification: notify(due.place, until: position.timestamp)
            case .report: report(to: due.place)
            case .caseDeadline: expireCase(at: due.place)
            case .proposalDeadline: expireProposal(at: due.place)
            case .dayTurn: turnDay(at: due.place)
            case .datedEntry: openings |= opening(at: due.place)
            }
            require(
                due != (due.kind == .orderExpiry ? expiries.first : dueTimes.first),
                "what was due is done")
        }
        leavesOverdue = nextDue(in: expiries) <= now
        if openings != 0 { enterWaiting(at: openings) }
    }

    private func nextDue(withExpiries: Bool) -> Due? {
        guard withExpiries, let expiry = expiries.first else { return dueTimes.first }
        guard let other = dueTimes.first else { return expiry }
        return min(expiry, other)
    }

    @inline(never)
    mutating func schedule(_ due: Due) {
        dueTimes.insert(due) { Self.keep($1, of: $0, outbox, cases, proposals, calendars, dated) }
    }

    /// Takes out what shall not happen any more, by its position in the heap.
    mutating func unschedule(at position: UInt32) -> Due {
        dueTimes.remove(at: position) {
            Self.keep($1, of: $0, outbox, cases, proposals, calendars, dated)
        }
    }

    @inline(__always)
    private static func keep(
        _ position: UInt32, of due: Due, _ outbox: borrowing Outbox, _ cases: borrowing Cases,
        _ proposals: borrowing Proposals, _ calendars: borrowing Calendars,
        _ dated: borrowing DatedPayments
    ) {
        switch due.kind {
        case .orderExpiry: preconditionFailure("orders have a heap of their own")
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
        scheduleExpiry(Due(.orderExpiry, orders.payment(slot), at: time, place: slot))
    }

    @inline(never)
    private mutating func scheduleExpiry(_ due: Due) {
        expiries.insert(due) { orders.record($0.place).pointee.duePosition = $1 }
    }

    /// Takes an order out of those that end by themselves.
    @inline(never)
    mutating func unscheduleExpiry(_ slot: OrderSlot) {
        let due = expiries.remove(at: orders.record(slot).pointee.duePosition) {
            orders.record($0.place).pointee.duePosition = $1
        }
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
        if position != 0 { return expiries.time(at: position) }
        return orders.pointer(slot).pointee.state.isDisjoint(with: .placed)
            ? arrivalExpiresAt : .never
    }
}
