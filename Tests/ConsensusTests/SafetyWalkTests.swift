internal import Chance
internal import Consensus
internal import Testing

/// Random histories of five nodes: elections, proposals, changes, lost, late and doubled messages,
/// slow disks, crashes, compaction.
@Suite struct SafetyWalkTests {
    @Test(arguments: UInt64(1)...40)
    func randomHistoriesAreSafe(seed: UInt64) {
        var walk = Walk(seed: seed, nil)
        for _ in 0..<4_000 where walk.cluster.isSafe { walk.step() }
        walk.recover()
        #expect(walk.cluster.breaches == [])
        // Without protection removed nodes disrupt the others for ever.
        #expect(walk.cluster.isApplied("end") || seed & 6 == 0, "the cluster does not come back")
    }
}

private struct Walk {
    var cluster: SafetyCluster
    private var random: SplitMix64
    private var down: Set<NodeID> = []
    private var count = 0

    init(seed: UInt64, _ defect: PlantedDefect?) {
        random = SplitMix64(seed: seed)
        let isProtected = seed & 6 != 0
        cluster = SafetyCluster(5, defect, voters: [1, 2, 3], learners: [4]) { options in
            options.asyncStorageWrites = seed & 1 == 0
            options.preVote = isProtected
            options.checkQuorum = isProtected
            options.maxMessageBytes = seed & 8 == 0 ? 60 : 1 << 20
            options.window.messages = seed & 16 == 0 ? 2 : 100
            options.maxCommittedBytes = 100
        }
        cluster.elect(1)
    }

    private mutating func node() -> NodeID { NodeID(1 + random.below(5)) }

    mutating func step() {
        let id = node()
        switch random.below(400) {
        case 0: crashOrRestart(id)
        case 1: cluster[id].campaign()
        case 2: cluster[id].transferLeadership(to: node())
        case 3: reportSnapshots(id)
        case 4...5: if !down.contains(id) { cluster.compact(id) }
        case 6...12: change(id)
        case 13...20:
            count += 1
            cluster.propose(id, "\(count)")
        case 21...30: if !down.contains(id) { cluster[id].tick() }
        case 31...100: cluster.ready(id)
        case 101...150: cluster.write(id)
        case 151...200: cluster.apply(id)
        default: deliver()
        }
    }

    private mutating func crashOrRestart(_ id: NodeID) {
        if down.remove(id) != nil {
            cluster.restart(id)
        } else {
            down.insert(id)
            cluster.crash(id)
        }
    }

    /// Nodes 4 and 5 come and go. Two voters are never made one, nor is a leader removed: either
    /// can leave nobody electable, see `SafetyTests.leaderHandsOverBeforeItIsRemoved`.
    private mutating func change(_ id: NodeID) {
        if !cluster.isLeader(id) { return }
        let actions: [MembershipChange.Action] = [.addVoter, .addVoter, .addLearner, .remove]
        let steps = (0...random.below(2)).map { _ in
            MembershipChange.Step(actions[random.below(4)], NodeID(4 + random.below(2)))
        }
        cluster.change(id, random.below(3) == 0 ? [] : steps.filter { $0.node != id })
    }

    private mutating func reportSnapshots(_ id: NodeID) {
        for other in NodeID(1)...5 { cluster[id].reportSnapshot(to: other, delivered: false) }
    }

    /// Any message in flight, at times twice, at times never. What a node tells itself keeps its
    /// order and comes once.
    private mutating func deliver() {
        guard !cluster.inFlight.isEmpty else { return }
        let place = random.below(min(10, cluster.inFlight.count))
        let message = cluster.inFlight[place]
        let isOwn = message.from == message.to || message.from >= StorageThread.apply
        if isOwn {
            let first = cluster.inFlight.firstIndex {
                $0.to == message.to && $0.from == message.from
            }
            if let first { cluster.step(cluster.inFlight.remove(at: first)) }
            return
        }
        if random.below(10) > 0 { cluster.step(message) }
        if random.below(10) > 0 { cluster.inFlight.remove(at: place) }
    }

    /// Everybody is back and nothing is lost any more.
    mutating func recover() {
        for id in down { cluster.restart(id) }
        down = []
        cluster.settle()
        for _ in 0..<20 {
            for id in NodeID(1)...5 {
                // A node is not in the snapshots from before it was added, and refuses them.
                cluster.compact(id)
                reportSnapshots(id)
            }
            cluster.run(ticks: 20)
        }
        for id in NodeID(1)...5 where cluster.isLeader(id) { cluster.propose(id, "end") }
        cluster.run(ticks: 20)
    }
}
