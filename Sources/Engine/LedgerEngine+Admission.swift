internal import Domain

/// What an accepted order starts with.
struct Admission: BitwiseCopyable {
    /// Known also when the order is rejected; 0 when its BIC is nobody's.
    var creditor: ParticipantID = 0
    /// The direct participant whose account is credited.
    var settlesFor: ParticipantID = 0
    var debitAccount: AccountID = 0
    var tick: UInt32 = 0
    var feePartsPerMillion: UInt32 = 0
    var hold: Int64 = 0
    var expiresAt: Timestamp = .never
    var maximumFills = 0
    /// Its settlement date has not come.
    var waits = false
}

extension LedgerEngine where Book: ~Copyable {
    /// The ladder of rejections, in the documented order. Changes nothing but `admission`.
    @inline(always)
    mutating func admit(
        _ order: PaymentOrderView, _ payer: ParticipantID, asksCaps: Bool,
        _ admission: inout Admission
    ) -> ResultCode {
        let terms = admitTerms(order, payer, .arrival, &admission)
        guard terms == .accepted else { return terms }
        return admitFunds(order, payer, asksCaps: asksCaps, &admission)
    }

    /// The ladder up to what the order can cost.
    @inline(always)
    mutating func admitTerms(
        _ order: PaymentOrderView, _ payer: ParticipantID, _ stage: AdmissionStage,
        _ admission: inout Admission
    ) -> ResultCode {
        var creditor = participants.registered(order.creditor)
        if creditor == 0 { creditor = unregisteredCreditor(order) }
        admission.creditor = creditor
        let parties = rejectParties(payer, creditor)
        guard parties == .accepted else { return parties }
        let corridor = corridors[order.foreign]
        let terms = rejectTerms(order, corridor, stage, &admission)
        guard terms == .accepted else { return terms }
        let limit = corridor.pointee.rate(admission.tick)
        if order.fixed == .pay {
            let buys = Purchase(
                order.amount, side: order.side, at: limit, divisor: corridor.pointee.divisor)
            guard !buys.isTooLarge else { return .amountAboveMaximum }
            guard !buys.isNothing else { return .amountBelowMinimum }
        }
        var ppm = corridor.pointee.feePartsPerMillion
        if case .entry(let fee) = stage { ppm = fee }
        admission.feePartsPerMillion = ppm
        guard
            let hold = initialHold(
                order, limit, ppm, admission.maximumFills, corridor.pointee.divisor)
        else { return .amountAboveMaximum }
        admission.hold = hold
        return .accepted
    }

    /// The rest of the ladder: the funds, and the account that is credited. Debit caps, which are
    /// asked last, count what is held from here on.
    @inline(always)
    mutating func admitFunds(
        _ order: PaymentOrderView, _ payer: ParticipantID, asksCaps: Bool,
        _ admission: inout Admission
    ) -> ResultCode {
        let debitor = participants.standing(payer).settlesThrough
        admission.debitAccount = accounts.find(debitor, order.payCurrency)
        guard admission.debitAccount != 0,
            accounts.available(admission.debitAccount) >= admission.hold
        else { return .insufficientFunds }
        admission.settlesFor = participants.standing(admission.creditor).settlesThrough
        guard accounts.room >= 1 || accounts.find(admission.settlesFor, order.receiveCurrency) != 0
        else { return .accountsFull }
        guard !asksCaps || !accounts.isCapped(admission.debitAccount) else {
            return holdUnderCaps(admission)
        }
        return .accepted
    }

    /// `mutating` only so that it finds the ledger where it lies.
    @inline(never)
    private mutating func unregisteredCreditor(_ order: PaymentOrderView) -> ParticipantID {
        participants.find(order.creditor, under: rules)
    }

    @inline(always)
    private func rejectParties(_ payer: ParticipantID, _ creditor: ParticipantID) -> ResultCode {
        let paying = participants.standing(payer)
        guard paying.isActive else { return .payerSuspended }
        guard paying.roles.contains(creditor == payer ? .liquidityProvider : .payer) else {
            return .payerMayNotPay
        }
        guard creditor != 0 else { return .creditorUnknown }
        guard participants.standing(creditor).isActive else { return .creditorSuspended }
        return .accepted
    }

    /// Checks the terms; sets tick, fills and expiry.
    @inline(always)
    private mutating func rejectTerms(
        _ order: PaymentOrderView, _ corridor: UnsafeMutablePointer<CorridorEntry>,
        _ stage: AdmissionStage, _ admission: inout Admission
    ) -> ResultCode {
        guard corridor.pointee.standing == .accepted else { return corridor.pointee.standing }
        var session = (opens: now, cutOff: Timestamp.never)
        if case .dated = stage {
            switch self.session(statedBy: order, corridor) {
            case .failure(let refusal): return refusal.code
            case .success(let stated):
                session = (max(now, stated.opens), stated.cutOff)
                admission.waits = !stated.isRunning(at: now)
                // The line of an opening takes nobody in any more: else it might never end.
                guard admission.waits || cutOff(of: corridor) != nil else { return .outsideSession }
            }
        } else {
            guard let cutOff = cutOff(of: corridor) else { return .outsideSession }
            session.cutOff = cutOff
        }
        guard order.amount > 0 else { return .amountNotPositive }
        guard order.amount <= Limits.maximumAmount, let size = sizeInFen(order, corridor)
        else { return .amountAboveMaximum }
        guard size >= corridor.pointee.minimumSize.value else { return .amountBelowMinimum }
        guard size <= corridor.pointee.maximumSize else { return .amountAboveMaximum }
        admission.maximumFills = maximumFills(size, corridor)
        var limit = order.limit
        if limit == .none {
            limit = order.side == .payRenminbi ? corridor.pointee.lowest : corridor.pointee.highest
        }
        guard limit.scaled > 0 else { return .rateOffTick }
        let tick = corridor.pointee.tick.quotient(limit.scaled)
        guard tick &* corridor.pointee.tick.value == limit.scaled else { return .rateOffTick }
        guard limit >= corridor.pointee.lowest, limit <= corridor.pointee.highest else {
            return .rateOutsideCollar
        }
        admission.tick = UInt32(tick)
        return rejectPolicies(order, session, &admission)
    }

    @inline(always)
    private func rejectPolicies(
        _ order: PaymentOrderView, _ session: (opens: Timestamp, cutOff: Timestamp),
        _ admission: inout Admission
    ) -> ResultCode {
        guard (order.timeInForce == .goodTillDate) == (order.expiresAt != 0),
            order.expiresAt == 0 || order.expiresAt > session.opens
        else { return .expiryInvalid }
        guard (order.fillPolicy == .minimum) == (order.minimumFill != 0),
            order.minimumFill >= 0, order.minimumFill <= order.amount
        else { return .minimumFillInvalid }
        switch order.timeInForce {
        case .day: admission.expiresAt = session.cutOff
        case .goodTillDate: admission.expiresAt = order.expiresAt
        case .immediateOrCancel, .fillOrKill, .goodTillCancelled: admission.expiresAt = .never
        }
        return .accepted
    }

    /// The order's amount in fen, at the reference rate when it is fixed in foreign currency.
    @inline(__always)
    private func sizeInFen(
        _ order: PaymentOrderView, _ corridor: UnsafeMutablePointer<CorridorEntry>
    ) -> Int64? {
        (order.side == .payRenminbi) == (order.fixed == .pay)
            ? order.amount
            : multiply(
                order.amount, by: corridor.pointee.divisor.value,
                dividedBy: corridor.pointee.referenceRate, .down)
    }

    /// Fills that the order may cause: enough for its size in parts of the smallest order.
    @inline(__always)
    private func maximumFills(
        _ size: Int64, _ corridor: UnsafeMutablePointer<CorridorEntry>
    ) -> Int {
        Int(min(Int64(Limits.fillsPerCommand), corridor.pointee.minimumSize.quotient(size) + 64))
    }

    /// The worst-case pay amount with its fee, or nil when it passes the largest amount.
    @inline(__always)
    private func initialHold(
        _ order: PaymentOrderView, _ limit: Rate, _ ppm: UInt32, _ maximumFills: Int,
        _ divisor: Divisor
    ) -> Int64? {
        order.fixed == .pay
            ? order.amount + wholeFee(on: order.amount, ppm)
            : initialHold(receiving: order.amount, order.side, limit, ppm, maximumFills, divisor)
    }

    /// Each fill of an arrival is rounded in favour of the resting order. An order that fixes what
    /// is received can lose less than one minor unit on each: of what it pays, or of what it
    /// receives when the resting order fixes that side. The dearer of the two, at the limit, is
    /// held on top for every fill that the arrival may cause, until the step ends.
    @inline(never)
    private func initialHold(
        receiving amount: Int64, _ side: Side, _ limit: Rate, _ ppm: UInt32,
        _ maximumFills: Int, _ divisor: Divisor
    ) -> Int64? {
        guard
            let worst = worstPay(
                amount, side: side, fixed: .receive, limit: limit, divisor: divisor),
            worst <= Limits.maximumAmount
        else { return nil }
        // One minor unit costs no more than the whole amount, and that fitted.
        let one = worstPay(1, side: side, fixed: .receive, limit: limit, divisor: divisor)!
        let reserve = (Int64(maximumFills) + 1) * one
        return worst + reserve + wholeFee(on: worst + reserve, ppm)
    }
}
