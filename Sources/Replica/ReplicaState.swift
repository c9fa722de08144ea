internal import Domain
internal import Shares
internal import Synchronization

/// What callers and the replica thread share: admission, and how far the tables have come.
final class ReplicaState: Sendable {
    let tables = TableProgress()
    private let isStopping = Mutex(false)
    private let waiting = Budget(
        Replica.waitingBytes, perOwner: Replica.waitingBytesPerOwner)

    /// Lets a submission of so many bytes wait, or says why not. This bounds the replica's inbox.
    func admit(_ bytes: Int, of owner: Owner) -> SubmissionFailure? {
        if isStopping.withLock({ $0 }) { return .unavailable }
        return waiting.take(bytes, for: owner) ? nil : .overloaded
    }

    /// The submission waits no longer.
    func release(_ submission: Submission) {
        waiting.giveBack(submission.bytes, for: submission.owner)
    }

    /// Refuses submissions, and whoever would wait for the tables, from now on.
    func refuse() {
        isStopping.withLock { $0 = true }
        tables.close()
    }

    /// The replica has stopped.
    func stop() {
        refuse()
        tables.stop()
    }
}
