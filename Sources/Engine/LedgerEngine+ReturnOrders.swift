internal import Domain

// R15.13 Returns as orders: how they are placed, and what is put on record of what they bring.

extension LedgerEngine where Book: ~Copyable {
    /// Places the order of a return that nothing else refuses, and puts the return on record.
    ///
    /// - Returns: the order's slot, or why the book does not take it; then nothing has changed.
    mutating func place(
        _ wish: ReturnByOrder, _ before: FollowUpRow, _ attachment: AttachmentRange
    ) -> Result<OrderSlot, FollowUpRefusal> {
        guard
            let (foreign, side) = OrderDraft.corridor(
                from: before.receiveCurrency, to: before.payCurrency)
        else { preconditionFailure("a payment has a corridor") }
        let order = PaymentOrder(
            uetr: UETR(ofReturn: wish.returnKey, from: before.uetr),
            contentHash: wish.contentHash, submitter: wish.about.submitter,
            payer: participants.bic(before.creditor), creditor: participants.bic(before.payer),
            foreign: foreign, side: side, fixed: .pay, amount: wish.amount, limit: wish.limit,
            timeInForce: wish.timeInForce, expiresAt: wish.expiresAt)
        let slot: OrderSlot
        switch submitReturn(order, of: before.creditor) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let placed): slot = placed
        }

        // From here on it must succeed.
        let returned = ReturnRow(
            id: recentReturns.nextID(in: position.logIndex + 1), timestamp: now,
            returner: before.creditor, returnKey: wish.returnKey, contentHash: wish.contentHash,
            payment: before.payment, amount: wish.amount, reason: wish.reason, debit: 0, credit: 0,
            attachment: attachment, order: PaymentID(orders.payment(slot)))
        put(returned)
        returnOrders.add(ReturnOrders.Entry(row: returned.withoutDetails(), slot: slot))
        followUps.changeReserve(of: before.payment, by: wish.amount)
        var row = before
        row.returns += 1
        _ = put(row, after: before)
        return .success(slot)
    }

    /// The order of a return of the last batches, which the ledger knows as long as the return; 0
    /// of another one.
    func order(of returned: ReturnRow, _ row: FollowUpRow) -> OrderSlot {
        guard returned.order != 0 else { return 0 }
        return payment(UETR(ofReturn: returned.returnKey, from: row.uetr), of: returned.returner)
    }

    /// Puts a return on record.
    mutating func put(_ returned: ReturnRow) {
        recentReturns.add(returned.withoutDetails())
        position.finalsHash &+= returned.stateHash
        effects.declared.append(returned)
    }

    /// R15.16 Ends the batch for return orders: what they brought in it is returned, and of those
    /// that ended the rest is free again.
    mutating func takeReturnOrders() {
        guard !returnOrders.isEmpty else { return }
        var someEnded = false
        for place in returnOrders.places(among: effects.payments) {
            let entry = returnOrders[place]
            let isOpen = orders.pointer(entry.slot).pointee.state.contains(.open)
            guard !isOpen || orders.record(entry.slot).pointee.paid != entry.paid else { continue }
            takeReturn(at: place, isOpen: isOpen)
            someEnded = someEnded || !isOpen
        }
        guard someEnded else { return }
        returnOrders.remove { !orders.pointer($0.slot).pointee.state.contains(.open) }
    }

    private mutating func takeReturn(at place: Int, isOpen: Bool) {
        var entry = returnOrders[place]
        let record = orders.record(entry.slot)
        require(PaymentID(record.pointee.payment) == entry.row.order, "an open order stays")
        let (paid, received) = (
            record.pointee.paid - entry.paid, record.pointee.received - entry.received
        )
        entry.paid += paid
        entry.received += received
        returnOrders[place] = entry
        returnOrders.noteChange(at: place)
        let free = isOpen ? 0 : entry.row.amount - entry.paid
        followUps.changeReserve(of: entry.row.payment, by: -paid - free)
        guard let before = followUps.find(entry.row.payment) else {
            preconditionFailure("what has an open return order is known")
        }
        guard paid > 0 else {
            _ = put(before, after: before)
            return
        }
        var row = before
        row.returned += paid
        let closed = closeCase(answeredBy: &row)
        row = put(row, after: before)
        tellOfFollowUp(.broughtBack(row, entry.row, paid: paid, received: received))
        if let closed { tellOfFollowUp(.changed(row, closed)) }
    }

    /// Takes over what the tables say of returns: those of the last batches, and open orders.
    mutating func loadReturns(_ image: LedgerImage) throws(LoadError) {
        var open: [ReturnOrders.Entry] = []
        for row in image.declared[ReturnRow.self].sorted(by: { $0.id < $1.id }) {
            let isRecent = recentReturns.isKept(row, at: image.position.logIndex)
            let isNew = isRecent ? recentReturns.add(row) : true
            let entry = openOrder(of: row)
            guard row.logIndex <= image.position.logIndex, isRecent || entry != nil, isNew
            else { throw .inconsistent("\(ReturnRow.table) \(row.id)") }
            guard let entry else { continue }
            open.append(entry)
            followUps.changeReserve(of: row.payment, by: row.amount - entry.paid)
        }
        for entry in open.sorted(by: { $0.row.order < $1.row.order }) { returnOrders.add(entry) }
    }

    private func openOrder(of row: ReturnRow) -> ReturnOrders.Entry? {
        guard row.order != 0, let followUp = followUps.find(row.payment) else { return nil }
        let slot = payment(UETR(ofReturn: row.returnKey, from: followUp.uetr), of: row.returner)
        guard slot != 0, orders.pointer(slot).pointee.state.contains(.open) else { return nil }
        let record = orders.record(slot).pointee
        return ReturnOrders.Entry(
            row: row.withoutDetails(), slot: slot, paid: record.paid, received: record.received)
    }
}
