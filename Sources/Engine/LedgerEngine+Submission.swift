internal import Domain

extension LedgerEngine where Book: ~Copyable {
    /// Takes a payment order: refuses it by the ladder of the rulebook, or accepts, matches and
    /// settles it in this one step.
    ///
    /// - Parameter hash: that of the UETR.
    mutating func submit(
        _ order: PaymentOrder, _ attachment: AttachmentRange, _ hash: UInt64
    ) -> Outcome {
        let known = findOrder(order.uetr, hash)
        if known != 0 { return repeated(order, known) }
        guard position.paymentCount < UInt64(Limits.payments) else {
            return refused(.paymentsFull)
        }
        guard openCount < Limits.openOrders else { return refused(.openOrdersFull) }
        let payer = participants.find(order.payer)
        guard payer != 0 else { return refused(.payerUnknown) }
        guard participants.mayAct(order.submitter, for: payer) else {
            return refused(.submitterNotPayer)
        }

        // From here on the order goes on record, accepted or rejected.
        var admission = Admission()
        let code = admit(order, payer, &admission)
        return code == .accepted
            ? accept(order, admission, payer, attachment, hash)
            : reject(order, code, payer, admission.creditor, attachment, hash)
    }

    private func refused(_ code: ResultCode) -> Outcome {
        Outcome(code: code, kind: .submitPayment)
    }

    /// Same UETR: the first result for the same content, a conflict for other content.
    private func repeated(_ order: PaymentOrder, _ known: OrderSlot) -> Outcome {
        guard orders.record(known).pointee.contentHash == order.contentHash,
            participants.mayAct(order.submitter, for: orders.pointer(known).pointee.payer)
        else { return refused(.uetrConflict) }
        var answer = outcome(.submitPayment, of: known)
        answer.isRepetition = true
        return answer
    }

    /// The state of a payment as an outcome.
    @inline(__always)
    func outcome(_ kind: CommandKind, of slot: OrderSlot) -> Outcome {
        let order = orders.pointer(slot)
        let record = orders.record(slot)
        return Outcome(
            code: order.pointee.code, kind: kind, status: status(order, record),
            endReason: order.pointee.endReason, payment: PaymentID(record.pointee.payment),
            paid: record.pointee.paid, received: record.pointee.received)
    }

    @inline(__always)
    func status(
        _ order: UnsafeMutablePointer<Order>, _ record: UnsafeMutablePointer<OrderRecord>
    ) -> PaymentStatus {
        if order.pointee.state.contains(.open) {
            return record.pointee.paid > 0 ? .partlySettled : .pending
        }
        guard order.pointee.code == .accepted else { return .rejected }
        return order.pointee.endReason == .filled ? .settled : .cancelled
    }

    /// Puts a payment on record under the next number.
    @inline(__always)
    private mutating func record(
        _ order: Order, _ record: OrderRecord, _ hash: UInt64
    ) -> OrderSlot {
        let slot = orders.take(order, record)
        position.paymentCount += 1
        index(slot, hash)
        return slot
    }

    /// Makes the payment in a slot known by its UETR.
    @inline(__always)
    mutating func index(_ slot: OrderSlot, _ hash: UInt64) {
        ordersByUETR.insert(slot, hash: hash, upTo: orders.highestSlot) {
            let record = orders.record($0)
            return $0 == slot || record.pointee.payment == 0 ? nil : record.pointee.uetr.bits
        }
    }

    @inline(never)
    private mutating func reject(
        _ order: PaymentOrder, _ code: ResultCode, _ payer: ParticipantID,
        _ creditor: ParticipantID, _ attachment: AttachmentRange, _ hash: UInt64
    ) -> Outcome {
        let number = UInt32(position.paymentCount + 1)
        let slot = record(
            Order(
                tick: 0, payer16: UInt16(payer), code: code, remaining: order.amount,
                foreign: order.foreign, side: order.side, fixed: order.fixed,
                timeInForce: order.timeInForce, fillPolicy: order.fillPolicy),
            OrderRecord(
                uetr: order.uetr, contentHash: order.contentHash, amount: order.amount,
                acceptedAt: now, payment: number, creditor16: UInt16(creditor)),
            hash)
        var row = PaymentRow(
            id: PaymentID(number), order: order, payer: payer, creditor: creditor, acceptedAt: now)
        row.code = code
        row.attachment = attachment
        position.finalsHash &+= row.stateHash
        effects.payments.append(row)
        becomeFinal(slot, in: position.logIndex + 1)
        return outcome(.submitPayment, of: slot)
    }

    private mutating func accept(
        _ order: PaymentOrder, _ admission: Admission, _ payer: ParticipantID,
        _ attachment: AttachmentRange, _ hash: UInt64
    ) -> Outcome {
        // From here on it must succeed.
        let credit = accounts.open(admission.settlesFor, order.receiveCurrency)
        var newRecord = OrderRecord(
            uetr: order.uetr, contentHash: order.contentHash, amount: order.amount,
            minimumFill: order.minimumFill, held: admission.hold, acceptedAt: now,
            payment: UInt32(position.paymentCount + 1), debitAccount: admission.debitAccount,
            creditAccount: credit, feePartsPerMillion: admission.feePartsPerMillion,
            creditor16: UInt16(admission.creditor))
        newRecord.attachment = attachment
        let stated: OrderState = order.limit == .none ? [] : .limitStated
        let slot = record(
            Order(
                tick: admission.tick, payer16: UInt16(payer), remaining: order.amount,
                foreign: order.foreign, side: order.side, fixed: order.fixed,
                timeInForce: order.timeInForce, fillPolicy: order.fillPolicy,
                state: stated.union([.open, .new])),
            newRecord, hash)
        openCount += 1
        arrivalExpiresAt = admission.expiresAt
        corridors[order.foreign].pointee.openOrders += 1
        accounts.changeHold(admission.debitAccount, by: admission.hold)
        markDirty(slot)
        let firstFill = position.fillCount + 1
        matchAndRest(slot, maximumFills: admission.maximumFills)
        var answer = outcome(.submitPayment, of: slot)
        answer.firstFill = firstFill
        answer.fillCount = UInt32(position.fillCount + 1 - firstFill)
        return answer
    }
}

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
}

extension LedgerEngine where Book: ~Copyable {
    /// The ladder of rejections, in the documented order. Changes nothing but `admission`.
    @inline(__always)
    private func admit(
        _ order: PaymentOrder, _ payer: ParticipantID, _ admission: inout Admission
    ) -> ResultCode {
        let creditor = participants.find(order.creditor)
        admission.creditor = creditor
        let parties = rejectParties(payer, creditor)
        guard parties == .accepted else { return parties }
        let corridor = corridors[order.foreign]
        guard corridor.pointee.row != nil else { return .corridorUnknown }
        var size: Int64 = 0
        let terms = rejectTerms(order, corridor, &size, &admission)
        guard terms == .accepted else { return terms }
        let limit = corridor.pointee.rate(admission.tick)
        admission.maximumFills = maximumFills(size, corridor)
        if order.fixed == .pay {
            let buys = bought(
                order.amount, side: order.side, at: limit, divisor: corridor.pointee.divisor)
            guard let buys, buys <= Limits.maximumAmount else { return .amountAboveMaximum }
            guard buys > 0 else { return .amountBelowMinimum }
        }
        let ppm = corridor.pointee.row.unsafelyUnwrapped.corridor.feePartsPerMillion
        admission.feePartsPerMillion = ppm
        guard
            let hold = initialHold(
                order, limit, ppm, admission.maximumFills, corridor.pointee.divisor)
        else { return .amountAboveMaximum }
        admission.hold = hold
        let debitor = participants.standing(payer).settlesThrough
        admission.debitAccount = accounts.find(debitor, order.payCurrency)
        guard admission.debitAccount != 0, accounts.available(admission.debitAccount) >= hold
        else { return .insufficientFunds }
        admission.settlesFor = participants.standing(creditor).settlesThrough
        guard accounts.room >= 1 || accounts.find(admission.settlesFor, order.receiveCurrency) != 0
        else { return .accountsFull }
        return .accepted
    }

    @inline(__always)
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

    /// Checks the terms; sets size, tick and expiry.
    @inline(__always)
    private func rejectTerms(
        _ order: PaymentOrder, _ entry: UnsafeMutablePointer<CorridorEntry>, _ size: inout Int64,
        _ admission: inout Admission
    ) -> ResultCode {
        let row = entry.pointee.row.unsafelyUnwrapped
        switch row.state {
        case .closed: return .corridorClosed
        case .halted: return .corridorHalted
        case .open: break
        }
        guard let cutOff = entry.pointee.cutOff(at: now) else { return .outsideSession }
        guard order.amount > 0 else { return .amountNotPositive }
        guard order.amount <= Limits.maximumAmount, let fen = sizeInFen(order, row.corridor)
        else { return .amountAboveMaximum }
        guard fen >= row.corridor.minimumSize else { return .amountBelowMinimum }
        guard fen <= row.corridor.maximumSize else { return .amountAboveMaximum }
        size = fen
        var limit = order.limit
        if limit == .none {
            limit = order.side == .payRenminbi ? entry.pointee.lowest : entry.pointee.highest
        } else {
            guard limit.scaled > 0, limit.scaled % entry.pointee.tick == 0 else {
                return .rateOffTick
            }
            guard limit >= entry.pointee.lowest, limit <= entry.pointee.highest else {
                return .rateOutsideCollar
            }
        }
        admission.tick = UInt32(limit.scaled / entry.pointee.tick)
        return rejectPolicies(order, cutOff, &admission)
    }

    @inline(__always)
    private func rejectPolicies(
        _ order: PaymentOrder, _ cutOff: Timestamp, _ admission: inout Admission
    ) -> ResultCode {
        guard (order.timeInForce == .goodTillDate) == (order.expiresAt != 0),
            order.expiresAt == 0 || order.expiresAt > now
        else { return .expiryInvalid }
        guard (order.fillPolicy == .minimum) == (order.minimumFill != 0),
            order.minimumFill >= 0, order.minimumFill <= order.amount
        else { return .minimumFillInvalid }
        switch order.timeInForce {
        case .day: admission.expiresAt = cutOff
        case .goodTillDate: admission.expiresAt = order.expiresAt
        case .immediateOrCancel, .fillOrKill, .goodTillCancelled: admission.expiresAt = .never
        }
        return .accepted
    }

    /// The order's amount in fen, at the reference rate when it is fixed in foreign currency.
    @inline(__always)
    private func sizeInFen(_ order: PaymentOrder, _ corridor: Corridor) -> Int64? {
        (order.side == .payRenminbi) == (order.fixed == .pay)
            ? order.amount
            : corridor.referenceRate.fen(forForeign: order.amount, in: order.foreign, .down)
    }

    /// Fills that the order may cause: enough for its size in parts of the smallest order.
    @inline(__always)
    private func maximumFills(
        _ size: Int64, _ entry: UnsafeMutablePointer<CorridorEntry>
    ) -> Int {
        let smallest = entry.pointee.row.unsafelyUnwrapped.corridor.minimumSize
        return min(Limits.fillsPerCommand, Int(min(size / smallest, 1 << 20)) + 64)
    }

    /// The worst-case pay amount with its fee, or nil when it passes the largest amount.
    ///
    /// Each fill of an arrival is rounded in favour of the resting order. An order that fixes what
    /// is received can lose less than one minor unit on each: of what it pays, or of what it
    /// receives when the resting order fixes that side. The dearer of the two, at the limit, is
    /// held on top for every fill that the arrival may cause, until the step ends.
    @inline(__always)
    private func initialHold(
        _ order: PaymentOrder, _ limit: Rate, _ ppm: UInt32, _ maximumFills: Int, _ divisor: Int64
    ) -> Int64? {
        guard order.fixed == .receive else {
            return order.amount + wholeFee(on: order.amount, ppm)
        }
        guard
            let worst = worstPay(
                order.amount, side: order.side, fixed: .receive, limit: limit, divisor: divisor),
            worst <= Limits.maximumAmount
        else { return nil }
        // One minor unit costs no more than the whole amount, and that fitted.
        let one = worstPay(1, side: order.side, fixed: .receive, limit: limit, divisor: divisor)!
        let reserve = (Int64(maximumFills) + 1) * one
        return worst + reserve + wholeFee(on: worst + reserve, ppm)
    }
}
