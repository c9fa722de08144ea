internal import Domain
internal import Synchronization

/// How far the tables have come behind the engine, and who waits for them.
///
/// The replica thread says what is applied and what the tables show; any task may wait.
final class TableProgress: Sendable {
    private struct Shared {
        var progress = LedgerProgress()
        /// Who waits for the tables, and who for a batch to be applied, by a number of its own.
        var readers: [UInt64: Reader] = [:]
        var appliedReaders: [UInt64: Reader] = [:]
        var lastReader: UInt64 = 0
        var isClosed = false
    }

    private struct Reader {
        /// The batch that the tables must show, or that must be applied.
        let target: UInt64
        let continuation: CheckedContinuation<Wait, Never>
    }

    private enum Wait {
        case shown
        case stopped
        case givenUp
    }

    private let shared = Mutex(Shared())
    /// Has every batch that the tables do not show.
    let recent = RecentPayments()

    var progress: LedgerProgress { shared.withLock { $0.progress } }

    // MARK: The replica's side

    /// A replica begins where the tables are.
    func begin(at index: UInt64, uncomparedHashes: UInt64) {
        recent.begin(after: index)
        shared.withLock {
            $0.progress.applied = index
            $0.progress.inTables = index
            $0.progress.uncomparedHashes = uncomparedHashes
        }
    }

    /// The next batch is applied; nobody has been told of it yet.
    func setApplied(_ applied: AppliedBatch, uncomparedHashes: UInt64) {
        let index = applied.logIndex
        // Before anybody wakes: whoever may read this batch finds it there.
        TableProgress.free(recent.put(applied))
        let ready = shared.withLock { shared in
            shared.progress.applied = index
            shared.progress.uncomparedHashes = uncomparedHashes
            guard !shared.appliedReaders.isEmpty else { return [] as [Reader] }
            let ready = shared.appliedReaders.filter { $0.value.target <= index }
            for number in ready.keys { shared.appliedReaders[number] = nil }
            return Array(ready.values)
        }
        for reader in ready { reader.continuation.resume(returning: .shown) }
    }

    /// The tables show this batch; wakes who waited for it.
    func setInTables(_ index: UInt64) {
        let ready = shared.withLock { shared in
            shared.progress.inTables = index
            let ready = shared.readers.filter { $0.value.target <= index }
            for number in ready.keys { shared.readers[number] = nil }
            return ready.values
        }
        for reader in ready { reader.continuation.resume(returning: .shown) }
        TableProgress.free(recent.setShown(index))
    }

    /// Frees what nobody holds any more on another thread: it may take milliseconds.
    private static func free(_ departed: RecentPayments.Departed) {
        guard !departed.isEmpty else { return }
        Task.detached(priority: .background) { withExtendedLifetime(departed) {} }
    }

    /// Nobody begins to wait any more.
    func close() { shared.withLock { $0.isClosed = true } }

    /// The replica has stopped: nobody waits any more.
    func stop() {
        let left = shared.withLock {
            $0.isClosed = true
            let left = Array($0.readers.values) + Array($0.appliedReaders.values)
            $0.readers = [:]
            $0.appliedReaders = [:]
            return left
        }
        for reader in left { reader.continuation.resume(returning: .stopped) }
    }

    // MARK: Waiting

    /// Waits until the tables show what is applied; false when the replica stops before.
    ///
    /// For one payment that is the last batch that changed it. Whatever anybody was told of the
    /// payment came from that batch or an earlier one, and its fills are changes of it too; so the
    /// tables show all of it, though later batches may be missing.
    ///
    /// - Parameters:
    ///   - payment: the only one that has to be shown; nil for everything.
    ///   - hurry: called when the tables lag behind.
    /// - Throws: when the task is cancelled; its place is free then.
    func wait(
        showing payment: UETR?, _ hurry: @Sendable () -> Void
    ) async throws(CancellationError) -> Bool {
        let (number, target) = (newNumber(), target(showing: payment))
        let wait = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if let known = register(number, target, continuation) {
                    continuation.resume(returning: known)
                } else {
                    hurry()
                }
            }
        } onCancel: {
            shared.withLock { $0.readers.removeValue(forKey: number) }?
                .continuation.resume(returning: .givenUp)
        }
        guard wait != .givenUp else { throw CancellationError() }
        return wait == .shown
    }

    /// Waits until this batch is applied here; false when the replica stops before.
    ///
    /// - Throws: when the task is cancelled.
    func waitUntilApplied(_ index: UInt64) async throws(CancellationError) -> Bool {
        if progress.applied >= index { return true }
        let number = newNumber()
        let wait = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Wait? = shared.withLock {
                    if $0.progress.applied >= index { return .shown }
                    if $0.isClosed { return .stopped }
                    if Task.isCancelled { return .givenUp }
                    $0.appliedReaders[number] = Reader(target: index, continuation: continuation)
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            shared.withLock { $0.appliedReaders.removeValue(forKey: number) }?
                .continuation.resume(returning: .givenUp)
        }
        guard wait != .givenUp else { throw CancellationError() }
        return wait == .shown
    }

    private func newNumber() -> UInt64 {
        shared.withLock {
            $0.lastReader += 1
            return $0.lastReader
        }
    }

    private func target(showing payment: UETR?) -> UInt64 {
        payment.map { recent.lastChange(of: $0) } ?? progress.applied
    }

    /// How the wait ends if that is known at once.
    private func register(
        _ number: UInt64, _ target: UInt64, _ continuation: CheckedContinuation<Wait, Never>
    ) -> Wait? {
        shared.withLock {
            if $0.progress.inTables >= target { return .shown }
            if $0.isClosed { return .stopped }
            // The task may have been cancelled before there was anything to take away.
            if Task.isCancelled { return .givenUp }
            $0.readers[number] = Reader(target: target, continuation: continuation)
            return nil
        }
    }
}
