internal import Chance
internal import Consensus

/// A cluster, its clients and its faults in one thread and in virtual time. The same seed gives the
/// same run, event for event.
///
/// Chaos and calm alternate. In calm a majority is undisturbed, and the cluster has to find back
/// to work within a bound and then to keep its leader.
struct ClusterSimulation: SimulatedCluster {
    let scenario: Scenario
    let defect: PlantedDefect?
    var random: SplitMix64
    var queue = EventQueue<ClusterEvent>()
    var now: VirtualTime = 0
    var nodes: [SimulatedNode] = []
    var oracles: [VoteOracle] = []
    var network: SimulatedNetwork<Message>
    var checker: ClusterChecker
    var history: RegisterHistory
    var faults: [FaultKind: Int] = [:]
    var events = 0
    var messages = 0
    var trace = RunningHash()

    var isCalm = false
    /// Nodes that calm does not reach.
    var disturbed: NodeSet = []
    var calm = CalmWatch()

    init(_ scenario: Scenario, defect: PlantedDefect? = nil) {
        self.scenario = scenario
        self.defect = defect
        random = SplitMix64(seed: scenario.seed)
        network = SimulatedNetwork(size: scenario.pool, scenario.network)
        history = RegisterHistory(clients: scenario.clients)
        let first = Self.firstSnapshot(voters: scenario.voters)
        checker = ClusterChecker(first, digest: RegisterMachine(encoded: first.data).digest)
        for place in 0..<scenario.pool {
            let isMember = place < scenario.voters
            nodes.append(SimulatedNode(id: NodeID(place + 1), snapshot: isMember ? first : nil))
            oracles.append(VoteOracle())
            if isMember { start(place) }
        }
        for client in 0..<scenario.clients {
            queue.schedule(.client(client), at: VirtualTime(random.below(1_000_000)))
        }
        scheduleFault()
        if scenario.churns { queue.schedule(.churn, at: scenario.churnEvery) }
        if scenario.transferEvery > 0 { queue.schedule(.transfer, at: scenario.transferEvery) }
        queue.schedule(.phase, at: scenario.chaos)
    }

    private static func firstSnapshot(voters: Int) -> Snapshot {
        let ids = (1...voters).map { NodeID($0) }
        var machine = RegisterMachine()
        machine.apply(Entry(term: 1, index: 1))
        return Snapshot(
            index: 1, term: 1, membership: Membership(voters: NodeSet(ids)),
            data: machine.encoded)
    }

    /// Runs until a promise is broken or the time has come; true in the latter case.
    mutating func run(until end: VirtualTime) -> Bool {
        while checker.violation == nil, let next = queue.next(), next.time <= end {
            now = next.time
            events += 1
            trace.add(now)
            trace.add(next.event.tag)
            handle(next.event)
        }
        return checker.violation == nil
    }

    private mutating func handle(_ event: ClusterEvent) {
        switch event {
        case .tick(let node, let life): tick(node, life)
        case .arrival(let place): arrive(place)
        case .stored(let node, let life): didStore(node, life)
        case .applied(let node, let life): didApply(node, life)
        case .restart(let node, let life):
            if nodes[node].life == life, !nodes[node].isUp { start(node) }
        case .resume(let node, let life):
            if nodes[node].life == life { resume(node) }
        case .client(let client): act(client)
        case .giveUp(let client, let number):
            if history.giveUp(client: client, number: number) { scheduleClient(client) }
        case .fault: injectFault()
        case .churn: churn()
        case .transfer: transfer()
        case .phase: changePhase()
        }
    }

    mutating func scheduleArrival(of place: Int, at time: VirtualTime) {
        queue.schedule(.arrival(place: place), at: time)
    }
}

/// Nodes live and die.
extension ClusterSimulation {
    mutating func start(_ node: Int) {
        if nodes[node].isDead { return }
        if !nodes[node].disk.isSound {
            // A log that is not what was acknowledged: the node must not take part with it.
            nodes[node].isDead = true
            return
        }
        var options = scenario.options
        options.id = nodes[node].id
        options.chance = SplitMix64(
            seed: scenario.seed &* 31 &+ UInt64(node) &* 7 &+ UInt64(nodes[node].life))
        options.defect = defect
        do {
            try nodes[node].start(options)
        } catch {
            checker.fail("node \(options.id) cannot start: \(error.message)")
            return
        }
        oracles[node].removeAll()
        let life = nodes[node].life
        queue.schedule(
            .tick(node: node, life: life), at: now + VirtualTime(random.below(Int(scenario.tick))))
    }

    mutating func crash(_ node: Int, restartAfter: VirtualTime?) {
        guard nodes[node].isUp else { return }
        count(.crash)
        for fault in nodes[node].disk.crash(&random) { count(fault) }
        nodes[node].stop()
        if let restartAfter {
            queue.schedule(
                .restart(node: node, life: nodes[node].life), at: now + restartAfter)
        }
    }

    mutating func resume(_ node: Int) {
        nodes[node].isPaused = false
        drain(node)
    }

    private mutating func tick(_ node: Int, _ life: Int) {
        guard nodes[node].life == life, nodes[node].isUp else { return }
        let interval = scenario.tick * 100 / VirtualTime(nodes[node].clockSpeed)
        queue.schedule(.tick(node: node, life: life), at: now + interval)
        if nodes[node].isBusy { return }
        step(node) { raft in raft.tick() }
    }
}
