internal import Chance
internal import Consensus

/// Chaos: one fault at a time, for a while.
extension ClusterSimulation {
    mutating func scheduleFault() {
        if scenario.faultEvery > 0 {
            queue.schedule(.fault, at: now + span(scenario.faultEvery))
        }
    }

    mutating func injectFault() {
        scheduleFault()
        if isCalm { return }
        let kind = scenario.faults[random.below(scenario.faults.count)]
        let node = random.below(nodes.count)
        switch kind {
        case .crash:
            crash(node, restartAfter: span(Span.seconds(3)))
        case .pause:
            pause(node)
        case .clockSpeed:
            nodes[node].clockSpeed = 50 + random.below(150)
            count(.clockSpeed)
        case .cutBothWays, .cutOneWay, .clog:
            disturbLinks(kind)
        case .slowDisk:
            nodes[node].hasSlowDisk.toggle()
            if nodes[node].hasSlowDisk { count(.slowDisk) }
        case .failedWrite:
            nodes[node].failsNextWrite = nodes[node].isUp
        case .bitRot:
            rot(node)
        case .loss, .duplication, .delay, .tornWrite, .lostTail, .clockJump, .lostCommit,
            .unansweredCommit, .serverCrash, .fullDisk:
            break
        }
    }

    private mutating func pause(_ node: Int) {
        guard nodes[node].isUp, !nodes[node].isPaused else { return }
        nodes[node].isPaused = true
        count(.pause)
        queue.schedule(
            .resume(node: node, life: nodes[node].life), at: now + span(Span.seconds(2)))
    }

    /// Only where a majority stays sound: a rotten disk is lost for good.
    private mutating func rot(_ node: Int) {
        let dead = nodes.count { $0.isDead || $0.isRotten }
        guard !scenario.churns, !nodes[node].isRotten, (dead + 1) * 2 < nodes.count,
            random.below(5) == 0, nodes[node].isUp
        else { return }
        crash(node, restartAfter: span(Span.seconds(1)))
        if nodes[node].disk.rot(&random) {
            nodes[node].isRotten = true
            count(.bitRot)
        }
    }
}

/// Changes of membership and of leadership.
extension ClusterSimulation {
    mutating func transfer() {
        queue.schedule(.transfer, at: now + span(scenario.transferEvery))
        if isCalm { return }
        // Sometimes to two at once, which then campaign in the same term.
        let targets = (0...random.below(2)).map { _ in NodeID(1 + random.below(nodes.count)) }
        for node in nodes.indices where nodes[node].raft?.role == .leader {
            for target in targets where !nodes[node].isBusy {
                step(node) { raft in raft.transferLeadership(to: target) }
            }
        }
    }

    mutating func churn() {
        queue.schedule(.churn, at: now + span(scenario.churnEvery))
        if isCalm { return }
        guard
            let leader = nodes.indices.last(where: {
                nodes[$0].raft?.role == .leader && !nodes[$0].isBusy
            })
        else { return }
        let membership = nodes[leader].raft!.membership
        let change = drawChange(membership)
        for step in change.steps where !nodes[Int(step.node) - 1].isUp {
            start(Int(step.node) - 1)
        }
        step(leader) { raft in try? raft.propose(change) }
    }

    private mutating func drawChange(_ membership: Membership) -> MembershipChange {
        if membership.isJoint, !membership.autoLeave { return MembershipChange() }
        var steps: [MembershipChange.Step] = []
        var voters = membership.voters
        for _ in 0...random.below(3) {
            let node = NodeID(1 + random.below(nodes.count))
            switch random.below(3) {
            case 0 where voters.count < 7:
                voters.insert(node)
                steps.append(.init(.addVoter, node))
            case 1 where voters.count > 1 || !voters.contains(node):
                voters.remove(node)
                steps.append(.init(.remove, node))
            case 2 where voters.count > 1 || !voters.contains(node):
                voters.remove(node)
                steps.append(.init(.addLearner, node))
            default:
                break
            }
        }
        let transitions: [MembershipChange.Transition] = [.auto, .jointImplicit, .jointExplicit]
        return MembershipChange(steps, transition: transitions[random.below(3)])
    }
}
