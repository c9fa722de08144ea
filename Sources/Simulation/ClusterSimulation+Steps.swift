internal import Chance
internal import Consensus

/// One step of one node, and what follows from it.
extension ClusterSimulation {
    /// Runs a call on a node, checks what changed, and takes what the node has ready.
    mutating func step(_ node: Int, _ call: (inout Raft<MemoryLog>) -> Void) {
        guard nodes[node].isUp else { return }
        let before = StepView(nodes[node].raft!)
        call(&nodes[node].raft!)
        check(node, since: before)
        if checker.violation == nil { takeReady(node) }
    }

    mutating func arrive(_ place: Int) {
        guard let message = network.take(place) else { return }
        if message.kind == .snapshot { report(message, delivered: nodes[Int(message.to) - 1].isUp) }
        receive(Int(message.to) - 1, message)
    }

    /// A message reaches a process, if there is one.
    mutating func receive(_ node: Int, _ message: Message) {
        guard nodes[node].isUp else { return }
        if nodes[node].isBusy {
            // A socket's buffer is bounded as well.
            if nodes[node].inbox.count < 500 { nodes[node].inbox.append(message) }
            return
        }
        if message.kind == .vote || message.kind == .preVote {
            oracles[node].willTake(message, on: nodes[node].raft!)
        }
        let isOfLeader = [.append, .heartbeat, .snapshot].contains(message.kind)
        if isOfLeader { willFollow(node, message) }
        let committed = nodes[node].raft!.committed
        let written = nodes[node].raft!.term(at: message.index)
        let wasStable = nodes[node].raft!.stableIndex
        let term = nodes[node].raft!.term
        step(node) { raft in
            // Refusals are expected: late answers of removed nodes, proposals without a leader.
            if message.from == message.to || message.kind.isLocal {
                raft.stepOwn(message)
            } else {
                try? raft.step(message)
            }
        }
        if isOfLeader, nodes[node].isUp { didFollow(node, message, committed: committed) }
        if message.kind == .storageAppendResponse, wasStable < message.index,
            nodes[node].raft?.stableIndex == message.index
        {
            didBecomeStable(node, message, written: written, in: term)
        }
    }

    mutating func drain(_ node: Int) {
        while !nodes[node].inbox.isEmpty, !nodes[node].isBusy, nodes[node].isUp,
            checker.violation == nil
        {
            receive(node, nodes[node].inbox.removeFirst())
        }
    }

    private mutating func takeReady(_ node: Int) {
        while nodes[node].raft?.hasReady == true, !nodes[node].isBusy, checker.violation == nil {
            let ready = nodes[node].raft!.ready()
            checker.didAppend(ready.entries, to: nodes[node].raft!)
            checkAnswers(node, ready)
            for read in ready.readStates {
                nodes[node].reads.append((read.index, Word.value(read.context)))
            }
            if scenario.options.asyncStorageWrites {
                let held = defect == .asksBeforeDurable ? ready : ready.holdingVotes()
                for message in held.messages { route(node, message) }
            } else {
                write(node, ready)
            }
            answerReads(node)
        }
    }

    /// Synchronous storage: the node waits for its disk, and then for its state machine.
    private mutating func write(_ node: Int, _ ready: Ready) {
        nodes[node].readyUnderWay = ready
        nodes[node].disk.writes.append(
            DiskWrite(
                hardState: ready.hardState, entries: ready.entries, snapshot: ready.snapshot))
        let needsDisk = ready.mustSync || ready.snapshot != nil
        let time = needsDisk ? writeTime(node) : 1
        queue.schedule(.stored(node: node, life: nodes[node].life), at: now + time)
    }

    private mutating func route(_ node: Int, _ message: Message) {
        switch message.to {
        case StorageThread.append:
            nodes[node].disk.writes.append(
                DiskWrite(
                    hardState: message.hardState, entries: message.entries,
                    snapshot: message.snapshot))
            nodes[node].appendQueue.append(message)
            if nodes[node].writesUnderWay == 0 { startWrites(node) }
        case StorageThread.apply:
            nodes[node].applyQueue.append(message)
            if nodes[node].applyQueue.count == 1 { startApply(node) }
        default:
            send(node, message)
        }
    }

    /// Some of the writes that wait are synced together, as a log would.
    private mutating func startWrites(_ node: Int) {
        nodes[node].writesUnderWay = 1 + random.below(nodes[node].appendQueue.count)
        queue.schedule(.stored(node: node, life: nodes[node].life), at: now + writeTime(node))
    }

    private mutating func startApply(_ node: Int) {
        let time = isCalm ? min(scenario.applyTime, Span.milliseconds(1)) : scenario.applyTime
        queue.schedule(.applied(node: node, life: nodes[node].life), at: now + span(time))
    }

    private mutating func writeTime(_ node: Int) -> VirtualTime {
        span(nodes[node].hasSlowDisk ? scenario.slowWriteTime : scenario.writeTime)
    }
}

/// Storage answers.
extension ClusterSimulation {
    mutating func didStore(_ node: Int, _ life: Int) {
        guard nodes[node].life == life, nodes[node].isUp else { return }
        if nodes[node].failsNextWrite {
            // A write that fails ends the process; nothing is tried again.
            count(.failedWrite)
            crash(node, restartAfter: span(Span.seconds(2)))
            return
        }
        if scenario.options.asyncStorageWrites {
            let count = nodes[node].writesUnderWay
            for _ in 0..<count { completeWrite(node) }
            let done = nodes[node].appendQueue.prefix(count)
            nodes[node].appendQueue.removeFirst(count)
            nodes[node].writesUnderWay = 0
            if !nodes[node].appendQueue.isEmpty { startWrites(node) }
            for message in done where nodes[node].life == life { deliver(node, message.responses) }
        } else if let ready = nodes[node].readyUnderWay {
            completeWrite(node)
            for message in ready.messages { send(node, message) }
            apply(node, ready.committed)
            nodes[node].readyUnderWay = nil
            checkOwnVote(node)
            step(node) { raft in raft.advance() }
            drain(node)
        }
    }

    /// What the disk has is what the node reads.
    private mutating func completeWrite(_ node: Int) {
        let write = nodes[node].disk.complete()
        if let snapshot = write.snapshot {
            nodes[node].raft!.storage.install(snapshot)
            install(node, snapshot)
        }
        nodes[node].raft!.storage.append(write.entries)
        checkStable(node)
    }

    mutating func didApply(_ node: Int, _ life: Int) {
        guard nodes[node].life == life, nodes[node].isUp, !nodes[node].applyQueue.isEmpty
        else { return }
        let message = nodes[node].applyQueue.removeFirst()
        apply(node, message.entries)
        if !nodes[node].applyQueue.isEmpty { startApply(node) }
        deliver(node, message.responses)
    }

    /// Answers of a storage thread: to the node itself, and to others what waited for them.
    private mutating func deliver(_ node: Int, _ responses: [Message]) {
        for message in responses {
            if message.to == nodes[node].id {
                checkPromise(node, message)
                receive(node, message)
            } else {
                send(node, message)
            }
            if !nodes[node].isUp { return }
        }
    }

    private mutating func install(_ node: Int, _ snapshot: Snapshot) {
        nodes[node].machine = RegisterMachine(encoded: snapshot.data)
        checker.checkState(
            nodes[node].machine.digest, at: snapshot.index, on: nodes[node].id)
        // A newer one may have come while this one was written.
        let raft = nodes[node].raft!
        checker.require(
            raft.membershipIndex != snapshot.index
                || raft.membership == checker.membership(at: snapshot.index),
            "node \(nodes[node].id) installed a snapshot without its membership")
        nodes[node].disk.save(snapshot, keeping: 0)
    }

    private mutating func apply(_ node: Int, _ entries: [Entry]) {
        var hasChange = false
        for entry in entries {
            // A snapshot may have been installed meanwhile.
            if entry.index <= nodes[node].machine.applied { continue }
            nodes[node].machine.apply(entry)
            checker.didApply(entry, digest: nodes[node].machine.digest, on: nodes[node].id)
            switch entry.kind {
            case .normal:
                if let write = WriteCommand(encoded: entry.data) {
                    finish(write, at: entry.index, on: node)
                }
            case .change, .singleChange:
                guard let change = MembershipChange(encoded: entry.data) else { continue }
                hasChange = true
                var membership: Membership?
                step(node) { raft in membership = raft.applyChange(change, at: entry.index) }
                if let membership {
                    checker.didChange(membership, at: entry.index, on: nodes[node].id)
                }
            }
        }
        answerReads(node)
        compact(node, atOnce: hasChange)
    }

    /// Now and then, and after every change of membership, the owner saves its state and drops the
    /// entries that it no longer needs.
    private mutating func compact(_ node: Int, atOnce: Bool) {
        let applied = nodes[node].machine.applied
        let base = nodes[node].raft!.storage.snapshot?.index ?? 0
        guard atOnce || applied >= base + UInt64(scenario.compactEvery) else { return }
        let snapshot = Snapshot(
            index: applied, term: nodes[node].raft!.term(at: applied).knownOrZero,
            membership: checker.membership(at: applied), data: nodes[node].machine.encoded)
        guard snapshot.term > 0, nodes[node].disk.durable.lastIndex >= applied else { return }
        nodes[node].disk.save(snapshot, keeping: scenario.keptEntries)
        nodes[node].raft!.storage.snapshot = snapshot
        let end = applied - min(applied, scenario.keptEntries)
        nodes[node].raft!.storage.compact(upTo: min(end, nodes[node].raft!.storage.lastIndex))
    }
}

extension TermLookup {
    fileprivate var knownOrZero: UInt64 {
        if case .term(let term) = self { term } else { 0 }
    }
}

/// The network.
extension ClusterSimulation {
    mutating func send(_ node: Int, _ message: Message) {
        checkPromise(node, message)
        let to = Int(message.to) - 1
        guard nodes.indices.contains(to), to != node else { return }
        messages += 1
        let isLost = chance(scenario.network.lossShare)
        if isLost { count(.loss) }
        if isLost || network.isCut(from: node, to: to) {
            if message.kind == .snapshot { report(message, delivered: false) }
            return
        }
        transmit(message, node, to)
        // A forwarded proposal that came twice would be carried out twice.
        if message.kind != .propose, chance(scenario.network.duplicateShare) {
            count(.duplication)
            transmit(message, node, to)
        }
    }

    /// The sender of a snapshot hears what became of it.
    private mutating func report(_ snapshot: Message, delivered: Bool) {
        let sender = Int(snapshot.from) - 1
        nodes[sender].raft?.reportSnapshot(to: snapshot.to, delivered: delivered)
    }
}
