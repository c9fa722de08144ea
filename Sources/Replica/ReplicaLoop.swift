internal import Domain
internal import Engine
internal import Foundation
internal import Node
internal import Shares
internal import Store

/// The replica thread: one owner of the engine, driven by events.
///
/// States of a submission: waiting → in flight (its batch is being made durable) → answered; one
/// that may be about an old payment is looked up first, and then waits again or is answered from
/// the record. At most one batch is in flight. What can fail: the log (the batch in flight is then
/// unknown, what waits is refused) and the tables (the same; the log holds everything).
struct ReplicaLoop: ~Copyable {
    private var ledger: LedgerFollower
    private var builder: BatchBuilder
    private var lookups = 0
    /// When the last batch was begun, and how many submissions went into it.
    private var begun: (at: Timestamp, submissions: Int) = (0, 0)
    private var waiting = SubmissionQueue()
    private var inFlight: (batch: Batch, position: LogPosition, submissions: [Submission])?
    private var isStopping = false
    private var failure: (any Error)?
    private var inTables: UInt64
    private var paymentsInTables: UInt64
    /// The sizes of the batches that the tables do not show yet, and their sum.
    private var lag: (batches: [(index: UInt64, bytes: Int)], bytes: Int) = ([], 0)
    private let inbox: Inbox<Event>
    private let state: ReplicaState
    private let logWork = Inbox<LogEntry>()
    private let ledgerWork = Inbox<LedgerWork>()
    private let lookupWork = Inbox<RecordLookup>()
    private let erasureWork = Inbox<Void>()
    /// The batch with an erasure at which the tables have to be; 0 when they are there.
    private var erasuresUpTo: UInt64 = 0
    /// The newest batch with an erasure.
    private var lastErasure: UInt64 = 0
    /// Whether this replica may still have to give the ledger its key.
    private var givesContentKey: Bool
    private let threads: [WorkerThread]
    private let directory: Directory
    private let onApplied: @Sendable (AppliedBatch) -> Void

    init(
        _ address: DatabaseAddress, _ inbox: Inbox<Event>, _ state: ReplicaState,
        _ options: ReplicaOptions, _ directory: Directory,
        _ onTrouble: @escaping @Sendable (any Error) -> Void,
        _ onApplied: @escaping @Sendable (AppliedBatch) -> Void
    ) throws {
        self.inbox = inbox
        self.state = state
        self.directory = directory
        self.onApplied = onApplied
        givesContentKey = options.givesContentKey
        // The log first: it holds the lock that keeps a second node away from these tables.
        let opened = OneResult<LogPosition>()
        let log = try WorkerThread("log") { [logWork] in
            ReplicaLoop.runLog(address, options.log, logWork, inbox, opened)
        }
        let recovered: LedgerFollower
        do {
            recovered = try Recovery.recover(
                address, upTo: try opened.wait(), suspectsAll: options.suspectsAll,
                directory: directory)
        } catch {
            logWork.close()
            log.join()
            throw error
        }
        do {
            threads =
                [log]
                + (try ReplicaLoop.threads(
                    address, options, inbox, ledgerWork, lookupWork, erasureWork, onTrouble))
        } catch {
            logWork.close()
            ledgerWork.close()
            lookupWork.close()
            log.join()
            throw error
        }
        // What the last replica did not come to.
        erasureWork.put(())
        builder = BatchBuilder(after: recovered.end, term: max(1, recovered.end.term))
        inTables = recovered.end.index
        paymentsInTables = recovered.engine.position.paymentCount
        ledger = recovered
        state.tables.begin(at: inTables, uncomparedHashes: ledger.uncomparedHashes)
    }

    /// The threads of the tables.
    private static func threads(
        _ address: DatabaseAddress, _ options: ReplicaOptions, _ events: Inbox<Event>,
        _ ledgerWork: Inbox<LedgerWork>, _ lookupWork: Inbox<RecordLookup>,
        _ erasureWork: Inbox<Void>, _ onTrouble: @escaping @Sendable (any Error) -> Void
    ) throws(WorkerThread.Unavailable) -> [WorkerThread] {
        [
            try WorkerThread("ledger") {
                LedgerThread.run(
                    address, ledgerWork, events, transactionSize: options.paymentsPerLedgerWrite)
            },
            try WorkerThread("lookup") { RecordLookup.run(address, lookupWork, events) },
            try WorkerThread("erasure") {
                ErasureThread.run(address, erasureWork, onFailure: onTrouble)
            },
        ]
    }

    /// Gives the ledger its key, if it needs one, before anybody is served.
    ///
    /// - Throws: what kept the log from taking it.
    mutating func begin() throws {
        startBatch()
        while inFlight != nil, failure == nil {
            for event in inbox.takeAll() ?? [] { handle(event) }
        }
        if let failure { throw failure }
    }

    /// Serves until it is stopped or fails; gives the failure.
    mutating func run() -> (any Error)? {
        while failure == nil, !(isStopping && isDrained) {
            for event in inbox.takeAll(until: nextDeadline) ?? [] { handle(event) }
            startBatch()
        }
        finish()
        return failure
    }

    private var isDrained: Bool {
        inFlight == nil && waiting.isEmpty && lookups == 0
            && inTables == ledger.end.index
    }

    private mutating func handle(_ event: Event) {
        switch event {
        case .submission(let submission): waiting.append(submission)
        case .book(let question): question.answer(sides(question))
        case .logAppended: applyInFlight()
        case .ledgerWritten(let position):
            inTables = position.logIndex
            paymentsInTables = position.paymentCount
            let shown = lag.batches.prefix { $0.index <= position.logIndex }
            lag.bytes -= shown.reduce(0) { $0 + $1.bytes }
            lag.batches.removeFirst(shown.count)
            state.tables.setInTables(inTables)
            if erasuresUpTo > 0, erasuresUpTo <= inTables {
                erasuresUpTo = lastErasure > inTables ? lastErasure : 0
                erasureWork.put(())
            }
        case .lookedUp(let lookup): takeUpAgain(lookup)
        case .failed(let error): failure = failure ?? error
        case .tablesWanted: ledgerWork.put(.now)
        case .stop:
            isStopping = true
            ledgerWork.put(.now)
        }
    }

    /// The tables have spoken: what is left of the submission waits for a batch again.
    private mutating func takeUpAgain(_ lookup: RecordLookup) {
        lookups -= 1
        let submission = lookup.answered(by: ledger)
        guard submission.commands.isEmpty else { return waiting.append(submission) }
        state.release(submission)
        submission.finish(nil)
    }

    private func sides(_ question: BookQuestion) -> BookSides {
        let (foreign, levels) = (question.foreign, question.levels)
        return BookSides(
            payRenminbi: ledger.engine.depth(foreign, .payRenminbi, levels: levels),
            payForeign: ledger.engine.depth(foreign, .payForeign, levels: levels))
    }

    // MARK: Batches

    /// Sends the next batch to the log when none is in flight and the tables are near enough. An
    /// empty batch goes out when something has fallen due and nothing else lets time pass.
    private mutating func startBatch() {
        guard inFlight == nil, failure == nil, tablesAreNear else { return }
        let now = ReplicaLoop.clock()
        if let key = takeContentKey() { return write([key], [], now) }
        guard isDue(now) else { return }
        let submissions = takeSubmissions()
        guard !submissions.isEmpty || ledger.engine.nextDue <= now else { return }
        write(submissions.map(\.commands), submissions, now)
    }

    private mutating func write(
        _ commands: [SealedCommands], _ submissions: [Submission], _ now: Timestamp
    ) {
        let (batch, entry) = builder.makeEntry(
            commands, rules: ledger.engine.nextRules, now: now,
            stating: ledger.engine.position)
        for submission in submissions { state.release(submission) }
        begun = (now, submissions.count)
        inFlight = (batch, LogPosition(of: entry), submissions)
        logWork.put(entry)
    }

    /// The command that gives the ledger the key of its content hashes, when it needs one and has
    /// none: at its beginning, and when its rules are raised. Orders wait until it is there.
    private mutating func takeContentKey() -> SealedCommands? {
        guard givesContentKey, ledger.engine.nextRules.sealsAttachments else { return nil }
        givesContentKey = false
        guard directory.contentKey == .none else { return nil }
        return SealedCommands(
            sealing: EncodedCommands(
                EncodedCommand(
                    .declared(SetContentKey(number: 1)),
                    attachment: ContentKey.random.hexadecimal.utf8)))
    }

    /// Whether the content hashes of a submission are those of the ledger now. One that was formed
    /// before the ledger got its key would not be known again; its sender forms it anew.
    private func isHashedForNow(_ submission: Submission) -> Bool {
        guard let key = submission.commands.hashedWith else { return true }
        return key == directory.contentKey
            && (key != .none || !ledger.engine.nextRules.sealsAttachments)
    }

    /// To write a batch costs the processors as much as some payments do. So those who were
    /// answered together may come together again: until as many wait as went into the last batch,
    /// or it is a while ago. One who asks again and again, alone, never waits.
    private func isDue(_ now: Timestamp) -> Bool {
        if ledger.engine.nextDue <= now { return true }
        guard !waiting.isEmpty else { return false }
        return waiting.count >= begun.submissions || waiting.bytes >= SubmissionQueue.turnBytes
            || isStopping || now < begun.at || now - begun.at >= ReplicaLoop.pace
    }

    /// Nanoseconds from one batch to the next for which some may wait.
    private static let pace: Timestamp = 2_000_000

    private var tablesAreNear: Bool {
        let payments = ledger.engine.position.paymentCount - paymentsInTables
        return ledger.end.index - inTables < Replica.ledgerBacklog
            && payments < Replica.ledgerBacklogPayments
            && lag.bytes < Replica.ledgerBacklogBytes
    }

    /// The submissions of the next batch. Those that may be about old payments are looked up first.
    private mutating func takeSubmissions() -> [Submission] {
        while !waiting.isEmpty {
            var ready: [Submission] = []
            for var submission in waiting.takeBatch() {
                guard isHashedForNow(submission) else {
                    state.release(submission)
                    submission.refuse()
                    continue
                }
                let lookup = RecordLookup.needed(
                    for: submission, in: builder.nextIndex, ledger)
                guard let lookup else {
                    submission.countForgottenAttempts(in: builder.nextIndex, ledger)
                    ready.append(submission)
                    continue
                }
                if lookupWork.put(lookup) {
                    lookups += 1
                } else {
                    // The thread has failed; its message is on the way.
                    state.release(submission)
                    submission.refuse()
                }
            }
            if !ready.isEmpty { return ready }
        }
        return []
    }

    /// The batch in flight is durable: sends off the next one, then applies and answers.
    private mutating func applyInFlight() {
        guard let (batch, position, submissions) = inFlight else { return }
        inFlight = nil
        // A batch behind one that raises the rules is formed by those that it raises them to;
        // behind one that changes whom a BIC means, by what it means then.
        let changesNames =
            submissions.isEmpty
            ? batch.changesNames : submissions.contains { $0.changesNames }
        if !changesNames, ledger.engine.nextRules == .current || !batch.raisesRules {
            startBatchBehind()
        }
        let applied: AppliedBatch
        do {
            applied = try ledger.apply(batch, at: position)
        } catch {
            failure = error
            for submission in submissions { submission.loseSight() }
            return
        }
        lag.batches.append((applied.logIndex, batch.byteCount))
        lag.bytes += batch.byteCount
        ledgerWork.put(.batch(applied))
        // The first that waits; later ones are found by the same walk or asked for again.
        if !applied.effects.declared[ErasureRow.self].isEmpty {
            if erasuresUpTo == 0 { erasuresUpTo = applied.logIndex }
            lastErasure = applied.logIndex
        }
        state.tables.setApplied(applied.effects, uncomparedHashes: ledger.uncomparedHashes)
        // Before anybody is told: whoever hears of a registration finds it.
        directory.update(applied)
        var first = 0
        for submission in submissions {
            submission.finish((applied, first))
            first += submission.commands.count
        }
        onApplied(applied)
    }

    /// Overlaps the log's write of the next batch with applying this one.
    private mutating func startBatchBehind() {
        if !waiting.isEmpty { startBatch() }
    }

    /// When to look again without an event: at the next due time, or when the next batch is due.
    private var nextDeadline: Date? {
        // Nothing begins before the tables are near, and then there is an event.
        guard inFlight == nil, tablesAreNear else { return nil }
        let paced = waiting.isEmpty ? .never : begun.at + ReplicaLoop.pace
        // A clock may wake us a little early.
        let due = min(ledger.engine.nextDue, .never - 1_000_000) + 1_000_000
        let next = min(paced, due)
        guard next != .never else { return nil }
        return Date(timeIntervalSinceNow: Double(next - ReplicaLoop.clock()) / 1e9)
    }

    private static func clock() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    // MARK: The end

    /// Answers everything that is left, lets the tables have what is applied, and ends the threads.
    private mutating func finish() {
        state.refuse()
        inbox.close()
        logWork.close()
        ledgerWork.close()
        lookupWork.close()
        erasureWork.close()
        if let flight = inFlight {
            for submission in flight.submissions { submission.loseSight() }
        }
        for submission in waiting.takeAll() { submission.refuse() }
        for event in inbox.takeAll() ?? [] {
            switch event {
            case .submission(let submission): submission.refuse()
            case .lookedUp(let lookup): lookup.submission.refuse()
            case .book(let question): question.answer(nil)
            case .logAppended, .ledgerWritten, .tablesWanted, .failed, .stop: break
            }
        }
        for thread in threads { thread.join() }
    }

    /// The log thread: appends what it is given, all that waits in one transaction.
    private static func runLog(
        _ address: DatabaseAddress, _ settings: LogSettings, _ work: Inbox<LogEntry>,
        _ events: Inbox<Event>, _ opened: OneResult<LogPosition>
    ) {
        do {
            let store = try LogStore(address, settings)
            opened.set(.success(store.last))
            while let entries = work.takeAll() {
                try store.append(entries)
                for _ in entries { events.put(.logAppended) }
            }
        } catch {
            opened.set(.failure(error))
            events.put(.failed(error))
        }
    }
}
