internal import Chance
internal import Consensus

/// A cluster that is stepped by hand, one command of a transcript at a time.
struct ClusterRig {
    struct Node {
        var raft: Raft<MemoryLog>
        var options: Options
        /// The state machine's snapshots, one after every applied entry; it joins the payloads.
        var history: [Snapshot]
        var appendWork: [Message] = []
        var applyWork: [Message] = []
    }

    var nodes: [Node] = []
    /// Everything sent and not yet delivered.
    var inFlight: [Message] = []
    var isQuiet = false
    private var output: [String] = []
    private var indent = ""

    mutating func run(_ command: TranscriptFile.Command) -> String {
        output = []
        let wasQuiet = isQuiet
        if let level = command.value("log-level") { isQuiet = level.lowercased() == "none" }
        var failure: String?
        do { try carryOut(command) } catch { failure = (error as? RigError)?.text ?? "\(error)" }
        isQuiet = wasQuiet
        if command.name == "log-level" {
            isQuiet = command.plain.first?.lowercased() == "none"
        }
        if let failure { output.append(failure) }
        return output.isEmpty ? "ok" : output.joined(separator: "\n")
    }

    mutating func print(_ line: String) {
        if !isQuiet { output.append(indent + line) }
    }

    mutating func print(_ lines: [String]) {
        for line in lines { print(line) }
    }

    mutating func indented(_ body: (inout ClusterRig) throws -> Void) throws {
        indent += "  "
        defer { indent.removeLast(2) }
        try body(&self)
    }
}

/// The text of a command that failed.
struct RigError: Error {
    var text: String

    init(_ text: String) {
        self.text = text
    }

    init(_ refusal: Refusal) {
        switch refusal {
        case .unknownPeer: text = "raft: cannot step as peer not found"
        default: text = refusal.dropsProposal ? "raft proposal dropped" : "\(refusal)"
        }
    }
}

/// Commands.
extension ClusterRig {
    private mutating func carryOut(_ command: TranscriptFile.Command) throws {
        let ids = command.plain.compactMap(Int.init)
        func first() throws -> Int {
            guard let id = ids.first, nodes.indices.contains(id - 1) else {
                throw RigError("no node in: \(command.name)")
            }
            return id - 1
        }
        switch command.name {
        case "add-nodes": try addNodes(ids.first ?? 0, command)
        case "log-level": break
        case "campaign": nodes[try first()].raft.campaign()
        case "forget-leader": nodes[try first()].raft.forgetLeader()
        case "propose":
            let data = Array((command.plain.dropFirst().first ?? "").utf8)
            let node = try first()
            do { try nodes[node].raft.propose(data) } catch { throw RigError(error) }
        case "propose-conf-change": try proposeChange(try first(), command)
        case "report-unreachable": nodes[try first()].raft.reportUnreachable(NodeID(ids[1]))
        case "transfer-leadership":
            guard let from = command.value("from").flatMap(Int.init),
                let to = command.value("to").flatMap(NodeID.init)
            else { throw RigError("from and to are needed") }
            nodes[from - 1].raft.transferLeadership(to: to)
        case "tick-heartbeat": tick(try first(), \.heartbeatTicks)
        case "tick-election": tick(try first(), \.electionTicks)
        case "set-randomized-election-timeout":
            nodes[try first()].raft.setElectionTimeout(
                ticks: command.value("timeout").flatMap(Int.init) ?? 0)
        case "process-ready": try each(ids, "handling Ready") { try $0.processReady($1) }
        case "process-append-thread":
            try each(ids, "processing append thread") { try $0.processAppend($1) }
        case "process-apply-thread":
            try each(ids, "processing apply thread") { try $0.processApply($1) }
        case "deliver-msgs": deliver(command, to: ids)
        case "stabilize": try stabilize(ids.isEmpty ? Array(nodes.indices) : ids.map { $0 - 1 })
        case "compact":
            nodes[try first()].raft.storage.compact(upTo: UInt64(ids[1]))
            printLog(try first())
        case "send-snapshot": sendSnapshot(from: try first(), to: NodeID(ids[1]))
        case "raft-log": printLog(try first())
        case "raft-state": printStates()
        case "status": printProgress(try first())
        default: throw RigError("unknown command \(command.name)")
        }
    }

    private mutating func each(
        _ ids: [Int], _ title: String,
        _ body: (inout ClusterRig, Int) throws -> Void
    ) throws {
        for id in ids {
            if ids.count == 1 {
                try body(&self, id - 1)
            } else {
                print("> \(id) \(title)")
                try indented { rig in try body(&rig, id - 1) }
            }
        }
    }

    private mutating func tick(_ node: Int, _ count: (Options) -> Int) {
        for _ in 0..<count(nodes[node].options) { nodes[node].raft.tick() }
    }

    private mutating func proposeChange(
        _ node: Int, _ command: TranscriptFile.Command
    ) throws {
        guard let steps = ChangeTranscript.steps(command.input) else {
            throw RigError("bad change")
        }
        let transition: MembershipChange.Transition =
            switch command.value("transition") {
            case "implicit": .jointImplicit
            case "explicit": .jointExplicit
            default: .auto
            }
        let data = MembershipChange(steps, transition: transition).encoded
        let kind: EntryKind = command.flag("v1") ? .singleChange : .change
        do {
            try nodes[node].raft.propose([Entry(kind: kind, data: data)])
        } catch {
            throw RigError(error)
        }
    }

    private mutating func printLog(_ node: Int) {
        let log = nodes[node].raft.storage
        if log.entries.isEmpty {
            print("log is empty: first index=\(log.firstIndex), last index=\(log.lastIndex)")
        }
        print(log.entries.map(Describe.entry))
    }

    private mutating func printStates() {
        for node in nodes {
            let status = node.raft.status
            let votes = status.membership.allVoters.contains(status.id)
            print(
                "\(status.id): \(Describe.role(status.softState.role)) "
                    + "(\(votes ? "Voter" : "Non-Voter")) Term:\(status.hardState.term) "
                    + "Lead:\(status.softState.leader)")
        }
    }

    private mutating func printProgress(_ node: Int) {
        for progress in nodes[node].raft.status.progress {
            print("\(progress.id): \(Describe.progress(progress))")
        }
    }

    private mutating func sendSnapshot(from node: Int, to: NodeID) {
        let raft = nodes[node].raft
        let message = Message(
            .snapshot, from: raft.id, to: to, term: raft.status.hardState.term,
            snapshot: nodes[node].history.last)
        inFlight.append(message)
        print(Describe.message(message).split(separator: "\n").map(String.init))
    }
}

/// Nodes.
extension ClusterRig {
    private mutating func addNodes(
        _ count: Int, _ command: TranscriptFile.Command
    ) throws {
        func nodeSet(_ key: String) -> NodeSet {
            NodeSet((command.values(key) ?? []).compactMap(NodeID.init))
        }
        let membership = Membership(voters: nodeSet("voters"), learners: nodeSet("learners"))
        let index = command.value("index").flatMap(UInt64.init) ?? 0
        let snapshot = Snapshot(
            index: index, term: index > 0 ? 1 : 0, membership: membership,
            data: Array((command.value("content") ?? "").utf8))
        for _ in 0..<count {
            let id = NodeID(nodes.count + 1)
            let options = options(id, applied: index, command)
            var log = index > 0 ? MemoryLog(snapshot) : MemoryLog()
            log.snapshot = snapshot
            do {
                let raft = try Raft(options, storage: log)
                nodes.append(Node(raft: raft, options: options, history: [snapshot]))
            } catch {
                throw RigError(error.message)
            }
        }
    }

    private func options(
        _ id: NodeID, applied: UInt64, _ command: TranscriptFile.Command
    ) -> Options {
        var options = Options(
            id: id, electionTicks: 3, heartbeatTicks: 1, chance: SplitMix64(seed: id))
        options.applied = applied
        options.maxMessageBytes = .max
        options.maxCommittedBytes = .max
        options.maxUncommittedBytes = .max
        options.window = InflightWindow(messages: Int(Int32.max))
        options.preVote = command.flag("prevote")
        options.checkQuorum = command.flag("checkquorum")
        options.asyncStorageWrites = command.flag("async-storage-writes")
        options.stepsDownOnRemoval = command.flag("step-down-on-removal")
        options.skipsChangeValidation = command.flag("disable-conf-change-validation")
        if command.value("read-only") == "lease-based" { options.readPolicy = .leaseBased }
        if let window = command.value("inflight").flatMap(Int.init) {
            options.window.messages = window
        }
        if let bytes = command.value("max-committed-size-per-ready").flatMap(UInt64.init) {
            options.maxCommittedBytes = bytes
        }
        return options
    }
}
