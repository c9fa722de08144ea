internal import Domain
internal import Engine
import Simulation

/// Checks of a batch that read all rows, with arithmetic of their own; too much work for a node.
/// Each names its sentence in `docs/rulebook.md`.
struct Audit {
    var before: Tables
    var after: Tables
    var effects: Effects

    func run() throws {
        try balances()
        try holds()
        try statuses()
        for fill in effects.fills { try fillRespectsLimits(fill) }
        try sumsOfFills()
        try timesInForce()
        try minimumFills()
        try closings()
        try withdrawals()
        try nostros()
        try operators()
        try attempts()
        try followUps()
        try notices()
        try proposals()
        try accountDays()
        try dates()
        try nobodyStandsAcross()
    }

    /// R17.6 proposals are numbered in a row; R17.7 one is decided once; R17.9 by two persons.
    private func proposals() throws {
        let known = before.declared[ProposalRow.self]
        for row in effects.declared[ProposalRow.self] {
            let earlier = Int(row.id) > known.count ? nil : known[Int(row.id) - 1]
            try check("R17.7", earlier == nil || earlier?.state == .open, "\(row)")
            try check("R17.6", earlier != nil || Int(row.id) > known.count, "\(row)")
            let isTwoPersons = row.decidedBy > 0 && row.decidedBy != row.proposer
            try check("R17.9", row.state != .approved || isTwoPersons, "\(row)")
        }
    }

    /// R1.3 all accounts of a currency sum to zero; R1.4 nothing is spent that is not there.
    private func balances() throws {
        var sums: [Currency: Int128] = [:]
        for row in after.accounts {
            sums[row.currency, default: 0] += Int128(row.balance)
            let available = Int128(row.balance) - Int128(row.held) + Int128(row.creditLimit)
            guard row.kind == .settlement else { continue }
            try check("R1.4", available >= 0 && row.held >= 0, "account \(row)")
        }
        try check("R1.3", sums.values.allSatisfy { $0 == 0 }, "sums \(sums)")
    }

    /// R5.1 an account's hold is what its open orders and its withdrawals hold; R5.4 and each order
    /// holds its worst case.
    private func holds() throws {
        var sums: [Int: Int64] = [:]
        let waiting = after.waitingIDs
        for row in after.payments {
            if row.status.isFinal {
                try check("R5.5", row.held == 0, "final payment \(row.id) holds")
                continue
            }
            let waits = waiting.contains(row.id)
            let rate = Fraction(Int128(row.limit.scaled), row.foreign)
            var cost = Int128(row.remaining)
            if row.fixed == .receive {
                cost =
                    row.side == .payRenminbi
                    ? ceil(cost * rate.down, rate.up) : ceil(cost * rate.up, rate.down)
            }
            let fee = floor((Int128(row.paid) + cost) * Int128(row.feePartsPerMillion), 1_000_000)
            // R22.4 what waits holds its reserve too, or nothing.
            let isRight =
                waits
                ? row.held == 0 || Int128(row.held) >= cost + fee
                : Int128(row.held) == cost + fee - Int128(row.fee)
            try check("R5.4", isRight, "hold of \(row)")
            if row.held == 0, waits { continue }
            guard let account = after.debitAccount(row) else {
                throw Violation(description: "R5.1: no account for \(row.id)")
            }
            sums[account, default: 0] += row.held
        }
        for row in after.withdrawals where row.state.holds {
            sums[Int(row.account) - 1, default: 0] += row.amount
        }
        for (index, row) in after.accounts.enumerated() {
            try check("R5.1", row.held == sums[index] ?? 0, "holds of account \(row.id)")
        }
    }

    /// R9.1 a status only moves forward, and R9.2 what is final stays.
    private func statuses() throws {
        for old in before.payments {
            let new = after.payments[Int(old.id) - 1]
            try check("R9.1", new.status.mayFollow(old.status), "status of \(old.id)")
            guard old.status.isFinal else { continue }
            try check("R9.2", old.stateHash == new.stateHash, "final payment \(old.id)")
        }
    }

    /// R6.5 neither side is worse than its limit but by less than one minor unit.
    private func fillRespectsLimits(_ fill: FillRow) throws {
        let giver = after.payments[Int(fill.renminbiPayment) - 1]
        let other = after.payments[Int(fill.foreignPayment) - 1]
        let fen = Int128(fill.renminbiAmount)
        let foreign = Int128(fill.foreignAmount)
        try check("R6.1", fen > 0 && foreign > 0, "empty leg in fill \(fill.id)")
        let givers = Fraction(Int128(giver.limit.scaled), fill.foreign)
        let lost = fen * givers.up - foreign * givers.down
        try check("R6.5", lost < max(givers.up, givers.down), "fill \(fill) against \(giver)")
        let others = Fraction(Int128(other.limit.scaled), fill.foreign)
        let overpaid = foreign * others.down - fen * others.up
        try check("R6.5", overpaid < max(others.up, others.down), "fill \(fill) against \(other)")
        let (maker, taker) = fill.restingSide == .payRenminbi ? (giver, other) : (other, giver)
        let isLater = after.arrival(maker) < after.arrival(taker)
        try check("R6.2", fill.rate == maker.limit && isLater, "rate of \(fill.id)")
    }

    /// R1.5 money is moved, never made: what payments paid, received and were charged is what the
    /// fills say, and the fees are the gateway's income.
    private func sumsOfFills() throws {
        var paid: [PaymentID: Int64] = [:]
        var received: [PaymentID: Int64] = [:]
        var fees: [PaymentID: Int64] = [:]
        var income: [Currency: Int64] = [:]
        for fill in after.fills {
            paid[fill.renminbiPayment, default: 0] += fill.renminbiAmount
            paid[fill.foreignPayment, default: 0] += fill.foreignAmount
            received[fill.renminbiPayment, default: 0] += fill.foreignAmount
            received[fill.foreignPayment, default: 0] += fill.renminbiAmount
            fees[fill.renminbiPayment, default: 0] += fill.renminbiFee
            fees[fill.foreignPayment, default: 0] += fill.foreignFee
            income[.cny, default: 0] += fill.renminbiFee
            income[fill.foreign, default: 0] += fill.foreignFee
        }
        for row in effects.payments {
            let agrees = row.paid == paid[row.id] ?? 0 && row.received == received[row.id] ?? 0
            try check("R1.5", agrees && row.fee == fees[row.id] ?? 0, "sums of \(row.id)")
            let fee = floor(Int128(row.paid) * Int128(row.feePartsPerMillion), 1_000_000)
            try check("R7.2", Int128(row.fee) == fee, "fee of \(row.id)")
        }
        for row in after.accounts where row.kind == .feeIncome {
            try check("R7.3", row.balance == income[row.currency] ?? 0, "income \(row.currency)")
        }
    }

    /// R8.1, R8.2 what is immediate never rests; R8.6 a complete order is filled whole or not.
    private func timesInForce() throws {
        let waiting = after.waitingIDs
        for row in effects.payments where !waiting.contains(row.id) {
            let whole = row.status == .settled
            switch row.timeInForce {
            case .immediateOrCancel:
                try check("R8.1", row.status.isFinal, "IOC \(row.id) rests")
            case .fillOrKill:
                try check("R8.2", row.status.isFinal, "FOK \(row.id) rests")
                try check("R8.2", row.paid == 0 || whole, "FOK \(row.id) filled in part")
            case .day, .goodTillCancelled, .goodTillDate: break
            }
            guard row.fillPolicy == .complete else { continue }
            try check("R8.6", row.paid == 0 || whole, "complete \(row.id) filled in part")
        }
    }

    /// R8.5 each step fills an order's minimum, or its whole rest, or nothing.
    private func minimumFills() throws {
        var rests = Dictionary(uniqueKeysWithValues: before.payments.map { ($0.id, $0.remaining) })
        var steps: [PaymentID: Int64] = [:]
        func least(_ row: PaymentRow) -> Int64 {
            row.fillPolicy == .minimum ? min(row.minimumFill, rests[row.id] ?? row.amount) : 0
        }
        for fill in effects.fills {
            let giver = after.payments[Int(fill.renminbiPayment) - 1]
            let other = after.payments[Int(fill.foreignPayment) - 1]
            let (maker, taker) = fill.restingSide == .payRenminbi ? (giver, other) : (other, giver)
            let used = part(fill, maker)
            let isWhole = isUsedUp(after.payments[Int(maker.id) - 1])
            try check("R8.5", used >= least(maker) || isWhole, "minimum of \(maker.id)")
            rests[maker.id, default: maker.amount] -= used
            steps[taker.id, default: 0] += part(fill, taker)
        }
        for (id, step) in steps {
            let taker = after.payments[Int(id) - 1]
            let isWhole = isUsedUp(taker)
            try check("R8.5", step >= least(taker) || isWhole, "minimum of taker \(id)")
            rests[id, default: taker.amount] -= step
        }
    }

    private func isUsedUp(_ row: PaymentRow) -> Bool {
        row.endReason == .filled || row.endReason == .selfMatch
    }

    private func part(_ fill: FillRow, _ row: PaymentRow) -> Int64 {
        (row.side == .payRenminbi) == (row.fixed == .pay)
            ? fill.renminbiAmount : fill.foreignAmount
    }
}

extension Audit {
    var open: [PaymentRow] { after.payments.filter { !$0.status.isFinal } }

    private var resting: [PaymentRow] {
        let waiting = after.waitingIDs
        return open.filter { !waiting.contains($0.id) }
    }

    /// R3.5 a suspended participant has no open orders, nor do those that settle through it; R4.5
    /// nor has a closed corridor.
    private func closings() throws {
        for row in open {
            let parties = [row.payer, row.creditor].map { after.participants[Int($0) - 1] }
            let through = parties.map { after.participants[Int($0.settlementParticipant) - 1] }
            let areActive = (parties + through).allSatisfy { $0.state == .active }
            try check("R3.5", areActive, "a party to \(row.id) is suspended")
            try check(
                "R4.5",
                after.corridors.first { $0.corridor.foreign == row.foreign }?.state != .closed,
                "\(row.id) stands")
        }
    }

    /// R12.8 a withdrawal only moves forward; R12.10 what is confirmed has gone out.
    private func withdrawals() throws {
        let now = Dictionary(uniqueKeysWithValues: after.withdrawals.map { ($0.reference, $0) })
        for old in before.withdrawals {
            guard let new = now[old.reference], new != old else { continue }
            // A batch may take two steps.
            let isReached = WithdrawalState.allCases.contains {
                $0.mayFollow(old.state) && ($0 == new.state || new.state.mayFollow($0))
            }
            try check("R12.8", isReached, "\(old) became \(new)")
        }
        let out = Dictionary(uniqueKeysWithValues: after.fundings.map { ($0.reference, $0) })
        for row in after.withdrawals {
            let funding = out[row.reference]
            guard row.state == .confirmed else {
                try check("R12.10", funding == nil, "\(row) has gone out")
                continue
            }
            let isSame = funding?.account == row.account && funding?.nostro == row.nostro
            try check("R12.10", isSame && funding?.amount == -row.amount, "\(row)")
        }
    }

    /// R12.2 a nostro has an account; R12.3 on one that is closed nothing is left. R12.11 what
    /// agents charged and paid is what their entries say.
    private func nostros() throws {
        let mirrors = after.accounts.filter { $0.kind == .nostro && $0.participant > 0 }
        try check("R12.2", mirrors.map(\.participant) == after.nostros.map(\.id), "\(mirrors)")
        for (row, mirror) in zip(after.nostros, mirrors) {
            try check("R12.2", row.currency == mirror.currency, "currency of \(row)")
            try check("R12.3", row.state == .open || mirror.balance == 0, "\(row) is closed")
        }
        var sums: [AccountID: Int64] = [:]
        for entry in after.entries { sums[entry.counterAccount, default: 0] += entry.amount }
        for row in after.accounts where [.agentCharges, .agentInterest].contains(row.kind) {
            try check("R12.11", row.balance == sums[row.id] ?? 0, "\(row.kind) \(row.currency)")
        }
    }

    /// R13.6 no role loses its last active operator.
    private func operators() throws {
        func roles(_ tables: Tables) -> OperatorRoles {
            tables.declared[OperatorRow.self].filter { $0.state == .active }
                .reduce(into: []) { $0.formUnion($1.roles) }
        }
        try check("R13.6", roles(before).isSubset(of: roles(after)), "\(roles(before)) before")
    }

    /// R2.15 at most eight attempts at a payment are on record.
    private func attempts() throws {
        guard !effects.declared[AttemptRow.self].isEmpty else { return }
        let keys = after.declared[AttemptRow.self].map { [UInt128($0.payer), $0.uetr.bits] }
        let most = Dictionary(keys.map { ($0, 1) }, uniquingKeysWith: +).values.max() ?? 0
        try check("R2.15", most <= 8, "\(most) attempts at a payment")
    }

    /// R6.10 two orders that take any part rest only when they do not accept each other.
    private func nobodyStandsAcross() throws {
        let any = resting.filter { $0.fillPolicy == .any }
        for foreign in after.corridors.map(\.corridor.foreign) {
            let givers = any.filter { $0.foreign == foreign && $0.side == .payRenminbi }
            let others = any.filter { $0.foreign == foreign && $0.side == .payForeign }
            guard let best = givers.map(\.limit).min(), let other = others.map(\.limit).max()
            else { continue }
            try check("R6.10", other < best, "\(foreign.code) stands at \(best) and \(other)")
        }
    }

    /// R14.7, R14.8 when something is told next that nothing else leads to.
    private var messagesDue: Timestamp {
        let reports = after.declared[MessagingRow.self].map(\.nextReport)
        let untold = after.declared[NotificationRow.self].filter { $0.entries > 0 }
            .map { $0.first + Limits.notificationDelay }
        return (reports + untold).min() ?? .never
    }

    /// R14.11 what is left of the statements comes with the next batch.
    private var statementsDue: Timestamp {
        let isOpen = after.declared[StatementRunRow.self].contains { $0.isOpen }
        return isOpen ? after.position.timestamp + 1 : .never
    }

    /// R15 what followed a payment is about a final one, and no more went back than came.
    private func followUps() throws {
        var returned: [PaymentID: Int64] = [:]
        var kept: [PaymentID: Int64] = [:]
        for row in after.declared[ReturnRow.self] {
            let order = row.order > 0 ? after.payments[Int(row.order) - 1] : nil
            returned[row.payment, default: 0] += order?.paid ?? row.amount
            let isOpen = after.isOpen(row)
            kept[row.payment, default: 0] += isOpen ? row.amount : order?.paid ?? row.amount
        }
        for row in after.declared[FollowUpRow.self] {
            let payment = after.payments[Int(row.payment) - 1]
            let isSame = payment.received == row.received && payment.paid == row.paid
            try check("R15.1", payment.status.isFinal && isSame, "\(row) of \(payment)")
            try check("R15.7", row.returned == returned[row.payment] ?? 0, "returns of \(row)")
            try check("R15.7", row.returned <= row.received && row.received > 0, "\(row)")
            try check("R15.15", kept[row.payment] ?? 0 <= row.received, "kept back of \(row)")
        }
        let states = after.declared[FollowUpRow.self].filter { $0.caseID > 0 }
            .map { ($0.caseID, $0.caseState) }
        let last = Dictionary(uniqueKeysWithValues: states)
        for row in after.declared[CaseRow.self] {
            try check("R15.10", !row.state.isOpen || last[row.id] == row.state, "\(row)")
            let isInTime = !row.state.isOpen || row.deadline > after.position.timestamp
            try check("R15.12", isInTime, "\(row)")
            try check("R15.12", (row.closedAt == 0) == row.state.isOpen, "\(row)")
        }
        try check("R15.10", after.openCases.allSatisfy { last[$0.id] != nil }, "cases")
        for row in effects.declared[FollowUpRow.self] { try changed(row) }
        for row in effects.declared[CaseRow.self] { try asked(row) }
    }

    /// R15.2 a row says when it changed last; R15.4 and when the creditor's side spoke last.
    private func changed(_ row: FollowUpRow) throws {
        let (now, index) = (after.position.timestamp, after.position.logIndex)
        try check("R15.2", row.changedIn == index && row.updatedAt == now, "\(row)")
        let old = before.declared[FollowUpRow.self].first { $0.payment == row.payment }
        let said = (old?.credit ?? CreditStatus.none, old?.creditReason ?? ReasonCode.none)
        let isOld = (row.credit, row.creditReason) == said && row.creditAt == old?.creditAt ?? 0
        try check("R15.4", isOld || row.creditAt == now, "\(row)")
    }

    /// R15.10 a case is asked by the side whose case it is, itself or through its direct
    /// participant; later it only changes what became of it.
    private func asked(_ row: CaseRow) throws {
        if let old = before.declared[CaseRow.self].first(where: { $0.id == row.id }) {
            var same = old
            (same.state, same.answer) = (row.state, row.answer)
            (same.closedAt, same.attachment) = (row.closedAt, row.attachment)
            return try check("R15.10", row == same, "\(row) was \(old)")
        }
        let side = row.kind == .cancellation ? row.payer : row.creditor
        let direct = after.participants[Int(side) - 1].settlementParticipant
        try check("R15.10", row.askedBy == side || row.askedBy == direct, "\(row)")
        let now = after.position.timestamp
        let isTenDays = row.deadline == now + 864_000_000_000_000
        try check("R15.12", row.openedAt == now && isTenDays, "\(row)")
    }

    /// R20.4 a row for an account that changed in the batch, and for no other; R19.5 a date that
    /// has begun does not change.
    private func accountDays() throws {
        for row in effects.declared[AccountDayRow.self] {
            let account = Int(row.account) - 1
            let opening = account < before.accounts.count ? before.accounts[account].balance : 0
            try check("R20.4", row.opening == opening, "\(row) had \(opening)")
            try check("R20.4", after.accounts[account].balance != opening, "\(row) is idle")
            let days = after.declared[BusinessDayRow.self].filter {
                $0.currency == after.accounts[account].currency
            }
            try check("R20.4", days.map(\.number).max() == row.day, "\(row) of another day")
        }
        guard !effects.declared[CalendarDayRow.self].isEmpty else { return }
        let known = before.declared[BusinessDayRow.self].map { ($0.currency, $0.date) }
        for row in effects.declared[CalendarDayRow.self] {
            let isBegun = known.contains { $0 == row.day.currency && row.day.date <= $1 }
            try check("R19.5", !isBegun, "\(row)")
        }
    }

    /// When business days turn.
    private var turnsDue: Timestamp {
        let days = after.declared[CalendarDayRow.self]
        let running = Dictionary(
            grouping: after.declared[BusinessDayRow.self], by: \.currency
        ).compactMap { $1.max { $0.number < $1.number } }
        let turns = running.compactMap { row in
            days.first { $0.id == CalendarDay.key(row.currency, row.date) && row.date != .none }?
                .day.turn
        }
        return turns.min() ?? .never
    }

    /// R16.4 a bank's notice is on record once, and R16.3 moves nothing.
    private func notices() throws {
        guard !effects.declared[NoticeRow.self].isEmpty else { return }
        let keys = after.declared[NoticeRow.self].map { [UInt128($0.sender), $0.contentHash] }
        try check("R16.4", Set(keys).count == keys.count, "a notice is there twice")
        let isAlone = effects.outcomes.allSatisfy { $0.kind == RecordNotice.kind }
        let moved = effects.fills.count + effects.declared[BankMessageRow.self].count
        try check("R16.3", !isAlone || moved > 0 || before.balances == after.balances, "money")
    }

    /// What an engine shows of its memory is what the rows say.
    func engine(_ engine: borrowing Engine) throws {
        try check("R1.6", engine.accounts == after.accounts, "accounts in memory")
        let proposals = after.declared[ProposalRow.self].filter { $0.state == .open }
        let deadlines = after.openCases.map(\.deadline) + proposals.map(\.deadline)
        let dues = [messagesDue, turnsDue, entriesDue, statementsDue]
        let due = (open.map(\.expiresAt) + deadlines + dues).min() ?? .never
        try check("R8.4", engine.nextDue == due, "\(engine.nextDue) is due, \(due) in the rows")
        for foreign in after.corridors.map(\.corridor.foreign) {
            for side in Side.allCases {
                let rows = resting.filter { $0.foreign == foreign && $0.side == side }
                let shown = engine.depth(foreign, side, levels: .max)
                let limits = Set(rows.map(\.limit)).sorted()
                let rates = side == .payRenminbi ? limits : limits.reversed()
                try check("R6.3", shown.map(\.rate) == rates, "rates of \(foreign.code) \(side)")
                for level in shown {
                    let count = rows.count { $0.limit == level.rate }
                    try check("R6.3", level.orders == count, "orders at \(level.rate)")
                }
            }
        }
    }
}
