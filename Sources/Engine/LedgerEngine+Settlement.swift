internal import Domain

extension LedgerEngine where Book: ~Copyable {
    /// Settles both legs of a fill, its fees and both orders' holds: payment versus payment.
    mutating func settle(
        _ takerSlot: OrderSlot, _ makerSlot: OrderSlot, _ exchange: Exchange, _ rate: Rate,
        _ corridor: UnsafeMutablePointer<CorridorEntry>
    ) {
        let taker = orders.pointer(takerSlot)
        let maker = orders.pointer(makerSlot)
        let takerGivesRenminbi = taker.pointee.side == .payRenminbi
        let takerRecord = orders.record(takerSlot)
        let makerRecord = orders.record(makerSlot)
        let giver = takerGivesRenminbi ? takerRecord : makerRecord
        let taken = takerGivesRenminbi ? makerRecord : takerRecord
        let renminbi = Leg(
            amount: exchange.renminbi, fee: book(exchange.renminbi, exchange.foreign, on: giver),
            debit: giver.pointee.debitAccount, credit: taken.pointee.creditAccount,
            fees: corridor.pointee.renminbiFees)
        let foreign = Leg(
            amount: exchange.foreign, fee: book(exchange.foreign, exchange.renminbi, on: taken),
            debit: taken.pointee.debitAccount, credit: giver.pointee.creditAccount,
            fees: corridor.pointee.foreignFees)
        accounts.settle(renminbi, foreign)

        position.fillCount += 1
        let fill = FillRow(
            id: position.fillCount, timestamp: now, foreign: maker.pointee.foreign,
            restingSide: maker.pointee.side, renminbiPayment: PaymentID(giver.pointee.payment),
            foreignPayment: PaymentID(taken.pointee.payment),
            renminbiAmount: exchange.renminbi, foreignAmount: exchange.foreign,
            rate: rate, renminbiFee: renminbi.fee, foreignFee: foreign.fee,
            renminbiDebit: renminbi.debit, renminbiCredit: renminbi.credit,
            foreignDebit: foreign.debit, foreignCredit: foreign.credit)
        position.fillsHash &+= fill.stateHash
        effects.fills.append(fill)
        shrink(taker, makerSlot, maker, by: exchange)
    }

    /// Both orders of one payer lose what they would have exchanged; nothing is paid.
    @inline(never)
    mutating func decrement(
        _ takerSlot: OrderSlot, _ makerSlot: OrderSlot, _ exchange: Exchange
    ) {
        shrink(orders.pointer(takerSlot), makerSlot, orders.pointer(makerSlot), by: exchange)
    }

    /// Takes an exchange off what is left of both orders. The resting one ends when that was all.
    @inline(__always)
    private mutating func shrink(
        _ taker: UnsafeMutablePointer<Order>, _ makerSlot: OrderSlot,
        _ maker: UnsafeMutablePointer<Order>, by exchange: Exchange
    ) {
        taker.pointee.remaining -= exchange.takerUsed
        maker.pointee.remaining -= exchange.makerUsed
        require(
            taker.pointee.remaining >= 0 && maker.pointee.remaining >= 0,
            "no more is taken than was left")
        if maker.pointee.remaining == 0 || isDust(maker) {
            end(makerSlot, orders.record(makerSlot).pointee.completion(maker))
        } else {
            setHold(makerSlot)
            markDirty(makerSlot)
        }
    }

    /// Books a leg on the order that pays it and takes it off its hold; gives the fee due now.
    @inline(__always)
    private mutating func book(
        _ pays: Int64, _ receives: Int64, on record: UnsafeMutablePointer<OrderRecord>
    ) -> Int64 {
        let before = record.pointee.fee
        record.pointee.paid += pays
        record.pointee.received += receives
        let due = record.pointee.fee - before
        record.pointee.held -= pays + due
        require(record.pointee.held >= 0, "a hold covers every fill")
        return due
    }

    /// Shrinks the hold of an order to the worst case of what remains.
    @inline(__always)
    mutating func setHold(_ slot: OrderSlot) {
        let order = orders.pointer(slot)
        let record = orders.record(slot)
        // Each fill of an order that fixes what it pays took just its part of the hold; only parts
        // that it lost to orders of the same payer are still in it.
        if order.pointee.fixed == .pay,
            record.pointee.paid + order.pointee.remaining == record.pointee.amount
        {
            return
        }
        shrinkHold(order, record)
    }

    @inline(never)
    private mutating func shrinkHold(
        _ order: UnsafeMutablePointer<Order>, _ record: UnsafeMutablePointer<OrderRecord>
    ) {
        let corridor = corridors[order.pointee.foreign]
        // The worst case of a part is at most that of the whole, which fitted at acceptance.
        let worst = worstPay(
            order.pointee.remaining, side: order.pointee.side, fixed: order.pointee.fixed,
            limit: corridor.pointee.rate(order.pointee.tick), divisor: corridor.pointee.divisor)!
        let ppm = record.pointee.feePartsPerMillion
        let needed = worst + wholeFee(on: record.pointee.paid + worst, ppm) - record.pointee.fee
        require(
            needed >= 0 && needed <= record.pointee.held, "a hold covers the worst case")
        changeHold(record, to: needed)
    }

    /// Lets an order hold less.
    @inline(__always)
    mutating func changeHold(_ record: UnsafeMutablePointer<OrderRecord>, to held: Int64) {
        let change = held - record.pointee.held
        guard change != 0 else { return }
        record.pointee.held = held
        if accounts.changeHold(record.pointee.debitAccount, by: change) {
            changeCappedHold(record, by: change)
        }
    }

    /// Ends an order: releases what it holds, takes it out of the book and writes its last row.
    mutating func end(_ slot: OrderSlot, _ reason: EndReason) {
        let order = orders.pointer(slot)
        let record = orders.record(slot)
        require(order.pointee.state.contains(.open), "an order ends once")
        let isArriving = order.pointee.state.isDisjoint(with: .placed)
        let expiresAt = isArriving ? arrivalExpiresAt : takeOut(slot, order, record)
        changeHold(record, to: 0)
        corridors[order.pointee.foreign].pointee.openOrders -= 1
        openCount -= 1
        order.pointee.state.subtract([.open, .resting])
        order.pointee.endReason = reason
        writeRow(order, record, expiresAt)
        becomeFinal(slot, in: position.logIndex + 1)
    }

    /// Takes an order out of the book, or of its line, and of what falls due; gives when it would
    /// have ended by itself.
    @inline(__always)
    private mutating func takeOut(
        _ slot: OrderSlot, _ order: UnsafeMutablePointer<Order>,
        _ record: UnsafeMutablePointer<OrderRecord>
    ) -> Timestamp {
        let due = record.pointee.duePosition
        let expiresAt = due == 0 ? .never : expiries.time(at: due)
        if order.pointee.state.contains(.resting) {
            book.remove(slot, in: orders)
        } else {
            endWaiting(slot)
        }
        if due != 0 { unscheduleExpiry(slot) }
        return expiresAt
    }

    /// Remembers a final payment until its time to be forgotten.
    @inline(__always)
    mutating func becomeFinal(_ slot: OrderSlot, in logIndex: UInt64) {
        orders.record(slot).pointee.endedIn = logIndex
        finals.append(slot, in: orders)
    }

    /// Notes that the order's row changed in this batch.
    @inline(__always)
    mutating func markDirty(_ slot: OrderSlot) {
        let order = orders.pointer(slot)
        require(order.pointee.state.contains(.open), "what is final never changes")
        guard !order.pointee.state.contains(.dirty) else { return }
        order.pointee.state.insert(.dirty)
        dirtyOrders.append(slot)
    }

    // MARK: Rows

    /// Writes the row of an open order.
    @inline(__always)
    mutating func writeRow(_ slot: OrderSlot) {
        writeRow(orders.pointer(slot), orders.record(slot), expiry(slot))
    }

    /// Writes the order's row to the effects and brings the state hash up to date.
    @inline(never)
    private mutating func writeRow(
        _ order: UnsafeMutablePointer<Order>, _ record: UnsafeMutablePointer<OrderRecord>,
        _ expiresAt: Timestamp
    ) {
        let row = row(order, record, expiresAt)
        let hash = row.stateHash
        let before = row.isNew ? 0 : record.pointee.rowHash
        if order.pointee.state.contains(.open) {
            rowsHash &+= hash &- before
        } else {
            rowsHash &-= before
            position.finalsHash &+= hash
        }
        record.pointee.rowHash = hash
        order.pointee.state.subtract([.dirty, .new])
        effects.payments.append(row)
        if record.pointee.date != .none {
            effects.dates.append(StatedPaymentDate(payment: row.id, date: record.pointee.date))
        }
    }

    @inline(__always)
    private func row(
        _ order: UnsafeMutablePointer<Order>, _ record: UnsafeMutablePointer<OrderRecord>,
        _ expiresAt: Timestamp
    ) -> PaymentRow {
        let state = order.pointee.state
        let isNew = state.contains(.new)
        let limit = corridors[order.pointee.foreign].pointee.rate(order.pointee.tick)
        return PaymentRow(
            id: PaymentID(record.pointee.payment), uetr: record.pointee.uetr,
            contentHash: record.pointee.contentHash, payer: order.pointee.payer,
            creditor: record.pointee.creditor, foreign: order.pointee.foreign,
            side: order.pointee.side, fixed: order.pointee.fixed,
            timeInForce: order.pointee.timeInForce, fillPolicy: order.pointee.fillPolicy,
            status: status(order, record), endReason: order.pointee.endReason,
            code: order.pointee.code, amount: record.pointee.amount,
            statedLimit: state.contains(.limitStated) ? limit : .none, limit: limit,
            minimumFill: record.pointee.minimumFill,
            feePartsPerMillion: record.pointee.feePartsPerMillion, expiresAt: expiresAt,
            acceptedAt: record.pointee.acceptedAt, updatedAt: now,
            remaining: order.pointee.remaining, held: record.pointee.held,
            paid: record.pointee.paid, received: record.pointee.received,
            fee: record.pointee.fee, attachment: isNew ? record.pointee.attachment : .none,
            isNew: isNew)
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// Ends all open orders that match, oldest first.
    ///
    /// - Complexity: O(slots ever used); for operator commands, not for the hot path.
    mutating func endOrders(
        _ reason: EndReason, where matches: (Order, _ creditor: ParticipantID) -> Bool
    ) {
        let ending = orders.openSlots
            .filter { matches(orders.pointer($0).pointee, orders.record($0).pointee.creditor) }
            .sorted { orders.payment($0) < orders.payment($1) }
        for slot in ending { end(slot, reason) }
    }
}
