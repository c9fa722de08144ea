internal import Domain
internal import Shares
internal import Synchronization

/// What callers and the replica thread share: admission, and how far the tables have come.
final class ReplicaState: Sendable {
    let tables = TableProgress()
    private let isStopping = Mutex(false)
    /// Bytes of submissions that wait.
    let waiting = Budget(Replica.waitingBytes, perOwner: Replica.waitingBytesPerOwner)

    /// Lets a submission wait, or says why not. This bounds the replica's inbox.
    func admit(_ submission: Submission) -> SubmissionFailure? {
        if isStopping.withLock({ $0 }) { return .unavailable }
        return submission.account.take(submission.bytes) ? nil : .overloaded
    }

    /// The submission waits no longer.
    func release(_ submission: Submission) {
        submission.account.giveBack(submission.bytes)
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
