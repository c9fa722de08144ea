internal import Chance
internal import Consensus

/// What may happen.
extension OracleSchedule {
    /// Takes one step, or changes the network.
    mutating func next() throws {
        switch random.below(1000) {
        case 0..<640 where !network.isEmpty: try deliver()
        case 0..<665: network.isEmpty ? try tick() : lose()
        case 665..<770: try tick()
        case 770..<870: try propose()
        case 870..<900: try change()
        case 900..<922: try read()
        case 922..<934: try transfer()
        case 934..<944: try report()
        case 944..<957: try compact()
        case 957..<962: try crash()
        case 962..<968: try campaign()
        case 968..<972: partition()
        case 972..<982: cut = []
        default: try burst()
        }
        while network.count > 150 { network.remove(at: random.below(network.count)) }
    }

    private mutating func node() -> NodeID { NodeID(1 + random.below(nodes.count)) }

    /// Mostly a leader, if there is one.
    private mutating func likelyLeader() -> NodeID {
        let leaders = nodes.filter { $0.raft.role == .leader }
        if leaders.isEmpty || random.below(4) == 0 { return node() }
        return leaders[random.below(leaders.count)].raft.id
    }

    /// Seldom a crash.
    private mutating func end(of node: NodeID) -> OracleNode.End {
        let draw = random.below(150)
        if draw > 0 { return draw < 30 ? .waits : .settles }
        let end = OracleNode.End(rawValue: UInt64(1 + random.below(4))) ?? .losesAll
        // A single voter commits in a later `Ready` than in 3.4.
        return end.storesFirst && raft(node).membership.allVoters.count < 2 ? .losesAll : end
    }

    private mutating func tick() throws {
        let id = random.below(3) > 0 ? likelyLeader() : node()
        try tick(id)
    }

    /// Lets a node catch up that could campaign. What it has not applied, or not installed, stops
    /// our nodes and not those of 3.4.
    private mutating func settle(_ id: NodeID) throws {
        if raft(id).committed > raft(id).applied {
            try take(id, { $0.append("n ") }, { _ in })
        }
    }

    private mutating func tick(_ id: NodeID) throws {
        try settle(id)
        let place = Int(id) - 1
        if random.below(16) == 0 { timeouts[place] = drawTimeout() }
        let timeout = timeouts[place]
        try take(id, end: end(of: id)) { text in
            text.append("t ")
            text.append(UInt64(timeout))
        } _: { (raft) throws(Refusal) in
            raft.setElectionTimeout(ticks: timeout)
            raft.tick()
        }
    }

    /// Many ticks, many messages in their order, or both without a fault.
    private mutating func burst() throws {
        switch random.below(3) {
        case 0:
            let id = node()
            for _ in 0..<setup.electionTicks where !isHalted { try tick(id) }
        case 1:
            try deliverInOrder(20)
        default:
            cut = []
            for _ in 0..<3 where !isHalted {
                try tick(likelyLeader())
                try deliverInOrder(40)
            }
        }
    }

    private mutating func deliverInOrder(_ count: Int) throws {
        for _ in 0..<count where !network.isEmpty && !isHalted {
            try deliver(network.removeFirst())
        }
    }

    private mutating func campaign() throws {
        let behind = nodes.first { $0.raft.committed > $0.raft.applied }
        let id = random.below(2) == 0 ? behind?.raft.id ?? node() : node()
        if !raft(id).canCampaign { try settle(id) }
        try take(id, end: end(of: id), { $0.append("c ") }, { $0.campaign() })
    }

    private mutating func crash() throws {
        let id = node()
        let end: OracleNode.End = random.below(2) == 0 ? .losesAll : .losesAllButApplied
        try take(id, end: end, { $0.append("n ") }, { _ in })
    }

    private mutating func propose() throws {
        let id = likelyLeader()
        // Empty proposals are counted differently while the bytes are limited.
        let isLimited = setup.options.maxUncommittedBytes < .max
        let data = (0..<random.below(6) + (isLimited ? 1 : 0)).map { _ in
            UInt8(truncatingIfNeeded: random.next())
        }
        if let reason = obstacle(to: Entry(data: data), at: id) {
            leaveOut(reason)
            return
        }
        try take(id, end: end(of: id), isProposal: true) { text in
            text.append("p ")
            text.append(hex: data)
        } _: { (raft) throws(Refusal) in
            try raft.propose(data)
        }
    }

    private mutating func read() throws {
        let id = likelyLeader()
        readCount += 1
        let context = (0..<4).map { UInt8(truncatingIfNeeded: readCount >> ($0 * 8)) }
        try take(id, end: end(of: id)) { text in
            text.append("r ")
            text.append(hex: context)
        } _: { (raft) throws(Refusal) in
            try raft.requestRead(context)
        }
    }

    private mutating func transfer() throws {
        let id = likelyLeader()
        let target = node()
        try take(id, end: end(of: id)) { text in
            text.append("l ")
            text.append(target)
        } _: { (raft) throws(Refusal) in
            raft.transferLeadership(to: target)
        }
    }

    /// News of the connections: a node cannot be reached, or what became of a snapshot.
    private mutating func report() throws {
        let id = likelyLeader()
        let waiting = raft(id).progress.filter { $0.state == .snapshot }
        if waiting.isEmpty || random.below(4) == 0 {
            let target = node()
            try take(id) { text in
                text.append("u ")
                text.append(target)
            } _: { (raft) throws(Refusal) in
                raft.reportUnreachable(target)
            }
        } else {
            try reportSnapshot(id, to: waiting[0].id, delivered: random.below(2) == 0)
        }
    }

    private mutating func reportSnapshot(
        _ id: NodeID, to target: NodeID, delivered: Bool
    ) throws {
        try take(id) { text in
            text.append("s ")
            text.append(target)
            text.append(delivered)
        } _: { (raft) throws(Refusal) in
            raft.reportSnapshot(to: target, delivered: delivered)
        }
    }

    /// Makes a snapshot, and drops some of the log.
    private mutating func compact() throws {
        let id = likelyLeader()
        let node = nodes[Int(id) - 1]
        // Not while a snapshot waits to be installed.
        guard node.appliedIndex > node.keptIndex, node.appliedIndex + 1 >= raft(id).firstIndex
        else { return }
        let span = node.appliedIndex - raft(id).firstIndex + 2
        try compact(id, upTo: raft(id).firstIndex - 1 + UInt64(random.below(Int(span))))
    }
}

/// The network.
extension OracleSchedule {
    private mutating func deliver() throws {
        let place = random.below(10) < 7 ? 0 : random.below(network.count)
        let sent = network[place]
        // Now and then it comes a second time.
        if random.below(12) > 0 { network.remove(at: place) }
        try deliver(sent)
    }

    private mutating func deliver(_ sent: OracleNode.Sent) throws {
        let message = sent.message
        let id = message.to
        if id == noNode || id > NodeID(nodes.count) || cut.contains([message.from, id]) { return }
        if let reason = differs(message) {
            leaveOut(reason)
            return
        }
        if message.kind == .timeoutNow { try settle(id) }
        try take(id, end: end(of: id), isProposal: message.kind == .propose) { text in
            text.append("d ")
            text.append(raw: sent.text)
        } _: { (raft) throws(Refusal) in
            try raft.step(message)
        }
        if message.kind == .snapshot, random.below(4) > 0 {
            try reportSnapshot(message.from, to: id, delivered: true)
        }
    }

    /// Why a message is not delivered: 3.4 would treat it otherwise, and not only late.
    private func differs(_ message: Message) -> String? {
        let membership = raft(message.to).membership
        switch message.kind {
        case .readIndexResponse:
            return membership.nodes.contains(message.from) ? nil : "readAnswerOfStranger"
        case .snapshot:
            guard let members = message.snapshot?.membership else { return nil }
            let isListed = members.voters.union(members.learners).contains(message.to)
            return isListed || !members.nodes.contains(message.to) ? nil : "snapshotForLeaver"
        case .propose:
            return message.entries.lazy.compactMap { obstacle(to: $0, at: message.to) }.first
        case .append, .appendResponse, .vote, .voteResponse, .preVote, .preVoteResponse,
            .heartbeat, .heartbeatResponse, .timeoutNow, .transferLeader, .readIndex,
            .storageAppend, .storageAppendResponse, .storageApply, .storageApplyResponse:
            return nil
        }
    }

    private mutating func lose() {
        network.remove(at: random.below(network.count))
    }

    /// Cuts some links, one way or both.
    private mutating func partition() {
        let side = (0..<nodes.count).map { _ in random.below(2) == 0 }
        let isOneWay = random.below(3) == 0
        cut = []
        for from in nodes.indices {
            for to in nodes.indices where side[from] != side[to] && (side[from] || !isOneWay) {
                cut.insert([NodeID(from + 1), NodeID(to + 1)])
            }
        }
    }
}

/// Changes of membership.
extension OracleSchedule {
    private mutating func change() throws {
        guard setup.changesMembership else { return }
        let id = likelyLeader()
        let entry = drawChange(at: id)
        if let reason = obstacle(to: entry, at: id) {
            leaveOut(reason)
            return
        }
        try take(id, end: end(of: id), isProposal: true) { text in
            text.append("m ")
            text.append(UInt64(entry.kind.rawValue))
            text.append(hex: entry.data)
        } _: { (raft) throws(Refusal) in
            try raft.propose([entry])
        }
    }

    private mutating func drawChange(at id: NodeID) -> Entry {
        let context = random.below(8) == 0 ? [UInt8(random.below(256))] : []
        if raft(id).membership.isJoint, random.below(4) > 0 || random.below(12) == 0 {
            return Entry(kind: .change, data: MembershipChange(context: context).encoded)
        }
        let count = random.below(2) == 0 ? 1 : 1 + random.below(3)
        let steps = (0..<count).map { _ in
            let action: MembershipChange.Action =
                switch random.below(10) {
                case 0..<4: .addVoter
                case 4..<6: .addLearner
                case 6..<9: .remove
                default: .update
                }
            return MembershipChange.Step(action, node())
        }
        let transition = MembershipChange.Transition(rawValue: UInt8(random.below(3))) ?? .auto
        let isSingle = count == 1 && random.below(2) == 0
        let change = MembershipChange(
            steps, transition: isSingle ? .auto : transition, context: context)
        let isOld = isSingle && random.below(2) == 0
        return Entry(kind: isOld ? .singleChange : .change, data: change.encoded)
    }

    /// Why a node is not asked to propose an entry; see `OracleDifference`.
    private func obstacle(to entry: Entry, at id: NodeID) -> String? {
        let membership = raft(id).membership
        guard raft(id).role == .leader else { return nil }
        if membership.learners.contains(id) { return "proposalToFormerVoter" }
        guard entry.kind != .normal, let change = MembershipChange(encoded: entry.data),
            !change.steps.isEmpty
        else { return nil }
        var voters = membership.voters
        for step in change.steps {
            switch step.action {
            case .addVoter: voters.insert(step.node)
            case .addLearner, .remove: voters.remove(step.node)
            case .update: break
            }
        }
        return voters.count == 1 ? "fewVoters" : nil
    }
}
