internal import Chance
internal import Consensus

/// What kind of run a seed makes: every seed switches on other faults and other sizes, so that
/// rare combinations are met as well ("swarm testing").
struct Scenario {
    var seed: UInt64
    var voters: Int
    /// Names that nodes can have; more than `voters` when the membership changes.
    var pool: Int
    var churns: Bool
    var options = Options(id: 1, chance: SplitMix64(seed: 0))

    var tick = Span.milliseconds(100)
    var network = NetworkScenario()
    /// Mean time between faults; 0 for none.
    var faultEvery = Span.seconds(3)
    var faults: [FaultKind] = FaultKind.timedInClusters
    var writeTime: VirtualTime = 400
    var slowWriteTime = Span.milliseconds(800)
    var applyTime: VirtualTime = 300
    var clients = 4
    /// How long a client waits for an answer.
    var patience = Span.seconds(5)
    var thinkTime = Span.milliseconds(300)
    var readShare = 30
    var payload = 40
    var compactEvery = 100
    var keptEntries: UInt64 = 20
    var churnEvery = Span.seconds(4)
    var transferEvery: VirtualTime = 0
    var chaos = Span.seconds(60)

    /// Bound on finding back to work once a majority is undisturbed, and for how long it is
    /// watched afterwards. An election takes at most two seconds; several may split, more so
    /// without pre-votes, when every candidate sets the others' clocks back. With narrow windows
    /// a follower catches up by a few entries in a round trip.
    var recovery: VirtualTime {
        Span.seconds(options.preVote && !isNarrow ? 30 : 120)
    }
    var isNarrow: Bool { options.window.messages <= 2 || options.maxMessageBytes <= 100 }
    static var watch: VirtualTime { Span.seconds(30) }

    /// Promised only with both (Raft thesis, 9.6): a leader that works is left in peace.
    var promisesStability: Bool { options.preVote && options.checkQuorum }

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed &* 0x9E37_79B9 &+ 1)
        self.seed = seed
        churns = random.below(2) == 0
        voters = churns ? 1 + random.below(5) : 3 + 2 * random.below(2)
        pool = churns ? 9 : voters
        drawOptions(&random)
        network = NetworkScenario(drawing: &random)
        drawFaults(&random)
        writeTime = [100, 400, 5_000, 40_000][random.below(4)]
        slowWriteTime = Span.milliseconds(100 + random.below(3_000))
        applyTime = [300, 20_000, 400_000][random.below(3)]
        clients = [2, 4, 8][random.below(3)]
        patience = Span.milliseconds([500, 5_000][random.below(2)])
        thinkTime = Span.milliseconds([80, 200, 800][random.below(3)])
        readShare = [0, 30, 60][random.below(3)]
        payload = [0, 40, 400][random.below(3)]
        compactEvery = [15, 60, 400][random.below(3)]
        keptEntries = UInt64([0, 5, 30][random.below(3)])
        churnEvery = Span.milliseconds(500 + random.below(6_000))
        if random.below(2) == 0 { transferEvery = Span.milliseconds(800 + random.below(8_000)) }
        chaos = Span.seconds(20 + random.below(60))
    }

    /// A cluster of three with little to do and few faults: for the speed of the simulation.
    static func light(seed: UInt64) -> Scenario {
        var scenario = Scenario(seed: seed)
        scenario.churns = false
        scenario.voters = 3
        scenario.pool = 3
        scenario.options = Options(id: 1, chance: SplitMix64(seed: 0))
        scenario.thinkTime = Span.milliseconds(500)
        scenario.clients = 2
        scenario.patience = Span.seconds(5)
        scenario.faultEvery = Span.seconds(10)
        scenario.writeTime = 400
        scenario.applyTime = 300
        return scenario
    }

    private mutating func drawOptions(_ random: inout SplitMix64) {
        options.electionTicks = 10
        options.asyncStorageWrites = random.below(3) > 0
        if random.below(8) == 0 { options.preVote = false }
        if random.below(8) == 0 { options.checkQuorum = false }
        options.window = InflightWindow(
            messages: [1, 2, 8, 256][random.below(4)],
            bytes: [UInt64.max, 300][random.below(2)])
        options.maxMessageBytes = [100, 1_000, 1 << 20][random.below(3)]
        options.maxCommittedBytes = [1, 500, 1 << 20][random.below(3)]
        options.maxUncommittedBytes = [500, 1 << 20][random.below(2)]
        options.refusesForwarding = random.below(4) == 0
    }

    private mutating func drawFaults(_ random: inout SplitMix64) {
        faultEvery = Span.milliseconds([300, 1_000, 4_000][random.below(3)])
        faults = FaultKind.timedInClusters.filter { _ in random.below(3) > 0 }
        if faults.isEmpty { faults = [.crash] }
    }
}
