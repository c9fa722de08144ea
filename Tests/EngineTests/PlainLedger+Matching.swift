internal import Domain

extension PlainLedger {
    struct Trade {
        var renminbi: Int128
        var foreign: Int128
        var takerIsDust = false

        func part(_ order: Order) -> Int128 { order.countsRenminbi ? renminbi : foreign }
    }

    /// The resting orders that the taker accepts: best rate first, then the oldest.
    private func candidates(_ taker: Order) -> [Order] {
        let givesRenminbi = taker.terms.side == .payRenminbi
        return open.filter {
            $0 !== taker && !$0.waits && $0.terms.foreign == taker.terms.foreign
                && $0.terms.side != taker.terms.side
                && (givesRenminbi ? $0.limit >= taker.limit : $0.limit <= taker.limit)
        }.sorted {
            if $0.limit != $1.limit { return givesRenminbi == ($0.limit > $1.limit) }
            return $0.arrived < $1.arrived
        }
    }

    private func mode(_ taker: Order, _ maker: Order) -> SelfMatch {
        guard taker.terms.payer == maker.terms.payer else { return .allow }
        return corridors[taker.terms.foreign]?.corridor.selfMatch ?? .allow
    }

    mutating func match(_ taker: Order) {
        arrivals += 1
        taker.arrived = arrivals
        let needed = taker.terms.timeInForce == .fillOrKill ? taker.remaining : least(taker)
        guard needed == 0 || fillable(taker) >= needed else { return rest(taker) }
        var fillsLeft = mostFills(taker)
        var passesLeft = mostPassed
        for maker in candidates(taker) {
            if maker.expires <= now {
                if passesLeft == 0 { return rest(taker) }
                passesLeft -= 1
                continue
            }
            let mode = mode(taker, maker)
            if mode == .cancelNewest { return end(taker, .selfMatch) }
            if mode == .cancelOldest {
                end(maker, .selfMatch)
                continue
            }
            let trade = trade(taker.remaining, taker, maker)
            if trade.takerIsDust { return complete(taker) }
            if trade.part(maker) < least(maker) {
                if passesLeft == 0 { return rest(taker) }
                passesLeft -= 1
                continue
            }
            if mode == .allow {
                if fillsLeft == 0 { return end(taker, .fillLimit) }
                fillsLeft -= 1
                settle(taker, maker, trade)
            }
            taker.remaining -= trade.part(taker)
            maker.remaining -= trade.part(maker)
            if isUsedUp(maker) { complete(maker) } else { shrinkHold(maker) }
            if taker.remaining == 0 { return complete(taker) }
        }
        rest(taker)
    }

    private mutating func rest(_ taker: Order) {
        if isUsedUp(taker) { return complete(taker) }
        switch taker.terms.timeInForce {
        case .fillOrKill: end(taker, .killed)
        case .immediateOrCancel: end(taker, .notMatched)
        case .day, .goodTillCancelled, .goodTillDate: shrinkHold(taker)
        }
    }

    /// Ends an order of which nothing is left to fill: settled, unless a part was decremented.
    private mutating func complete(_ order: Order) {
        let isWhole = order.done + order.remaining == Int128(order.terms.amount)
        end(order, isWhole ? .filled : .selfMatch)
    }

    private func least(_ order: Order) -> Int128 {
        switch order.terms.fillPolicy {
        case .any: 0
        case .minimum: min(order.remaining, Int128(order.terms.minimumFill))
        case .complete: order.remaining
        }
    }

    private func isUsedUp(_ order: Order) -> Bool {
        order.remaining == 0 || order.terms.fixed == .pay && buys(order) == 0
    }

    private mutating func shrinkHold(_ order: Order) {
        let pays = cost(order, order.remaining)
        hold(order, pays + fee(order.paid + pays, order) - order.fee)
    }

    private var mostPassed: Int { rules < .v3 ? .max : 1_024 }

    private func fillable(_ taker: Order) -> Int128 {
        var rest = taker.remaining
        var fillsLeft = mostFills(taker)
        var passesLeft = mostPassed
        for maker in candidates(taker) where rest > 0 {
            if maker.expires <= now {
                if passesLeft == 0 { break }
                passesLeft -= 1
                continue
            }
            let mode = mode(taker, maker)
            let filledSoFar = taker.remaining - rest
            if mode == .cancelNewest { return filledSoFar }
            // Version 2 does not ask whether what is left is dust.
            if rules < .v3, fillsLeft == 0 || mode == .decrementBoth { return filledSoFar }
            if mode == .cancelOldest { continue }
            let trade = trade(rest, taker, maker)
            if trade.takerIsDust { return taker.remaining }
            if trade.part(maker) < least(maker) {
                if passesLeft == 0 { break }
                passesLeft -= 1
                continue
            }
            if mode == .decrementBoth || fillsLeft == 0 { return filledSoFar }
            rest -= trade.part(taker)
            fillsLeft -= 1
        }
        let left = Order(taker.terms, number: 0)
        left.limit = taker.limit
        left.remaining = rest
        return isUsedUp(left) ? taker.remaining : taker.remaining - rest
    }

    /// What is exchanged at the resting order's rate, rounded in its favour.
    private func trade(_ rest: Int128, _ taker: Order, _ maker: Order) -> Trade {
        let rate = Fraction(maker.limit, maker.terms.foreign)
        let makerGivesRenminbi = maker.terms.side == .payRenminbi
        func foreign(_ fen: Int128) -> Int128 {
            makerGivesRenminbi ? ceil(fen * rate.up, rate.down) : floor(fen * rate.up, rate.down)
        }
        func renminbi(_ amount: Int128) -> Int128 {
            makerGivesRenminbi
                ? floor(amount * rate.down, rate.up) : ceil(amount * rate.down, rate.up)
        }
        let bounds = [(taker.countsRenminbi, rest), (maker.countsRenminbi, maker.remaining)]
        let fen = bounds.filter { $0.0 }.map { $0.1 }.min()
        let other = bounds.filter { !$0.0 }.map { $0.1 }.min()
        var trade: Trade
        if let fen, other.map({ foreign(fen) <= $0 }) ?? true {
            trade = Trade(renminbi: fen, foreign: foreign(fen))
        } else {
            trade = Trade(renminbi: renminbi(other ?? 0), foreign: other ?? 0)
        }
        if trade.renminbi == 0 || trade.foreign == 0 {
            let makerIsServedWhole =
                maker.terms.fixed == .receive
                && (taker.terms.fixed == .receive || maker.remaining <= rest)
            trade.takerIsDust = !makerIsServedWhole
            trade.renminbi = max(1, trade.renminbi)
            trade.foreign = max(1, trade.foreign)
        }
        return trade
    }

    private mutating func settle(_ taker: Order, _ maker: Order, _ trade: Trade) {
        let giver = taker.terms.side == .payRenminbi ? taker : maker
        let other = giver === taker ? maker : taker
        let renminbiFee = pay(trade.renminbi, giver, other, .cny)
        let foreignFee = pay(trade.foreign, other, giver, maker.terms.foreign)
        fills.append(
            Fill(
                renminbiPayment: giver.number, foreignPayment: other.number,
                renminbi: trade.renminbi, foreign: trade.foreign, rate: maker.limit,
                renminbiFee: renminbiFee, foreignFee: foreignFee))
    }

    private mutating func pay(
        _ amount: Int128, _ payer: Order, _ other: Order, _ currency: Currency
    ) -> Int128 {
        let account = key(payer.terms.payer, currency)
        move(amount, account, key(other.terms.creditor, currency))
        payer.paid += amount
        other.received += amount
        payer.status = .partlySettled
        let due = fee(payer.paid, payer) - payer.fee
        move(due, account, AccountKey(owner: "fee-income", currency: currency))
        payer.fee += due
        hold(payer, payer.held - amount - due)
        return due
    }
}
