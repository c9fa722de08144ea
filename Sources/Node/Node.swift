package import Consensus
package import Domain

/// One node's whole logic as a value: events go in, actions come out.
///
/// It has no thread, no clock and no I/O: the same events at the same moments give the same
/// actions. What runs in production and what is simulated are this value; its owner has the
/// threads, the database and the network, and does what it is told.
///
/// A submission waits, is perhaps looked up in the tables, is proposed at an index and in a term,
/// and is answered when the entry at that index is applied: with its outcome where the term is the
/// same, else with `unavailable`, for it was never recorded. Only a caller who waits no longer
/// hears `outcomeUnknown`.
///
/// Applying is a step of its own (``NodeEvent/proceed``, one batch at a time), so that what has to
/// be written or sent leaves before.
///
/// Invariants: no action promises anything that rests on an unfinished write; batches are applied
/// in log order, each once; every ticket is answered once; time in the log strictly grows.
package struct Node: ~Copyable {
    /// The ledger as of the last batch applied here.
    package internal(set) var ledger: LedgerFollower
    var raft: Raft<RecentLog>
    /// Where the entries behind the ledger stand, up to the log's end.
    var chain: ArraySlice<LogPosition> = []
    /// The row of the entry that consensus is just taking.
    var proposed: LogEntry?
    var waiting = SubmissionQueue()
    var proposals = Proposals()
    /// Submissions that the tables are being asked about, by ticket.
    var lookups: [UInt64: Submission] = [:]
    /// What came in here and is for another node to carry out.
    var forwarding = Forwarding()
    var reads: ReadRounds
    /// When the last batch was begun, by the steady clock, and how many submissions went into it.
    var begun: (at: UInt64, submissions: Int) = (0, 0)
    /// As was told last.
    var lastRole: NodeRole
    var isClosing = false
    var isStopped = false

    /// Writes that are not durable yet, and what leaves when they are.
    var writes: ArraySlice<(number: UInt64, responses: [Message])> = []
    var lastWrite: UInt64 = 0
    /// What the last write said of term and vote.
    var written: HardState
    /// Committed entries that are to be applied, oldest first. What is taken out is let go at once.
    var applying: [Message] = []
    /// How many entries of the first are applied.
    var appliedOfFirst = 0

    /// Where the tables stand, and what they do not show yet.
    var tables: LedgerPosition
    var lag: (batches: ArraySlice<(index: UInt64, bytes: Int)>, bytes: Int) = ([], 0)
    /// Nodes for which entries are being read: what was applied here when that was asked for, and
    /// whether it was in vain.
    var reading: [NodeID: (applied: UInt64, isInVain: Bool)] = [:]
    /// Whether the database has room for what others write.
    var hasRoom = true
    var clock = ClockWatch()
    var peerClocks = PeerClocks()
    var isClockBehind = false
    var now: Moment
    let options: NodeOptions
    let duties: Duties
    var actions: [NodeAction] = []

    /// Starts a node whose ledger stands at the commit index, or before it.
    ///
    /// - Throws: ``LogDamage`` when the rest of the log does not follow the ledger; `StartError`
    ///   when consensus cannot start from it.
    package init(
        _ options: NodeOptions, ledger: consuming LedgerFollower, _ log: NodeStart, at now: Moment
    ) throws {
        let end = ledger.end
        let behind = try Node.places(of: log.rest, behind: end)
        let consensus = try Node.consensus(options, log, ledgerAt: end)
        self.options = options
        self.now = now
        self.ledger = ledger
        duties = Duties(without: options.defect)
        self.ledger.duties = duties
        raft = consensus
        chain = behind
        written = log.hardState
        tables = log.tables
        var chance = options.chance
        reads = ReadRounds(life: chance.next())
        lastRole = NodeRole(role: raft.role, term: raft.term, leader: raft.leader)
        // A cluster of one waits for nobody.
        if options.isAlone { raft.campaign() }
    }

    /// Where rows stand, which are checked as if another node had sent them.
    private static func places(
        of rows: [LogEntry], behind end: LogPosition
    ) throws(LogDamage) -> ArraySlice<LogPosition> {
        var last = end
        var places: ArraySlice<LogPosition> = []
        for row in rows {
            _ = try LogChain.decode(row, after: last, rules: .current)
            last = LogPosition(of: row)
            places.append(last)
        }
        return places
    }

    private static func consensus(
        _ options: NodeOptions, _ log: NodeStart, ledgerAt end: LogPosition
    ) throws(StartError) -> Raft<RecentLog> {
        var consensus = Options(
            id: options.id, electionTicks: options.electionTicks,
            heartbeatTicks: options.heartbeatTicks, chance: options.chance)
        consensus.applied = end.index
        consensus.asyncStorageWrites = true
        consensus.refusesForwarding = true
        if !options.isAlone {
            consensus.window = InflightWindow(messages: 256, bytes: 32 << 20)
        }
        consensus.defect = Duties(without: options.defect).defectOfConsensus
        return try Raft(
            consensus,
            storage: RecentLog(
                log.hardState, options.membership,
                base: EntryID(term: end.term, index: end.index),
                entries: log.rest.map { Entry($0) },
                keptBytes: options.isAlone ? 0 : options.keptBytes))
    }

    /// Takes events and does what follows from them. What comes together shares a batch.
    ///
    /// - Returns: what the owner has to do, in this order.
    package mutating func step(_ events: [NodeEvent], at moment: Moment) -> [NodeAction] {
        guard !isStopped else { return [] }
        if let jump = clock.look(moment), duties.reportsJumps {
            actions.append(.clockMoved(by: jump))
        }
        now = moment
        takeReady()
        for event in events where !isStopped {
            take(event)
            takeReady()
        }
        while proposeNext() { takeReady() }
        askForReads()
        lendToThoseBehind()
        defer { actions = [] }
        return actions
    }

    private mutating func take(_ event: NodeEvent) {
        switch event {
        case .tick:
            raft.tick()
            for (node, page) in reading where page.isInVain { reading[node] = nil }
            giveUpOverdue()
            handOverIfClockIsOff()
        case .submission(let submission): admit(submission)
        case .message(let message): receive(message)
        case .reply(let reply): take(reply)
        case .notSent(let ticket): keep(ticket)
        case .unreachable(let node): lose(node)
        case .readAsked(let ticket, let deadline):
            reads.gathering.append(
                ReadRounds.Wait(
                    ticket: ticket, since: now.steady, deadline: deadline))
        case .readGivenUp(let ticket): reads.giveUp(ticket)
        case .clock(let node, let ahead): peerClocks.note(node, ahead: ahead, at: now.steady)
        case .transfer(let node): raft.transferLeadership(to: node)
        case .room(let hasRoom): self.hasRoom = hasRoom
        case .stored(let number): didStore(number)
        case .tablesAt(let position): tablesShow(position)
        case .lookedUp(let lookup): takeUpAgain(lookup)
        case .notLookedUp(let lookup):
            guard let submission = lookups.removeValue(forKey: lookup.submission.ticket)
            else { break }
            answer(submission, .failure(.unavailable))
        case .read(let node, let rows): lend(rows, to: node)
        case .proceed: applyNext()
        case .closing:
            isClosing = true
            handOverBeforeEnd()
        }
    }

    mutating func stop(_ reason: any Error) {
        guard !isStopped else { return }
        isStopped = true
        actions.append(.stop(reason))
    }

    // MARK: What the owner asks

    /// Whether ``NodeEvent/proceed`` would do something.
    package var hasWork: Bool { !isStopped && mayApply }

    /// Whether submissions are taken: this node leads and has applied the first entry of its term.
    package var isServing: Bool {
        raft.role == .leader && raft.transferee == noNode
            && duties.hasApplied(raft.term, of: ledger.end.term)
    }

    /// Whether submissions meet a ledger that has the key of its content hashes, if it is to have
    /// one.
    package var isReady: Bool { isServing && proposals.isEmpty && !needsContentKey }

    /// Whether nothing is left to be done, in memory or in the tables.
    package var isDrained: Bool {
        guard waiting.isEmpty, lookups.isEmpty, forwarding.isEmpty else { return false }
        // Others go on without it; what it has applied the tables get behind it. Without a majority
        // what it has proposed may wait for ever, but no caller does. A handover is waited for; it
        // succeeds or is given up within an election timeout.
        guard options.isAlone else { return !proposals.isAwaited && raft.transferee == noNode }
        return proposals.isEmpty && applying.isEmpty && tables.logIndex == ledger.end.index
    }

    package var role: NodeRole {
        NodeRole(role: raft.role, term: raft.term, leader: raft.leader)
    }

    /// The log's end, written or not.
    package var end: LogPosition { chain.last ?? ledger.end }
    package var committed: UInt64 { raft.committed }
    /// How far each member's log is known to agree; on a leader only.
    package var progress: [Progress] { raft.role == .leader ? raft.progress : [] }
    /// The checksum of an entry that is not applied yet.
    package func checksum(at index: UInt64) -> [UInt8]? {
        guard index > ledger.end.index, index <= end.index else { return nil }
        return chain[chain.startIndex + Int(index - ledger.end.index - 1)].checksum
    }
    /// Bytes of entries in memory: not applied, or kept for others.
    package var bytesInMemory: UInt64 { raft.storage.byteCount }

    /// Answers everything that waits: it is the end of this node.
    package mutating func finish() -> [NodeAction] {
        isStopped = true
        for proposal in proposals.takeAll() {
            for place in proposal.waiting { answer(place.submission, .failure(.outcomeUnknown)) }
        }
        for submission in waiting.takeAll() { answer(submission, .failure(.unavailable)) }
        for ticket in lookups.keys.sorted() { stopAsking(ticket) }
        for submission in forwarding.takeUnknown() {
            answer(submission, .failure(.outcomeUnknown))
        }
        for wait in forwarding.leaderless { answer(wait.submission, .failure(.unavailable)) }
        forwarding.leaderless = []
        for ticket in reads.takeAll() { actions.append(.readable(ticket: ticket, at: nil)) }
        defer { actions = [] }
        return actions
    }
}
