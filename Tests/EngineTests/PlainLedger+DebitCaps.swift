internal import Domain

/// R21: what a bank may owe, counted anew from all fills and open orders whenever somebody asks.
extension PlainLedger {
    struct CapKey: Hashable {
        var payer: BIC
        /// Nil is all banks together.
        var payee: BIC?
        var currency: Currency
    }

    struct Cap {
        var amount: Int128
        /// Fills there were when it came in force.
        var fillsBefore: Int
    }

    /// The command's outcome, if it is one of these.
    mutating func carryOutCap(_ command: any DeclaredCommand) -> Outcome? {
        guard let it = command as? SetDebitCap else { return nil }
        let (code, isRepetition) = set(it)
        return Outcome(code: code, kind: SetDebitCap.kind, isRepetition: isRepetition)
    }

    private mutating func set(_ it: SetDebitCap) -> (ResultCode, Bool) {
        let amount = it.cap.minorUnits
        guard amount >= 0, amount <= 10_000_000_000_000_000 else { return (.amountInvalid, false) }
        let banks = [it.participant, it.counterparty].filter { $0 != .none }
        guard it.participant != .none, banks.allSatisfy({ registered($0) != nil }) else {
            return (.participantUnknown, false)
        }
        guard banks.allSatisfy({ direct($0) == $0 }) else { return (.participantNotDirect, false) }
        guard it.participant != it.counterparty else { return (.debitCapInvalid, false) }
        let key = CapKey(
            payer: it.participant, payee: it.counterparty == .none ? nil : it.counterparty,
            currency: it.cap.currency)
        guard let known = caps[key] else {
            if it.removed { return (.accepted, true) }
            accounts[self.key(it.participant, it.cap.currency), default: Account()].held += 0
            caps[key] = Cap(amount: Int128(amount), fillsBefore: fills.count)
            return (.accepted, false)
        }
        if it.removed {
            caps[key] = nil
        } else {
            caps[key]?.amount = Int128(amount)
        }
        return (.accepted, !it.removed && known.amount == Int128(amount))
    }

    /// R21.4 Why an order may not hold so much.
    func capRefusal(_ terms: PaymentOrder, _ hold: Int128) -> ResultCode? {
        let payer = direct(participant(terms.payer) ?? terms.payer)
        let payee = direct(participant(terms.creditor) ?? terms.creditor)
        let all = CapKey(payer: payer, payee: nil, currency: terms.payCurrency)
        let one = CapKey(payer: payer, payee: payee, currency: terms.payCurrency)
        if let cap = caps[all], used(all, cap) + hold > cap.amount { return .debitCapReached }
        if let cap = caps[one], used(one, cap) + hold > cap.amount { return .bilateralCapReached }
        return nil
    }

    func used(_ key: CapKey, _ cap: Cap) -> Int128 { position(key, cap) + held(key) }

    func held(_ key: CapKey) -> Int128 {
        open.filter { order in
            order.terms.payCurrency == key.currency && direct(order.terms.payer) == key.payer
                && (key.payee == nil || direct(order.terms.creditor) == key.payee)
        }.reduce(0) { $0 + $1.held }
    }

    func position(_ key: CapKey, _ cap: Cap) -> Int128 {
        let first = max(cap.fillsBefore, fillsBeforeDay[key.currency] ?? 0)
        return fills[min(first, fills.count)...].reduce(0) { sum, fill in
            let giver = byNumber[fill.renminbiPayment]
            let other = byNumber[fill.foreignPayment]
            guard let giver, let other else { return sum }
            var moved: Int128 = 0
            if key.currency == .cny {
                moved += out(fill.renminbi, fill.renminbiFee, giver, other, key)
            } else if key.currency == other.terms.foreign {
                moved += out(fill.foreign, fill.foreignFee, other, giver, key)
            }
            return sum + moved
        }
    }

    /// What a leg takes from the bank of the cap, or brings it: by an order that it gave, or by one
    /// in its favour. A bank may pay itself.
    private func out(
        _ amount: Int128, _ fee: Int128, _ payer: Order, _ other: Order, _ key: CapKey
    ) -> Int128 {
        var out: Int128 = 0
        if direct(payer.terms.payer) == key.payer,
            key.payee == nil || key.payee == direct(payer.terms.creditor)
        {
            out += amount + fee
        }
        if direct(other.terms.creditor) == key.payer,
            key.payee == nil || key.payee == direct(other.terms.payer)
        {
            out -= amount
        }
        return out
    }
}
