public import Domain
internal import Engine

/// A stream of commands of fixed seed for the engine, made before anything is timed.
///
/// The stream follows the engine: a scout engine applies every command as it is drawn, so that a
/// cancellation always names an order that stands.
public struct EngineWorkload: Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// One corridor, a hot book.
        case w1
        /// One corridor, a book of a million resting orders over 10,000 levels.
        case w2
        /// Twelve corridors, 64 banks, every kind of order.
        case w3
    }

    public let kind: Kind
    /// What comes before the measured commands: banks, funds, resting orders.
    public let preparation: [Batch]
    public let batches: [Batch]
    public let commandCount: Int
    /// Commands in a measured batch.
    public static let batchSize = 8_192

    public init(_ kind: Kind, commands: Int, seed: UInt64 = 2_026) {
        self.kind = kind
        var drawing = EngineWorkloadDrawing(kind, seed: seed)
        preparation = drawing.preparation
        batches = stride(from: 0, to: commands, by: Self.batchSize).map { start in
            drawing.batch(min(Self.batchSize, commands - start))
        }
        commandCount = commands
    }

    /// What the stream consists of, in words.
    public var mix: String {
        switch kind {
        case .w1, .w2:
            "60 % orders with rates normally distributed around a random walk, 35 % cancellations, "
                + "5 % immediate-or-cancel"
        case .w3:
            "12 corridors, 64 banks: 85 % orders of every time in force and fill policy, a third "
                + "of them fixing what is received, 15 % cancellations"
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
    private var mids: [Int64]
    private var timestamp: Timestamp = 1_767_574_800_000_000_000
    private var logIndex: UInt64 = 0
    private(set) var preparation: [Batch] = []

    init(_ kind: EngineWorkload.Kind, seed: UInt64) {
        self.kind = kind
        random = SplitMix64(seed: seed)
        let currencies: [Currency] =
            kind == .w3
            ? [.thb, .myr, .sgd, .idr, .php, .khr, .lak, .mmk, .hkd, .usd, .vnd, .jpy] : [.thb]
        banks = BenchmarkBanks(
            count: kind == .w3 ? 64 : 16, currencies: currencies, collarBasisPoints: 1_200)
        mids = currencies.map { _ in BenchmarkBanks.midTick }
        add(banks.opening)
        if kind == .w2 { preload(1_000_000) }
    }

    private mutating func add(_ commands: [Command]) {
        for command in commands { scoutApply(command) }
        for start in stride(from: 0, to: commands.count, by: EngineWorkload.batchSize) {
            let part = commands[start..<min(start + EngineWorkload.batchSize, commands.count)]
            preparation.append(makeBatch(part.map { EncodedCommand($0) }))
        }
    }

    private mutating func makeBatch(_ commands: [EncodedCommand]) -> Batch {
        timestamp += 1_000_000
        return Batch(commands, timestamp: timestamp)
    }

    private mutating func scoutApply(_ command: Command) {
        logIndex += 1
        // The scout's clock only has to move; all its times lie before the stream's.
        let batch = Batch(
            [EncodedCommand(command)], timestamp: 1_767_500_000_000_000_000 + Int64(logIndex))
        scout.apply(batch, at: logIndex, into: &effects)
        live.follow(effects)
    }

    /// Resting orders over 5,000 levels on each side of the mid.
    private mutating func preload(_ count: Int) {
        var commands: [Command] = []
        commands.reserveCapacity(count)
        for number in 0..<count {
            let side: Side = number % 2 == 0 ? .payRenminbi : .payForeign
            let away = 40 + Int64(random.below(5_000))
            commands.append(
                .submitPayment(
                    order(0, side, tick: mids[0] + (side == .payRenminbi ? away : -away))))
        }
        add(commands)
    }

    mutating func batch(_ count: Int) -> Batch {
        let commands = (0..<count).map { _ in
            let command = kind == .w3 ? mixedCommand() : hotCommand()
            scoutApply(command)
            return EncodedCommand(command)
        }
        return makeBatch(commands)
    }

    // MARK: W1 and W2

    /// Orders that may be cancelled must stand: with fewer a cancellation becomes a passive order.
    private static let fewestLive = 10_000

    private mutating func hotCommand() -> Command {
        let draw = random.below(100)
        if random.percent(10) { mids[0] += random.percent(50) ? 1 : -1 }
        mids[0] = min(max(mids[0], BenchmarkBanks.midTick - 300), BenchmarkBanks.midTick + 300)
        if draw >= 60 && draw < 95 && live.count >= Self.fewestLive {
            let order = live.pick(&random)
            return .cancelPayment(Cancellation(uetr: order.uetr, submitter: order.payer))
        }
        let side = random.pick(Side.allCases)
        // Who gives renminbi wants a high rate: passive is above the mid, aggressive below.
        let passive: Int64 = side == .payRenminbi ? 1 : -1
        var away = random.normal(deviation: 10)
        if draw >= 60 && draw < 95 { away = abs(away) + 3 }
        if draw < 60 { away += 4 }
        if draw >= 95 { away = -abs(away) }
        var order = order(0, side, tick: mids[0] + passive * away)
        if draw >= 95 { order.timeInForce = .immediateOrCancel }
        return .submitPayment(order)
    }

    private mutating func order(_ corridor: Int, _ side: Side, tick: Int64) -> PaymentOrder {
        let isChinese = side == .payRenminbi
        let fen = random.between(10_000...1_000_000)
        return PaymentOrder(
            uetr: random.uetr(), contentHash: UInt128(random.next()),
            submitter: .none, payer: random.pick(isChinese ? banks.chinese : banks.foreign),
            creditor: random.pick(isChinese ? banks.foreign : banks.chinese),
            foreign: banks.corridors[corridor].foreign, side: side, fixed: .pay,
            amount: isChinese ? fen : fen * 5,
            limit: Rate(scaled: tick * banks.corridors[corridor].tick.scaled)
        ).submittedByPayer
    }

    // MARK: W3

    private mutating func mixedCommand() -> Command {
        if random.percent(15) && live.count > 100 {
            let order = live.pick(&random)
            return .cancelPayment(Cancellation(uetr: order.uetr, submitter: order.payer))
        }
        let corridor = random.below(banks.corridors.count)
        if random.percent(5) { mids[corridor] += random.percent(50) ? 1 : -1 }
        let side = random.pick(Side.allCases)
        let passive: Int64 = side == .payRenminbi ? 1 : -1
        let away = random.normal(deviation: 10) + 3
        var order = order(corridor, side, tick: mids[corridor] + passive * away)
        if random.percent(35) { fixReceived(&order) }
        if random.percent(15) { order.limit = .none }
        switch random.below(20) {
        case 0...11: order.timeInForce = .goodTillCancelled
        case 12...15: order.timeInForce = .day
        case 16...17:
            order.timeInForce = .goodTillDate
            order.expiresAt = timestamp + 3_600_000_000_000
        case 18: order.timeInForce = .immediateOrCancel
        default: order.timeInForce = .fillOrKill
        }
        switch random.below(20) {
        case 0:
            order.fillPolicy = .minimum
            order.minimumFill = max(1, order.amount / 4)
        case 1: order.fillPolicy = .complete
        default: order.fillPolicy = .any
        }
        return .submitPayment(order)
    }

    private func fixReceived(_ order: inout PaymentOrder) {
        order.fixed = .receive
        order.amount = order.side == .payRenminbi ? order.amount * 5 : max(1, order.amount / 5)
    }
}

extension PaymentOrder {
    fileprivate var submittedByPayer: PaymentOrder {
        var order = self
        order.submitter = payer
        return order
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

    func pick(_ random: inout SplitMix64) -> Entry { entries[random.below(entries.count)] }

    mutating func follow(_ effects: Effects) {
        for row in effects.participants { participants[row.id] = row.registration.bic }
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
