internal import Chance
internal import Consensus

/// A random life of a cluster: what happens, told to our nodes at once and written down for the
/// other side, with what our nodes answered.
///
/// One network serves both. It carries what our nodes sent; what the others sent beyond that is
/// lost. So both sides are told the same, and every answer can be compared.
struct OracleSchedule {
    /// What differs between clusters, drawn from the seed.
    struct Setup {
        var options: Options
        var nodes: Int
        var start: Snapshot
        var changesMembership: Bool
        /// Entries in one message: one only, or all.
        var hasOneEntryPerMessage: Bool
        var electionTicks: Int { options.electionTicks }
    }

    struct Step {
        var command: Range<Int>
        var answer: Range<Int>
    }

    /// What happened, to show that the schedules are not idle.
    struct Events {
        private(set) var counts: [(name: String, count: Int)] = [
            ("messages", 0), ("entries applied", 0), ("changes of membership", 0),
            ("leaders", 0), ("snapshots installed", 0), ("reads", 0), ("crashes", 0),
            ("delays of a Ready", 0),
        ]

        mutating func add(_ other: [Int]) {
            for place in counts.indices { counts[place].count += other[place] }
        }

        mutating func add(_ other: Events) {
            add(other.counts.map(\.count))
        }
    }

    let seed: UInt64
    let setup: Setup
    private(set) var commands = OracleText()
    private(set) var answers = OracleText()
    private(set) var steps: [Step] = []
    private(set) var events = Events()
    /// Steps that only one side could take: see `OracleDifference`.
    private(set) var leftOut: [String: Int] = [:]
    private(set) var isHalted = false

    var random: SplitMix64
    private(set) var nodes: [OracleNode] = []
    var network: [OracleNode.Sent] = []
    /// Links that lose everything, as sender and receiver.
    var cut: Set<[NodeID]> = []
    var timeouts: [Int] = []
    var readCount: UInt64 = 0

    init(seed: UInt64, amendments: UInt64, defect: PlantedDefect? = nil) throws {
        self.seed = seed
        random = SplitMix64(seed: seed)
        setup = Setup(&random, defect: defect)
        for id in 1...NodeID(setup.nodes) {
            var options = setup.options
            options.id = id
            options.chance = SplitMix64(seed: seed &+ id)
            let isMember = setup.start.membership.nodes.contains(id)
            nodes.append(try OracleNode(options, start: isMember ? setup.start : nil))
            timeouts.append(drawTimeout())
        }
        writeReset(amendments)
    }

    mutating func drawTimeout() -> Int {
        setup.electionTicks + random.below(setup.electionTicks)
    }

    func raft(_ id: NodeID) -> Raft<MemoryLog> { nodes[Int(id) - 1].raft }

    mutating func leaveOut(_ reason: String) {
        leftOut[reason, default: 0] += 1
    }

    private mutating func writeReset(_ amendments: UInt64) {
        let options = setup.options
        commands.append("reset ")
        let last: UInt64 = 1 << UInt64(OracleComparison.amendments.count - 1)
        commands.append(options.stepsDownOnRemoval ? amendments : amendments & ~last)
        commands.append(UInt64(setup.nodes))
        commands.append(options.preVote)
        commands.append(options.checkQuorum)
        commands.append(options.readPolicy == .leaseBased)
        commands.append(options.refusesForwarding)
        commands.append(UInt64(options.electionTicks))
        commands.append(UInt64(options.heartbeatTicks))
        commands.append(setup.hasOneEntryPerMessage)
        commands.append(options.maxCommittedBytes == 1)
        commands.append(UInt64(options.window.messages))
        commands.append(options.maxUncommittedBytes)
        commands.append(setup.start.index)
        commands.append(setup.start.term)
        commands.append(setup.start.membership)
        commands.append(raw: CollectionOfOne(UInt8(ascii: "\n")))
    }
}

/// Taking steps.
extension OracleSchedule {
    /// Writes a step down and takes it.
    ///
    /// - Parameter arguments: writes the verb and what belongs to it.
    mutating func take(
        _ node: NodeID, end: OracleNode.End = .settles, isProposal: Bool = false,
        _ arguments: (inout OracleText) -> Void,
        _ action: (inout Raft<MemoryLog>) throws(Refusal) -> Void
    ) throws {
        let answerStart = answers.bytes.count
        let place = Int(node) - 1
        let before = (nodes[place].raft.term, nodes[place].raft.role)
        let end = try nodes[place].take(
            end, isProposal: isProposal, action, answer: &answers)
        guard let end else {
            leaveOut("changeThatDoesNotFit")
            return
        }
        let commandStart = commands.bytes.count
        commands.append(end.rawValue)
        commands.append(node)
        arguments(&commands)
        commands.append(raw: CollectionOfOne(UInt8(ascii: "\n")))
        steps.append(
            Step(
                command: commandStart..<commands.bytes.count - 1,
                answer: answerStart..<answers.bytes.count))
        count(nodes[place], before, end)
        for sent in nodes[place].sent { network.append(sent) }
    }

    mutating func compact(_ node: NodeID, upTo index: UInt64) throws {
        nodes[Int(node) - 1].compact(upTo: index)
        try take(node) { text in
            text.append("k ")
            text.append(index)
        } _: { (_) throws(Refusal) in
        }
    }

    private mutating func count(
        _ node: OracleNode, _ before: (term: UInt64, role: Role), _ end: OracleNode.End
    ) {
        let isNewLeader = node.raft.role == .leader && before != (node.raft.term, .leader)
        let isCrash = end != .settles && end != .waits
        events.add([
            node.sent.count, node.committed.count, node.committed.count { $0.kind != .normal },
            isNewLeader ? 1 : 0, node.installed > 0 ? 1 : 0, node.reads.count, isCrash ? 1 : 0,
            end == .waits ? 1 : 0,
        ])
        if node.raft.halted != nil { isHalted = true }
    }
}

extension OracleSchedule.Setup {
    init(_ random: inout SplitMix64, defect: PlantedDefect?) {
        func flag(_ random: inout SplitMix64) -> Bool { random.below(2) == 0 }
        var options = Options(
            id: 1, electionTicks: 3 + random.below(8), chance: SplitMix64(seed: 1))
        options.heartbeatTicks = 1 + random.below(2)
        options.preVote = flag(&random)
        options.checkQuorum = flag(&random)
        if options.checkQuorum, random.below(4) == 0 { options.readPolicy = .leaseBased }
        options.refusesForwarding = random.below(8) == 0
        // The two sides count bytes of entries differently; one entry at a time is the same.
        options.maxCommittedBytes = random.below(4) == 0 ? 1 : .max
        options.maxUncommittedBytes = .max
        options.maxPendingReads = .max
        options.stepsDownOnRemoval = flag(&random)
        options.defect = defect
        hasOneEntryPerMessage = random.below(3) == 0
        options.maxMessageBytes = hasOneEntryPerMessage ? 0 : .max
        options.window.messages = random.below(4) == 0 ? 1 + random.below(3) : 256
        let isLimited = random.below(6) == 0
        // Nor do they write changes in the same bytes.
        if isLimited { options.maxUncommittedBytes = UInt64(4 + random.below(30)) }
        changesMembership = !isLimited && random.below(3) > 0
        let members = [1, 3, 3, 3, 4, 5, 5][random.below(7)]
        // One voter with learners: see `OracleDifference`.
        let learners = members > 3 ? random.below(members - 2) : 0
        nodes = members + (changesMembership ? 2 : 0)
        let voters = (1...NodeID(members - learners))
        start = Snapshot(
            index: UInt64(1 + random.below(5)), term: UInt64(1 + random.below(2)),
            membership: Membership(
                voters: NodeSet(voters),
                learners: NodeSet((1...NodeID(members)).filter { !voters.contains($0) })))
        self.options = options
    }
}
