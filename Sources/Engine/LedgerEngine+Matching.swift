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
    @inline(__always)
    mutating func matchAndRest(_ slot: OrderSlot, maximumFills: Int) {
        let taker = orders.pointer(slot)
        let record = orders.record(slot)
        let needed =
            taker.pointee.timeInForce == .fillOrKill
            ? taker.pointee.remaining : record.pointee.leastFill(taker.pointee)
        var stop = Stop.bookExhausted
        if needed == 0 || fillable(taker.pointee, maximumFills) >= needed {
            stop = match(slot, maximumFills)
        }
        switch stop {
        case .filled: end(slot, record.pointee.completion(taker.pointee))
        case .selfMatch: end(slot, .selfMatch)
        case .fillLimit: end(slot, .fillLimit)
        case .bookExhausted: restOrEnd(slot)
        }
    }

    @inline(__always)
    private mutating func restOrEnd(_ slot: OrderSlot) {
        let order = orders.pointer(slot)
        guard !isDust(order.pointee) else {
            end(slot, orders.record(slot).pointee.completion(order.pointee))
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
            if arrivalExpiresAt != .never {
                expiries.insert(slot, arrivalExpiresAt, in: orders)
            }
        }
    }

    /// Fills the arriving order against the book in price-time priority.
    @inline(__always)
    private mutating func match(_ slot: OrderSlot, _ maximumFills: Int) -> Stop {
        let taker = orders.pointer(slot)
        let corridor = corridors[taker.pointee.foreign]
        let mode = corridor.pointee.selfMatch
        let divisor = corridor.pointee.divisor
        let lastFill = position.fillCount + UInt64(maximumFills)
        var next = book.first(
            taker.pointee.side.opposite, of: taker.pointee.foreign, in: orders)
        while next != 0 {
            let makerSlot = next
            let maker = orders.pointer(makerSlot)
            guard taker.pointee.accepts(maker.pointee.tick) else { break }
            next = book.next(after: makerSlot, in: orders)
            let isSelf = maker.pointee.payer16 == taker.pointee.payer16 && mode != .allow
            if isSelf && mode == .cancelNewest { return .selfMatch }
            if isSelf && mode == .cancelOldest {
                end(makerSlot, .selfMatch)
                continue
            }
            let rate = corridor.pointee.rate(maker.pointee.tick)
            let exchange = exchange(taker.pointee, maker.pointee, at: rate, divisor: divisor)
            if exchange.takerIsDust { return .filled }
            if maker.pointee.fillPolicy != .any,
                exchange.makerUsed < orders.record(makerSlot).pointee.leastFill(maker.pointee)
            {
                continue
            }
            if isSelf {
                decrement(slot, makerSlot, exchange)
            } else {
                guard position.fillCount < lastFill else { return .fillLimit }
                settle(slot, makerSlot, exchange, rate, corridor)
            }
            if taker.pointee.remaining == 0 { return .filled }
        }
        return .bookExhausted
    }

    /// How much of an arriving order the book would fill now, without changing anything; its whole
    /// amount when only a remainder too small to buy anything would be left.
    private func fillable(_ order: Order, _ maximumFills: Int) -> Int64 {
        var taker = order
        let corridor = corridors[taker.foreign]
        let mode = corridor.pointee.selfMatch
        var fills = 0
        var next = book.first(taker.side.opposite, of: taker.foreign, in: orders)
        while next != 0 && taker.remaining > 0 {
            let maker = orders.pointer(next)
            guard taker.accepts(maker.pointee.tick) else { break }
            let isSelf = maker.pointee.payer16 == taker.payer16 && mode != .allow
            // Here the arrival would stop, and what is left would not be filled.
            if fills == maximumFills || isSelf && mode != .cancelOldest {
                return order.remaining - taker.remaining
            }
            if !isSelf {
                let exchange = exchange(
                    taker, maker.pointee, at: corridor.pointee.rate(maker.pointee.tick),
                    divisor: corridor.pointee.divisor)
                if exchange.takerIsDust { return order.remaining }
                if exchange.makerUsed >= orders.record(next).pointee.leastFill(maker.pointee) {
                    taker.remaining -= exchange.takerUsed
                    fills += 1
                }
            }
            next = book.next(after: next, in: orders)
        }
        return isDust(taker) ? order.remaining : order.remaining - taker.remaining
    }

    /// Both orders of one payer shrink by what they would have exchanged.
    @inline(never)
    private mutating func decrement(
        _ takerSlot: OrderSlot, _ makerSlot: OrderSlot, _ exchange: Exchange
    ) {
        let maker = orders.pointer(makerSlot)
        orders.pointer(takerSlot).pointee.remaining -= exchange.takerUsed
        maker.pointee.remaining -= exchange.makerUsed
        if maker.pointee.remaining == 0 || isDust(maker.pointee) {
            end(makerSlot, .selfMatch)
        } else {
            setHold(makerSlot)
            markDirty(makerSlot)
        }
    }

    /// Whether what remains, at the order's own limit, is less than one minor unit of what it buys.
    @inline(__always)
    func isDust(_ order: Order) -> Bool {
        guard order.fixed == .pay else { return false }
        let corridor = corridors[order.foreign]
        return buysNothing(
            order.remaining, side: order.side, at: corridor.pointee.rate(order.tick),
            divisor: corridor.pointee.divisor)
    }
}
