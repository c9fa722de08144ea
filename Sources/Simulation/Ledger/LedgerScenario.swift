internal import Chance
internal import Consensus
internal import Node

/// What kind of run a seed makes: every seed draws other sizes, bounds, speeds and faults, so that
/// rare combinations are met as well ("swarm testing").
struct LedgerScenario {
    var seed: UInt64
    /// 1, 3 or 5.
    var voters: Int
    var tick = Span.milliseconds(100)
    var window = 1
    var backlogBytes: UInt64 = 64 << 20
    var keptBytes: UInt64 = 64 << 20

    var network = NetworkScenario()

    /// Mean times.
    var writeTime: VirtualTime = 400
    var tableTime = Span.milliseconds(20)
    var applyTime: VirtualTime = 100
    var lookupTime = Span.milliseconds(2)
    /// Batches in one transaction of the tables, at most.
    var tableGroup = 64

    var clients = 2
    var thinkTime = Span.milliseconds(500)
    var patience = Span.seconds(5)
    /// Of a hundred wishes: said once more, and of these how many are about to be forgotten.
    var repeats = 35
    var edges = 40
    /// Of a hundred wishes: changes of whom a BIC means, and orders that this is about.
    var namings = 1
    var named = 5
    /// Of a hundred wishes: what makes orders be refused for a while, and lets them pass again.
    var troubles = 3

    var faultEvery = Span.seconds(3)
    var faults = FaultKind.timedInLedgers
    /// The most by which a clock is wrong.
    var clockError = Span.seconds(4)
    var chaos = Span.seconds(30)
    var recovery: VirtualTime { Span.seconds(30) + 2 * clockError }
    static var watch: VirtualTime { Span.seconds(10) }

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 7)
        self.seed = seed
        voters = [1, 3, 3, 3, 5][random.below(5)]
        window = [1, 4, 16, 200][random.below(4)]
        backlogBytes = [8 << 10, 64 << 20][random.below(2)]
        keptBytes = [0, 4 << 10, 1 << 20][random.below(3)]
        network = NetworkScenario(drawing: &random)
        drawTimes(&random)
        drawWishes(&random)
        faultEvery = Span.milliseconds([500, 2_000, 6_000][random.below(3)])
        faults = FaultKind.timedInLedgers.filter { _ in random.below(3) > 0 }
        if faults.isEmpty { faults = [.crash] }
        clockError = Span.seconds([4, 4, 4, 40][random.below(4)])
        chaos = Span.seconds(15 + random.below(30))
        sharpen(Theme(rawValue: random.below(8)))
    }

    /// What half of the seeds look at: what is rare when everything is drawn by itself.
    private enum Theme: Int {
        /// Much is asked about old payments, for long, while BICs change what they mean.
        case oldPayments
        /// Nodes apply slowly what a wide window lets them have.
        case slowApplying
        /// Short logs in memory, and nodes that are away.
        case lagging
        /// Clocks far off.
        case clocks
        /// Hours in which little happens.
        case quiet
    }

    private mutating func sharpen(_ theme: Theme?) {
        switch theme {
        case .oldPayments:
            (clients, thinkTime) = (4, Span.milliseconds(30))
            (repeats, edges, namings, named, window) = (40, 50, 8, 40, 16)
            (lookupTime, patience) = (Span.milliseconds(1_500), Span.seconds(20))
            (writeTime, applyTime, tableTime) = (400, 50, Span.milliseconds(20))
        case .slowApplying:
            (clients, thinkTime) = (4, Span.milliseconds(15))
            (window, applyTime, writeTime) = (200, 40_000, 400)
            (lookupTime, patience) = (Span.milliseconds(1), Span.seconds(20))
        case .lagging:
            (voters, keptBytes) = (3, 0)
            (clients, thinkTime) = (4, Span.milliseconds(60))
            faults = [.crash, .cutBothWays, .pause]
        case .clocks:
            clockError = Span.seconds(40)
            faults = [.clockJump, .crash, .cutBothWays]
        case .quiet:
            (clients, thinkTime, repeats) = (1, Span.seconds(3), 10)
            faultEvery = Span.seconds(20)
        case nil: break
        }
    }

    private mutating func drawTimes(_ random: inout SplitMix64) {
        writeTime = [100, 400, 5_000, 30_000][random.below(4)]
        tableTime = Span.milliseconds([2, 100, 3_000][random.below(3)])
        applyTime = [50, 2_000, 40_000][random.below(3)]
        lookupTime = Span.milliseconds([1, 100, 3_000][random.below(3)])
        tableGroup = [4, 64, 1_000][random.below(3)]
    }

    private mutating func drawWishes(_ random: inout SplitMix64) {
        clients = [1, 2, 4][random.below(3)]
        thinkTime = Span.milliseconds([15, 60, 300][random.below(3)])
        patience = Span.milliseconds([500, 5_000, 20_000][random.below(3)])
        repeats = [10, 35, 70][random.below(3)]
        edges = [10, 60][random.below(2)]
        namings = [0, 1, 5][random.below(3)]
        troubles = [0, 3, 10][random.below(3)]
    }

    /// A cluster of three with little to do and few faults: for the speed of the simulation.
    static func light(seed: UInt64) -> LedgerScenario {
        var light = LedgerScenario(seed: 0)
        light.seed = seed
        light.voters = 3
        (light.window, light.backlogBytes, light.keptBytes) = (4, 64 << 20, 1 << 20)
        light.network = NetworkScenario()
        (light.writeTime, light.tableTime) = (400, Span.milliseconds(20))
        (light.applyTime, light.lookupTime) = (100, Span.milliseconds(2))
        (light.clients, light.thinkTime) = (2, Span.seconds(1))
        light.patience = Span.seconds(5)
        (light.repeats, light.edges, light.namings, light.troubles) = (20, 10, 0, 1)
        light.faultEvery = Span.seconds(30)
        light.faults = FaultKind.timedInLedgers
        light.clockError = Span.seconds(4)
        light.chaos = Span.seconds(120)
        return light
    }

    /// Whether some commands take two persons.
    var hasPolicy: Bool { seed % 3 == 1 }

    /// Whether business days turn, payments are for later dates, and caps and keys change.
    var hasDays: Bool { seed % 4 == 3 }

    /// Whether nodes give their ledger the key of its content hashes.
    var givesContentKey: Bool { seed % 2 == 0 }

    /// How a node of this cluster is started.
    func options(_ machine: Int, life: Int, _ defect: LedgerDefect?) -> NodeOptions {
        let ids = (1...voters).map { NodeID($0) }
        var options = NodeOptions(
            id: NodeID(machine + 1), membership: Membership(voters: NodeSet(ids)),
            chance: SplitMix64(
                seed: seed &* 31 &+ UInt64(machine) &* 7 &+ UInt64(life) &* 1_009))
        options.window = window
        options.backlogBytes = backlogBytes
        options.keptBytes = keptBytes
        options.defect = defect?.node
        if givesContentKey { options.contentKey = WishBook.contentKey(seed) }
        return options
    }
}
