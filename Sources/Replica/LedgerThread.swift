internal import Domain
internal import Shares
internal import Store

/// The ledger thread: writes what is applied, many batches in one transaction.
///
/// While PostgreSQL is at one write, a second thread makes the changes of the next one ready, if
/// enough batches wait to fill it; fewer are left to gather. So at most two changes exist.
struct LedgerThread {
    private let writer: LedgerWriter
    private let work: Inbox<LedgerWork>
    private let preparation: Preparation
    private var gathering: LedgerGathering
    /// Changes that hold nothing.
    private var spare = [LedgerChanges(), LedgerChanges()]

    /// Runs until `work` is closed and empty, or until it fails; reports every write.
    static func run(
        _ address: DatabaseAddress, _ work: Inbox<LedgerWork>, _ events: Inbox<Event>,
        transactionSize: Int
    ) {
        do {
            var ledger = try LedgerThread(
                writer: try LedgerWriter(address), work: work,
                gathering: LedgerGathering(transactionSize: transactionSize))
            defer { ledger.preparation.end() }
            try ledger.run(events)
        } catch {
            events.put(.failed(error))
        }
    }

    private init(
        writer: LedgerWriter, work: Inbox<LedgerWork>, gathering: LedgerGathering
    ) throws(WorkerThread.Unavailable) {
        preparation = try Preparation()
        self.writer = writer
        self.work = work
        self.gathering = gathering
    }

    private mutating func run(_ events: Inbox<Event>) throws {
        var ahead: PendingChanges?
        while ahead != nil || gathering.gather(from: work) {
            guard let pending = ahead ?? prepare(after: writer.position) else { continue }
            let changes = try pending.wait()
            gathering.gatherMore(from: work)
            ahead = gathering.fillsTransaction ? prepare(after: changes.newest) : nil
            try writer.write(changes)
            spare.append(changes)
            events.put(.ledgerWritten(writer.position))
        }
    }

    /// Has the changes of the next transaction made ready, if there is anything to write.
    private mutating func prepare(after position: LedgerPosition) -> PendingChanges? {
        let batches = gathering.takeTransaction()
        guard !batches.isEmpty else { return nil }
        guard let changes = spare.popLast() else {
            preconditionFailure("one change is written while the other is made ready")
        }
        return preparation.start(
            changes, batches.map { ($0.batch, $0.effects) }, after: position)
    }
}

/// Changes that are being made ready.
private typealias PendingChanges = OneResult<LedgerChanges>

/// The thread that makes changes ready.
private struct Preparation {
    private struct Task: Sendable {
        let changes: LedgerChanges
        let groups: [(batch: Batch, effects: Effects)]
        let position: LedgerPosition
        let result: PendingChanges
    }

    private let tasks: Inbox<Task>
    private let thread: WorkerThread

    init() throws(WorkerThread.Unavailable) {
        let tasks = Inbox<Task>()
        self.tasks = tasks
        thread = try WorkerThread("ledger-changes") {
            while let next = tasks.takeAll() {
                for task in next {
                    task.result.set(
                        Result {
                            try task.changes.take(task.groups, after: task.position)
                            return task.changes
                        })
                }
            }
        }
    }

    func start(
        _ changes: LedgerChanges, _ groups: [(batch: Batch, effects: Effects)],
        after position: LedgerPosition
    ) -> PendingChanges {
        let result = PendingChanges()
        tasks.put(Task(changes: changes, groups: groups, position: position, result: result))
        return result
    }

    /// Finishes what is under way and ends the thread.
    func end() {
        tasks.close()
        thread.join()
    }
}
