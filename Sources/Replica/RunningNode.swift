package import Consensus
package import Domain
internal import Foundation
package import Node
package import Shares
package import Store
internal import Synchronization

/// A node that outlives its replicas: when one stops for a lost connection, the next one starts
/// from what is on disk; for any other failure the node stops for good.
package final class RunningNode: Sendable {
    /// What the node can do now.
    package enum Condition: Equatable, Sendable {
        /// Loading, or waiting for the database to come back.
        case starting
        case serving
        case stopped
    }

    private struct Shared {
        var replica: Replica?
        var condition = Condition.starting
        var conditionWatchers: [Int: @Sendable () -> Void] = [:]
        var watchers: [Int: @Sendable (AppliedBatch?) -> Void] = [:]
        var nextWatcher = 0
        var stopped: [CheckedContinuation<(any Error)?, Never>] = []
        var failure: (any Error)?
        /// Nil where it is not known.
        var room: DiskRoom?
        /// Replicas are counted: the end of one that never served is not taken for another's.
        var lives = 0
        var endedLife = 0
    }

    private let shared = Mutex(Shared())
    /// Participants and corridors as of the last batch applied here.
    package let directory = Directory()
    private let address: DatabaseAddress
    private let options: ReplicaOptions
    private let onNews: @Sendable (NodeNews) -> Void

    /// How long the node tries to reach a lost database before it gives up, in seconds.
    package static let patience = 60.0

    private init(
        _ address: DatabaseAddress, _ options: ReplicaOptions,
        _ onNews: @escaping @Sendable (NodeNews) -> Void
    ) {
        self.address = address
        self.options = options
        self.onNews = onNews
    }

    /// Applies migrations and starts serving. Blocks until the first replica serves.
    ///
    /// - Parameters:
    ///   - cluster: the others; nil for a cluster of one.
    ///   - onNews: told of what an operator should see in the log.
    /// - Throws: what kept the first replica from starting.
    package static func start(
        _ address: DatabaseAddress, log: LogSettings = LogSettings(),
        cluster: ReplicaCluster? = nil, onNews: @escaping @Sendable (NodeNews) -> Void
    ) throws -> RunningNode {
        var options = ReplicaOptions()
        options.log = log
        options.cluster = cluster
        let node = RunningNode(address, options, onNews)
        try Migrations.apply(to: address)
        try node.startReplica()
        return node
    }

    private func startReplica() throws {
        let life = shared.withLock {
            $0.lives += 1
            return $0.lives
        }
        let replica = try Replica.start(
            address, options, directory: directory,
            onNews: { [self] news in
                onNews(news)
                // Whether there is a leader may have changed.
                if case .role = news { tellCondition() }
            },
            onApplied: { [self] in publish($0) },
            onStop: { [self] failure in replicaStopped(life, failure) })
        let isWanted = shared.withLock {
            guard $0.condition != .stopped else { return false }
            // It has ended already; its end has seen to what comes next.
            guard $0.endedLife < life else { return false }
            $0.replica = replica
            $0.condition = .serving
            if let room = $0.room { replica.setRoom(room) }
            return true
        }
        if isWanted {
            tellCondition()
            onNews(.serving(logIndex: replica.progress.applied))
        } else {
            replica.stop()
        }
    }

    /// Called on the replica thread as its last act.
    private func replicaStopped(_ life: Int, _ failure: (any Error)?) {
        // Recovery may apply what nobody was told of: a watch that went on would have a gap.
        let watchers = shared.withLock {
            let watchers = Array($0.watchers.values)
            $0.watchers = [:]
            return watchers
        }
        for watcher in watchers { watcher(nil) }
        let isExpected = shared.withLock {
            $0.replica = nil
            $0.endedLife = life
            let isExpected = $0.condition == .stopped
            if isExpected {
                // Whoever sees that no replica is left sees also why.
                $0.failure = $0.failure ?? failure
            } else {
                $0.condition = .starting
            }
            return isExpected
        }
        tellCondition()
        guard let failure, !isExpected else { return conclude(failure) }
        onNews(.replicaFailed(failure))
        guard RunningNode.isConnectionLoss(failure) else { return conclude(failure) }
        do throws(WorkerThread.Unavailable) {
            try WorkerThread("restart") { [self] in restart(after: failure) }
        } catch {
            conclude(failure)
        }
    }

    private func restart(after failure: any Error) {
        let deadline = Date(timeIntervalSinceNow: RunningNode.patience)
        while shared.withLock({ $0.condition == .starting }) {
            do {
                return try startReplica()
            } catch {
                guard RunningNode.mayPass(error), Date() < deadline else { return conclude(error) }
                Thread.sleep(forTimeInterval: 0.25)
            }
        }
        conclude(failure)
    }

    /// A lost or refused connection; everything else (a failed commit, damage) stops the node.
    private static func isConnectionLoss(_ error: any Error) -> Bool {
        (error as? StoreError)?.isConnectionLoss ?? false
    }

    /// While the server ends our old sessions, they hold the lock or finish their last commit.
    private static func mayPass(_ error: any Error) -> Bool {
        guard let error = error as? StoreError else { return false }
        return error.isConnectionLoss || error.code == .anotherWriter
            || error.code == .positionMismatch
    }

    private func conclude(_ failure: (any Error)?) {
        let (continuations, watchers) = shared.withLock {
            $0.condition = .stopped
            $0.failure = $0.failure ?? failure
            let result = ($0.stopped, $0.watchers.values)
            $0.stopped = []
            $0.watchers = [:]
            return result
        }
        for watcher in watchers { watcher(nil) }
        tellCondition()
        for continuation in continuations { continuation.resume(returning: failure) }
    }

    // MARK: Use

    package var condition: Condition { shared.withLock { $0.condition } }

    /// Calls `receive` after every change of ``condition``, on the thread that made it. It must not
    /// block. Gives a number for ``unwatchCondition(_:)``.
    package func watchCondition(_ receive: @escaping @Sendable () -> Void) -> Int {
        shared.withLock {
            $0.nextWatcher += 1
            $0.conditionWatchers[$0.nextWatcher] = receive
            return $0.nextWatcher
        }
    }

    package func unwatchCondition(_ watcher: Int) {
        shared.withLock { _ = $0.conditionWatchers.removeValue(forKey: watcher) }
    }

    private func tellCondition() {
        let watchers = shared.withLock { Array($0.conditionWatchers.values) }
        for watcher in watchers { watcher() }
    }

    /// The last batches applied and shown in the tables, as log indices; nil while not serving.
    package var progress: LedgerProgress? {
        shared.withLock { $0.replica }?.progress
    }

    /// Submits commands; they are applied in their order, each with its own outcome. See
    /// ``Replica/submit(_:for:answer:)``.
    package func submit(
        _ commands: EncodedCommands, for owner: Owner,
        answer: @escaping @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void
    ) {
        guard let replica = shared.withLock({ $0.replica }) else {
            return answer(.failure(.unavailable))
        }
        replica.submit(commands, for: owner, answer: answer)
    }

    /// The best levels of both sides of a book as of now; nil while not serving.
    package func book(_ foreign: Currency, levels: Int) async -> BookSides? {
        await shared.withLock { $0.replica }?.book(foreign, levels: levels)
    }

    /// The ways to the others; nil when the node is alone.
    package var network: PeerNetwork? { options.cluster?.network }

    /// Whether somebody is known to lead; a node that is alone does while it serves.
    package var hasLeader: Bool {
        shared.withLock { $0.replica }.map { $0.standing?.role.leader != noNode } ?? false
    }

    /// What the database's disk has room for; nil where that is not known. See
    /// ``Replica/setRoom(_:)``.
    package var room: DiskRoom? { shared.withLock { $0.room } }

    package func setRoom(_ room: DiskRoom) {
        let replica = shared.withLock {
            $0.room = room
            return $0.replica
        }
        replica?.setRoom(room)
        tellCondition()
    }

    /// Whether what others write is taken; see ``Replica/takesEntries``.
    package var takesEntries: Bool { shared.withLock { $0.replica }?.takesEntries ?? true }

    /// What the node is among others; nil when it is alone, or not serving.
    package var status: NodeStatus? { shared.withLock { $0.replica }?.standing }

    /// See ``Replica/transferLeadership(to:)``.
    package func requestTransfer(to node: NodeID) {
        shared.withLock { $0.replica }?.transferLeadership(to: node)
    }

    /// Waits until what is read here is as fresh as was asked; false when it cannot be. See
    /// ``Replica/waitUntilApplied(_:)``.
    package func waitUntilApplied(
        _ freshness: ReadFreshness
    ) async throws(CancellationError) -> Bool {
        try await shared.withLock { $0.replica }?.waitUntilApplied(freshness) ?? false
    }

    /// Waits until the tables show everything that has been applied so far; false while not
    /// serving. See ``Replica/waitForTables(showing:)``.
    package func waitForTables(
        showing payment: UETR?
    ) async throws(CancellationError) -> Bool {
        try await shared.withLock { $0.replica }?.waitForTables(showing: payment) ?? false
    }

    /// The payments of the last batches; nil while not serving. See ``Replica/recent``.
    package var recent: RecentPayments? { shared.withLock { $0.replica }?.recent }

    /// Calls `receive` on the replica thread with every batch applied from now on, and with nil
    /// when the node stops. It must not block.
    package func watch(_ receive: @escaping @Sendable (AppliedBatch?) -> Void) -> Int {
        shared.withLock {
            $0.nextWatcher += 1
            $0.watchers[$0.nextWatcher] = receive
            return $0.nextWatcher
        }
    }

    package func unwatch(_ watcher: Int) {
        shared.withLock { _ = $0.watchers.removeValue(forKey: watcher) }
    }

    private func publish(_ applied: AppliedBatch) {
        let watchers = shared.withLock { $0.watchers.isEmpty ? [] : Array($0.watchers.values) }
        for watcher in watchers { watcher(applied) }
    }

    /// Refuses new submissions, finishes the accepted ones, stops; `waitUntilStopped` tells when.
    package func stop() {
        let replica = shared.withLock {
            $0.condition = .stopped
            return $0.replica
        }
        tellCondition()
        if let replica { replica.stop() } else { conclude(nil) }
    }

    /// Waits until the node has stopped; gives the failure unless it was asked to stop.
    package func waitUntilStopped() async -> (any Error)? {
        await withCheckedContinuation { continuation in
            let ended: (any Error)?? = shared.withLock {
                if $0.condition == .stopped, $0.replica == nil { return .some($0.failure) }
                $0.stopped.append(continuation)
                return nil
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }
}

/// What an operator should see in the log.
package enum NodeNews: Sendable {
    /// A replica serves, from this batch on.
    case serving(logIndex: UInt64)
    /// What the node is in its term has changed.
    case role(NodeRole)
    /// The time of day was moved by so many nanoseconds.
    case clockMoved(by: Timestamp)
    /// The log's last time is so many nanoseconds ahead of the clock: no batch is formed before it
    /// has caught up.
    case clockBehind(by: Timestamp)
    /// This leader's clock is so many nanoseconds ahead of the others', so it hands over.
    case clockDeviates(by: Timestamp, handsOverTo: NodeID)
    /// Details that are to be erased are still there; it is tried again.
    case erasureFailed(any Error)
    /// A replica stopped; the node says next whether it goes on.
    case replicaFailed(any Error)
}
