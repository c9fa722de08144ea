internal import Chance
internal import Consensus
internal import Domain
internal import Node
internal import Shares

/// Callers say what they want: something new, something once more, or something else about it.
extension LedgerSimulation {
    mutating func act(_ client: Int) {
        queue.schedule(.client(client), at: now + span(scenario.thinkTime))
        guard let place = chooseMachine() else { return }
        if random.below(4) == 0 { return askToRead(at: place) }
        let wishes = drawWishes()
        guard !wishes.isEmpty else { return }
        submit(wishes, to: place, client)
    }

    private mutating func submit(_ chosen: [Int], to place: Int, _ client: Int) {
        guard let process = machines[place].process else { return }
        let deadline =
            machines[place].clock.steady(at: now)
            + scenario.patience * UInt64(1 + random.below(1_000))
        counts.submissions += 1
        process.lastTicket += 1
        let ticket = process.lastTicket
        process.asks[ticket] = Ask(
            wishes: chosen, known: chosen.map { wishes[$0].known }, deadline: deadline)
        var submission = Submission(
            wishes.submit(chosen), for: Owner("client \(client)"), deadline: deadline)
        submission.ticket = ticket
        queue.schedule(
            .overdue(place, life: process.life, ticket: ticket),
            at: machines[place].clock.time(of: deadline, now: now))
        deliver(.submission(submission), to: place)
    }

    private mutating func askToRead(at place: Int) {
        guard let process = machines[place].process else { return }
        let deadline = machines[place].clock.steady(at: now) + scenario.patience * 1_000
        counts.submissions += 1
        process.lastTicket += 1
        let ticket = process.lastTicket
        process.readAsks[ticket] = ReadAsk(answered: counts.lastAnswered, deadline: deadline)
        queue.schedule(
            .overdue(place, life: process.life, ticket: ticket),
            at: machines[place].clock.time(of: deadline, now: now))
        deliver(.readAsked(ticket: ticket, deadline: deadline), to: place)
    }

    /// Often one that thinks that it leads, even if it no longer does; else anybody who runs.
    private mutating func chooseMachine() -> Int? {
        let running = machines.indices.filter { machines[$0].isUp }
        let leaders = running.filter { machines[$0].process?.role.role == .leader }
        let choice = leaders.isEmpty || random.below(2) == 0 ? running : leaders
        return choice.isEmpty ? nil : choice[random.below(choice.count)]
    }

    // MARK: Wishes

    /// Some wishes that share a submission; what may change whom a BIC means is alone.
    private mutating func drawWishes() -> [Int] {
        if random.below(100) < scenario.namings { return [naming()] }
        var chosen: [Int] = []
        for _ in 0...random.below(3) {
            guard let wish = drawWish() else { continue }
            if wishes[wish].command.changesNames { return [wish] }
            chosen.append(wish)
        }
        return chosen
    }

    private mutating func drawWish() -> Int? {
        if random.below(100) < scenario.repeats { return repetition() }
        if random.below(100) < scenario.troubles { return trouble() }
        if random.below(100) < scenario.named { return named() }
        if scenario.hasPolicy, random.below(8) == 0, let wish = decision() { return wish }
        if scenario.hasDays, random.below(4) == 0 { return ofTheDay() }
        switch random.below(20) {
        case 0: return cancellation()
        case 1: return variant()
        case 2: return attempt()
        case 3: return funding()
        default:
            let payer = random.pick(LedgerBanks.direct)
            let details: [UInt8] =
                random.below(3) == 0 ? (0..<40).map { UInt8(truncatingIfNeeded: $0 &+ now) } : []
            return wishes.add(.submitPayment(order(of: payer)), details: details)
        }
    }

    private mutating func order(of payer: BIC) -> PaymentOrder {
        let submitter =
            payer == LedgerBanks.vientiane
            ? random.pick([LedgerBanks.beijing, LedgerBanks.bangkok]) : payer
        var order = PaymentOrder(
            uetr: UETR(bits: UInt128(random.next()) << 64 | UInt128(random.next())),
            submitter: submitter, payer: payer,
            creditor: random.pick(LedgerBanks.direct.filter { $0 != payer }),
            foreign: random.pick(LedgerBanks.foreign), side: random.pick(Side.allCases),
            fixed: .pay, amount: Int64(10_000 + random.below(10_000_000)))
        switch random.below(10) {
        case 0..<4: order.timeInForce = .goodTillCancelled
        case 4..<7: order.timeInForce = .immediateOrCancel
        case 7: order.timeInForce = .fillOrKill
        default:
            order.timeInForce = .goodTillDate
            let last = now + 500_000 + VirtualTime(random.below(5_000_000))
            order.expiresAt = MachineClock.epoch + Timestamp(last * 1_000)
        }
        return order.hashed()
    }

    /// Something that was said before: lately, or about as long ago as the engine remembers.
    private mutating func repetition() -> Int? {
        guard wishes.count > 0 else { return nil }
        var wish: Int?
        if random.below(100) < scenario.edges {
            wish = common.justForgotten(&random).flatMap { wishes.wish(of: $0) }
        }
        let recent = random.below(2) == 0 ? min(40, wishes.count) : wishes.count
        let chosen = wish ?? wishes.count - 1 - random.below(recent)
        return wishes[chosen].isDropped ? nil : chosen
    }

    /// An order of a bank whose correspondent changes, or another one under its UETR, long after.
    private mutating func named() -> Int {
        guard random.below(2) == 0, let wish = oldNamed,
            case .submitPayment(var order) = wishes[wish].command
        else { return wishes.add(.submitPayment(order(of: LedgerBanks.vientiane))) }
        order.amount += 1
        return wishes.add(.submitPayment(order.hashed()))
    }

    private var oldNamed: Int? {
        mutating get {
            guard wishes.count > 0 else { return nil }
            for _ in 0..<10 {
                let wish = random.below(wishes.count)
                guard case .submitPayment(let order) = wishes[wish].command else { continue }
                if order.payer == LedgerBanks.vientiane { return wish }
            }
            return nil
        }
    }

    /// Another order under a UETR that was used.
    private mutating func variant() -> Int? {
        guard var order = someOrder() else { return nil }
        order.amount += 1
        return wishes.add(.submitPayment(order.hashed()))
    }

    /// One more attempt at an order of a bank that is suspended; each of a few is tried often.
    private mutating func attempt() -> Int {
        var order = order(of: LedgerBanks.hanoi)
        let number = UInt128(now / Span.seconds(40)) << 8 | UInt128(random.below(2))
        order.uetr = UETR(bits: 0xA77E_0000_0000 | number)
        (order.side, order.foreign, order.amount) = (.payRenminbi, .thb, 10_000)
        (order.creditor, order.timeInForce) = (LedgerBanks.bangkok, .goodTillCancelled)
        order.expiresAt = 0
        order.attempt = UInt128(1 + random.below(16))
        return wishes.add(.submitPayment(order.hashed()))
    }

    private mutating func cancellation() -> Int? {
        guard let order = someOrder() else { return nil }
        return wishes.add(
            .cancelPayment(Cancellation(uetr: order.uetr, submitter: order.submitter)))
    }

    private mutating func someOrder() -> PaymentOrder? {
        guard wishes.count > 0 else { return nil }
        let wish = wishes[wishes.count - 1 - random.below(min(400, wishes.count))]
        guard case .submitPayment(let order) = wish.command else { return nil }
        return order
    }

    private mutating func funding() -> Int {
        given(
            Fund(
                reference: UETR(bits: UInt128(random.next())), contentHash: 2,
                participant: random.pick(LedgerBanks.direct), currency: .cny,
                amount: Int64(1 + random.below(1_000))))
    }

    /// Somebody or something stops for a while, or goes on.
    private mutating func trouble() -> Int {
        if random.below(2) == 0 {
            return given(
                SetParticipantState(
                    bic: LedgerBanks.jakarta,
                    state: random.below(2) == 0 ? .suspended : .active))
        }
        return given(
            SetCorridorState(foreign: .idr, state: random.below(2) == 0 ? .halted : .open))
    }

    /// Somebody approves what waits, or waited lately; others may do so at the same time.
    private mutating func decision() -> Int? {
        let recent = Array(common.latestProposals.suffix(4))
        guard !recent.isEmpty else { return nil }
        let row = random.pick(recent)
        let identification = UInt128(random.next()) << 64 | 7
        return wishes.add(
            LedgerBanks.given(
                ApproveProposal(number: row.id, proposalHash: row.contentHash),
                as: identification, by: random.below(LedgerBanks.operators.count)))
    }

    /// A payment for a later date or one that has passed; rarely what says when its funds are held,
    /// a cap, or a key.
    private mutating func ofTheDay() -> Int {
        switch random.below(12) {
        case 0:
            return given(
                SetDatedFunding(
                    participant: random.pick(LedgerBanks.direct),
                    funding: random.pick(DatedFunding.allCases)))
        case 1:
            let cap = Money(minorUnits: Int64(random.below(100_000_000)), currency: .cny)
            return given(
                SetDebitCap(
                    participant: random.pick(LedgerBanks.direct),
                    counterparty: random.below(2) == 0 ? .none : LedgerBanks.bangkok, cap: cap,
                    removed: random.below(3) == 0))
        case 2:
            let key = KeyFingerprint(high: 7, low: UInt128(random.below(8)))
            guard random.below(3) > 0 else { return given(RevokeKey(fingerprint: key)) }
            let owner = KeyOwner(.operator, LedgerBanks.operators[Int(key.low) % 3])
            return given(RegisterKey(owner: owner, purpose: .signing, fingerprint: key))
        default:
            var order = order(of: random.pick(LedgerBanks.direct))
            order.settlementDate = random.pick(LedgerDays.dates)
            if random.below(2) == 0, order.timeInForce == .goodTillCancelled {
                order.timeInForce = .day
            }
            return wishes.add(.submitPayment(order.hashed()))
        }
    }

    private mutating func naming() -> Int {
        given(
            SetCorrespondent(
                correspondent: random.pick([LedgerBanks.beijing, LedgerBanks.bangkok]),
                bank: LedgerBanks.vientiane, ended: random.below(2) == 0))
    }

    private mutating func given(_ command: some DeclaredCommand) -> Int {
        wishes.add(LedgerBanks.given(command, as: UInt128(random.next()) << 64 | 7))
    }
}

extension Command {
    fileprivate var changesNames: Bool {
        guard case .declared(let command, by: _) = self else { return false }
        return type(of: command).changesNames
    }
}

extension CommonLedger {
    /// A payment that became final about as many batches ago as the engine remembers, or a little
    /// less: what is under way may forget it.
    func justForgotten(_ random: inout SplitMix64) -> PaymentRow? {
        let span = UInt64(250 + random.below(20)) - min(UInt64(random.below(4) * 45), 135)
        guard lastIndex > span else { return nil }
        let wanted = lastIndex - span
        var (low, high) = (0, finals.count)
        while low < high {
            let middle = (low + high) / 2
            if finals[middle].index < wanted { low = middle + 1 } else { high = middle }
        }
        return low < finals.count ? finals[low].payment : nil
    }

    func has(_ payment: PaymentID) -> Bool { payment > 0 && payment <= paymentCount }
}
