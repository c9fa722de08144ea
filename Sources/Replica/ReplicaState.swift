internal import Domain
internal import Shares
internal import Synchronization

/// What callers and the replica thread share: admission, progress, and who waits for the tables.
final class ReplicaState: Sendable {
    private struct Shared {
        var isStopping = false
        var progress = LedgerProgress()
        /// Batches applied that the tables do not show yet, oldest first.
        var unshown: [UnshownBatch] = []
        /// Who waits for the tables, by a number of its own.
        var readers: [UInt64: Reader] = [:]
        var lastReader: UInt64 = 0
    }

    private struct UnshownBatch {
        let index: UInt64
        /// The payments that it changed: 16 bytes each, so what they are looked through for is
        /// bounded by the replica's lead over the tables.
        let payments: [UETR]
    }

    private struct Reader {
        /// The batch that the tables must show.
        let target: UInt64
        let continuation: CheckedContinuation<Wait, Never>
    }

    private enum Wait {
        case shown
        case stopped
        case givenUp
    }

    private let shared = Mutex(Shared())
    private let waiting = Budget(
        Replica.waitingBytes, perOwner: Replica.waitingBytesPerOwner)

    /// Lets a submission of so many bytes wait, or says why not. This bounds the replica's inbox.
    func admit(_ bytes: Int, of owner: Owner) -> SubmissionFailure? {
        if shared.withLock({ $0.isStopping }) { return .unavailable }
        return waiting.take(bytes, for: owner) ? nil : .overloaded
    }

    /// The submission waits no longer.
    func release(_ submission: Submission) {
        waiting.giveBack(submission.bytes, for: submission.owner)
    }

    /// Refuses submissions from now on.
    func refuse() {
        shared.withLock { $0.isStopping = true }
    }

    var progress: LedgerProgress { shared.withLock { $0.progress } }

    /// A replica begins where the tables are.
    func begin(at index: UInt64, uncomparedHashes: UInt64) {
        shared.withLock {
            $0.progress.applied = index
            $0.progress.inTables = index
            $0.progress.uncomparedHashes = uncomparedHashes
        }
    }

    func setApplied(_ effects: Effects, uncomparedHashes: UInt64) {
        let index = effects.position.logIndex
        let batch = UnshownBatch(index: index, payments: effects.payments.map(\.uetr))
        shared.withLock {
            $0.unshown.append(batch)
            $0.progress.applied = index
            $0.progress.uncomparedHashes = uncomparedHashes
        }
    }

    /// The tables show this batch; wakes who waited for it.
    func setInTables(_ index: UInt64) {
        let ready = shared.withLock { shared in
            shared.progress.inTables = index
            shared.unshown.removeAll { $0.index <= index }
            let ready = shared.readers.filter { $0.value.target <= index }
            for number in ready.keys { shared.readers[number] = nil }
            return ready.values
        }
        for reader in ready { reader.continuation.resume(returning: .shown) }
    }

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
    func waitForTables(
        showing payment: UETR?, _ hurry: @Sendable () -> Void
    ) async throws(CancellationError) -> Bool {
        let target = target(showing: payment)
        let number = shared.withLock {
            $0.lastReader += 1
            return $0.lastReader
        }
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

    /// - Complexity: O(payments changed by batches that the tables do not show), nothing of it in
    ///   the lock.
    private func target(showing payment: UETR?) -> UInt64 {
        let (applied, unshown) = shared.withLock { ($0.progress.applied, $0.unshown) }
        guard let payment else { return applied }
        return unshown.last { $0.payments.contains(payment) }?.index ?? 0
    }

    /// How the wait ends if that is known at once.
    private func register(
        _ number: UInt64, _ target: UInt64, _ continuation: CheckedContinuation<Wait, Never>
    ) -> Wait? {
        shared.withLock {
            if $0.progress.inTables >= target { return .shown }
            if $0.isStopping { return .stopped }
            // The task may have been cancelled before there was anything to take away.
            if Task.isCancelled { return .givenUp }
            $0.readers[number] = Reader(target: target, continuation: continuation)
            return nil
        }
    }

    /// The replica has stopped: nobody waits any more.
    func stop() {
        let left = shared.withLock {
            $0.isStopping = true
            let left = $0.readers
            $0.readers = [:]
            return left.values
        }
        for reader in left { reader.continuation.resume(returning: .stopped) }
    }
}
