internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// R2.15 At most eight attempts at a payment are recorded, however many orders are under way.
@Suite struct AttemptBoundTests {
    /// An engine that forgets, and is told by its node how much, does what one does that remembers
    /// everything.
    @Test(arguments: 1...12)
    func theBoundIsExact(seed: UInt64) throws {
        var node = try NodeUnderWay(seed: seed)
        for _ in 0..<300 { try node.step() }
        #expect(node.refusedByCount > 40, "\(node.refusedByCount)")
        #expect(node.refusedBySum > 20, "\(node.refusedBySum)")
    }
}

/// A node with an engine that forgets, and another engine that does not. The tables are behind, the
/// answers of the record are used for as long as they are good, and a batch is built before the one
/// in flight is applied.
private struct NodeUnderWay: ~Copyable {
    private static let span = 6

    private struct Waiting {
        var order: PaymentOrder
        var found: (record: RecordedPayments, goodUntil: UInt64, namings: Int)?
        /// The record is read and waits to be held against the order.
        var isAnswered = false
    }

    private struct Built {
        var orders: [SealedCommands]
        var command: Command?
        var changesNames = false
    }

    private var random: SplitMix64
    private var complete = LedgerEngine<LadderBook>(finalBatches: 1_000_000)
    private var forgetful = LedgerEngine<LadderBook>(finalBatches: span)
    private var tables = Tables()
    private var times: [Timestamp] = [0]
    private var effects = (Effects(), Effects())
    private var waiting: [Waiting] = []
    private var inFlight: Built?
    private var namings = 0
    private var steps = 0
    private var isBranchNamed = false
    /// Orders that were the ninth: eight were forgotten; some were.
    private(set) var refusedByCount = 0
    private(set) var refusedBySum = 0

    init(seed: UInt64) throws {
        random = SplitMix64(seed: seed)
        for bank in Banks.registrations { try apply(Self.naming(RegisterParticipant(bank))) }
        let corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 10_000), referenceRate: Rate(scaled: 493_000_000),
            collarBasisPoints: 500, minimumSize: 1, maximumSize: 100_000_000)
        try apply(Built(orders: [], command: .given(ConfigureCorridor(corridor))))
    }

    private static func naming(_ command: any DeclaredCommand) -> Built {
        Built(orders: [], command: .given(command), changesNames: true)
    }

    mutating func step() throws {
        steps += 1
        for _ in 0..<random.below(25) { waiting.append(Waiting(order: order())) }
        answer()
        let next = inFlight?.changesNames == true ? nil : build()
        if let built = inFlight { try apply(built) }
        inFlight = next
        if random.percent(3) { try restart() }
    }

    // MARK: Orders

    private mutating func order() -> PaymentOrder {
        let payer = random.pick([Banks.beijing, Banks.beijing, Banks.branch, Banks.kunming])
        var order = PaymentOrder(
            uetr: UETR(bits: UInt128(1 + steps / 15 + random.below(4))),
            submitter: random.percent(50) ? payer : Banks.beijing, payer: payer,
            creditor: Banks.bangkok, foreign: .thb, side: .payRenminbi, fixed: .pay,
            amount: Int64(100 + random.below(20)), limit: Rate(scaled: 493_000_000),
            attempt: UInt128(random.below(25)))
        if random.percent(1) { order.limit = Rate(scaled: 1) }
        return order.sealed
    }

    /// Operators let orders be refused, and now and then paid.
    private mutating func command() -> Command? {
        let id = UInt128(steps)
        switch random.below(20) {
        case 0:
            return .declared(
                Fund(
                    reference: UETR(bits: id), contentHash: id, participant: Banks.beijing,
                    currency: .cny, amount: 300)
            ).given(by: People.wang, as: id)
        case 1...4:
            let state = random.pick([CorridorState.open, .halted])
            return .declared(SetCorridorState(foreign: .thb, state: state))
                .given(by: People.wang, as: id)
        default: return nil
        }
    }

    // MARK: Look-ups

    private mutating func ask(_ order: PaymentOrder) -> Waiting {
        let lag = min(tables.position.logIndex, UInt64(random.below(Self.span - 1)))
        let tablesAt = tables.position.logIndex - lag
        var record = tables.record(of: order.uetr)
        record.attempts.removeAll { $0.logIndex > tablesAt }
        record.payments.removeAll { $0.updatedAt > times[Int(tablesAt)] }
        return Waiting(order: order, found: (record, tablesAt + UInt64(Self.span), namings))
    }

    /// Some of the answers arrive.
    private mutating func answer() {
        var rest: [Waiting] = []
        for var order in waiting {
            if let found = order.found, !order.isAnswered, random.percent(60) {
                order.isAnswered = true
                order.found?.namings = namings
                if forgetful.answers(order.order, found.record) { continue }
            }
            rest.append(order)
        }
        waiting = rest
    }

    /// The next batch: what has to be looked up waits.
    private mutating func build() -> Built? {
        let index = tables.position.logIndex + (inFlight == nil ? 1 : 2)
        if !isBranchNamed, steps > 100, random.percent(10) {
            isBranchNamed = true
            return Self.naming(RegisterParticipant(Banks.lateRegistrations[0]))
        }
        var built = Built(orders: [], command: command())
        var rest: [Waiting] = []
        for order in waiting {
            if order.found != nil, !order.isAnswered || random.percent(20) {
                rest.append(order)
            } else if mayBeForgotten(order.order, at: index), !isGood(order, for: index) {
                rest.append(ask(order.order))
            } else {
                built.orders.append(counted(order, in: index))
            }
        }
        waiting = rest
        return built
    }

    private func isGood(_ order: Waiting, for index: UInt64) -> Bool {
        guard let found = order.found else { return false }
        return found.goodUntil >= index && found.namings == namings
    }

    private func mayBeForgotten(_ order: PaymentOrder, at index: UInt64) -> Bool {
        let record = tables.record(of: order.uetr)
        let knows = forgetful.knows(order, at: index)
        return !record.attempts.isEmpty && !knows.attempt
            || tables.payments.contains { $0.uetr == order.uetr } && !knows.payment
    }

    private func counted(_ order: Waiting, in index: UInt64) -> SealedCommands {
        var sealed = SealedCommands(fake: [EncodedCommand(.submitPayment(order.order))])
        sealed.countForgottenAttempts {
            forgetful.forgottenAttempts(
                at: $0, among: order.found?.record.attempts ?? [], in: index)
        }
        return sealed
    }

    // MARK: Batches

    private mutating func apply(_ built: Built) throws {
        let index = tables.position.logIndex + 1
        let before = tables
        let time = Timestamp(1_767_578_400_000_000_000 + index)
        let commands = [SealedCommands(fake: built.command.map { [EncodedCommand($0)] } ?? [])]
        forgetful.apply(
            Batch(packed: built.orders + commands, timestamp: time), at: index, into: &effects.1)
        let plain = built.orders.map {
            var order = $0
            order.countForgottenAttempts { _ in 0 }
            return order
        }
        complete.apply(
            Batch(packed: plain + commands, timestamp: time), at: index, into: &effects.0)
        times.append(time)
        if built.changesNames { namings += 1 }
        try tables.absorb(effects.0)
        try Audit(before: before, after: tables, effects: effects.0).run()
        try compare(built, at: index)
    }

    private mutating func compare(_ built: Built, at index: UInt64) throws {
        for (meant, said) in zip(effects.0.outcomes, effects.1.outcomes) {
            try check("R2.15", meant == said, "at \(index)\n\(meant)\n\(said)")
        }
        try check("R2.15", effects.0.position == effects.1.position, "position at \(index)")
        for (order, outcome) in zip(built.orders, effects.1.outcomes)
        where outcome.code == .attemptsExhausted {
            let forgotten = order.withCommands { $0.first?.order.forgottenAttempts ?? 0 }
            if forgotten == 8 { refusedByCount += 1 } else if forgotten > 0 { refusedBySum += 1 }
        }
    }

    /// From the tables; what is in flight is in the log.
    private mutating func restart() throws {
        forgetful = try LedgerEngine(
            loading: tables.image(finalBatches: Self.span), finalBatches: Self.span)
        waiting = waiting.map { Waiting(order: $0.order) }
    }
}

extension CommandViews {
    fileprivate var first: CommandView? {
        var views = self
        return views.next()
    }
}

extension LedgerEngine<LadderBook> {
    /// What the ledger will know at a batch.
    fileprivate func knows(
        _ order: PaymentOrder, at index: UInt64
    ) -> (payment: Bool, attempt: Bool) {
        EncodedCommands(EncodedCommand(.submitPayment(order))).withCommands {
            guard let view = $0.first else { return (false, false) }
            return (
                remembers(view, at: index), remembersAttempt(view.order, at: index)
            )
        }
    }

    /// Whether the record answers the order.
    fileprivate func answers(_ order: PaymentOrder, _ record: RecordedPayments) -> Bool {
        EncodedCommands(EncodedCommand(.submitPayment(order))).withCommands {
            $0.first.flatMap { answer($0, record) } != nil
        }
    }
}
