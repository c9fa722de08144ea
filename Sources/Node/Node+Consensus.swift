internal import Consensus
internal import Domain

// The way between consensus and its surroundings: messages, writes, what is committed.

extension Message {
    /// Whether it brings entries that make a log grow. Others are a leader's first of its term: a
    /// node that has no more room takes those, so that with it somebody can lead and reads go on.
    package var carriesCommands: Bool {
        kind == .append && entries.contains { !$0.data.isEmpty }
    }
}

extension Node {
    mutating func receive(_ message: Message) {
        guard message.kind != .append || message.entries.isEmpty || hasRoomForEntries,
            !message.carriesCommands || duties.mayFill(hasRoom)
        else { return }
        // Refusals are expected: late answers, messages of a node that was removed.
        try? raft.step(message)
    }

    /// Room comes by applying. Where all that is committed is applied, entries are taken whatever
    /// there is: what is not committed may need just these, and its leader bounds it.
    private var hasRoomForEntries: Bool {
        raft.committed == ledger.end.index
            || duties.hasRoom(
                raft.storage.byteCount, of: options.backlogBytes + raft.storage.keptBytes)
    }

    /// Does what consensus asks for until it asks for nothing.
    mutating func takeReady() {
        while !isStopped, raft.hasReady {
            let ready = duties.holdsVotes ? raft.ready().holdingVotes() : raft.ready()
            if ready.softState != nil { roleChanged() }
            for state in ready.readStates { didConfirm(state) }
            do throws(LogDamage) {
                for message in ready.messages { try route(message) }
            } catch {
                stop(error)
            }
        }
        if let reason = raft.halted { stop(ConsensusHalt(description: reason)) }
    }

    private mutating func route(_ message: Message) throws(LogDamage) {
        switch message.to {
        case StorageThread.append: try write(message)
        case StorageThread.apply: applying.append(message)
        case raft.id: raft.stepOwn(message)
        default: actions.append(.send(.consensus(message), to: message.to))
        }
    }

    // MARK: Writing

    /// Has entries, term and vote written. A commit index alone is not: the next row carries it,
    /// and until then it can be found again.
    private mutating func write(_ message: Message) throws(LogDamage) {
        let hardState = message.hardState
        let isVote = !hardState.isEmpty && duties.isPromise(hardState, beside: written)
        guard !message.entries.isEmpty || isVote else { return deliverBehindWrites(message) }
        let rows = try chained(message.entries)
        raft.storage.append(message.entries)
        if isVote { written = hardState }
        lastWrite += 1
        writes.append((lastWrite, duties.waitsForWrite ? message.responses : []))
        actions.append(
            .write(
                NodeWrite(
                    number: lastWrite, hardState: isVote ? hardState : nil, entries: rows)))
        if !duties.waitsForWrite { deliver(message.responses) }
    }

    /// What rests on earlier writes waits for the last of them.
    private mutating func deliverBehindWrites(_ message: Message) {
        guard !writes.isEmpty, duties.waitsForEarlierWrites else {
            return deliver(message.responses)
        }
        writes[writes.endIndex - 1].responses += message.responses
    }

    /// The rows of entries, whose places the chain takes over. What stood there goes.
    private mutating func chained(_ entries: [Entry]) throws(LogDamage) -> [LogEntry] {
        guard let first = entries.first else { return [] }
        chain.removeLast(chain.count - Int(first.index - ledger.end.index - 1))
        var rows: [LogEntry] = []
        rows.reserveCapacity(entries.count)
        for entry in entries {
            let row = try row(of: entry, after: end)
            chain.append(LogPosition(of: row))
            rows.append(row)
        }
        return rows
    }

    /// A leader has made the rows of what it proposed.
    private mutating func row(
        of entry: Entry, after last: LogPosition
    ) throws(LogDamage) -> LogEntry {
        if let made = proposed, made.index == entry.index, made.term == entry.term {
            proposed = nil
            return made
        }
        return try LogEntry(
            entry, after: last, commit: duties.stated(raft.committed, at: entry.index))
    }

    /// Writes up to this number are durable: what rested on them leaves.
    mutating func didStore(_ number: UInt64) {
        while let first = writes.first, duties.isDurable(first.number, upTo: number) {
            writes.removeFirst()
            deliver(first.responses)
        }
    }

    private mutating func deliver(_ responses: [Message]) {
        for response in responses {
            if response.to == raft.id {
                raft.stepOwn(response)
            } else {
                actions.append(.send(.consensus(response), to: response.to))
            }
        }
    }

    // MARK: Nodes that lag behind

    /// What one node is sent of old entries at a time: two of the largest, so that the one before
    /// those that it is sent always leaves room for one of them.
    private static let pageBytes = 2 * Limits.bytesPerBatch

    /// Has entries read for nodes that need older ones than are in memory.
    mutating func lendToThoseBehind() {
        guard !isStopped, raft.role == .leader, duties.lends else { return }
        for follower in raft.progress where follower.id != raft.id {
            if follower.next > raft.storage.base.index {
                if raft.storage.hasLent { raft.storage.takeBack(from: follower.id) }
                continue
            }
            guard follower.isRecentlyActive, !raft.storage.reaches(follower.next),
                reading[follower.id] == nil
            else { continue }
            // What is applied now is no other at any later moment, whoever leads then.
            reading[follower.id] = (ledger.end.index, false)
            let first = max(follower.next, 2) - 1
            actions.append(
                .read(for: follower.id, from: first, maximumBytes: Node.pageBytes))
        }
    }

    /// What was read goes to the node that it was asked for, as far as it was applied then. A page
    /// that brings nothing is asked for again with the next tick.
    ///
    /// Rows that are no more what was written go to nobody, and their node no further.
    mutating func lend(_ rows: [LogEntry], to node: NodeID) {
        guard let asked = reading[node] else { return }
        let page = rows.prefix { $0.index <= asked.applied }
        reading[node]?.isInVain = true
        guard page.count > 1 || page.first?.index == 1 else { return }
        reading[node] = nil
        do throws(LogDamage) {
            var last = page.first?.index == 1 ? LogPosition.start : nil
            for row in page {
                if let last { _ = try LogChain.decode(row, after: last, rules: .current) }
                last = LogPosition(of: row)
            }
        } catch {
            return stop(error)
        }
        raft.storage.lend(page.map { Entry($0) }, to: node)
        raft.sendMore(to: node)
    }
}
