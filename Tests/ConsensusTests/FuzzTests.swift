internal import Chance
internal import Consensus
internal import Testing

/// Messages that no correct peer sends. They are refused, dropped, or halt the node; they never
/// trap and never break the order of a log's indices.
@Suite struct FuzzTests {
    @Test(arguments: [UInt64(1), 2, 3, 4])
    func randomMessagesNeverTrap(seed: UInt64) {
        var fuzzer = Fuzzer(seed: seed, isAsync: seed % 2 == 0)
        for _ in 0..<100_000 { fuzzer.run() }
        #expect(fuzzer.faults == [])
        // Most nodes must live long enough to get somewhere.
        #expect(fuzzer.starts < 5_000 && fuzzer.roles.count == 4)
    }
}

/// One node in a storm.
private struct Fuzzer {
    private var random: SplitMix64
    private let isAsync: Bool
    private var raft: Raft<MemoryLog>
    private var work: [Message] = []
    private var committed: UInt64 = 0
    private var age = 0
    private(set) var starts = 0
    private(set) var roles: Set<Role> = []
    private(set) var faults: [String] = []

    init(seed: UInt64, isAsync: Bool) {
        random = SplitMix64(seed: seed)
        self.isAsync = isAsync
        raft = Self.node(seed: seed, isAsync: isAsync)
    }

    private static func node(seed: UInt64, isAsync: Bool) -> Raft<MemoryLog> {
        var options = Options(id: 1, electionTicks: 3, chance: SplitMix64(seed: seed))
        options.asyncStorageWrites = isAsync
        options.preVote = seed & 4 == 0
        options.checkQuorum = seed & 8 == 0
        options.maxMessageBytes = 100
        options.maxCommittedBytes = 100
        options.window.messages = 2
        options.maxPendingReads = 3
        var log = MemoryLog()
        log.membership = Membership(voters: seed & 16 == 0 ? [1, 2, 3] : [1, 2], learners: [4])
        guard let raft = try? Raft(options, storage: log) else {
            preconditionFailure("an empty log starts")
        }
        return raft
    }

    mutating func run() {
        age += 1
        if raft.halted != nil || age > 200 { restart() }
        roles.insert(raft.role)
        switch random.below(10) {
        case 0: raft.tick()
        case 1: try? raft.propose([1, 2, 3])
        case 2, 3: serve()
        case 4 where random.below(4) == 0: callSomething()
        default: stepSomething()
        }
        check()
    }

    private mutating func restart() {
        starts += 1
        age = 0
        committed = 0
        work = []
        raft = Self.node(seed: random.next(), isAsync: isAsync)
        if random.below(2) == 0 { raft.campaign() }
    }

    /// A refusal changes nothing that can be seen.
    private mutating func stepSomething() {
        let message = randomMessage()
        let before = raft.status
        do {
            try raft.step(message)
        } catch {
            if error == .malformed, raft.status != before { faults.append("changed: \(message)") }
        }
    }

    private mutating func callSomething() {
        switch random.below(6) {
        case 0: raft.campaign()
        case 1: raft.transferLeadership(to: randomNode())
        case 2: raft.reportUnreachable(randomNode())
        case 3: raft.reportSnapshot(to: randomNode(), delivered: random.below(2) == 0)
        case 4: try? raft.requestRead([UInt8(random.below(4))])
        default: raft.forgetLeader()
        }
    }

    private mutating func check() {
        if raft.halted != nil { return }
        if raft.applied > raft.committed || raft.committed > raft.lastID.index
            || raft.committed < committed
        {
            faults.append("\(raft.applied), \(raft.committed), \(raft.lastID)")
        }
        committed = raft.committed
    }
}

/// The owner of the node.
extension Fuzzer {
    private mutating func serve() {
        if isAsync, !work.isEmpty, random.below(2) == 0 {
            let message = work.removeFirst()
            if message.to == StorageThread.apply {
                apply(message.entries)
            } else {
                store(message.hardState, message.entries, message.snapshot)
            }
            for response in message.responses where response.to == 1 { raft.stepOwn(response) }
            return
        }
        let ready = raft.ready()
        if isAsync {
            work += ready.messages.filter { $0.to >= StorageThread.apply }
        } else {
            store(ready.hardState, ready.entries, ready.snapshot)
            apply(ready.committed)
            raft.advance()
        }
        if raft.halted == nil, raft.applied > 0, random.below(8) == 0 {
            raft.storage.compact(upTo: min(raft.applied, raft.storage.lastIndex))
            raft.storage.snapshot = Snapshot(
                index: raft.applied, term: raft.term, membership: raft.membership)
        }
    }

    private mutating func store(_ state: HardState, _ entries: [Entry], _ snapshot: Snapshot?) {
        if !state.isEmpty { raft.storage.hardState = state }
        if let snapshot { raft.storage.install(snapshot) }
        // After a false confirmation of the storage thread there can be a gap; it is the owner's.
        if let first = entries.first, first.index > raft.storage.lastIndex + 1 {
            restart()
        } else {
            raft.storage.append(entries)
        }
    }

    private mutating func apply(_ entries: [Entry]) {
        for entry in entries where entry.kind != .normal {
            if let change = MembershipChange(encoded: entry.data) {
                raft.applyChange(change, at: entry.index)
            }
        }
    }
}

/// What comes in.
extension Fuzzer {
    /// Mostly small, so that numbers meet; at times at the ends of what there is.
    private mutating func number() -> UInt64 {
        switch random.below(40) {
        case 0: .max - UInt64(random.below(3))
        case 1: 1 << UInt64(62 + random.below(2)) - UInt64(random.below(3))
        case 2: UInt64(random.below(1_000))
        case 3...12: raft.lastID.index &+ UInt64(random.below(3)) &- 1
        case 13...22: raft.term &+ UInt64(random.below(2))
        default: UInt64(random.below(6))
        }
    }

    private mutating func randomNode() -> NodeID {
        switch random.below(30) {
        case 0: .max - UInt64(random.below(2))
        case 1: number()
        default: NodeID(1 + random.below(5))
        }
    }

    private mutating func randomEntries() -> [Entry] {
        let first = number()
        let term = number()
        let isOrderly = random.below(4) > 0
        return (0..<random.below(4)).map { place in
            var data = (0..<random.below(8)).map { _ in UInt8(random.below(4)) }
            let kind = EntryKind(rawValue: UInt8(random.below(6))) ?? .normal
            if kind != .normal, random.below(4) > 0 {
                let action = MembershipChange.Action(rawValue: UInt8(random.below(4))) ?? .update
                data = MembershipChange([.init(action, randomNode())]).encoded
            }
            return Entry(
                term: isOrderly ? term : number(),
                index: isOrderly ? first &+ UInt64(place) : number(), kind: kind, data: data)
        }
    }

    private mutating func randomMessage() -> Message {
        let kinds = MessageKind.allCases
        var message = Message(
            kinds[random.below(kinds.count)], from: randomNode(), to: 1, term: number())
        if random.below(3) > 0 { message.term = raft.term }
        message.logTerm = number()
        message.index = number()
        message.commit = number()
        message.vote = randomNode()
        message.isRejected = random.below(3) == 0
        message.hint = number()
        message.entries = randomEntries()
        if random.below(2) == 0, let first = message.entries.first {
            message.index = first.index &- 1
            if message.index <= raft.lastID.index {
                message.logTerm = raft.term(at: message.index).known ?? message.logTerm
            }
        }
        if message.kind == .snapshot || random.below(20) == 0 {
            let nodes = NodeSet((0..<random.below(4)).map { _ in randomNode() }).union([1])
            message.snapshot = Snapshot(
                index: number(), term: number(),
                membership: Membership(
                    voters: nodes, votersOutgoing: random.below(4) == 0 ? [1, 2] : []))
        }
        if random.below(3) == 0 { message.context = [UInt8(random.below(4))] }
        if random.below(20) == 0 { message.context = Array("CampaignTransfer".utf8) }
        return message
    }
}

extension TermLookup {
    fileprivate var known: UInt64? {
        if case .term(let term) = self { term } else { nil }
    }
}
