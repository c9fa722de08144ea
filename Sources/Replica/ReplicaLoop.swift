internal import Chance
internal import Consensus
internal import Domain
internal import Engine
internal import Foundation
internal import Node
internal import Shares
internal import Store

/// The replica thread: it owns the node and does what the node says. Callers, threads and tables
/// stand on one side, the value on the other.
///
/// What can fail: the log (what was proposed is then unknown, what waits is refused) and the tables
/// (the same; the log holds everything).
struct ReplicaLoop: ~Copyable {
    private var node: Node
    private var callers: [UInt64: Caller] = [:]
    private var lastTicket: UInt64 = 0
    private var isStopping = false
    private var failure: (any Error)?
    private var erasures = Erasures()
    private var ticks: TickClock?
    private let cluster: ReplicaCluster?
    private let inbox: Inbox<Event>
    private let state: ReplicaState
    private let threads: ReplicaThreads
    private let directory: Directory
    private let onNews: @Sendable (NodeNews) -> Void
    private let onApplied: @Sendable (AppliedBatch) -> Void

    init(
        _ address: DatabaseAddress, _ inbox: Inbox<Event>, _ state: ReplicaState,
        _ options: ReplicaOptions, _ directory: Directory,
        _ onNews: @escaping @Sendable (NodeNews) -> Void,
        _ onApplied: @escaping @Sendable (AppliedBatch) -> Void
    ) throws {
        self.inbox = inbox
        self.state = state
        self.directory = directory
        self.onNews = onNews
        self.onApplied = onApplied
        cluster = options.cluster
        ticks = options.cluster.map { TickClock($0.tick, from: Clocks.steady) }
        var threads = ReplicaThreads(address, inbox)
        do {
            var settings = options.log
            if let cluster = options.cluster { settings.node = cluster.id }
            let log = try threads.openLog(settings)
            let ledger = try Recovery.recover(
                address, upTo: log.hardState.commit, suspectsAll: options.suspectsAll,
                directory: directory)
            let start = NodeStart(
                hardState: log.hardState,
                rest: try Recovery.rest(address, behind: ledger.end.index, log.last.index),
                tables: ledger.engine.position)
            state.tables.begin(
                at: ledger.end.index, uncomparedHashes: ledger.uncomparedHashes)
            try threads.serveTables(options) { onNews(.erasureFailed($0)) }
            node = try Node(
                ReplicaLoop.options(options), ledger: ledger, start, at: Clocks.now)
        } catch {
            threads.end()
            throw error
        }
        self.threads = threads
    }

    private static func options(_ options: ReplicaOptions) -> NodeOptions {
        let chance = SplitMix64(seed: .random(in: .min ... .max))
        var node = options.cluster?.options(chance) ?? NodeOptions.alone(chance)
        if options.givesContentKey {
            node.contentKey = SealedCommands(sealing: beginning)
        }
        return node
    }

    /// What a ledger begins with: the key of its content hashes and, if it is new, the newest rules
    /// (R13.2); one that has had its first commands does not hear of them.
    private static var beginning: EncodedCommands {
        var commands = EncodedCommands(
            EncodedCommand(
                .declared(SetContentKey(number: 1)), attachment: ContentKey.random.hexadecimal.utf8)
        )
        commands.append(.declared(RaiseRules(version: RuleVersion.current.rawValue)))
        return commands
    }

    /// A node that is alone leads, and gives the ledger its key if it needs one, before anybody is
    /// served. One among others begins to hear of them.
    ///
    /// - Throws: what kept the log from taking it.
    mutating func begin() throws {
        if let cluster { listen(to: cluster.network) }
        step([])
        while cluster == nil, !node.isReady, failure == nil { turn() }
        tellStanding()
        guard let failure else { return }
        finish()
        throw failure
    }

    /// Serves until it is stopped or fails; gives the failure.
    mutating func run() -> (any Error)? {
        while failure == nil, !(isStopping && node.isDrained) { turn() }
        finish()
        return failure
    }

    /// Takes what has come in, and goes on with what the node has to do.
    private mutating func turn() {
        let come =
            node.hasWork ? inbox.takeAll(until: .distantPast) : inbox.takeAll(until: nextLook)
        step(ticksDue + (come ?? []).compactMap { taken($0) })
        if node.hasWork { step([.proceed]) }
    }

    /// Ticks that time has brought. A thread that stood still for long is not to count all of it:
    /// what others have said meanwhile waits to be taken.
    private var ticksDue: [NodeEvent] {
        mutating get {
            guard let count = ticks?.take(Clocks.steady), count > 0 else { return [] }
            tellStanding()
            return Array(repeating: .tick, count: count)
        }
    }

    /// What an event means to the node, if anything.
    private mutating func taken(_ event: Event) -> NodeEvent? {
        switch event {
        case .submission(var submission, let caller):
            lastTicket += 1
            submission.ticket = lastTicket
            callers[lastTicket] = caller
            return .submission(submission)
        case .book(let question):
            question.answer(sides(question))
            return nil
        case .stored(let number): return .stored(number)
        case .ledgerWritten(let position):
            state.tables.setInTables(position.logIndex)
            if erasures.isDue(at: position.logIndex) { threads.erasureWork.put(()) }
            return .tablesAt(position)
        case .lookedUp(let lookup): return .lookedUp(lookup)
        case .readWanted(let ticket, let deadline):
            return .readAsked(ticket: ticket, deadline: deadline)
        case .readGivenUp(let ticket): return .readGivenUp(ticket: ticket)
        case .peer(let node, let message, let done):
            done()
            return received(message, from: node)
        case .unreachable(let node): return .unreachable(node)
        case .notSent(let ticket): return .notSent(ticket: ticket)
        case .clock(let node, let ahead): return .clock(of: node, ahead: ahead)
        case .room(let hasRoom): return .room(hasRoom)
        case .page(let node, let rows): return .read(for: node, rows)
        case .transfer(let node): return .transfer(to: node)
        case .failed(let error):
            failure = failure ?? error
            return nil
        case .tablesWanted:
            threads.ledgerWork.put(.now)
            return nil
        case .stop:
            isStopping = true
            threads.ledgerWork.put(.now)
            return .closing
        }
    }

    private func sides(_ question: BookQuestion) -> BookSides {
        let (foreign, levels) = (question.foreign, question.levels)
        return BookSides(
            payRenminbi: node.ledger.engine.depth(foreign, .payRenminbi, levels: levels),
            payForeign: node.ledger.engine.depth(foreign, .payForeign, levels: levels))
    }

    // MARK: What the node says

    private mutating func step(_ events: [NodeEvent]) {
        carryOut(node.step(events, at: Clocks.now))
    }

    private mutating func carryOut(_ actions: [NodeAction]) {
        var applied: [AppliedBatch] = []
        for action in actions {
            switch action {
            case .write(let write): threads.logWork.put(write)
            case .applied(let batch):
                takeOver(batch)
                applied.append(batch)
            case .answer(let ticket, let result): answer(ticket, result)
            case .lookUp(let lookup):
                // If its thread has failed, the message is on the way.
                threads.lookupWork.put(lookup)
            case .readable(let ticket, let index): state.reads.answer(ticket, index)
            case .role(let role):
                state.noteElection(role)
                tellStanding()
                onNews(.role(role))
            case .clockDeviates(let difference, let next):
                onNews(.clockDeviates(by: difference, handsOverTo: next))
            case .clockMoved(let difference): onNews(.clockMoved(by: difference))
            case .clockBehind(let difference): onNews(.clockBehind(by: difference))
            case .stop(let reason): failure = failure ?? reason
            case .send(let message, let node): send(message, to: node)
            case .read(let node, let first, let bytes):
                threads.pageWork.put(PageQuestion(node: node, first: first, bytes: bytes))
            }
        }
        // Whoever waits for an answer comes before those who watch.
        for batch in applied { onApplied(batch) }
    }

    /// Before anybody is answered: whoever hears of a registration finds it.
    private mutating func takeOver(_ applied: AppliedBatch) {
        threads.ledgerWork.put(
            .batch(applied), urgently: applied.effects.payments.count >= LedgerGathering.large)
        erasures.note(applied)
        directory.update(applied)
        // Wakes who waited to read what is applied, the directory too.
        state.tables.setApplied(applied, uncomparedHashes: node.ledger.uncomparedHashes)
    }

    private mutating func answer(
        _ ticket: UInt64, _ result: Result<SubmissionAnswer, SubmissionFailure>
    ) {
        callers.removeValue(forKey: ticket)?.answer(result)
    }

    /// When to look again without an event.
    private var nextLook: Date? {
        [node.nextLook, ticks?.next].compactMap { $0 }.min().map { look in
            let now = Clocks.steady
            return Date(timeIntervalSinceNow: Double(look - min(look, now)) / 1e9)
        }
    }

    // MARK: Other nodes

    /// What comes from them is bounded there, and taken here at once.
    private func listen(to network: PeerNetwork) {
        let inbox = inbox
        let state = state
        network.attach(
            PeerReceiver(
                message: { node, message, done in
                    if !inbox.put(.peer(node, message, done)) { done() }
                },
                broken: { inbox.put(.unreachable($0)) },
                clock: { inbox.put(.clock($0, ahead: $1)) },
                rules: { state.rules },
                hasRoom: { state.hasRoom }))
    }

    /// What consensus sends may be lost, and an answer that is lost is found out by whoever waits
    /// for it, since the way is broken then. That a submission was not sent is told the node.
    private func send(_ message: PeerMessage, to node: NodeID) {
        guard let cluster, !cluster.network.send(message, to: node) else { return }
        if case .submission(let forwarded) = message {
            inbox.put(.notSent(ticket: forwarded.ticket))
        }
    }

    private mutating func received(_ message: PeerMessage, from other: NodeID) -> NodeEvent? {
        switch message {
        case .consensus(let message): return .message(message)
        case .reply(let reply): return .reply(reply)
        case .submission(let forwarded): return received(forwarded, from: other)
        }
    }

    /// Another node's submission takes its owner's share here, where it waits for a batch: so the
    /// share counts once, wherever its commands come in.
    private mutating func received(
        _ forwarded: ForwardedSubmission, from other: NodeID
    ) -> NodeEvent? {
        let bytes = forwarded.commands.byteCount
        let caller = Caller(
            state.unanswered.account(of: forwarded.owner), bytes: bytes, receive: { _ in })
        if let refusal = state.admit(caller) {
            send(
                .reply(
                    ForwardReply(
                        ticket: forwarded.ticket, life: forwarded.life, fate: .refused(refusal))),
                to: other)
            return nil
        }
        lastTicket += 1
        callers[lastTicket] = caller
        var submission = forwarded.submission(from: other, at: Clocks.steady)
        submission.ticket = lastTicket
        return .submission(submission)
    }

    private func tellStanding() {
        guard cluster != nil else { return }
        state.setStanding(node.standing, rules: node.ledger.engine.nextRules.rawValue)
    }

    // MARK: The end

    /// Answers everything that is left, lets the tables have what is applied, and ends the threads.
    private mutating func finish() {
        state.refuse()
        cluster?.network.detach()
        inbox.close()
        carryOut(node.finish())
        // What is being looked up was never recorded.
        for caller in callers.values { caller.answer(.failure(.unavailable)) }
        callers = [:]
        state.reads.answerAll()
        for event in inbox.takeAll() ?? [] {
            switch event {
            case .submission(_, let caller): caller.answer(.failure(.unavailable))
            case .book(let question): question.answer(nil)
            case .peer(_, _, let done): done()
            case .stored, .ledgerWritten, .lookedUp, .tablesWanted, .failed, .stop, .unreachable,
                .notSent, .clock, .page, .transfer, .readWanted, .readGivenUp, .room:
                break
            }
        }
        threads.end()
    }
}

/// When details are to be erased: once the tables show the wish.
private struct Erasures {
    /// The batch with an erasure at which the tables have to be; 0 when they are there.
    private var wanted: UInt64 = 0
    /// The newest batch with an erasure.
    private var last: UInt64 = 0

    /// The first that waits; later ones are found by the same walk or asked for again.
    mutating func note(_ applied: AppliedBatch) {
        guard !applied.effects.declared.isEmpty,
            !applied.effects.declared[ErasureRow.self].isEmpty
        else { return }
        if wanted == 0 { wanted = applied.logIndex }
        last = applied.logIndex
    }

    mutating func isDue(at inTables: UInt64) -> Bool {
        guard wanted > 0, wanted <= inTables else { return false }
        wanted = last > inTables ? last : 0
        return true
    }
}
