internal import Chance
internal import Consensus

/// What is remembered of a calm.
struct CalmWatch {
    enum Phase { case chaos, recovering, watching }

    var phase = Phase.chaos
    var began: VirtualTime = 0
    var lastWrite: VirtualTime = 0
    var elections = 0
    var calms = 0
    var lastRead: VirtualTime = 0
    /// What was committed when the cluster had to have recovered.
    var commit: UInt64 = 0
    /// Who keeps a wrong time, in simulations with clocks.
    var wrongClock: Int?
}

/// Calm: faults stop on a connected majority, and it has to work again within a bound.
extension ClusterSimulation {
    mutating func changePhase() {
        switch calm.phase {
        case .chaos:
            beginCalm()
            calm.phase = .recovering
            queue.schedule(.phase, at: now + scenario.recovery)
        case .recovering:
            checkRecovered()
            calm.phase = .watching
            calm.elections = checker.elections
            queue.schedule(.phase, at: now + Scenario.watch)
        case .watching:
            checkSteady()
            endCalm()
            calm.phase = .chaos
            queue.schedule(.phase, at: now + scenario.chaos)
        }
    }

    private mutating func beginCalm() {
        isCalm = true
        calm.began = now
        calm.calms += 1
        network.healAll()
        disturbed = drawDisturbed()
        for node in nodes.indices {
            nodes[node].clockSpeed = 100
            nodes[node].hasSlowDisk = false
            nodes[node].failsNextWrite = false
            if nodes[node].isPaused { resume(node) }
            let isNeeded = isMember(nodes[node].id) && !disturbed.contains(nodes[node].id)
            if isNeeded, !nodes[node].isUp { start(node) }
        }
        for id in disturbed { disturb(Int(id) - 1) }
    }

    private mutating func endCalm() {
        isCalm = false
        network.healAll()
        for node in nodes.indices where !nodes[node].isUp && isMember(nodes[node].id) {
            start(node)
        }
        disturbed = []
    }

    private func isMember(_ id: NodeID) -> Bool {
        possibleMemberships.contains { $0.nodes.contains(id) }
    }

    /// Memberships that are in force somewhere, or will be when a log is applied.
    private var possibleMemberships: [Membership] {
        var all = [checker.membership(at: checker.commitIndex)]
        for node in nodes {
            let log = node.raft?.storage ?? node.disk.durable
            var tracker = ProgressTracker(window: InflightWindow())
            var changer = MembershipChanger(tracker, lastIndex: 1)
            let membership = node.raft?.membership ?? log.membership
            if membership == Membership() { continue }
            try? changer.restore(membership)
            tracker.adopt(changer)
            all.append(membership)
            let applied = node.raft?.applied ?? log.snapshot?.index ?? 0
            let entries = node.raft?.entries(from: applied + 1) ?? log.entries
            for entry in entries where entry.kind != .normal && entry.index > applied {
                guard let change = MembershipChange(encoded: entry.data) else { continue }
                var next = MembershipChanger(tracker, lastIndex: 1)
                do { try next.apply(change) } catch { continue }
                tracker.adopt(next)
                all.append(tracker.membership)
            }
        }
        return all
    }

    /// A minority, with everybody whose disk is lost; often with the leader in it.
    private mutating func drawDisturbed() -> NodeSet {
        var chosen = NodeSet(nodes.filter(\.isRotten).map(\.id))
        let memberships = possibleMemberships
        let leader = nodes.first { $0.raft?.role == .leader }?.id
        for attempt in 0..<random.below(4) {
            var candidate = NodeID(1 + random.below(nodes.count))
            if attempt == 0, let leader { candidate = leader }
            var larger = chosen
            larger.insert(candidate)
            let leavesMajorities = memberships.allSatisfy { membership in
                membership.quorum.voteResult { larger.contains($0) ? nil : true } == .won
            }
            if leavesMajorities { chosen = larger }
        }
        return chosen
    }

    /// Down, cut off, deaf, dumb, or connected to one of the others only.
    private mutating func disturb(_ node: Int) {
        let others = nodes.indices.filter { $0 != node }
        let friend = others[random.below(others.count)]
        let kind = scenario.promisesStability ? random.below(5) : random.below(2)
        if kind == 0 { crash(node, restartAfter: nil) }
        for other in others {
            let isFriend = kind == 4 && other == friend
            if kind != 3, !isFriend { network.setCut(true, from: node, to: other) }
            if kind != 2, !isFriend { network.setCut(true, from: other, to: node) }
        }
    }

    /// Somebody leads, writes are carried out, reads are answered, a joint configuration is left.
    private mutating func checkRecovered() {
        let state = summary
        let seconds = scenario.recovery / 1_000_000
        if calm.lastWrite <= calm.began {
            checker.fail("no write was carried out in \(seconds) s of calm: \(state)")
        }
        let membership = checker.membership(at: checker.commitIndex)
        if scenario.readShare > 0, calm.lastRead <= calm.began {
            checker.fail("no read was answered in \(seconds) s of calm: \(state)")
        }
        if membership.isJoint, membership.autoLeave {
            checker.fail("a joint configuration was not left in \(seconds) s of calm: \(state)")
        }
        calm.commit = checker.commitIndex
    }

    /// Work goes on, the leader stays, and whoever is connected to it has caught up.
    private mutating func checkSteady() {
        checker.require(
            calm.lastWrite + Span.seconds(20) > now, "writes stopped in the middle of calm")
        if scenario.promisesStability {
            checker.require(
                checker.elections == calm.elections,
                "the leader changed in calm, after it had recovered")
        }
        let leader = nodes.filter { $0.raft?.role == .leader }
            .max { $0.raft!.term < $1.raft!.term }
        guard let leader else {
            if scenario.promisesStability { checker.fail("nobody leads in calm: \(summary)") }
            return
        }
        // A leader outside of the majority may reach enough of it, but not all of it.
        if disturbed.contains(leader.id) || scenario.isNarrow { return }
        let state = summary
        let members = checker.membership(at: checker.commitIndex).nodes
        for node in nodes where members.contains(node.id) && !disturbed.contains(node.id) {
            checker.require(
                (node.raft?.applied ?? 0) >= calm.commit,
                "node \(node.id) has not caught up with \(calm.commit): \(state)")
        }
    }
}

extension ClusterSimulation {
    /// The state of all nodes in a line, for whoever looks for the reason.
    var summary: String {
        let states = nodes.map { node in
            guard let raft = node.raft else {
                return "\(node.id): \(node.isDead ? "dead" : "down")"
            }
            return "\(node.id): \(raft.role) term \(raft.term) leader \(raft.leader) "
                + "commit \(raft.committed)/\(raft.lastID.index)"
                + (disturbed.contains(node.id) ? " disturbed" : "")
        }
        let membership = checker.membership(at: checker.commitIndex)
        return states.joined(separator: "; ")
            + "; voters \(membership.voters.ids) \(membership.votersOutgoing.ids)"
    }
}
