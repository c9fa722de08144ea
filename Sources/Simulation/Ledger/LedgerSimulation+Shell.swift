internal import Chance
internal import Consensus
internal import Domain
internal import Engine
internal import Node

/// The shell around a node: what it says is carried out, and what comes of it is told.
extension LedgerSimulation {
    /// Tells a node what has happened, or keeps it while the process stands still.
    mutating func deliver(_ event: NodeEvent, to place: Int) {
        guard let process = machines[place].process else { return }
        guard process.isPaused else { return step(place, [event]) }
        // A socket's buffer is bounded.
        if case .message = event, process.inbox.count > 500 { return }
        process.inbox.append(event)
    }

    mutating func step(_ place: Int, _ events: [NodeEvent]) {
        let machine = machines[place]
        guard violation == nil, let process = machine.process else { return }
        let actions = process.node.step(events, at: machine.clock.moment(at: now))
        checkJump(place, actions)
        for action in actions where violation == nil && machine.process === process {
            carryOut(action, of: place)
        }
        guard violation == nil, machine.process === process else { return }
        check(place)
        if process.node.hasWork, !process.isProceeding {
            process.isProceeding = true
            queue.schedule(
                .proceed(place, life: process.life), at: now + span(applyTime))
        }
        scheduleLook(place)
    }

    private var applyTime: VirtualTime {
        isCalm ? min(scenario.applyTime, 500) : scenario.applyTime
    }

    private mutating func scheduleLook(_ place: Int) {
        guard let process = machines[place].process, let look = process.node.nextLook else {
            return
        }
        let time = max(now + 1, machines[place].clock.time(of: look, now: now))
        guard time < process.looksAt || process.looksAt <= now else { return }
        process.looksAt = time
        queue.schedule(.look(place, life: process.life), at: time)
    }

    private mutating func carryOut(_ action: NodeAction, of place: Int) {
        guard let process = machines[place].process else { return }
        switch action {
        case .write(let write): put(write, on: place)
        case .send(let message, let node): send(message, to: node, from: place)
        case .applied(let applied): didApply(applied, on: place)
        case .answer(let ticket, let result): take(result, ticket, at: place)
        case .readable(let ticket, let index): take(readAt: index, ticket, at: place)
        case .lookUp(let lookup):
            counts.lookups += 1
            ask(.lookUp(lookup), on: place)
        case .read(let node, let first, let bytes):
            ask(.page(for: node, from: first, bytes: bytes), on: place)
        case .role(let role):
            if role.role == .leader { didBecomeLeader(place, role.term) }
            process.role = role
        case .clockMoved, .clockBehind, .clockDeviates: break
        case .stop(let reason): fail("node \(machines[place].id) stops: \(reason)")
        }
    }

    // MARK: The log

    private mutating func put(_ write: NodeWrite, on place: Int) {
        guard let process = machines[place].process else { return }
        checkRows(write, of: place)
        process.writes.append(write)
        if process.writing == 0 { startWrites(place) }
        if defect?.shell == .reportsBeforeCommit {
            deliver(.stored(write.number), to: place)
        }
    }

    /// Some of the writes that wait are done together.
    private mutating func startWrites(_ place: Int) {
        guard let process = machines[place].process else { return }
        process.writing = 1 + random.below(process.writes.count)
        queue.schedule(.stored(place, life: process.life), at: now + writeTime(place))
    }

    private mutating func writeTime(_ place: Int) -> VirtualTime {
        span(machines[place].hasSlowDatabase ? scenario.writeTime * 20 : scenario.writeTime)
    }

    mutating func didStore(_ place: Int, _ life: Int) {
        guard let process = process(place, life) else { return }
        let done = Array(process.writes.prefix(process.writing))
        process.writes.removeFirst(done.count)
        process.writing = 0
        do throws(DatabaseFailure) {
            for write in done { try store(write, on: machines[place]) }
        } catch {
            return didFail(place, error)
        }
        machines[place].remember()
        if !process.writes.isEmpty { startWrites(place) }
        if let last = done.last { deliver(.stored(last.number), to: place) }
    }

    private mutating func store(
        _ write: NodeWrite, on machine: LedgerMachine
    ) throws(DatabaseFailure) {
        let fate = machine.nextFate
        machine.nextFate = .succeeds
        if defect?.shell == .replacesInTwoTransactions, let first = write.entries.first,
            first.index <= machine.database.end.index
        {
            let tail = machine.database.end.index - first.index + 1
            machine.database.removeTail(Int(tail))
            // The process can die between the two.
            if random.below(2) == 0 { throw .outcomeUnknown }
        }
        for part in write.parts(ofAtMost: ModelDatabase.maximumEntriesPerWrite) {
            var state = part.hardState
            if defect?.shell == .forgetsVote { state?.vote = noNode }
            try machine.database.write(state, part.entries, fate)
        }
    }

    /// A log that fails its node ends it; nothing is tried again.
    private mutating func didFail(_ place: Int, _ failure: DatabaseFailure) {
        switch failure {
        case .outcomeUnknown, .full:
            end(place, inOrder: random.below(2) == 0, restartAfter: span(Span.seconds(1)))
        case .positionMismatch, .committed, .unsafeGround, .tooMany:
            fail("the log of node \(machines[place].id) refuses a write: \(failure)")
        }
    }

    // MARK: Applying, and the tables

    private mutating func didApply(_ applied: AppliedBatch, on place: Int) {
        let machine = machines[place]
        guard let process = machine.process else { return }
        require(
            applied.logIndex == process.applied + 1,
            "node \(machine.id) applies \(applied.logIndex) behind \(process.applied)")
        guard let entry = machine.database.entry(at: applied.logIndex) else {
            return fail("node \(machine.id) applies \(applied.logIndex), which its log lacks")
        }
        process.applied = applied.logIndex
        take(applied, entry, on: machine)
        startTables(place)
    }

    private mutating func startTables(_ place: Int) {
        guard let process = machines[place].process, !process.isWritingTables else { return }
        process.isWritingTables = true
        let time =
            isCalm
            ? min(scenario.tableTime, Span.milliseconds(20))
            : machines[place].hasSlowDatabase ? scenario.tableTime * 5 : scenario.tableTime
        queue.schedule(.tablesWritten(place, life: process.life), at: now + span(time))
    }

    mutating func didWriteTables(_ place: Int, _ life: Int) {
        guard let process = process(place, life) else { return }
        let machine = machines[place]
        process.isWritingTables = false
        let first = machine.database.applied
        let group = isCalm ? 1_000 : scenario.tableGroup
        let target = min(process.applied, first + 1 + UInt64(random.below(group)))
        guard target > first else { return }
        do throws(DatabaseFailure) {
            try machine.database.writeTables(at: target)
        } catch {
            return didFail(place, error)
        }
        // The server makes it durable by itself, some time later.
        if random.below(4) == 0 { machine.database.flush() }
        process.tablesAt = target
        deliver(.tablesAt(common[target].effects.position), to: place)
        if process.applied > target { startTables(place) }
    }

    // MARK: Questions to the tables

    private mutating func ask(_ question: Question, on place: Int) {
        guard let process = machines[place].process else { return }
        process.lastQuestion += 1
        process.questions[process.lastQuestion] = question
        scheduleQuestion(place, process.lastQuestion)
    }

    private mutating func scheduleQuestion(_ place: Int, _ number: UInt64) {
        let time = isCalm ? min(scenario.lookupTime, Span.milliseconds(5)) : scenario.lookupTime
        queue.schedule(
            .question(place, life: machines[place].life, number: number), at: now + span(time))
    }

    /// What is asked is read at one moment and arrives at a later one.
    mutating func goOn(_ place: Int, _ life: Int, _ number: UInt64) {
        guard let process = process(place, life), let question = process.questions[number] else {
            return
        }
        switch question {
        case .lookUp(let lookup):
            process.questions[number] = .lookedUp(read(lookup, on: machines[place]))
            scheduleQuestion(place, number)
        case .lookedUp(var lookup):
            process.questions[number] = nil
            if defect?.shell == .readsAtTwoMoments {
                lookup.tablesAt = machines[place].database.applied
            }
            let isLost = !isCalm && random.below(50) == 0
            deliver(isLost ? .notLookedUp(lookup) : .lookedUp(lookup), to: place)
        case .page(let node, let first, let bytes):
            process.questions[number] = .pageRead(for: node, page(place, first, bytes))
            scheduleQuestion(place, number)
        case .pageRead(let node, let rows):
            process.questions[number] = nil
            deliver(.read(for: node, rows), to: place)
        }
    }

    private func read(_ lookup: RecordLookup, on machine: LedgerMachine) -> RecordLookup {
        var lookup = lookup
        lookup.tablesAt = machine.database.applied
        for uetr in lookup.uetrs {
            lookup.record[uetr] = common.record(uetr, at: lookup.tablesAt)
        }
        return lookup
    }

    private mutating func page(_ place: Int, _ first: UInt64, _ bytes: Int) -> [LogEntry] {
        if !isCalm, random.below(20) == 0 { return [] }
        var left = bytes
        let rows = machines[place].database.read(
            from: first, limit: isCalm ? 2_000 : 1 + random.below(60))
        return Array(
            rows.prefix { row in
                defer { left -= row.payload.count + row.contents.count }
                return left > 0
            })
    }

    // MARK: The network

    private mutating func send(_ message: PeerMessage, to node: NodeID, from place: Int) {
        if case .consensus(let message) = message { checkPromise(message, of: place) }
        let to = Int(node) - 1
        guard machines.indices.contains(to), to != place else {
            return fail("node \(machines[place].id) writes to \(node)")
        }
        counts.messages += 1
        if chance(scenario.network.lossShare) { return count(.loss) }
        if network.isCut(from: place, to: to) {
            if random.below(20) == 0 { scheduleBreak(place, node) }
            return
        }
        let packet = LedgerPacket(from: place, to: to, content: message)
        transmit(packet, place, to)
        // A connection sends nothing twice; that consensus would bear it is worth knowing.
        if case .consensus = message, chance(scenario.network.duplicateShare) {
            count(.duplication)
            transmit(packet, place, to)
        }
    }

    /// A process will notice that the way to a node is broken.
    mutating func scheduleBreak(_ place: Int, _ node: NodeID) {
        queue.schedule(
            .broken(place, life: machines[place].life, node),
            at: now + span(Span.milliseconds(200)))
    }

    mutating func arrive(_ place: Int) {
        guard let packet = network.take(place) else { return }
        switch packet.content {
        case .consensus(let message):
            let room = message.kind == .append ? roomBefore(message, packet.to) : nil
            deliver(.message(message), to: packet.to)
            if let room { checkRoom(packet.to, room) }
        case .submission(let forwarded): admit(forwarded, packet)
        case .reply(let reply): deliver(.reply(reply), to: packet.to)
        }
    }

    /// Another node's submission is one of this node's, under a ticket of its own.
    private mutating func admit(_ forwarded: ForwardedSubmission, _ packet: LedgerPacket) {
        guard let process = machines[packet.to].process else { return }
        counts.submissions += 1
        counts.forwarded += 1
        var submission = forwarded.submission(
            from: machines[packet.from].id, at: machines[packet.to].clock.steady(at: now))
        process.lastTicket += 1
        submission.ticket = process.lastTicket
        process.foreign.insert(submission.ticket)
        deliver(.submission(submission), to: packet.to)
    }
}
