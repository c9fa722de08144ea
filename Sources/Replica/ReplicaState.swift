internal import Consensus
internal import Domain
internal import Node
internal import Shares
internal import Synchronization

/// What callers and the replica thread share: admission, and how far the tables have come.
final class ReplicaState: Sendable {
    let tables = TableProgress()
    let reads = ReadWaits()
    private let isStopping = Mutex(false)
    /// What the database's disk has room for.
    let takesCommands = Atomic(true)
    let takesEntries = Atomic(true)
    private let cluster = Mutex(
        (standing: NodeStatus?.none, rules: UInt16(0), elections: UInt64(0)))
    /// Bytes of submissions that are not answered.
    let unanswered = Budget(Replica.unansweredBytes, perOwner: Replica.unansweredBytesPerOwner)

    /// Whether what others write is taken.
    var hasRoom: Bool { takesEntries.load(ordering: .relaxed) }

    /// Lets a submission in, or says why not. This bounds the replica's inbox.
    func admit(_ caller: Caller) -> SubmissionFailure? {
        if isStopping.withLock({ $0 }) { return .unavailable }
        if !takesCommands.load(ordering: .relaxed) { return .noSpace }
        return caller.account.take(caller.bytes) ? nil : .overloaded
    }

    // MARK: Among others

    /// What the replica thread said last of its standing.
    var standing: NodeStatus? {
        cluster.withLock { shared in
            var standing = shared.standing
            standing?.elections = shared.elections
            return standing
        }
    }

    /// The ledger's rule version.
    var rules: UInt16 { cluster.withLock { $0.rules } }

    func setStanding(_ standing: NodeStatus, rules: UInt16) {
        cluster.withLock {
            $0.standing = standing
            $0.rules = rules
        }
    }

    /// Counts the times that this node asked for votes.
    func noteElection(_ role: NodeRole) {
        if role.role == .candidate { cluster.withLock { $0.elections += 1 } }
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
