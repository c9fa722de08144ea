internal import Domain

/// What two orders exchange at the resting order's rate.
struct Exchange: BitwiseCopyable {
    var renminbi: Int64
    var foreign: Int64
    /// Parts of the two orders' remainders that it uses, each in its own unit.
    var takerUsed: Int64
    var makerUsed: Int64
    /// The taker's remainder is too small to buy one minor unit here.
    var takerIsDust = false
}

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
    mutating func matchAndRest(_ slot: OrderSlot, maximumFills: Int) {
        let taker = orders.pointer(slot)
        let needed =
            taker.pointee.timeInForce == .fillOrKill
            ? taker.pointee.remaining : taker.pointee.leastFill
        var stop = Stop.bookExhausted
        if needed == 0 || fillable(taker.pointee, maximumFills) >= needed {
            stop = match(slot, maximumFills)
        }
        switch stop {
        case .filled: end(slot, taker.pointee.completion)
        case .selfMatch: end(slot, .selfMatch)
        case .fillLimit: end(slot, .fillLimit)
        case .bookExhausted: restOrEnd(slot)
        }
    }

    private mutating func restOrEnd(_ slot: OrderSlot) {
        let order = orders.pointer(slot)
        guard !isDust(order.pointee) else {
            end(slot, order.pointee.completion)
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
            order.pointee.isResting = true
            if order.pointee.expiresAt != .never { expiries.insert(slot, in: orders) }
        }
    }

    /// Fills the arriving order against the book in price-time priority.
    private mutating func match(_ slot: OrderSlot, _ maximumFills: Int) -> Stop {
        let taker = orders.pointer(slot)
        let mode = selfMatch(taker.pointee.foreign)
        let lastFill = position.fillCount + UInt64(maximumFills)
        var next = book.first(
            taker.pointee.side.opposite, of: taker.pointee.foreign, in: orders)
        while next != 0 {
            let makerSlot = next
            let maker = orders.pointer(makerSlot)
            guard taker.pointee.accepts(maker.pointee.limit) else { break }
            next = book.next(after: makerSlot, in: orders)
            let isSelf = maker.pointee.payer == taker.pointee.payer && mode != .allow
            if isSelf && mode == .cancelNewest { return .selfMatch }
            if isSelf && mode == .cancelOldest {
                end(makerSlot, .selfMatch)
                continue
            }
            let exchange = exchange(taker.pointee, maker.pointee)
            if exchange.takerIsDust { return .filled }
            if exchange.makerUsed < maker.pointee.leastFill { continue }
            if isSelf {
                decrement(slot, makerSlot, exchange)
            } else {
                guard position.fillCount < lastFill else { return .fillLimit }
                settle(slot, makerSlot, exchange)
            }
            if taker.pointee.remaining == 0 { return .filled }
        }
        return .bookExhausted
    }

    /// How much of an arriving order the book would fill now, without changing anything; its whole
    /// amount when only a remainder too small to buy anything would be left.
    private func fillable(_ order: Order, _ maximumFills: Int) -> Int64 {
        var taker = order
        let mode = selfMatch(taker.foreign)
        var fills = 0
        var next = book.first(taker.side.opposite, of: taker.foreign, in: orders)
        while next != 0 && taker.remaining > 0 {
            let maker = orders.pointer(next)
            guard taker.accepts(maker.pointee.limit) else { break }
            let isSelf = maker.pointee.payer == taker.payer && mode != .allow
            // Here the arrival would stop, and what is left would not be filled.
            if fills == maximumFills || isSelf && mode != .cancelOldest {
                return order.remaining - taker.remaining
            }
            if !isSelf {
                let exchange = exchange(taker, maker.pointee)
                if exchange.takerIsDust { return order.remaining }
                if exchange.makerUsed >= maker.pointee.leastFill {
                    taker.remaining -= exchange.takerUsed
                    fills += 1
                }
            }
            next = book.next(after: next, in: orders)
        }
        return isDust(taker) ? order.remaining : order.remaining - taker.remaining
    }

    private func selfMatch(_ foreign: Currency) -> SelfMatch {
        corridors[Int(foreign.rawValue)].row.unsafelyUnwrapped.corridor.selfMatch
    }

    /// Both orders of one payer shrink by what they would have exchanged.
    private mutating func decrement(
        _ takerSlot: OrderSlot, _ makerSlot: OrderSlot, _ exchange: Exchange
    ) {
        orders.pointer(takerSlot).pointee.remaining -= exchange.takerUsed
        orders.pointer(makerSlot).pointee.remaining -= exchange.makerUsed
        if orders.pointer(makerSlot).pointee.remaining == 0
            || isDust(orders.pointer(makerSlot).pointee)
        {
            end(makerSlot, .selfMatch)
        } else {
            setHold(makerSlot)
            markDirty(makerSlot)
        }
    }

    /// Whether what remains, at the order's own limit, is less than one minor unit of what it buys.
    func isDust(_ order: Order) -> Bool {
        order.fixed == .pay
            && bought(order.remaining, side: order.side, at: order.limit, foreign: order.foreign)
                == 0
    }
}

extension Order {
    /// Whether a resting order's rate is as good as the limit or better.
    @inline(__always)
    fileprivate func accepts(_ rate: Rate) -> Bool {
        side == .payRenminbi ? rate >= limit : rate <= limit
    }
}

/// The pair of amounts that two opposite orders exchange at the resting order's rate.
///
/// The side whose remainder binds gets exactly that amount; the other amount is rounded to a minor
/// unit in favour of the resting order. If that leaves nothing to pay, a resting order that fixes
/// what it receives pays one minor unit; an arriving one that fixes what it pays is dust.
@inline(__always)
func exchange(_ taker: Order, _ maker: Order) -> Exchange {
    let rate = maker.limit
    // Who gives renminbi gains when less of it moves, or more foreign currency.
    let renminbiRounding: Rounding = maker.side == .payRenminbi ? .down : .up
    let foreignRounding: Rounding = maker.side == .payRenminbi ? .up : .down
    let takerBinds: Bool
    let bindsRenminbi: Bool
    if taker.countsRenminbi == maker.countsRenminbi {
        takerBinds = taker.remaining < maker.remaining
        bindsRenminbi = taker.countsRenminbi
    } else {
        let renminbi = taker.countsRenminbi ? taker.remaining : maker.remaining
        let foreign = taker.countsRenminbi ? maker.remaining : taker.remaining
        let worth = rate.foreign(forFen: renminbi, in: maker.foreign, foreignRounding)
        bindsRenminbi = (worth ?? .max) <= foreign
        takerBinds = bindsRenminbi == taker.countsRenminbi
    }
    let bound = takerBinds ? taker.remaining : maker.remaining
    // The bound amount is at most that of the other order, whose own worst case fits.
    var renminbi =
        bindsRenminbi
        ? bound : rate.fen(forForeign: bound, in: maker.foreign, renminbiRounding)!
    var foreign =
        bindsRenminbi
        ? rate.foreign(forFen: bound, in: maker.foreign, foreignRounding)! : bound
    var takerIsDust = false
    if renminbi == 0 || foreign == 0 {
        takerIsDust = takerBinds
        renminbi = max(renminbi, 1)
        foreign = max(foreign, 1)
    }
    return Exchange(
        renminbi: renminbi, foreign: foreign,
        takerUsed: taker.countsRenminbi ? renminbi : foreign,
        makerUsed: maker.countsRenminbi ? renminbi : foreign, takerIsDust: takerIsDust)
}
