internal import Domain

extension EraseContent: Rule {
    func carryOut<Book>(
        on ledger: inout LedgerEngine<Book>, _ attachment: AttachmentRange
    ) -> Verdict where Book: OrderBook & ~Copyable {
        let id = ledger.participants.find(payer, under: ledger.rules)
        guard id != 0 else { return .refused(.participantUnknown) }
        guard !ledger.hasOpenPayment(uetr, of: id) else { return .refused(.paymentOpen) }

        // From here on it must succeed. Whether there is such a payment only the tables know: of
        // one that is not there nothing is erased.
        ledger.putErasure(of: uetr, id, attachment)
        return .accepted
    }
}

extension LedgerEngine where Book: ~Copyable {
    fileprivate func hasOpenPayment(_ uetr: UETR, of payer: ParticipantID) -> Bool {
        var isOpen = false
        ordersByUETR.eachCandidate(hash: ordersByUETR.hash(uetr.bits)) { slot in
            let order = orders.pointer(slot).pointee
            isOpen =
                isOpen
                || order.state.contains(.open) && order.payer == payer
                    && orders.record(slot).pointee.uetr == uetr
        }
        return isOpen
    }

    fileprivate mutating func putErasure(
        of uetr: UETR, _ payer: ParticipantID, _ attachment: AttachmentRange
    ) {
        let row = ErasureRow(
            id: ErasureRow.id(position.logIndex + 1, erasuresInBatch), timestamp: now, uetr: uetr,
            payer: payer, attachment: attachment)
        erasuresInBatch += 1
        position.finalsHash &+= row.stateHash
        effects.declared.append(row)
    }
}
