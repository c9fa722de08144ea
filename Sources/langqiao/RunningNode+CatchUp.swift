internal import Domain
internal import Logging
internal import Replica

extension RunningNode {
    /// How long a node waits for a leader before it takes callers without one.
    private static let patienceForLeader = Duration.seconds(10)

    /// R18.7 A node that was away hears what was revoked meanwhile before it takes callers: else a
    /// certificate that is lost would be believed here until then. Without a leader it takes them
    /// after a while all the same, for nothing can be done through it.
    ///
    /// A ledger without certificates on record, and a node that is alone, wait for nothing.
    func catchUpBeforeCallers(_ logger: Logger) async {
        guard network != nil, directory.hasKeys else { return }
        var end = ContinuousClock.now + Self.patienceForLeader
        while (try? await waitUntilApplied(.linearizable)) != true {
            guard condition == .serving else { return }
            if hasLeader { end = ContinuousClock.now + Self.patienceForLeader }
            guard ContinuousClock.now < end else {
                return logger.warning("callers are taken before the node knows of a leader")
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }
}
