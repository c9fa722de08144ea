internal import Chance
package import Domain
internal import Engine

/// A stream of commands of fixed seed for the engine, made before anything is timed.
///
/// The stream follows the engine: a scout engine applies every command as it is drawn, so that a
/// cancellation always names an order that stands.
package struct EngineWorkload: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// One corridor, a hot book.
        case w1
        /// One corridor, a book of a million resting orders over 10,000 levels.
        case w2
        /// Twelve corridors, 64 banks, the orders of the demonstration's customers.
        case w3
    }

    package let kind: Kind
    /// What comes before the measured commands: banks and funds.
    let opening: [Batch]
    /// Then the orders that rest before the measured commands; W2 alone has any.
    let resting: [Batch]
    package let batches: [Batch]
    package let commandCount: Int
    /// What the measured commands are and lead to.
    package let counts: StreamCounts
    /// Commands in a measured batch.
    package static let batchSize = 8_192
    /// Orders that rest in W2 before the measured commands.
    static let restingOrders = 1_000_000
    /// Nanoseconds from one batch to the next.
    static let batchInterval: Int64 = 1_000_000

    /// - Parameter restingTimeInForce: of the orders that rest in W2; with ``TimeInForce/day`` each
    ///   has a place among those that end by themselves.
    package init(
        _ kind: Kind, commands: Int, seed: UInt64 = 2_026,
        restingTimeInForce: TimeInForce = .goodTillCancelled
    ) {
        self.kind = kind
        var drawing = EngineWorkloadDrawing(kind, seed: seed)
        opening = drawing.opening()
        resting = kind == .w2 ? drawing.resting(Self.restingOrders, restingTimeInForce) : []
        batches = stride(from: 0, to: commands, by: Self.batchSize).map { start in
            drawing.batch(min(Self.batchSize, commands - start))
        }
        commandCount = commands
        counts = drawing.finalCounts
    }

    /// All that comes before the measured commands.
    var preparation: [Batch] { opening + resting }

    /// What is drawn, in words; ``counts`` says what came of it.
    package var mix: String { kind.mix }
}

extension EngineWorkload.Kind {
    /// The fewest orders that stand when one is cancelled; with fewer an order comes instead.
    static let fewestLive = 10_000

    /// What is drawn, in words.
    var mix: String {
        switch self {
        case .w1, .w2:
            "60 % orders with rates normally distributed around a random walk, 35 % cancellations "
                + "(below 10,000 standing orders a passive order instead), 5 % immediate-or-cancel"
        case .w3:
            "12 corridors, 64 banks; the demonstration's flow of customers' orders, and 14 of its "
                + "large late ones to 300 of them; not the demonstration's: a large one stands "
                + "262,144 commands until it is cancelled, or 1 to 64 batches until it expires, "
                + "which bounds the book"
        }
    }
}

/// Draws the commands of a workload.
private struct EngineWorkloadDrawing: ~Copyable {
    private let kind: EngineWorkload.Kind
    private let banks: BenchmarkBanks
    private var random: SplitMix64
    private var scout = Engine()
    private var effects = Effects()
    private var live = LiveOrders()
    private var counts = StreamCounts()
    /// The walk of W1 and W2.
    private var mid = BenchmarkBanks.midTick
    /// The customers of W3.
    private var customers = CustomerOrders()
    /// In the order in which they are due, from `cancelled` on.
    private var toCancel: [ToCancel] = []
    private var cancelled = 0
    /// Of the batch that is being drawn.
    private var timestamp: Timestamp = 1_767_574_800_000_000_000
    private var logIndex: UInt64 = 0

    init(_ kind: EngineWorkload.Kind, seed: UInt64) {
        self.kind = kind
        random = SplitMix64(seed: seed)
        banks =
            kind == .w3
            ? BenchmarkBanks(count: 64, market: MarketCorridor.all)
            : BenchmarkBanks(count: 16, currencies: [.thb], collarBasisPoints: 1_200)
    }

    var finalCounts: StreamCounts {
        var counts = counts
        counts.standing = live.count
        return counts
    }

    private mutating func batches(_ commands: [Command]) -> [Batch] {
        stride(from: 0, to: commands.count, by: EngineWorkload.batchSize).map { start in
            let end = min(start + EngineWorkload.batchSize, commands.count)
            timestamp += EngineWorkload.batchInterval
            for position in start..<end { scoutApply(commands[position], position - start) }
            return Batch(
                commands[start..<end].map { EncodedCommand($0) }, timestamp: timestamp)
        }
    }

    /// Orders end by themselves at the times of batches alone, so the scout, which takes every
    /// command in a batch of its own, does as the engine that takes them together.
    private mutating func scoutApply(_ command: Command, _ position: Int) {
        logIndex += 1
        let batch = Batch([EncodedCommand(command)], timestamp: timestamp + Int64(position))
        scout.apply(batch, at: logIndex, into: &effects)
        live.follow(effects)
    }

    /// Registers the banks, opens the corridors and funds all accounts.
    mutating func opening() -> [Batch] { batches(banks.opening) }

    /// Resting orders over 5,000 levels on each side of the mid.
    mutating func resting(_ count: Int, _ timeInForce: TimeInForce) -> [Batch] {
        var commands: [Command] = []
        commands.reserveCapacity(count)
        for number in 0..<count {
            let side: Side = number % 2 == 0 ? .payRenminbi : .payForeign
            let away = 40 + Int64(random.below(5_000))
            var order = order(side, tick: mid + (side == .payRenminbi ? away : -away))
            order.timeInForce = timeInForce
            commands.append(.submitPayment(order))
        }
        return batches(commands)
    }

    mutating func batch(_ count: Int) -> Batch {
        timestamp += EngineWorkload.batchInterval
        let commands = (0..<count).map { position in
            let (command, drawn) = kind == .w3 ? customersCommand() : hotCommand()
            scoutApply(command, position)
            note(drawn)
            return EncodedCommand(command)
        }
        return Batch(commands, timestamp: timestamp)
    }

    /// Counts what the scout did last.
    private mutating func note(_ drawn: StreamCounts.Kind) {
        let outcome = effects.outcomes[0]
        counts.add(drawn, fills: Int(outcome.fillCount))
        if outcome.code != .accepted { counts.refused += 1 }
        counts.expired += effects.payments.count { $0.endReason == .expired }
    }

    private mutating func cancellation() -> Command {
        let order = live.pick(&random)
        return .cancelPayment(Cancellation(uetr: order.uetr, submitter: order.payer))
    }

    // MARK: W1 and W2

    private mutating func hotCommand() -> (Command, StreamCounts.Kind) {
        let draw = random.below(100)
        if random.percent(10) { mid += random.percent(50) ? 1 : -1 }
        mid = min(max(mid, BenchmarkBanks.midTick - 300), BenchmarkBanks.midTick + 300)
        let isCancel = draw >= 60 && draw < 95
        if isCancel && live.count >= EngineWorkload.Kind.fewestLive {
            return (cancellation(), .cancellation)
        }
        let side = random.pick(Side.allCases)
        // Who gives renminbi wants a high rate: passive is above the mid, aggressive below.
        let passive: Int64 = side == .payRenminbi ? 1 : -1
        var away = random.normal(deviation: 10)
        if isCancel { away = abs(away) + 3 }
        if draw < 60 { away += 4 }
        if draw >= 95 { away = -abs(away) }
        var order = order(side, tick: mid + passive * away)
        if draw >= 95 { order.timeInForce = .immediateOrCancel }
        if isCancel { return (.submitPayment(order), .inPlaceOfCancellation) }
        return (.submitPayment(order), draw >= 95 ? .immediate : .order)
    }

    private mutating func order(_ side: Side, tick: Int64) -> PaymentOrder {
        let isChinese = side == .payRenminbi
        let fen = random.between(10_000...1_000_000)
        return PaymentOrder(
            uetr: random.uetr(), contentHash: UInt128(random.next()),
            submitter: .none, payer: random.pick(isChinese ? banks.chinese : banks.foreign),
            creditor: random.pick(isChinese ? banks.foreign : banks.chinese),
            foreign: banks.corridors[0].foreign, side: side, fixed: .pay,
            amount: isChinese ? fen : fen * 5,
            limit: Rate(scaled: tick * banks.corridors[0].tick.scaled)
        ).submittedByPayer
    }

    // MARK: W3

    private mutating func customersCommand() -> (Command, StreamCounts.Kind) {
        while cancelled < toCancel.count, toCancel[cancelled].dueAt <= counts.commands {
            let first = toCancel[cancelled]
            cancelled += 1
            guard live.contains(first.payment) else { continue }
            return (
                .cancelPayment(Cancellation(uetr: first.uetr, submitter: first.payer)),
                .cancellation
            )
        }
        guard let late = random.lateOrder() else {
            let order = customers.next(banks, &random)
            let rests = order.timeInForce != .immediateOrCancel
            return (.submitPayment(order), rests ? .order : .immediate)
        }
        var order = customers.lateOrder(late, banks, &random)
        switch late.ending {
        case .cancelled:
            toCancel.append(
                ToCancel(
                    dueAt: counts.commands + Self.commandsUntilCancelled,
                    payment: scout.position.paymentCount + 1, uetr: order.uetr, payer: order.payer))
        case .expired:
            order.timeInForce = .goodTillDate
            order.expiresAt = timestamp + random.between(1...64) * EngineWorkload.batchInterval
        case .killed:
            order.timeInForce = .fillOrKill
            return (.submitPayment(order), .immediate)
        }
        return (.submitPayment(order), .order)
    }

    /// A large order of W3 that will be cancelled.
    private struct ToCancel {
        var dueAt: Int
        var payment: PaymentID
        var uetr: UETR
        var payer: BIC
    }

    /// The time of 32 batches, as long as orders of the other kind stand on average.
    private static let commandsUntilCancelled = 32 * EngineWorkload.batchSize
}

extension PaymentOrder {
    fileprivate var submittedByPayer: PaymentOrder {
        var order = self
        order.submitter = payer
        return order
    }
}

/// Orders as the demonstration's customers place them: several of one bank often go together.
private struct CustomerOrders {
    /// What the orders that go together share, and how many are left of them.
    private struct Step {
        var corridor: MarketCorridor
        var side: Side
        var channel: CustomerChannel
        var payer: BIC
        var left: Int
    }

    private var step: Step?
    /// Fen ordered with renminbi to give less those with foreign currency to give, by corridor.
    private var excess = [Int64](repeating: 0, count: Currency.count)

    mutating func next(_ banks: BenchmarkBanks, _ random: inout SplitMix64) -> PaymentOrder {
        var current = step ?? drawnStep(banks, &random)
        current.left -= 1
        step = current.left > 0 ? current : nil
        return order(current, banks, &random)
    }

    private func drawnStep(_ banks: BenchmarkBanks, _ random: inout SplitMix64) -> Step {
        let corridor = random.pick(MarketCorridor.all)
        let side = random.customerSide(excess: excess[Int(corridor.foreign.rawValue)])
        let channel = random.customerChannel()
        let count = random.orderCount(channel)
        let payer = random.pick(side == .payRenminbi ? banks.chinese : banks.foreign)
        return Step(corridor: corridor, side: side, channel: channel, payer: payer, left: count)
    }

    private mutating func order(
        _ step: Step, _ banks: BenchmarkBanks, _ random: inout SplitMix64
    ) -> PaymentOrder {
        let fixed = random.customerFixed(step.side, step.channel)
        let fen = random.invoice(CustomerMix.amounts)
        excess[Int(step.corridor.foreign.rawValue)] += step.side == .payRenminbi ? fen : -fen
        var order = order(step.corridor, step.side, step.payer, fixed, fen, banks, &random)
        order.limit = random.customerLimit(step.corridor, step.side)
        switch random.customerConditions(step.channel) {
        case .none: break
        case .complete: order.fillPolicy = .complete
        case .quarter:
            order.fillPolicy = .minimum
            order.minimumFill = order.amount / 4
        case .immediateOrCancel: order.timeInForce = .immediateOrCancel
        }
        return order
    }

    /// A large order of any corridor; how it ends is left to the caller.
    func lateOrder(
        _ late: LateOrder, _ banks: BenchmarkBanks, _ random: inout SplitMix64
    ) -> PaymentOrder {
        let corridor = random.pick(MarketCorridor.all)
        let payer = random.pick(late.side == .payRenminbi ? banks.chinese : banks.foreign)
        let fen: Int64 =
            switch late.ending {
            case .killed: LateOrder.unfillableAmount
            case .cancelled, .expired: random.invoice(LateOrder.amounts)
            }
        var order = order(corridor, late.side, payer, late.fixed, fen, banks, &random)
        order.limit = corridor.rate(basisPoints: late.basisPoints)
        return order
    }

    /// An order of an amount worth `fen` at the reference rate.
    private func order(
        _ corridor: MarketCorridor, _ side: Side, _ payer: BIC, _ fixed: FixedAmount, _ fen: Int64,
        _ banks: BenchmarkBanks, _ random: inout SplitMix64
    ) -> PaymentOrder {
        let givesRenminbi = side == .payRenminbi
        return PaymentOrder(
            uetr: random.uetr(), contentHash: UInt128(random.next()), submitter: payer,
            payer: payer, creditor: random.pick(givesRenminbi ? banks.foreign : banks.chinese),
            foreign: corridor.foreign, side: side, fixed: fixed,
            amount: givesRenminbi == (fixed == .pay) ? fen : corridor.foreignAmount(fen))
    }
}

/// The orders that stand, to draw from.
private struct LiveOrders {
    struct Entry {
        var payment: PaymentID
        var uetr: UETR
        var payer: BIC
    }

    private var entries: [Entry] = []
    /// Place in `entries` plus one, by payment number.
    private var places: [Int32] = [0]
    private var participants: [ParticipantID: BIC] = [:]

    var count: Int { entries.count }

    func contains(_ payment: PaymentID) -> Bool {
        Int(payment) < places.count && places[Int(payment)] > 0
    }

    func pick(_ random: inout SplitMix64) -> Entry { entries[random.below(entries.count)] }

    mutating func follow(_ effects: Effects) {
        for row in effects.declared[ParticipantRow.self] {
            participants[row.id] = row.registration.bic
        }
        for row in effects.payments {
            while places.count <= Int(row.id) { places.append(0) }
            if row.status.isFinal {
                remove(row.id)
            } else if places[Int(row.id)] == 0 {
                entries.append(
                    Entry(
                        payment: row.id, uetr: row.uetr, payer: participants[row.payer] ?? .none))
                places[Int(row.id)] = Int32(entries.count)
            }
        }
    }

    private mutating func remove(_ payment: PaymentID) {
        let place = Int(places[Int(payment)]) - 1
        guard place >= 0 else { return }
        places[Int(payment)] = 0
        let last = entries.removeLast()
        guard place < entries.count else { return }
        entries[place] = last
        places[Int(last.payment)] = Int32(place + 1)
    }
}
