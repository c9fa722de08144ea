package import Shares

/// What kind of read it is; kinds do not wait for each other.
package enum ReadKind: CaseIterable, Sendable {
    /// One record, or few.
    case lookup
    /// A page of records. Has threads of its own, which yield to everything else on the machine.
    case list
}

/// A fixed number of readers, each with its own thread and connection, for async callers.
///
/// libpq blocks, so its calls never run on the cooperative pool: a call waits in a bounded queue
/// until one of the threads takes it. Turns go round between owners; of one owner at most one list
/// is read at a time, and never all threads for lookups are busy for him. A connection is opened
/// when it is first needed and again after it broke. A read whose caller is cancelled leaves the
/// queue, or is ended where it runs.
package final class ReaderPool: Sendable {
    private typealias Workers = FairWorkers<ReaderThread>
    private let lookups: Workers
    private let lists: Workers

    /// Starts the threads; connects nothing yet.
    ///
    /// - Parameters:
    ///   - readers: threads and connections for lookups, at least 1.
    ///   - listReaders: threads and connections for lists, at least 1.
    ///   - maximumWaiting: calls of a kind that may wait while all readers are busy.
    ///   - maximumWaitingPerOwner: those of one owner; see ``FairQueue``.
    ///   - statementTimeoutMilliseconds: after this a query is given up.
    package init(
        _ address: DatabaseAddress, readers: Int = 3, listReaders: Int = 2,
        maximumWaiting: Int = 2_048, maximumWaitingPerOwner: Int = 256,
        statementTimeoutMilliseconds: Int = 30_000
    ) throws {
        let readers = max(1, readers)
        var configuration = Workers.Configuration(
            threads: readers, lanes: 1, waiting: maximumWaiting,
            waitingPerOwner: maximumWaitingPerOwner, threadsPerOwner: max(1, readers - 1))
        lookups = try ReaderPool.start(configuration, address, statementTimeoutMilliseconds)
        configuration.threads = max(1, listReaders)
        configuration.niceness = 10
        configuration.threadsPerOwner = 1
        do {
            lists = try ReaderPool.start(configuration, address, statementTimeoutMilliseconds)
        } catch {
            lookups.close {}
            throw error
        }
    }

    private static func start(
        _ configuration: Workers.Configuration, _ address: DatabaseAddress,
        _ statementTimeoutMilliseconds: Int
    ) throws(StoreError) -> Workers {
        do {
            let canceller = QueryCanceller()
            return try Workers(
                configuration, interrupt: { canceller.cancel($0) },
                makeState: { _ in
                    ReaderThread(address, statementTimeoutMilliseconds, canceller)
                })
        } catch {
            throw StoreError(.overloaded, "The system gives no more threads.")
        }
    }

    deinit {
        lookups.close {}
        lists.close {}
    }

    /// Runs `body` with a reader.
    ///
    /// After a connection turns out to be broken, `body` is run once more on a new one: it only
    /// reads, so that is safe.
    ///
    /// - Parameters:
    ///   - kind: which readers do it.
    ///   - owner: for whom.
    ///   - endsWithCaller: whether what runs is ended when its caller is cancelled; false for a
    ///     short statement that others wait for, too.
    /// - Throws: ``StoreError``: `overloaded` when the queue is full, `closed` after
    ///   ``shutdown()``, `connectionLost` when no server answers; `CancellationError` when the task
    ///   is cancelled; and whatever `body` throws.
    package func read<T: Sendable>(
        _ kind: ReadKind = .lookup, for owner: Owner = .gateway, endsWithCaller: Bool = true,
        _ body: @Sendable @escaping (LedgerReader) throws -> T
    ) async throws -> T {
        let workers =
            switch kind {
            case .lookup: lookups
            case .list: lists
            }
        do {
            return try await workers.run(lane: 0, for: owner) {
                try $0.run($1, isCancellable: endsWithCaller, body)
            }
        } catch let refusal as Workers.Refusal {
            switch refusal {
            case .full:
                throw StoreError(.overloaded, "Too many reads wait already; retry after a moment.")
            case .closed, .noThread:
                throw StoreError(.closed, "The readers are shut down.")
            }
        }
    }

    /// Refuses new calls, fails those that wait, and returns when the threads have ended.
    package func shutdown() async {
        for workers in [lookups, lists] {
            await withCheckedContinuation { continuation in
                workers.close { continuation.resume() }
            }
        }
    }

    /// Calls that no reader has taken yet.
    package var waitingCount: Int { lookups.waitingCount + lists.waitingCount }
}

/// What a reader's thread owns: its connection, if it has one.
private struct ReaderThread {
    private let address: DatabaseAddress
    private let statementTimeoutMilliseconds: Int
    private let canceller: QueryCanceller
    private var reader: LedgerReader?

    init(
        _ address: DatabaseAddress, _ statementTimeoutMilliseconds: Int,
        _ canceller: QueryCanceller
    ) {
        self.address = address
        self.statementTimeoutMilliseconds = statementTimeoutMilliseconds
        self.canceller = canceller
    }

    mutating func run<T>(
        _ job: UInt64, isCancellable: Bool, _ body: (LedgerReader) throws -> T
    ) throws -> T {
        let wasOpen = reader != nil
        defer { canceller.forget(job) }
        do {
            return try runOnce(job, isCancellable, body)
        } catch let error as StoreError where error.code == .connectionLost && wasOpen {
            return try runOnce(job, isCancellable, body)
        }
    }

    private mutating func runOnce<T>(
        _ job: UInt64, _ isCancellable: Bool, _ body: (LedgerReader) throws -> T
    ) throws -> T {
        do {
            let current =
                try reader
                ?? LedgerReader(
                    address, statementTimeoutMilliseconds: statementTimeoutMilliseconds)
            reader = current
            guard isCancellable else { return try body(current) }
            guard canceller.begin(job, current.connection.cancellation) else {
                throw CancellationError()
            }
            let result = Result { try body(current) }
            // From here on the session is not disturbed any more.
            guard canceller.end(job) else { throw CancellationError() }
            return try result.get()
        } catch {
            if (error as? StoreError)?.code == .connectionLost { reader = nil }
            throw error
        }
    }
}
