internal import Domain

extension LedgerEngine where Book: ~Copyable {
    /// Settles both legs of a fill, its fees and both orders' holds: payment versus payment.
    mutating func settle(
        _ takerSlot: OrderSlot, _ makerSlot: OrderSlot, _ exchange: Exchange
    ) {
        let taker = orders.pointer(takerSlot)
        let maker = orders.pointer(makerSlot)
        let takerGivesRenminbi = taker.pointee.side == .payRenminbi
        let giver = takerGivesRenminbi ? taker : maker
        let taken = takerGivesRenminbi ? maker : taker
        let foreign = maker.pointee.foreign
        let renminbiFee = book(exchange.renminbi, exchange.foreign, on: giver)
        let foreignFee = book(exchange.foreign, exchange.renminbi, on: taken)
        accounts.transfer(
            exchange.renminbi, from: giver.pointee.debitAccount, to: taken.pointee.creditAccount)
        accounts.transfer(
            exchange.foreign, from: taken.pointee.debitAccount, to: giver.pointee.creditAccount)
        collect(renminbiFee, from: giver.pointee.debitAccount, .cny)
        collect(foreignFee, from: taken.pointee.debitAccount, foreign)

        position.fillCount += 1
        let fill = FillRow(
            id: position.fillCount, timestamp: now, foreign: foreign,
            restingSide: maker.pointee.side, renminbiPayment: PaymentID(giver.pointee.payment),
            foreignPayment: PaymentID(taken.pointee.payment),
            renminbiAmount: exchange.renminbi, foreignAmount: exchange.foreign,
            rate: maker.pointee.limit, renminbiFee: renminbiFee, foreignFee: foreignFee,
            renminbiDebit: giver.pointee.debitAccount, renminbiCredit: taken.pointee.creditAccount,
            foreignDebit: taken.pointee.debitAccount, foreignCredit: giver.pointee.creditAccount)
        position.fillsHash &+= fill.stateHash
        effects.fills.append(fill)

        taker.pointee.remaining -= exchange.takerUsed
        maker.pointee.remaining -= exchange.makerUsed
        if maker.pointee.remaining == 0 || isDust(maker.pointee) {
            end(makerSlot, maker.pointee.completion)
        } else {
            setHold(makerSlot)
            markDirty(makerSlot)
        }
    }

    /// Books a leg on the order that pays it and takes it off the hold; gives the fee due now.
    private mutating func book(
        _ pays: Int64, _ receives: Int64, on order: UnsafeMutablePointer<Order>
    ) -> Int64 {
        order.pointee.paid += pays
        order.pointee.received += receives
        let total = fee(on: order.pointee.paid, order.pointee.feePartsPerMillion)
        let due = total - order.pointee.fee
        order.pointee.fee += due
        order.pointee.held -= pays + due
        require(order.pointee.held >= 0, "a hold covers every fill")
        accounts.changeHold(order.pointee.debitAccount, by: -(pays + due))
        return due
    }

    private mutating func collect(_ fee: Int64, from account: AccountID, _ currency: Currency) {
        guard fee > 0 else { return }
        let income = accounts.find(.feeIncome, currency)
        accounts.transfer(fee, from: account, to: income)
    }

    /// Shrinks the hold of an order to the worst case of what remains.
    mutating func setHold(_ slot: OrderSlot) {
        let order = orders.pointer(slot)
        // The worst case of a part is at most that of the whole, which fitted at acceptance.
        let worst = worstPay(
            order.pointee.remaining, side: order.pointee.side, fixed: order.pointee.fixed,
            limit: order.pointee.limit, foreign: order.pointee.foreign)!
        let wholeFee = fee(on: order.pointee.paid + worst, order.pointee.feePartsPerMillion)
        let needed = worst + wholeFee - order.pointee.fee
        require(needed <= order.pointee.held, "a hold covers the worst case")
        changeHold(slot, to: needed)
    }

    private mutating func changeHold(_ slot: OrderSlot, to held: Int64) {
        let order = orders.pointer(slot)
        guard held != order.pointee.held else { return }
        accounts.changeHold(order.pointee.debitAccount, by: held - order.pointee.held)
        order.pointee.held = held
    }

    /// Ends an order: releases what it holds, takes it out of the book and writes its last row.
    mutating func end(_ slot: OrderSlot, _ reason: EndReason) {
        let order = orders.pointer(slot)
        if order.pointee.isResting {
            book.remove(slot, in: orders)
            order.pointee.isResting = false
            if order.pointee.heapPosition != 0 { expiries.remove(slot, in: orders) }
        }
        changeHold(slot, to: 0)
        order.pointee.updatedAt = now
        corridors[Int(order.pointee.foreign.rawValue)].openOrders -= 1
        let payment = payments.pointer(order.pointee.payment)
        payment.pointee.order = 0
        payment.pointee.endReason = reason
        payment.pointee.status = reason == .filled ? .settled : .cancelled
        payment.pointee.paid = order.pointee.paid
        payment.pointee.received = order.pointee.received
        writeRow(slot)
        orders.slab.giveBack(slot)
    }

    /// Notes that the order's row changed in this batch.
    @inline(__always)
    mutating func markDirty(_ slot: OrderSlot) {
        let order = orders.pointer(slot)
        order.pointee.updatedAt = now
        guard !order.pointee.isDirty else { return }
        order.pointee.isDirty = true
        dirtyOrders.append(order.pointee.payment)
    }

    /// Writes the order's row to the effects and brings the state hash up to date.
    mutating func writeRow(_ slot: OrderSlot) {
        let row = row(slot)
        let order = orders.pointer(slot)
        let hash = row.stateHash
        rowsHash &+= hash &- order.pointee.rowHash
        order.pointee.rowHash = hash
        order.pointee.isDirty = false
        order.pointee.isNew = false
        effects.payments.append(row)
    }

    private func row(_ slot: OrderSlot) -> PaymentRow {
        let order = orders.pointer(slot).pointee
        let payment = payments.pointer(order.payment).pointee
        let submitted = PaymentOrder(
            uetr: payment.uetr, contentHash: payment.contentHash, submitter: .none, payer: .none,
            creditor: .none, foreign: order.foreign, side: order.side, fixed: order.fixed,
            amount: order.amount, limit: order.statedLimit, timeInForce: order.timeInForce,
            fillPolicy: order.fillPolicy, minimumFill: order.minimumFill,
            expiresAt: order.expiresAt)
        var row = PaymentRow(
            id: PaymentID(order.payment), order: submitted, payer: order.payer,
            creditor: order.creditor, acceptedAt: order.acceptedAt)
        let open: PaymentStatus = order.paid > 0 ? .partlySettled : .pending
        row.status = payment.order != 0 ? open : payment.status
        row.endReason = payment.endReason
        row.code = payment.code
        row.limit = order.limit
        row.feePartsPerMillion = order.feePartsPerMillion
        row.updatedAt = order.updatedAt
        row.remaining = order.remaining
        row.held = order.held
        row.paid = order.paid
        row.received = order.received
        row.fee = order.fee
        row.attachment = order.isNew ? order.attachment : .none
        row.isNew = order.isNew
        return row
    }
}

extension LedgerEngine where Book: ~Copyable {
    /// Ends every order whose time has come.
    mutating func expireOrders() {
        while expiries.first != 0,
            orders.pointer(expiries.first).pointee.expiresAt <= now
        {
            end(expiries.first, .expired)
        }
    }

    /// Ends the unfilled rest of a bank's own order.
    mutating func cancel(_ cancellation: Cancellation) -> Outcome {
        let number = findPayment(cancellation.uetr)
        guard number != 0,
            mayAct(cancellation.submitter, for: payments.pointer(number).pointee.payer)
        else { return Outcome(code: .paymentUnknown, kind: .cancelPayment) }
        let payment = payments.pointer(number).pointee
        if payment.order != 0 {
            end(payment.order, .cancelledByBank)
            return outcome(.cancelPayment, of: number)
        }
        var answer = outcome(.cancelPayment, of: number)
        answer.isRepetition = payment.endReason == .cancelledByBank
        answer.code = answer.isRepetition ? .accepted : .paymentFinal
        return answer
    }

    /// Ends all open orders that match, oldest first.
    ///
    /// - Complexity: O(slots ever used); for operator commands, not for the hot path.
    mutating func endOrders(_ reason: EndReason, where matches: (borrowing Order) -> Bool) {
        var ending: [(payment: UInt32, slot: OrderSlot)] = []
        for number in orders.occupiedSlots where matches(orders.pointer(number).pointee) {
            ending.append((orders.pointer(number).pointee.payment, number))
        }
        ending.sort { $0.payment < $1.payment }
        for (_, slot) in ending { end(slot, reason) }
    }
}
