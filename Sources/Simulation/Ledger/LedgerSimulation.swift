internal import Chance
internal import Consensus
internal import Domain
internal import Engine
internal import Node

/// A cluster of real nodes with their ledgers, its callers and its faults, in one thread and in
/// virtual time. The same seed gives the same run, event for event.
///
/// Each node runs on a machine with a model of its database. What a node says is carried out as
/// `Replica` does it, with every time drawn. Whoever sees everything checks after every step.
struct LedgerSimulation: SimulatedCluster {
    let scenario: LedgerScenario
    let defect: LedgerDefect?
    var random: SplitMix64
    var queue = EventQueue<LedgerEvent>()
    var now: VirtualTime = 0
    var machines: [LedgerMachine] = []
    var network: SimulatedNetwork<LedgerPacket>
    var common = CommonLedger()
    var wishes: WishBook
    var calm = CalmWatch()
    var faults: [FaultKind: Int] = [:]
    var counts = LedgerCounts()
    var trace = RunningHash()
    /// The first promise that was broken.
    private(set) var violation: String?

    init(_ scenario: LedgerScenario, defect: LedgerDefect? = nil) {
        self.scenario = scenario
        self.defect = defect
        random = SplitMix64(seed: scenario.seed)
        network = SimulatedNetwork(size: scenario.voters, scenario.network)
        wishes = WishBook(
            seed: scenario.seed, hasPolicy: scenario.hasPolicy, hasDays: scenario.hasDays)
        machines = (1...scenario.voters).map { LedgerMachine(id: NodeID($0)) }
        open()
        for machine in machines.indices { start(machine) }
        for client in 0..<scenario.clients {
            queue.schedule(.client(client), at: VirtualTime(random.below(1_000_000)))
        }
        queue.schedule(.fault, at: span(scenario.faultEvery))
        queue.schedule(.phase, at: scenario.chaos)
    }

    /// Runs until a promise is broken or the time has come; true in the latter case.
    mutating func run(until end: VirtualTime) -> Bool {
        while violation == nil, let next = queue.next(), next.time <= end {
            now = next.time
            counts.events += 1
            trace.add(now)
            trace.add(next.event.tag)
            handle(next.event)
        }
        return violation == nil
    }

    private mutating func handle(_ event: LedgerEvent) {
        switch event {
        case .tick(let machine, let life): tick(machine, life)
        case .arrival(let place): arrive(place)
        case .stored(let machine, let life): didStore(machine, life)
        case .tablesWritten(let machine, let life): didWriteTables(machine, life)
        case .question(let machine, let life, let number): goOn(machine, life, number)
        case .proceed(let machine, let life):
            guard let process = process(machine, life) else { return }
            process.isProceeding = false
            deliver(.proceed, to: machine)
        case .look(let machine, let life):
            guard let process = process(machine, life), process.looksAt == now else { return }
            process.looksAt = .max
            if !process.isPaused { step(machine, []) }
        case .restart(let machine, let life):
            if machines[machine].life == life { start(machine) }
        case .resume(let machine, let life):
            if process(machine, life) != nil { resume(machine) }
        case .overdue(let machine, let life, let ticket): checkOverdue(machine, life, ticket)
        case .broken(let machine, let life, let other):
            if process(machine, life) != nil { deliver(.unreachable(other), to: machine) }
        case .client(let client): act(client)
        case .fault: injectFault()
        case .phase: changePhase()
        case .mended(let machine): mend(machine)
        }
    }

    /// The process that was meant, if it still runs.
    func process(_ machine: Int, _ life: Int) -> LedgerProcess? {
        machines[machine].life == life ? machines[machine].process : nil
    }

    // MARK: Findings

    mutating func scheduleArrival(of place: Int, at time: VirtualTime) {
        queue.schedule(.arrival(place: place), at: time)
    }

    mutating func fail(_ reason: String) {
        if violation == nil { violation = reason }
    }

    mutating func require(_ holds: Bool, _ reason: @autoclosure () -> String) {
        if !holds { fail(reason()) }
    }
}

/// What a run did.
struct LedgerCounts {
    var events = 0
    var messages = 0
    var elections = 0
    var submissions = 0
    var answers = 0
    var unknown = 0
    /// Submissions that another node carried out, and reads.
    var forwarded = 0
    var reads = 0
    /// The last entry of which anybody has been told.
    var lastAnswered: UInt64 = 0
    var lookups = 0
    var starts = 0
}

// MARK: - Lives of processes

extension LedgerSimulation {
    /// Before the cluster there was one node: its log, with the banks and what they own, is
    /// everybody's beginning.
    private mutating func open() {
        var ledger = LedgerFollower()
        var rows: [LogEntry] = []
        for (place, commands) in wishes.opening.enumerated() {
            let batch = Batch(
                packed: [commands], rules: .current,
                timestamp: MachineClock.epoch - 1_000_000_000 + Timestamp(place))
            let row = LogEntry(batch, after: ledger.end, term: 1)
            do {
                let applied = try ledger.apply(batch, at: LogPosition(of: row))
                if let reason = common.take(applied, row) { fail(reason) }
                for outcome in applied.effects.outcomes where outcome.code != .accepted {
                    fail("the beginning is refused: \(outcome.code)")
                }
            } catch {
                fail("the beginning does not apply: \(error)")
            }
            rows.append(row)
        }
        for machine in machines {
            do throws(DatabaseFailure) {
                _ = try machine.database.open()
                try machine.database.write(HardState(term: 1, commit: UInt64(rows.count)), rows)
                try machine.database.writeTables(at: UInt64(rows.count))
                machine.remember()
            } catch {
                fail("the beginning cannot be written: \(error)")
            }
        }
    }

    /// A process starts from what its database has, as `Recovery` does.
    mutating func start(_ place: Int) {
        let machine = machines[place]
        guard violation == nil, !machine.isUp, !machine.isDead else { return }
        do {
            let log = try machine.database.open()
            let end = EntryID(term: log.last.term, index: log.last.index)
            if !end.isAtLeastAsFresh(as: machine.remembered), defect?.shell != .startsOnLostTail {
                throw DatabaseFailure.unsafeGround
            }
            let ledger = try recover(machine, upTo: recoveredCommit(log))
            let start = NodeStart(
                hardState: log.hardState,
                rest: machine.database.read(from: ledger.end.index + 1, limit: .max),
                tables: ledger.engine.position)
            let node = try Node(
                scenario.options(place, life: machine.life, defect), ledger: ledger, start,
                at: machine.clock.moment(at: now))
            machine.process = LedgerProcess(life: machine.life, node)
            // What it lost it had acknowledged to nobody.
            machine.lost = nil
        } catch DatabaseFailure.full {
            machine.life += 1
            queue.schedule(.restart(place, life: machine.life), at: now + span(Span.seconds(1)))
            return
        } catch DatabaseFailure.unsafeGround where machine.lost != nil {
            machine.isDead = true
            return
        } catch {
            return fail("node \(machine.id) cannot start: \(error)")
        }
        counts.starts += 1
        queue.schedule(
            .tick(place, life: machine.life), at: now + VirtualTime(random.below(100_000)))
        step(place, machine.isShort ? [.room(false)] : [])
    }

    private func recoveredCommit(_ log: (last: LogPosition, hardState: HardState)) -> UInt64 {
        defect?.shell == .startsAtLogEnd ? log.last.index : log.hardState.commit
    }

    private mutating func recover(
        _ machine: LedgerMachine, upTo commit: UInt64
    ) throws -> LedgerFollower {
        var ledger = try machine.load(from: common)
        while ledger.end.index < commit {
            guard let entry = machine.database.entry(at: ledger.end.index + 1) else {
                throw LogDamage(index: ledger.end.index + 1, reason: "the entry is missing")
            }
            take(try ledger.follow(entry), entry, on: machine)
        }
        if machine.database.applied < ledger.end.index {
            try machine.database.writeTables(at: ledger.end.index)
        }
        return ledger
    }

    /// The process ends: at once, or because its log failed it, and then it tells its callers.
    mutating func end(_ place: Int, inOrder: Bool = false, restartAfter: VirtualTime?) {
        let machine = machines[place]
        guard let process = machine.process else { return }
        if inOrder {
            // What the node has not seen was never recorded.
            for case .submission(let submission) in process.inbox {
                take(.failure(.unavailable), submission.ticket, at: place)
            }
            for case .readAsked(let ticket, _) in process.inbox {
                process.readAsks[ticket] = nil
            }
            for action in process.node.finish() {
                switch action {
                case .answer(let ticket, let result): take(result, ticket, at: place)
                case .readable(let ticket, let index): take(readAt: index, ticket, at: place)
                default: break
                }
            }
            require(
                process.asks.isEmpty && process.readAsks.isEmpty,
                "node \(machine.id) ends and leaves callers waiting")
        }
        for other in machines.indices where other != place {
            scheduleBreak(other, machine.id)
        }
        for ask in process.asks.values { wishes.heardNothing(ask.wishes) }
        machine.process = nil
        machine.life += 1
        machine.nextFate = .succeeds
        machine.database.loseSessions()
        if let restartAfter {
            queue.schedule(.restart(place, life: machine.life), at: now + restartAfter)
        }
    }

    mutating func resume(_ place: Int) {
        guard let process = machines[place].process else { return }
        process.isPaused = false
        process.resumedAt = now
        let events = process.inbox
        process.inbox = []
        step(place, events)
    }

    private mutating func tick(_ place: Int, _ life: Int) {
        guard let process = process(place, life) else { return }
        let interval = scenario.tick * 100 / VirtualTime(machines[place].clock.speed)
        queue.schedule(.tick(place, life: life), at: now + interval)
        if !process.isPaused { step(place, [.tick] + clockReadings(place)) }
    }

    /// What the links say of the others' clocks, now and then.
    private mutating func clockReadings(_ place: Int) -> [NodeEvent] {
        guard random.below(5) == 0 else { return [] }
        let own = machines[place].clock.moment(at: now).wall
        return machines.indices.compactMap { other in
            guard other != place, machines[other].isUp, !network.isCut(from: place, to: other),
                !network.isCut(from: other, to: place)
            else { return nil }
            let ahead = machines[other].clock.moment(at: now).wall - own
            return .clock(of: machines[other].id, ahead: ahead)
        }
    }
}

extension LedgerMachine {
    /// The ledger as the tables show it.
    fileprivate func load(from common: CommonLedger) throws -> LedgerFollower {
        while tables.position.logIndex < database.applied {
            try tables.absorb(common[tables.position.logIndex + 1].effects)
        }
        guard database.applied > 0 else { return LedgerFollower() }
        guard let last = database.entry(at: database.applied) else {
            throw LogDamage(
                index: database.applied, reason: "the tables have applied it, the log lacks it")
        }
        var recorded = RecordedUETRs(seed: 1)
        var attempted = RecordedUETRs(seed: 1)
        var given = RecordedUETRs(seed: 1)
        for row in tables.payments { recorded.insert(row.uetr) }
        for row in tables.declared[AttemptRow.self] { attempted.insert(row.uetr) }
        for row in tables.declared[OperatorCommandRow.self] { given.insert(row.commandID) }
        var image = tables.image()
        image.contentKey = common.contentKey(at: database.applied)
        return try LedgerFollower(
            loading: image, at: LogPosition(of: last), recorded: recorded,
            attempted: attempted, given: given, seed: 1)
    }
}
