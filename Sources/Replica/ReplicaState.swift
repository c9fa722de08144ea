internal import Domain
internal import Shares
internal import Synchronization

/// What callers and the replica thread share: admission, and how far the tables have come.
final class ReplicaState: Sendable {
    let tables = TableProgress()
    private let isStopping = Mutex(false)
    /// Bytes of submissions that are not answered.
    let unanswered = Budget(Replica.unansweredBytes, perOwner: Replica.unansweredBytesPerOwner)

    /// Lets a submission in, or says why not. This bounds the replica's inbox.
    func admit(_ caller: Caller) -> SubmissionFailure? {
        if isStopping.withLock({ $0 }) { return .unavailable }
        return caller.account.take(caller.bytes) ? nil : .overloaded
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
