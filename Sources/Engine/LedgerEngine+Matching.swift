internal import Domain

/// Why an arriving order stopped matching.
private enum Stop {
    /// Nothing more in the book is acceptable to it.
    case bookExhausted
    case filled
    case selfMatch
    case fillLimit
}

extension LedgerEngine where Book: ~Copyable {
    /// Matches an arriving order against the book, then lets it rest or ends it.
    @inline(always)
    mutating func matchAndRest(_ slot: OrderSlot, maximumFills: Int) {
        let taker = orders.pointer(slot)
        let record = orders.record(slot)
        let needed =
            taker.pointee.timeInForce == .fillOrKill
            ? taker.pointee.remaining : record.pointee.leastFill(taker)
        var stop = Stop.bookExhausted
        if needed == 0 || fillable(taker, maximumFills) >= needed {
            stop = match(slot, maximumFills)
        }
        switch stop {
        case .filled: end(slot, record.pointee.completion(taker))
        case .selfMatch: end(slot, .selfMatch)
        case .fillLimit: end(slot, .fillLimit)
        case .bookExhausted: restOrEnd(slot)
        }
    }

    @inline(always)
    private mutating func restOrEnd(_ slot: OrderSlot) {
        let order = orders.pointer(slot)
        guard !isDust(order) else {
            end(slot, orders.record(slot).pointee.completion(order))
            return
        }
        switch order.pointee.timeInForce {
        case .fillOrKill:
            end(slot, .killed)
        case .immediateOrCancel:
            end(slot, .notMatched)
        case .day, .goodTillCancelled, .goodTillDate:
            setHold(slot)
            book.insert(slot, in: orders)
            order.pointee.state.insert(.resting)
            scheduleExpiry(slot, at: arrivalExpiresAt)
        }
    }

    /// Fills the arriving order against the book in price-time priority.
    @inline(always)
    private mutating func match(_ slot: OrderSlot, _ maximumFills: Int) -> Stop {
        let taker = orders.pointer(slot)
        let corridor = corridors[taker.pointee.foreign]
        let mode = corridor.pointee.selfMatch
        let lastFill = position.fillCount + UInt64(maximumFills)
        // The last order that was met and still rests: it is served again by a later arrival.
        var passed: OrderSlot = 0
        var passesLeft = mostPassed
        while true {
            let makerSlot =
                passed == 0
                ? book.first(taker.pointee.side.opposite, of: taker.pointee.foreign, in: orders)
                : book.next(after: passed, in: orders)
            guard makerSlot != 0 else { return .bookExhausted }
            let maker = orders.pointer(makerSlot)
            guard taker.pointee.accepts(maker.pointee.tick) else { return .bookExhausted }
            orders.fetch(maker.pointee.next)
            if leavesOverdue, isOverdue(makerSlot) {
                guard passesLeft > 0 else { return .bookExhausted }
                passesLeft -= 1
                passed = makerSlot
                continue
            }
            let isSelf = maker.pointee.payer16 == taker.pointee.payer16 && mode != .allow
            if isSelf && mode == .cancelNewest { return .selfMatch }
            if isSelf && mode == .cancelOldest {
                end(makerSlot, .selfMatch)
                continue
            }
            let rate = corridor.pointee.rate(maker.pointee.tick)
            let exchange = exchange(
                taker.pointee.rest, maker.pointee.rest, makerSide: maker.pointee.side, at: rate,
                divisor: corridor.pointee.divisor)
            if exchange.takerIsDust { return .filled }
            if maker.pointee.fillPolicy != .any,
                exchange.makerUsed < orders.record(makerSlot).pointee.leastFill(maker)
            {
                guard passesLeft > 0 else { return .bookExhausted }
                passesLeft -= 1
                passed = makerSlot
                continue
            }
            if isSelf {
                decrement(slot, makerSlot, exchange)
            } else {
                guard position.fillCount < lastFill else { return .fillLimit }
                settle(slot, makerSlot, exchange, rate, corridor)
            }
            if taker.pointee.remaining == 0 { return .filled }
            if maker.pointee.state.contains(.resting) { passed = makerSlot }
        }
    }

    /// Resting orders that an arrival may pass.
    private var mostPassed: Int { rules >= .v3 ? Limits.passedPerCommand : .max }

    /// How much of an arriving order the book would fill now, without changing anything; its whole
    /// amount when only a remainder too small to buy anything would be left. It asks of each
    /// resting order what ``match(_:_:)`` asks, in the same sequence.
    @inline(never)
    private func fillable(_ taker: UnsafeMutablePointer<Order>, _ maximumFills: Int) -> Int64 {
        let whole = taker.pointee.remaining
        var rest = taker.pointee.rest
        let corridor = corridors[taker.pointee.foreign]
        let mode = corridor.pointee.selfMatch
        var fills = 0
        var passesLeft = mostPassed
        var next = book.first(
            taker.pointee.side.opposite, of: taker.pointee.foreign, in: orders)
        while next != 0 && rest.amount > 0 {
            let maker = orders.pointer(next)
            guard taker.pointee.accepts(maker.pointee.tick) else { break }
            if leavesOverdue, isOverdue(next) {
                guard passesLeft > 0 else { break }
                passesLeft -= 1
                next = book.next(after: next, in: orders)
                continue
            }
            let isSelf = maker.pointee.payer16 == taker.pointee.payer16 && mode != .allow
            // Here the arrival would stop, and what is left would not be filled.
            let stops = fills == maximumFills || isSelf && mode != .cancelOldest
            if stops && (rules < .v3 || mode == .cancelNewest && isSelf) {
                return whole - rest.amount
            }
            if !isSelf || mode == .decrementBoth {
                let exchange = exchange(
                    rest, maker.pointee.rest, makerSide: maker.pointee.side,
                    at: corridor.pointee.rate(maker.pointee.tick),
                    divisor: corridor.pointee.divisor)
                if exchange.takerIsDust { return whole }
                if exchange.makerUsed < orders.record(next).pointee.leastFill(maker) {
                    guard passesLeft > 0 else { break }
                    passesLeft -= 1
                } else if stops {
                    return whole - rest.amount
                } else {
                    rest.amount -= exchange.takerUsed
                    require(rest.amount >= 0, "no more is taken than was left")
                    fills += 1
                }
            }
            next = book.next(after: next, in: orders)
        }
        return isDust(taker, rest.amount) ? whole : whole - rest.amount
    }

    /// Whether what remains, at the order's own limit, is less than one minor unit of what it buys.
    @inline(__always)
    func isDust(_ order: UnsafeMutablePointer<Order>) -> Bool {
        isDust(order, order.pointee.remaining)
    }

    @inline(__always)
    private func isDust(_ order: UnsafeMutablePointer<Order>, _ remaining: Int64) -> Bool {
        guard order.pointee.fixed == .pay else { return false }
        let corridor = corridors[order.pointee.foreign]
        return Purchase(
            remaining, side: order.pointee.side, at: corridor.pointee.rate(order.pointee.tick),
            divisor: corridor.pointee.divisor
        ).isNothing
    }
}
