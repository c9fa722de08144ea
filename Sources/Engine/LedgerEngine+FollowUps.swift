internal import Domain

// R15 What follows a payment after it is settled. The payment may be forgotten; then the command
// says what is on record of it, and the ledger knows everything that happened since.

/// What changed about a settled payment, and how it stands now.
enum FollowUpNews {
    /// The creditor's bank said what became of the money.
    case credit(FollowUpRow)
    case returned(FollowUpRow, ReturnRow)
    /// A return order brought so much in the batch, in minor units of the currency that the
    /// payment's creditor received, and of that in which its payer paid.
    case broughtBack(FollowUpRow, ReturnRow, paid: Int64, received: Int64)
    /// A case was opened, answered or closed.
    case changed(FollowUpRow, CaseRow)
}

/// The payment that a command is about.
enum FollowedPayment {
    case refused(ResultCode)
    /// It can still change.
    case open(OrderSlot)
    /// It is final.
    case final(FollowUpRow)
}

extension LedgerEngine where Book: ~Copyable {
    /// R15.2 What the ledger knows counts; of what it has forgotten the record does, as long as
    /// nothing can have changed since that the ledger would not know.
    ///
    /// - Complexity: O(payments and attempts with the UETR).
    func followed(_ about: RecordedFollowUp) -> FollowedPayment {
        let hasRecord = about.asOf > 0
        guard !hasRecord || isRecent(about.asOf) else { return .refused(.recordOutdated) }
        if hasRecord, let known = followUps.find(about.row.payment) { return .final(known) }
        let payer =
            hasRecord ? about.row.payer : participants.find(about.payer, under: rules)
        let slot = payment(about.row.uetr, of: payer)
        if slot != 0 { return followed(slot) }
        guard hasRecord, isWhole(about.row) else { return .refused(.paymentUnknown) }
        return .final(about.row)
    }

    /// Whether the ledger knows everything that has changed since the batch at this index.
    func isRecent(_ logIndex: UInt64) -> Bool {
        logIndex <= position.logIndex
            && position.logIndex + 1 - logIndex <= UInt64(finals.span)
    }

    private func followed(_ slot: OrderSlot) -> FollowedPayment {
        let order = orders.pointer(slot).pointee
        guard !order.state.contains(.open) else { return .open(slot) }
        let known = followUps.find(PaymentID(orders.payment(slot)))
        return .final(known ?? beginning(slot))
    }

    /// What follows a payment of which nothing is on record yet.
    func beginning(_ slot: OrderSlot) -> FollowUpRow {
        let order = orders.pointer(slot).pointee
        let record = orders.record(slot).pointee
        let paysRenminbi = order.side == .payRenminbi
        return FollowUpRow(
            payment: PaymentID(record.payment), uetr: record.uetr, payer: order.payer,
            creditor: record.creditor, payCurrency: paysRenminbi ? .cny : order.foreign,
            receiveCurrency: paysRenminbi ? order.foreign : .cny, paid: record.paid,
            received: record.received)
    }

    /// The payment that the ledger knows of this payer with this UETR, or 0.
    func payment(_ uetr: UETR, of payer: ParticipantID) -> OrderSlot {
        let hash = ordersByUETR.hash(uetr.bits)
        return ordersByUETR.search(hash: hash) {
            orders.record($0).pointee.uetr == uetr && orders.pointer($0).pointee.payer == payer
                && !orders.pointer($0).pointee.state.contains(.attempt)
        }.number
    }

    /// Whether a row that came with a command can be one of this ledger. What has an open case or
    /// return order is known, so it is none of them.
    private func isWhole(_ row: FollowUpRow) -> Bool {
        !row.caseState.isOpen && cases.place(row.caseID) == nil && row.payment > 0
            && followUps.reserved(row.payment) == 0
            && row.payment <= position.paymentCount
            && row.payer > 0 && Int(row.payer) < participants.count
            && Int(row.creditor) < participants.count && (row.creditor > 0 || row.received == 0)
            && row.returned >= 0 && row.returned <= row.received
    }

    /// The settled payment of a command of the creditor's side.
    func settled(forCreditor about: RecordedFollowUp) -> Result<FollowUpRow, FollowUpRefusal> {
        switch followed(about) {
        case .refused(let code): return .failure(FollowUpRefusal(code))
        case .open(let slot):
            guard mayAct(about, for: orders.record(slot).pointee.creditor) else {
                return .failure(FollowUpRefusal(.paymentUnknown))
            }
            return .failure(FollowUpRefusal(.paymentUnderWay))
        case .final(let row):
            guard row.creditor > 0, mayAct(about, for: row.creditor) else {
                return .failure(FollowUpRefusal(.paymentUnknown))
            }
            guard row.received > 0 else { return .failure(FollowUpRefusal(.nothingSettled)) }
            return .success(row)
        }
    }

    /// R15.1 A bank speaks for itself, or its direct participant does.
    func mayAct(_ about: RecordedFollowUp, for participant: ParticipantID) -> Bool {
        participants.mayAct(about.submitter, for: participant, under: rules)
    }

    // MARK: Changes

    /// Puts what followed on record.
    mutating func put(_ row: FollowUpRow, after before: FollowUpRow) -> FollowUpRow {
        var row = row
        row.changedIn = position.logIndex + 1
        row.updatedAt = now
        followUps.put(row, after: before)
        return row
    }

    /// Opens a case about a payment; gives the row that follows.
    ///
    /// - Precondition: none is open, and there is room for one.
    mutating func openCase(
        _ kind: CaseKind, _ row: FollowUpRow, reason: ReasonCode, key: UInt128, by submitter: BIC,
        _ attachment: AttachmentRange
    ) -> (row: FollowUpRow, opened: CaseRow) {
        require(!row.caseState.isOpen, "a payment has one open case")
        let opened = CaseRow(
            id: cases.last + 1, of: row, kind: kind, reason: reason,
            askedBy: participants.find(submitter, under: rules), openedAt: now,
            deadline: now.addingDeadline, attachment: attachment)
        let place = cases.open(opened)
        schedule(Due(.caseDeadline, opened.id, at: opened.deadline, place: place))
        var row = row
        row.caseID = opened.id
        row.caseState = .open
        row.caseReason = .none
        row.caseKey = key
        return (row, opened)
    }

    /// Brings the open case of a payment to another state; gives the row that follows.
    mutating func changeCase(
        of row: FollowUpRow, to state: CaseState, answer: ReasonCode = .none
    ) -> (row: FollowUpRow, changed: CaseRow) {
        guard let place = cases.place(row.caseID) else { preconditionFailure("the case is open") }
        var changed = cases.row(at: place)
        changed.state = state
        changed.answer = answer
        if !state.isOpen {
            changed.closedAt = now
            let due = unschedule(at: cases.duePosition(place))
            require(due.kind == .caseDeadline && due.place == place, "a case knows its deadline")
        }
        cases.change(at: place, to: changed)
        var row = row
        row.caseState = state
        row.caseReason = answer
        return (row, changed)
    }

    /// R15.12 The deadline of a case has passed.
    mutating func expireCase(at place: UInt32) {
        let payment = cases.row(at: place).payment
        guard let row = followUps.find(payment) else {
            preconditionFailure("what has an open case is known")
        }
        let (next, expired) = changeCase(of: row, to: .expired)
        tellOfFollowUp(.changed(put(next, after: row), expired))
    }

    /// Ends the batch.
    mutating func takeFollowUps() {
        position.finalsHash &+= followUps.takeChanges(into: &effects)
        position.finalsHash &+= cases.takeChanges(into: &effects)
    }

    /// Takes over what the tables say.
    mutating func loadFollowUps(_ image: LedgerImage) throws(LoadError) {
        for row in image.declared[FollowUpRow.self].sorted(by: { $0.changedIn < $1.changedIn }) {
            guard row.isOnRecord, row.changedIn <= image.position.logIndex, followUps.load(row)
            else { throw .inconsistent("\(FollowUpRow.table) \(row.payment)") }
        }
        try loadReturns(image)
        for row in image.declared[CaseRow.self].sorted(by: { $0.id < $1.id }) {
            guard let place = cases.load(row) else { continue }
            guard followUps.find(row.payment)?.caseID == row.id else {
                throw .inconsistent("\(CaseRow.table) \(row.id)")
            }
            schedule(Due(.caseDeadline, row.id, at: row.deadline, place: place))
        }
    }
}

/// Why a command about a settled payment is refused.
struct FollowUpRefusal: Error {
    let code: ResultCode

    init(_ code: ResultCode) { self.code = code }
}

extension Timestamp {
    /// When a case expires that is opened now.
    fileprivate var addingDeadline: Timestamp {
        let (deadline, isBeyond) = addingReportingOverflow(Limits.caseDeadline)
        return isBeyond ? .never : deadline
    }
}
