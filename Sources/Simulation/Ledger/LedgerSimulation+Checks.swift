internal import Consensus
internal import Domain
internal import Engine
internal import Node

/// What holds after every step, for whoever sees everything.
extension LedgerSimulation {
    /// Somebody has applied an entry: it is on a majority, and does what it did elsewhere.
    mutating func take(_ applied: AppliedBatch, _ entry: LogEntry, on machine: LedgerMachine) {
        if applied.logIndex > common.lastIndex {
            let holders = machines.count { $0.has(entry.checksum, at: entry.index) }
            require(
                holders * 2 > machines.count,
                "node \(machine.id) applies \(entry.index), which \(holders) nodes have")
            require(
                entry.kind != .batch || wishes.mayBeRecorded(applied),
                "what was refused for good is on record at \(entry.index)")
        }
        if let reason = common.take(applied, entry) { fail("node \(machine.id): \(reason)") }
        trace.add(applied.effects.position.stateHash)
    }

    /// A leader proposes where it may, and states what is so.
    mutating func checkRows(_ write: NodeWrite, of place: Int) {
        let machine = machines[place]
        guard let process = machine.process, let last = write.entries.last else { return }
        for row in write.entries {
            require(
                row.commit <= common.lastIndex || isOnMajority(row.commit),
                "node \(machine.id) says at \(row.index) that \(row.commit) is committed")
        }
        let role = process.node.role
        guard role.role == .leader, role.term == last.term, last.kind == .batch else { return }
        let (id, end) = (machine.id, process.node.ledger.end)
        require(end.term == last.term, "leader \(id) proposes before its term's first entry")
        require(
            last.index <= end.index + 128,
            "leader \(id) proposes \(last.index) and has applied \(end.index)")
        require(
            last.index <= process.tablesAt + 192,
            "leader \(id) proposes \(last.index), its tables are at \(process.tablesAt)")
        require(
            last.index <= process.node.committed + UInt64(scenario.window),
            "leader \(id) proposes \(last.index), committed is \(process.node.committed)")
        let lead = last.timestamp - machine.clock.moment(at: now).wall
        require(lead <= 10_000_000_000, "leader \(id) is \(lead) ns ahead of its clock")
    }

    private func isOnMajority(_ index: UInt64) -> Bool {
        machines.contains { machine in
            guard let entry = machine.database.entry(at: index) else { return false }
            return machines.count { $0.has(entry.checksum, at: index) } * 2 > machines.count
        }
    }

    /// What leaves a node rests on what its database has.
    mutating func checkPromise(_ message: Message, of place: Int) {
        let machine = machines[place]
        let (end, state) = (machine.database.end, machine.database.hardState)
        switch message.kind {
        case .appendResponse where !message.isRejected:
            require(
                message.index <= end.index || message.term < state.term,
                "node \(machine.id) acknowledges \(message.index) and has \(end.index)")
            // It is the entry that the node means, too; another leader may replace it later.
            guard let process = machine.process, message.term == process.node.role.term,
                let checksum = process.node.checksum(at: message.index)
            else { return }
            require(
                machine.database.entry(at: message.index)?.checksum == checksum,
                "node \(machine.id) acknowledges another entry \(message.index) than it has")
        case .vote:
            require(
                message.term <= state.term,
                "node \(machine.id) asks for votes before its database has the term")
        case .voteResponse where !message.isRejected:
            require(
                state.term > message.term
                    || state.term == message.term && state.vote == message.to,
                "node \(machine.id) votes before its database has the vote")
        default: break
        }
    }

    /// Whoever leads has all that earlier terms committed.
    mutating func didBecomeLeader(_ place: Int, _ term: UInt64) {
        counts.elections += 1
        let machine = machines[place]
        guard let process = machine.process else { return }
        var index = common.lastIndex
        while index > 0, common[index].id.term >= term { index -= 1 }
        guard index > process.applied else { return }
        require(
            machine.database.entry(at: index)?.checksum == common[index].checksum,
            "node \(machine.id) leads in term \(term) without entry \(index)")
    }

    /// Bounds that every node keeps, and what has to happen in calm though nobody asks for it.
    mutating func check(_ place: Int) {
        let machine = machines[place]
        guard let process = machine.process else { return }
        if calm.phase == .watching, process.role.role == .leader {
            let wall = machine.clock.moment(at: now).wall
            require(
                process.node.ledger.engine.nextDue > wall - 1_000_000_000,
                "leader \(machine.id) lets nothing fall due")
        }
        let applied = process.node.ledger.end.index
        require(
            applied <= process.tablesAt + 192,
            "node \(machine.id) has applied \(applied), its tables are at \(process.tablesAt)")
    }

    /// What a node holds that has something to apply and holds as much as it may, or whose disk has
    /// no room for what comes.
    func roomBefore(_ message: Message, _ place: Int) -> UInt64? {
        guard let process = machines[place].process, process.role.role != .leader,
            machines[place].isShort && message.carriesCommands
                || process.node.committed > process.applied
                    && process.node.bytesInMemory >= scenario.backlogBytes + scenario.keptBytes
        else { return nil }
        return process.node.bytesInMemory
    }

    /// It takes no more.
    mutating func checkRoom(_ place: Int, _ before: UInt64) {
        guard let process = machines[place].process else { return }
        let id = machines[place].id
        require(
            process.node.bytesInMemory <= before,
            "node \(id) holds \(before) bytes of entries and takes more")
    }

    /// A jump is reported by the step that sees it.
    mutating func checkJump(_ place: Int, _ actions: [NodeAction]) {
        guard let process = machines[place].process, process.unseenJump != 0 else { return }
        let isReported = actions.contains { if case .clockMoved = $0 { true } else { false } }
        let id = machines[place].id
        require(
            isReported || process.unseenJump.magnitude < 1_000_000_000,
            "node \(id) does not notice that its clock jumped")
        process.unseenJump = 0
    }

    /// Nobody waits for ever: who waits no longer is told so within three ticks.
    mutating func checkOverdue(_ place: Int, _ life: Int, _ ticket: UInt64) {
        guard let process = process(place, life),
            let deadline = process.asks[ticket]?.deadline ?? process.readAsks[ticket]?.deadline
        else { return }
        let tick = scenario.tick * 1_000
        let last = max(
            machines[place].clock.time(of: deadline + 3 * tick, now: now),
            process.resumedAt + Span.seconds(1))
        guard last <= now, !process.isPaused else {
            let time = max(last, now) + Span.milliseconds(500)
            return queue.schedule(.overdue(place, life: life, ticket: ticket), at: time)
        }
        fail("a caller of node \(machines[place].id) was never answered")
    }

    // MARK: Answers

    /// A caller hears something, for the first and last time.
    mutating func take(
        _ result: Result<SubmissionAnswer, SubmissionFailure>, _ ticket: UInt64, at place: Int
    ) {
        guard machines[place].process?.foreign.remove(ticket) == nil else { return }
        guard let ask = machines[place].process?.asks.removeValue(forKey: ticket) else {
            return fail("node \(machines[place].id) answers a caller twice")
        }
        switch result {
        case .success(let answer):
            counts.answers += 1
            calm.lastWrite = now
            counts.lastAnswered = max(counts.lastAnswered, answer.applied?.logIndex ?? 0)
            if let reason = check(answer, of: ask) ?? checkPresence(answer, at: place) {
                fail(reason)
            }
        case .failure(.outcomeUnknown):
            counts.unknown += 1
            wishes.heardNothing(ask.wishes)
        case .failure: wishes.refused(ask.wishes)
        }
    }

    /// Whoever reads sees all that anybody had been told of when he asked.
    mutating func take(readAt index: UInt64?, _ ticket: UInt64, at place: Int) {
        guard let ask = machines[place].process?.readAsks.removeValue(forKey: ticket) else {
            return fail("node \(machines[place].id) answers a reader twice")
        }
        guard let index else { return }
        counts.reads += 1
        calm.lastRead = now
        let id = machines[place].id
        require(
            index >= ask.answered,
            "node \(id) reads at \(index), and \(ask.answered) was answered")
    }

    /// Whoever is told that a payment is final finds it so at the node that told him.
    private func checkPresence(_ answer: SubmissionAnswer, at place: Int) -> String? {
        guard let process = machines[place].process else { return nil }
        for outcome in answer where outcome.applied == nil && outcome.outcome.payment > 0 {
            guard let index = common.finalIndex(outcome.outcome.payment), index > process.applied
            else { continue }
            return "node \(machines[place].id) is at \(process.applied), and says what is so since "
                + "\(index)"
        }
        return nil
    }

    private mutating func check(_ answer: SubmissionAnswer, of ask: Ask) -> String? {
        guard answer.count == ask.wishes.count else { return "an answer to other commands" }
        if let applied = answer.applied {
            guard applied.logIndex <= common.lastIndex,
                common[applied.logIndex].effects.outcomes == applied.effects.outcomes
            else { return "an answer of \(applied.logIndex), which nobody has" }
        }
        for (place, wish) in ask.wishes.enumerated() {
            if let reason = wishes.answered(
                wish, answer[place], known: ask.known[place], common)
            {
                return reason
            }
        }
        return nil
    }
}
