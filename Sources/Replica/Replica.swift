package import Consensus
package import Domain
package import Node
package import Shares
package import Store
internal import Synchronization

/// The running node on one machine: takes submissions, writes batches to the log, applies them,
/// answers, and keeps the tables up.
///
/// Six threads, seven among others. The replica thread owns the engine; the log thread appends
/// batches, the ledger thread writes tables with another one that makes changes ready for it, the
/// lookup thread asks the tables about old payments, the erasure thread takes out details that are
/// to be erased, and the one for pages reads old entries for nodes that lag. While one batch is
/// being made durable the next one gathers, and while the engine applies a batch the next one is
/// already on its way to the disk. No outcome leaves before its batch is durable, on a majority
/// where there are others. Any error of log or tables stops the replica: nothing is retried here, a
/// new replica starts from what is on disk (see ``Node``).
package final class Replica: Sendable {
    /// The most bytes of commands that are taken and not answered: in all, and of one owner.
    package static let unansweredBytes = 64 << 20
    package static let unansweredBytesPerOwner = 32 << 20
    private let inbox: Inbox<Event>
    private let state: ReplicaState

    private let isAlone: Bool
    /// How long a caller waits in a cluster, in nanoseconds: much longer than an election takes.
    private static let patience: UInt64 = 10_000_000_000

    private init(inbox: Inbox<Event>, state: ReplicaState, isAlone: Bool) {
        self.inbox = inbox
        self.state = state
        self.isAlone = isAlone
    }

    /// When somebody who asks now waits no longer; alone a node answers or stops.
    private var deadline: UInt64 { isAlone ? .max : Clocks.steady + Replica.patience }

    /// Loads the tables, replays the log behind them and starts serving. Blocks.
    ///
    /// - Parameters:
    ///   - address: where log and tables are; migrations must have been applied.
    ///   - options: how the log is opened, and what tests choose.
    ///   - directory: told of participants and corridors before anybody is answered.
    ///   - onNews: told what an operator should see; must not block.
    ///   - onApplied: called on the replica thread after every batch; must not block.
    ///   - onStop: called once when the replica has stopped, with the error unless it was asked to.
    /// - Throws: whatever kept it from starting.
    package static func start(
        _ address: DatabaseAddress, _ options: ReplicaOptions = ReplicaOptions(),
        directory: Directory = Directory(),
        onNews: @escaping @Sendable (NodeNews) -> Void = { _ in },
        onApplied: @escaping @Sendable (AppliedBatch) -> Void,
        onStop: @escaping @Sendable ((any Error)?) -> Void
    ) throws -> Replica {
        let inbox = Inbox<Event>()
        let state = ReplicaState()
        let started = OneResult<Void>()
        try WorkerThread("replica") {
            do {
                var loop = try ReplicaLoop(
                    address, inbox, state, options, directory, onNews, onApplied)
                try loop.begin()
                started.set(.success(()))
                let failure = loop.run()
                state.stop()
                onStop(failure)
            } catch {
                started.set(.failure(error))
            }
        }
        try started.wait()
        return Replica(inbox: inbox, state: state, isAlone: options.cluster == nil)
    }

    /// Submits commands; they are applied in their order, each with its own outcome. Submissions
    /// of one owner are applied in theirs, but for one that may be about an old payment: that one
    /// waits for the tables' answer, and others pass it. Between owners turns go round.
    ///
    /// A command that changes whom a BIC means is submitted alone, else all are refused.
    ///
    /// - Parameters:
    ///   - owner: whose share of the room for waiting commands it takes.
    ///   - answer: called once, on the replica thread when the outcomes are durable, or with the
    ///     reason why there are none; must not block.
    package func submit(
        _ commands: EncodedCommands, for owner: Owner = .gateway,
        answer: @escaping @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void
    ) {
        guard !commands.isEmpty else { return answer(.success(.empty)) }
        let sealed = SealedCommands(sealing: commands)
        guard sealed.count <= Limits.commandsPerBatch, sealed.byteCount <= Node.largestSubmission
        else { return answer(.failure(.overloaded)) }
        let submission = Submission(sealed, for: owner, deadline: deadline)
        guard !submission.changesNames || submission.count == 1 else {
            return answer(.failure(.notAlone))
        }
        let caller = Caller(
            state.unanswered.account(of: owner), bytes: sealed.byteCount, receive: answer)
        if let refusal = state.admit(caller) { return answer(.failure(refusal)) }
        if !inbox.put(.submission(submission, caller)) { caller.answer(.failure(.unavailable)) }
    }

    /// The best levels of both sides of a book as of now; nil when the replica has stopped.
    package func book(_ foreign: Currency, levels: Int) async -> BookSides? {
        await withCheckedContinuation { continuation in
            let question = BookQuestion(
                foreign: foreign, levels: levels, answer: { continuation.resume(returning: $0) })
            if !inbox.put(.book(question)) { continuation.resume(returning: nil) }
        }
    }

    /// Waits until what is read here is as fresh as was asked; false when that cannot be: the
    /// replica stopped meanwhile, or nobody leads.
    ///
    /// - Parameter freshness: see ``ReadFreshness``.
    /// - Throws: when the task is cancelled; it waits no longer then.
    package func waitUntilApplied(
        _ freshness: ReadFreshness
    ) async throws(CancellationError) -> Bool {
        switch freshness {
        case .local: return true
        case .atLeast(let index):
            return try await waitForLog(index)
        case .linearizable:
            if isAlone { return true }
            guard let index = try await readIndex() else { return false }
            // A majority has it; but this node may be cut off from all who do.
            return try await waitForLog(index)
        }
    }

    /// Waits until this entry is applied here, as long as callers wait.
    private func waitForLog(_ index: UInt64) async throws(CancellationError) -> Bool {
        if progress.applied >= index { return true }
        // What the log lacks does not come before there is room for it.
        if !takesEntries, index > state.standing?.end ?? 0 { return false }
        let isApplied = await withTaskGroup(of: Bool.self) { group in
            group.addTask { [state] in
                (try? await state.tables.waitUntilApplied(index)) ?? false
            }
            group.addTask {
                try? await Task.sleep(for: .nanoseconds(Int64(Replica.patience)))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        if Task.isCancelled { throw CancellationError() }
        return isApplied
    }

    /// What is committed and may have been answered by anybody; nil when nobody could confirm it.
    private func readIndex() async throws(CancellationError) -> UInt64? {
        try await state.reads.wait {
            inbox.put(.readWanted(ticket: $0, deadline: deadline))
        } givingUp: { [inbox] in
            inbox.put(.readGivenUp(ticket: $0))
        }
    }

    /// Waits until the tables show everything that is applied here; false when the replica stopped
    /// meanwhile.
    ///
    /// - Parameter payment: the only one that has to be shown; nil for everything.
    /// - Throws: when the task is cancelled; it waits no longer then.
    package func waitForTables(
        showing payment: UETR? = nil
    ) async throws(CancellationError) -> Bool {
        try await state.tables.wait(showing: payment) { inbox.put(.tablesWanted) }
    }

    /// The payments of the last batches as of everything that is applied here, as long as the
    /// replica lives.
    package var recent: RecentPayments { state.tables.recent }

    /// Says what the database's disk has room for: submissions are refused and what others write is
    /// not taken while there is none for them. Reads go on.
    package func setRoom(_ room: DiskRoom) {
        state.takesCommands.store(room == .enough, ordering: .relaxed)
        let takes = room != .none
        guard state.takesEntries.exchange(takes, ordering: .relaxed) != takes else { return }
        inbox.put(.room(takes))
    }

    /// Whether what others write is taken; who leads, or is alone, has none of it to take.
    package var takesEntries: Bool {
        isAlone || state.hasRoom || state.standing?.role.role == .leader
    }

    /// Who leads, how far everybody is; nil when the node is alone.
    package var standing: NodeStatus? { isAlone ? nil : state.standing }

    /// Asks the leader to hand over to this voter. Whether it did shows in ``standing``.
    package func transferLeadership(to node: NodeID) { inbox.put(.transfer(node)) }

    /// The last batches applied and shown in the tables, as log indices.
    package var progress: LedgerProgress { state.tables.progress }

    /// Refuses new submissions, finishes the accepted ones, brings the tables up and stops.
    package func stop() {
        state.refuse()
        inbox.put(.stop)
    }
}

/// How the log is opened, and what tests choose otherwise.
package struct ReplicaOptions: Sendable {
    package var log = LogSettings()
    /// The tables are asked about every payment that the engine does not remember, as if the filter
    /// erred always.
    package var suspectsAll = false
    /// Payments in one transaction on the tables, when more wait: enough to be cheap, few enough
    /// that the tables move on several times a second.
    package var paymentsPerLedgerWrite = 1 << 17
    /// Whether a ledger that has no key of its content hashes is given one.
    package var givesContentKey = true
    /// The others; nil for a cluster of one.
    package var cluster: ReplicaCluster?

    package init() {}
}

/// What reaches the replica thread. Submissions are bounded by admission, the other events by the
/// node's window and backlog, and by the callers that wait for an answer.
enum Event: Sendable {
    case submission(Submission, Caller)
    case book(BookQuestion)
    /// What the node wants written is durable up to this number.
    case stored(UInt64)
    /// The tables show everything up to this position.
    case ledgerWritten(LedgerPosition)
    /// Somebody waits until the tables show what is applied.
    case tablesWanted
    /// The tables were asked about payments that may be on record.
    case lookedUp(RecordLookup)
    /// Somebody wants to know up to where he has to read, and waits until then, by the steady
    /// clock; or not any more. Tickets are those of ``ReadWaits``.
    case readWanted(ticket: UInt64, deadline: UInt64)
    case readGivenUp(ticket: UInt64)
    /// From another node; called when it is taken.
    case peer(NodeID, PeerMessage, @Sendable () -> Void)
    case unreachable(NodeID)
    /// A submission could not be sent to the leader.
    case notSent(ticket: UInt64)
    case clock(NodeID, ahead: Timestamp)
    /// Whether the disk has room for what others write.
    case room(Bool)
    /// Entries of the log that a node which lags behind needs.
    case page(NodeID, [LogEntry])
    case transfer(NodeID)
    case failed(any Error)
    case stop
}

struct BookQuestion: Sendable {
    let foreign: Currency
    let levels: Int
    let answer: @Sendable (BookSides?) -> Void
}
