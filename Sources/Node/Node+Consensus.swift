internal import Consensus
internal import Domain

// The way between consensus and its surroundings: messages, writes, what is committed.

extension Node {
    /// Bytes of entries that are committed or not and not applied, beyond which a follower takes no
    /// more: 64 MiB. The leader sends them again.
    static let backlogBytes: UInt64 = 64 << 20
    /// Bytes of applied entries that are kept in memory for nodes that lag a little.
    static let keptBytes: UInt64 = 64 << 20

    mutating func receive(_ message: Message) {
        guard message.kind != .append || message.entries.isEmpty || hasRoomForEntries else {
            return
        }
        // Refusals are expected: late answers, messages of a node that was removed.
        try? raft.step(message)
    }

    private var hasRoomForEntries: Bool {
        chain.isEmpty || raft.storage.byteCount < Node.backlogBytes + raft.storage.keptBytes
    }

    /// Does what consensus asks for until it asks for nothing.
    mutating func takeReady() {
        while !isStopped, raft.hasReady {
            let ready = raft.ready().holdingVotes()
            if ready.softState != nil { roleChanged() }
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
        default: actions.append(.send(message))
        }
    }

    // MARK: Writing

    /// Has entries, term and vote written. A commit index alone is not: the next row carries it,
    /// and until then it can be found again.
    private mutating func write(_ message: Message) throws(LogDamage) {
        let hardState = message.hardState
        let isVote =
            !hardState.isEmpty && (hardState.term != written.term || hardState.vote != written.vote)
        guard !message.entries.isEmpty || isVote else { return deliverBehindWrites(message) }
        let rows = try chained(message.entries)
        raft.storage.append(message.entries)
        if isVote { written = hardState }
        lastWrite += 1
        writes.append((lastWrite, message.responses))
        actions.append(
            .write(
                NodeWrite(
                    number: lastWrite, hardState: isVote ? hardState : nil, entries: rows)))
    }

    /// What rests on earlier writes waits for the last of them.
    private mutating func deliverBehindWrites(_ message: Message) {
        guard !writes.isEmpty else { return deliver(message.responses) }
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
        return try LogEntry(entry, after: last, commit: raft.committed)
    }

    /// Writes up to this number are durable: what rested on them leaves.
    mutating func didStore(_ number: UInt64) {
        while let first = writes.first, first.number <= number {
            writes.removeFirst()
            deliver(first.responses)
        }
    }

    private mutating func deliver(_ responses: [Message]) {
        for response in responses {
            if response.to == raft.id {
                raft.stepOwn(response)
            } else {
                actions.append(.send(response))
            }
        }
    }

    // MARK: Nodes that lag behind

    /// What one node is sent of old entries at a time: 4 MiB.
    private static let pageBytes = 4 << 20

    /// Has entries read for nodes that need older ones than are in memory.
    mutating func lendToThoseBehind() {
        guard !isStopped, raft.role == .leader else { return }
        for follower in raft.progress where follower.id != raft.id {
            if follower.next > raft.storage.base.index {
                if raft.storage.hasLent { raft.storage.takeBack(from: follower.id) }
                continue
            }
            guard follower.isRecentlyActive, !raft.storage.reaches(follower.next),
                !reading.contains(follower.id)
            else { continue }
            reading.insert(follower.id)
            let first = max(follower.next, 2) - 1
            actions.append(
                .read(for: follower.id, from: first, maximumBytes: Node.pageBytes))
        }
    }

    mutating func lend(_ rows: [LogEntry], to node: NodeID) {
        raft.storage.lend(rows.map { Entry($0) }, to: node)
        raft.sendMore(to: node)
    }
}
