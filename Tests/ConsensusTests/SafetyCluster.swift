internal import Chance
internal import Consensus

/// A few nodes whose every step is a call of the test: what is stored, sent, lost and delivered.
///
/// It notes breaches of what Raft promises at any time: two leaders of one term, two entries
/// applied at one index, a node that had to halt.
struct SafetyCluster {
    private struct Member {
        var raft: Raft<MemoryLog>
        let options: Options
        /// Up to where entries were applied, and the membership there. Lost in a crash.
        var state: Snapshot
        var appendWork: [Message] = []
        var applyWork: [Message] = []
        var isDown = false
    }

    struct Link: Hashable {
        var from: NodeID
        var to: NodeID
    }

    private var members: [Member] = []
    private var cuts: Set<Link> = []
    private var leaders: [UInt64: NodeID] = [:]

    /// Sent and neither delivered nor lost.
    var inFlight: [Message] = []
    /// Messages that are lost besides those of cut links.
    var loses: (Message) -> Bool = { _ in false }
    /// Everything that was delivered, for sending it twice.
    private(set) var delivered: [Message] = []
    /// What was applied at each index first.
    private(set) var applied: [UInt64: Entry] = [:]
    private(set) var reads: [NodeID: [ReadState]] = [:]
    private(set) var breaches: [String] = []

    /// Nodes 1 to `count`, all of them voters unless it is said who votes. Leases and pre-votes are
    /// off, so that a test says who campaigns when.
    init(
        _ count: Int, _ defect: PlantedDefect?, voters: NodeSet? = nil, learners: NodeSet = [],
        configure: (inout Options) -> Void = { _ in }
    ) {
        let all = NodeSet((1...count).map(NodeID.init))
        let membership = Membership(voters: voters ?? all, learners: learners)
        for id in all {
            var options = Options(id: id, chance: SplitMix64(seed: id))
            options.checkQuorum = false
            options.preVote = false
            configure(&options)
            options.defect = defect
            var log = MemoryLog()
            log.membership = membership
            members.append(Self.start(options, log))
        }
    }

    private static func start(_ options: Options, _ log: MemoryLog) -> Member {
        guard let raft = try? Raft(options, storage: log) else {
            preconditionFailure("a node does not start from what it stored")
        }
        let state = Snapshot(
            index: log.base.index, term: log.base.term, membership: log.membership)
        return Member(raft: raft, options: options, state: state)
    }

    var isSafe: Bool { breaches.isEmpty }
    private var all: [NodeID] { members.map(\.options.id) }

    subscript(id: NodeID) -> Raft<MemoryLog> {
        get { members[Int(id) - 1].raft }
        _modify { yield &members[Int(id) - 1].raft }
    }

    func appendWork(_ id: NodeID) -> [Message] { members[Int(id) - 1].appendWork }
    func isLeader(_ id: NodeID) -> Bool { self[id].role == .leader }

    private mutating func observe(_ id: NodeID) {
        let raft = self[id]
        if let reason = raft.halted { breaches.append("\(id) halted: \(reason)") }
        guard raft.role == .leader else { return }
        if leaders[raft.term, default: id] != id { breaches.append("two leaders: \(raft.term)") }
        leaders[raft.term] = id
    }
}

/// Owners of the nodes.
extension SafetyCluster {
    /// Takes one `Ready`: stores, applies and sends; with asynchronous writes it only queues.
    mutating func ready(_ id: NodeID) {
        let place = Int(id) - 1
        guard !members[place].isDown, self[id].hasReady else { return }
        let asksEarly = members[place].options.defect == .asksBeforeDurable
        let ready = asksEarly ? self[id].ready() : self[id].ready().holdingVotes()
        reads[id, default: []] += ready.readStates
        let isAsync = members[place].options.asyncStorageWrites
        if !isAsync {
            store(id, ready.hardState, ready.entries, ready.snapshot)
            apply(id, ready.committed)
        }
        for message in ready.messages {
            switch message.to {
            case StorageThread.append: members[place].appendWork.append(message)
            case StorageThread.apply: members[place].applyWork.append(message)
            default: inFlight.append(message)
            }
        }
        if !isAsync { self[id].advance() }
        observe(id)
    }

    /// Serves the oldest request to the append thread.
    mutating func write(_ id: NodeID) {
        let place = Int(id) - 1
        guard !members[place].appendWork.isEmpty else { return }
        let work = members[place].appendWork.removeFirst()
        store(id, work.hardState, work.entries, work.snapshot)
        inFlight += work.responses
    }

    /// Serves the oldest request to the apply thread.
    mutating func apply(_ id: NodeID) {
        let place = Int(id) - 1
        guard !members[place].applyWork.isEmpty else { return }
        let work = members[place].applyWork.removeFirst()
        apply(id, work.entries)
        inFlight += work.responses
    }

    private mutating func store(
        _ id: NodeID, _ hardState: HardState, _ entries: [Entry], _ snapshot: Snapshot?
    ) {
        if !hardState.isEmpty { self[id].storage.hardState = hardState }
        if let snapshot {
            self[id].storage.install(snapshot)
            members[Int(id) - 1].state = snapshot
        }
        self[id].storage.append(entries)
    }

    private mutating func apply(_ id: NodeID, _ entries: [Entry]) {
        let place = Int(id) - 1
        for entry in entries {
            if applied[entry.index, default: entry] != entry {
                breaches.append("two entries applied at \(entry.index)")
            }
            applied[entry.index] = applied[entry.index] ?? entry
            members[place].state.index = entry.index
            members[place].state.term = entry.term
            if entry.kind != .normal, let change = MembershipChange(encoded: entry.data) {
                members[place].state.membership =
                    self[id].applyChange(change, at: entry.index) ?? self[id].membership
            }
        }
    }

    /// Loses everything but what was stored.
    mutating func crash(_ id: NodeID) {
        members[Int(id) - 1].isDown = true
        members[Int(id) - 1].appendWork = []
        members[Int(id) - 1].applyWork = []
        inFlight.removeAll { $0.to == id }
    }

    mutating func restart(_ id: NodeID) {
        members[Int(id) - 1] = Self.start(members[Int(id) - 1].options, self[id].storage)
    }

    /// Puts a snapshot of the state in place of the applied entries, once storage knows that they
    /// are committed: with asynchronous writes the apply thread can be ahead of that.
    mutating func compact(_ id: NodeID) {
        let state = members[Int(id) - 1].state
        if self[id].storage.hardState.commit < state.index { return }
        self[id].storage.snapshot = state
        self[id].storage.membership = state.membership
        self[id].storage.compact(upTo: state.index)
    }
}

/// The network.
extension SafetyCluster {
    mutating func cut(_ from: NodeID, _ to: NodeID) {
        cuts.insert(Link(from: from, to: to))
    }

    mutating func cutBothWays(_ one: NodeID, _ other: NodeID) {
        cut(one, other)
        cut(other, one)
    }

    mutating func isolate(_ id: NodeID) {
        for other in all where other != id { cutBothWays(id, other) }
    }

    mutating func heal() {
        cuts = []
        loses = { _ in false }
    }

    /// Hands a message to its addressee, unless it is lost.
    mutating func step(_ message: Message) {
        if !all.contains(message.to) || members[Int(message.to) - 1].isDown { return }
        if cuts.contains(Link(from: message.from, to: message.to)) || loses(message) { return }
        delivered.append(message)
        if message.from == message.to || message.kind.isLocal {
            self[message.to].stepOwn(message)
        } else {
            try? self[message.to].step(message)
        }
        observe(message.to)
    }

    mutating func deliver(to id: NodeID) {
        let messages = inFlight.filter { $0.to == id }
        inFlight.removeAll { $0.to == id }
        for message in messages { step(message) }
    }

    /// Everything that these nodes can do happens, until nothing is left; all nodes by default.
    mutating func settle(_ ids: [NodeID]? = nil) {
        let ids = ids ?? all
        for _ in 0..<1_000 {
            for id in ids {
                ready(id)
                while !members[Int(id) - 1].appendWork.isEmpty { write(id) }
                while !members[Int(id) - 1].applyWork.isEmpty { apply(id) }
            }
            for id in ids { deliver(to: id) }
            let isIdle = ids.allSatisfy { id in
                members[Int(id) - 1].isDown || !self[id].hasReady
            }
            if isIdle, !inFlight.contains(where: { ids.contains($0.to) }) { return }
        }
        breaches.append("the cluster never comes to rest")
    }
}

/// Time and clients.
extension SafetyCluster {
    mutating func run(ticks: Int) {
        for _ in 0..<ticks {
            for id in all where !members[Int(id) - 1].isDown {
                self[id].tick()
                observe(id)
            }
            settle()
        }
    }

    /// Campaigns once, with whatever comes of it.
    mutating func elect(_ id: NodeID) {
        self[id].campaign()
        settle()
    }

    /// Lets a node win with the vote of one other, and loses everything that it sends afterwards.
    mutating func electSilently(_ id: NodeID, voters: [NodeID]) {
        self[id].campaign()
        settle([id])
        settle(voters)
        for other in all where other != id { cut(id, other) }
        settle()
    }

    /// Whether the node took the proposal.
    @discardableResult
    mutating func propose(_ id: NodeID, _ text: String) -> Bool {
        (try? self[id].propose(Array(text.utf8))) != nil
    }

    mutating func change(
        _ id: NodeID, _ steps: [MembershipChange.Step],
        _ transition: MembershipChange.Transition = .auto
    ) {
        try? self[id].propose(MembershipChange(steps, transition: transition))
    }

    func isApplied(_ text: String) -> Bool {
        applied.values.contains { $0.data == Array(text.utf8) }
    }
}
