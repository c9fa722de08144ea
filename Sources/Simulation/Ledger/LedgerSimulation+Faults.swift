internal import Chance
internal import Consensus
internal import Domain
internal import Engine
internal import Node

/// Chaos: one fault at a time, for a while.
extension LedgerSimulation {
    mutating func injectFault() {
        queue.schedule(.fault, at: now + span(scenario.faultEvery))
        if isCalm { return }
        let kind = scenario.faults[random.below(scenario.faults.count)]
        let place = random.below(machines.count)
        let machine = machines[place]
        switch kind {
        case .crash:
            guard machine.isUp else { return }
            end(place, restartAfter: span(Span.seconds(3)))
        case .serverCrash, .lostTail: crashServer(place, kind)
        case .lostCommit: machine.nextFate = .isLost
        case .unansweredCommit: machine.nextFate = .isUnanswered
        case .pause: pause(place)
        case .clockSpeed: machine.clock.setSpeed(50 + random.below(150), at: now)
        case .clockJump: jump(place)
        case .cutBothWays, .cutOneWay, .clog:
            if machines.count > 1 { disturbLinks(kind) }
            return
        case .slowDisk: machine.hasSlowDatabase.toggle()
        case .fullDisk:
            // Often it is seen in time.
            if random.below(3) == 0 {
                machine.database.isFull = true
            } else {
                setShort(true, place)
            }
            queue.schedule(.mended(place), at: now + span(Span.seconds(3)))
        case .loss, .duplication, .delay, .failedWrite, .tornWrite, .bitRot: return
        }
        if kind != .lostTail, kind != .pause { count(kind) }
    }

    mutating func mend(_ place: Int) {
        machines[place].database.isFull = false
        setShort(false, place)
    }

    private mutating func setShort(_ isShort: Bool, _ place: Int) {
        guard machines[place].isShort != isShort else { return }
        machines[place].isShort = isShort
        deliver(.room(!isShort), to: place)
    }

    /// The server dies, and with it the process; sometimes it has lied about what is durable, on a
    /// minority of machines.
    private mutating func crashServer(_ place: Int, _ kind: FaultKind) {
        let machine = machines[place]
        guard machine.isUp else { return }
        end(place, inOrder: random.below(2) == 0, restartAfter: span(Span.seconds(3)))
        machine.database.crash(&random)
        if defect?.shell == .logIsNotSynced { machine.database.loseTail(random.below(4)) }
        let lost = machines.count { $0.lost != nil }
        guard kind == .lostTail, (lost + 1) * 2 < machines.count, random.below(4) == 0 else {
            return
        }
        machine.lost = machine.database
        machine.database.loseTail(1 + random.below(4))
        count(.lostTail)
    }

    private mutating func pause(_ place: Int) {
        guard let process = machines[place].process, !process.isPaused else { return }
        process.isPaused = true
        count(.pause)
        queue.schedule(.resume(place, life: process.life), at: now + span(Span.seconds(2)))
    }

    private mutating func jump(_ place: Int) {
        let machine = machines[place]
        let most = Int(scenario.clockError)
        let offset = Timestamp(random.below(2 * most)) - Timestamp(most)
        setOffset(offset * 1_000, of: machine)
    }

    private mutating func setOffset(_ offset: Timestamp, of machine: LedgerMachine) {
        machine.process?.unseenJump += offset - machine.clock.offset
        machine.clock.offset = offset
    }
}

/// Calm: faults stop, and the cluster has to find back to work within a bound.
extension LedgerSimulation {
    var isCalm: Bool { calm.phase != .chaos }

    mutating func changePhase() {
        switch calm.phase {
        case .chaos:
            calm.phase = .recovering
            beginCalm()
            queue.schedule(.phase, at: now + scenario.recovery)
        case .recovering:
            if calm.lastWrite <= calm.began {
                fail("nobody was answered in \(scenario.recovery / 1_000_000) s of calm")
            }
            calm.phase = .watching
            calm.commit = common.lastIndex
            calm.elections = counts.elections
            queue.schedule(.phase, at: now + LedgerScenario.watch)
        case .watching:
            checkSteady()
            calm.phase = .chaos
            queue.schedule(.phase, at: now + scenario.chaos)
        }
    }

    private mutating func beginCalm() {
        calm.began = now
        calm.calms += 1
        network.healAll()
        for (place, machine) in machines.enumerated() {
            machine.clock.setSpeed(100, at: now)
            setOffset(0, of: machine)
            machine.hasSlowDatabase = false
            machine.nextFate = .succeeds
            mend(place)
            if machine.process?.isPaused == true { resume(place) }
            if !machine.isUp { start(place) }
        }
        // One whose time is wrong does not lead for long, where the others are there to tell.
        calm.wrongClock = nil
        guard machines.count > 1, !machines.contains(where: { $0.isDead || $0.lost != nil }) else {
            return
        }
        let wrong = random.below(machines.count)
        setOffset(2_000_000_000, of: machines[wrong])
        // Another speed until now may hide it.
        machines[wrong].process?.unseenJump = 0
        calm.wrongClock = wrong
    }

    /// Work goes on, the leader stays, everybody comes along.
    private mutating func checkSteady() {
        require(
            calm.lastWrite + Span.seconds(10) + scenario.thinkTime * 8 > now,
            "nobody was answered in the middle of calm")
        require(
            calm.lastRead + Span.seconds(10) + scenario.thinkTime * 40 > now,
            "nobody could read in the middle of calm")
        require(counts.elections == calm.elections, "the leader changed in calm")
        if let wrong = calm.wrongClock {
            let (id, role) = (machines[wrong].id, machines[wrong].process?.role.role)
            require(
                role != .leader,
                "node \(id) leads with a clock that is 2 s ahead")
        }
        require(
            scenario.givesContentKey == (common.contentKey(at: common.lastIndex) != .none),
            "the ledger has no key of its content hashes")
        for machine in machines where machine.lost == nil {
            guard let process = machine.process else {
                fail("node \(machine.id) does not run in calm")
                continue
            }
            if process.applied < calm.commit {
                fail("node \(machine.id) is at \(process.applied) of \(calm.commit)")
            }
        }
    }
}
