internal import Domain
internal import Shares
internal import Synchronization

/// What callers and the replica thread share: admission, progress, and who waits for the tables.
final class ReplicaState: Sendable {
    private struct Shared {
        var isStopping = false
        var progress = LedgerProgress()
        var readers: [(target: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let shared = Mutex(Shared())
    /// Bytes of submissions that wait.
    let waiting = Budget(Replica.waitingBytes, perOwner: Replica.waitingBytesPerOwner)

    /// Lets a submission wait, or says why not. This bounds the replica's inbox.
    func admit(_ submission: Submission) -> SubmissionFailure? {
        if shared.withLock({ $0.isStopping }) { return .unavailable }
        return submission.account.take(submission.bytes) ? nil : .overloaded
    }

    /// The submission waits no longer.
    func release(_ submission: Submission) {
        submission.account.giveBack(submission.bytes)
    }

    /// Refuses submissions from now on.
    func refuse() {
        shared.withLock { $0.isStopping = true }
    }

    var progress: LedgerProgress { shared.withLock { $0.progress } }

    func setApplied(_ index: UInt64, uncomparedHashes: UInt64) {
        shared.withLock {
            $0.progress.applied = index
            $0.progress.uncomparedHashes = uncomparedHashes
        }
    }

    /// The tables show this batch; wakes who waited for it.
    func setInTables(_ index: UInt64) {
        let ready = shared.withLock {
            $0.progress.inTables = index
            let ready = $0.readers.filter { $0.target <= index }
            $0.readers.removeAll { $0.target <= index }
            return ready
        }
        for reader in ready { reader.continuation.resume(returning: true) }
    }

    /// - Parameter hurry: called when the tables lag behind.
    func waitForTables(_ hurry: @Sendable () -> Void) async -> Bool {
        await withCheckedContinuation { continuation in
            let known: Bool? = shared.withLock {
                if $0.progress.inTables >= $0.progress.applied { return true }
                if $0.isStopping { return false }
                $0.readers.append(($0.progress.applied, continuation))
                return nil
            }
            if let known { continuation.resume(returning: known) } else { hurry() }
        }
    }

    /// The replica has stopped: nobody waits any more.
    func stop() {
        let left = shared.withLock {
            $0.isStopping = true
            let left = $0.readers
            $0.readers = []
            return left
        }
        for reader in left { reader.continuation.resume(returning: false) }
    }
}
