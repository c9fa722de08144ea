internal import Domain

extension LedgerEngine where Book: ~Copyable {
    /// Takes a payment order: refuses it by the ladder of the rulebook, or accepts, matches and
    /// settles it in this one step.
    mutating func submit(_ order: PaymentOrder, _ attachment: AttachmentRange) -> Outcome {
        let known = findPayment(order.uetr)
        if known != 0 { return repeated(order, known) }
        guard !payments.isFull else { return refused(.paymentsFull) }
        guard !orders.slab.isFull else { return refused(.openOrdersFull) }
        let payer = findParticipant(order.payer)
        guard payer != 0 else { return refused(.payerUnknown) }
        guard mayAct(order.submitter, for: payer) else { return refused(.submitterNotPayer) }

        // From here on the order goes on record, accepted or rejected.
        switch admit(order, payer) {
        case .rejected(let code, let creditor):
            return reject(order, code, payer, creditor, attachment)
        case .admitted(let admission):
            return accept(order, admission, payer, attachment)
        }
    }

    func findPayment(_ uetr: UETR) -> UInt32 {
        paymentsByUETR.find(hash: IdentifierTable.hash(uetr.bits)) {
            payments.pointer($0).pointee.uetr == uetr
        }
    }

    /// Whether the submitter is the payer or the direct participant that settles for it.
    func mayAct(_ submitter: BIC, for payer: ParticipantID) -> Bool {
        let row = participants[Int(payer)].row
        return row.registration.bic == submitter
            || participants[Int(row.settlementParticipant)].row.registration.bic == submitter
    }

    private func refused(_ code: ResultCode) -> Outcome {
        Outcome(code: code, kind: .submitPayment)
    }

    /// Same UETR: the first result for the same content, a conflict for other content.
    private func repeated(_ order: PaymentOrder, _ known: UInt32) -> Outcome {
        let payment = payments.pointer(known).pointee
        guard payment.contentHash == order.contentHash,
            mayAct(order.submitter, for: payment.payer)
        else { return refused(.uetrConflict) }
        return outcome(.submitPayment, of: known, isRepetition: true)
    }

    /// The state of a payment as an outcome.
    func outcome(
        _ kind: CommandKind, of number: UInt32, isRepetition: Bool = false,
        firstFill: FillID = 0, fillCount: UInt32 = 0
    ) -> Outcome {
        var payment = payments.pointer(number).pointee
        if payment.order != 0 {
            let order = orders.pointer(payment.order)
            payment.paid = order.pointee.paid
            payment.received = order.pointee.received
            payment.status = order.pointee.paid > 0 ? .partlySettled : .pending
        }
        return Outcome(
            code: payment.code, kind: kind, status: payment.status, endReason: payment.endReason,
            isRepetition: isRepetition, payment: PaymentID(number), paid: payment.paid,
            received: payment.received, firstFill: firstFill, fillCount: fillCount)
    }

    /// Puts a payment on record under the next number.
    private mutating func record(
        _ order: PaymentOrder, _ payer: ParticipantID, _ code: ResultCode
    ) -> UInt32 {
        let number = payments.take(
            Payment(
                uetr: order.uetr, contentHash: order.contentHash, order: 0, payer: payer,
                code: code, status: .rejected, endReason: .none, paid: 0, received: 0))
        require(Int(number) == payments.count, "payments are numbered in a row")
        paymentsByUETR.insert(number) {
            IdentifierTable.hash(payments.pointer($0).pointee.uetr.bits)
        }
        return number
    }

    private mutating func reject(
        _ order: PaymentOrder, _ code: ResultCode, _ payer: ParticipantID,
        _ creditor: ParticipantID, _ attachment: AttachmentRange
    ) -> Outcome {
        let number = record(order, payer, code)
        var row = PaymentRow(
            id: PaymentID(number), order: order, payer: payer, creditor: creditor, acceptedAt: now)
        row.code = code
        row.attachment = attachment
        rowsHash &+= row.stateHash
        effects.payments.append(row)
        return outcome(.submitPayment, of: number)
    }

    private mutating func accept(
        _ order: PaymentOrder, _ admission: Admission, _ payer: ParticipantID,
        _ attachment: AttachmentRange
    ) -> Outcome {
        // From here on it must succeed.
        let number = record(order, payer, .accepted)
        let credit = accounts.open(admission.settlesFor, order.receiveCurrency)
        let slot = orders.slab.take(
            Order(
                tick: admission.tick, payment: number, payer: payer, creditor: admission.creditor,
                debitAccount: admission.debitAccount, creditAccount: credit,
                foreign: order.foreign, side: order.side, fixed: order.fixed,
                timeInForce: order.timeInForce, fillPolicy: order.fillPolicy,
                amount: order.amount, remaining: order.amount, minimumFill: order.minimumFill,
                feePartsPerMillion: admission.feePartsPerMillion,
                statedLimit: order.limit, limit: admission.limit, held: admission.hold,
                acceptedAt: now, updatedAt: now, expiresAt: admission.expiresAt,
                attachment: attachment))
        payments.pointer(number).pointee.order = slot
        corridors[Int(order.foreign.rawValue)].openOrders += 1
        accounts.changeHold(admission.debitAccount, by: admission.hold)
        markDirty(slot)
        let firstFill = position.fillCount + 1
        matchAndRest(slot, maximumFills: admission.maximumFills)
        return outcome(
            .submitPayment, of: number, firstFill: firstFill,
            fillCount: UInt32(position.fillCount + 1 - firstFill))
    }
}

/// What an accepted order starts with.
struct Admission: BitwiseCopyable {
    var creditor: ParticipantID
    /// The direct participant whose account is credited.
    var settlesFor: ParticipantID
    var debitAccount: AccountID
    var limit: Rate
    var tick: UInt32
    var feePartsPerMillion: UInt32
    var hold: Int64
    var expiresAt: Timestamp
    var maximumFills: Int
}

enum AdmissionResult {
    case rejected(ResultCode, creditor: ParticipantID)
    case admitted(Admission)
}

extension LedgerEngine where Book: ~Copyable {
    /// The ladder of rejections, in the documented order. Changes nothing.
    private func admit(_ order: PaymentOrder, _ payer: ParticipantID) -> AdmissionResult {
        let creditor = findParticipant(order.creditor)
        if let code = rejectParties(order, payer, creditor) {
            return .rejected(code, creditor: creditor)
        }
        let entry = corridors[Int(order.foreign.rawValue)]
        guard let row = entry.row else { return .rejected(.corridorUnknown, creditor: creditor) }
        if let code = rejectTerms(order, row, entry) {
            return .rejected(code, creditor: creditor)
        }
        let limit =
            order.limit != .none
            ? order.limit : order.side == .payRenminbi ? entry.lowestRate : entry.highestRate
        let size = sizeInFen(order, row.corridor) ?? Limits.maximumAmount
        let maximumFills = min(
            Limits.fillsPerCommand, Int(min(size / row.corridor.minimumSize, 1 << 20)) + 64)
        if order.fixed == .pay {
            let buys = bought(order.amount, side: order.side, at: limit, foreign: order.foreign)
            guard let buys, buys <= Limits.maximumAmount else {
                return .rejected(.amountAboveMaximum, creditor: creditor)
            }
            guard buys > 0 else { return .rejected(.amountBelowMinimum, creditor: creditor) }
        }
        guard let hold = initialHold(order, limit, row.corridor, maximumFills) else {
            return .rejected(.amountAboveMaximum, creditor: creditor)
        }
        let debitor = participants[Int(payer)].row.settlementParticipant
        let debitAccount = accounts.find(debitor, order.payCurrency)
        guard debitAccount != 0, accounts.row(debitAccount).available >= hold else {
            return .rejected(.insufficientFunds, creditor: creditor)
        }
        let settlesFor = participants[Int(creditor)].row.settlementParticipant
        guard accounts.room >= 1 || accounts.find(settlesFor, order.receiveCurrency) != 0 else {
            return .rejected(.accountsFull, creditor: creditor)
        }
        return .admitted(
            Admission(
                creditor: creditor, settlesFor: settlesFor,
                debitAccount: debitAccount, limit: limit,
                tick: UInt32(limit.scaled / row.corridor.tick.scaled),
                feePartsPerMillion: row.corridor.feePartsPerMillion, hold: hold,
                expiresAt: expiry(order, row.corridor), maximumFills: maximumFills))
    }

    private func rejectParties(
        _ order: PaymentOrder, _ payer: ParticipantID, _ creditor: ParticipantID
    ) -> ResultCode? {
        guard isActive(payer) else { return .payerSuspended }
        let role: ParticipantRoles = creditor == payer ? .liquidityProvider : .payer
        guard participants[Int(payer)].row.registration.roles.contains(role) else {
            return .payerMayNotPay
        }
        guard creditor != 0 else { return .creditorUnknown }
        guard isActive(creditor) else { return .creditorSuspended }
        return nil
    }

    private func rejectTerms(
        _ order: PaymentOrder, _ row: CorridorRow, _ entry: CorridorEntry
    ) -> ResultCode? {
        switch row.state {
        case .closed: return .corridorClosed
        case .halted: return .corridorHalted
        case .open: break
        }
        guard row.corridor.cutOff(at: now) != nil else { return .outsideSession }
        guard order.amount > 0 else { return .amountNotPositive }
        guard order.amount <= Limits.maximumAmount, let size = sizeInFen(order, row.corridor)
        else { return .amountAboveMaximum }
        guard size >= row.corridor.minimumSize else { return .amountBelowMinimum }
        guard size <= row.corridor.maximumSize else { return .amountAboveMaximum }
        if order.limit != .none {
            guard order.limit.scaled > 0, order.limit.scaled % row.corridor.tick.scaled == 0 else {
                return .rateOffTick
            }
            guard order.limit >= entry.lowestRate, order.limit <= entry.highestRate else {
                return .rateOutsideCollar
            }
        }
        guard (order.timeInForce == .goodTillDate) == (order.expiresAt != 0),
            order.expiresAt == 0 || order.expiresAt > now
        else { return .expiryInvalid }
        guard (order.fillPolicy == .minimum) == (order.minimumFill != 0),
            order.minimumFill >= 0, order.minimumFill <= order.amount
        else { return .minimumFillInvalid }
        return nil
    }

    /// The order's amount in fen, at the reference rate when it is fixed in foreign currency.
    private func sizeInFen(_ order: PaymentOrder, _ corridor: Corridor) -> Int64? {
        (order.side == .payRenminbi) == (order.fixed == .pay)
            ? order.amount
            : corridor.referenceRate.fen(forForeign: order.amount, in: order.foreign, .down)
    }

    /// The worst-case pay amount with its fee, or nil when it passes the largest amount.
    ///
    /// Each fill of an arrival is rounded in favour of the resting order. An order that fixes what
    /// is received can lose less than one minor unit on each: of what it pays, or of what it
    /// receives when the resting order fixes that side. The dearer of the two, at the limit, is
    /// held on top for every fill that the arrival may cause, until the step ends.
    private func initialHold(
        _ order: PaymentOrder, _ limit: Rate, _ corridor: Corridor, _ maximumFills: Int
    ) -> Int64? {
        guard
            let worst = worstPay(
                order.amount, side: order.side, fixed: order.fixed, limit: limit,
                foreign: order.foreign), worst <= Limits.maximumAmount
        else { return nil }
        let reserve =
            order.fixed == .receive
            ? (Int64(maximumFills) + 1) * costOfOneReceived(order, limit) : 0
        return worst + reserve + fee(on: worst + reserve, corridor.feePartsPerMillion)
    }

    /// What one minor unit of the receive currency costs at the limit, at least one.
    private func costOfOneReceived(_ order: PaymentOrder, _ limit: Rate) -> Int64 {
        // The whole amount costs no less, and that fitted.
        worstPay(
            1, side: order.side, fixed: .receive, limit: limit, foreign: order.foreign)!
    }

    private func expiry(_ order: PaymentOrder, _ corridor: Corridor) -> Timestamp {
        switch order.timeInForce {
        case .day: corridor.cutOff(at: now)!  // rejectTerms has seen a running session
        case .goodTillDate: order.expiresAt
        case .immediateOrCancel, .fillOrKill, .goodTillCancelled: .never
        }
    }
}

/// What `amount` of the pay currency buys at `rate`, rounded down; nil on overflow.
@inline(__always)
func bought(_ amount: Int64, side: Side, at rate: Rate, foreign: Currency) -> Int64? {
    side == .payRenminbi
        ? rate.foreign(forFen: amount, in: foreign, .down)
        : rate.fen(forForeign: amount, in: foreign, .down)
}

/// What an unfilled `amount` can cost at most at the limit, without fee; nil on overflow.
@inline(__always)
func worstPay(
    _ amount: Int64, side: Side, fixed: FixedAmount, limit: Rate, foreign: Currency
) -> Int64? {
    guard fixed == .receive else { return amount }
    return side == .payRenminbi
        ? limit.fen(forForeign: amount, in: foreign, .up)
        : limit.foreign(forFen: amount, in: foreign, .up)
}

/// The fee on all that a payment has paid, rounded down to a minor unit.
@inline(__always)
func fee(on paid: Int64, _ partsPerMillion: UInt32) -> Int64 {
    guard partsPerMillion > 0 else { return 0 }
    // At most a tenth of an amount that is itself far below 2⁶³.
    return multiply(paid, by: Int64(partsPerMillion), dividedBy: 1_000_000, .down)!
}
