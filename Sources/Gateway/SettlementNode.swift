package import Domain
package import Shares

/// The node through which the gateway changes the ledger, and the only way it does.
///
/// Reads of what is on record go to the tables; the book's depth, participants, corridors and the
/// payments of the last batches are asked of the node.
package protocol SettlementNode: Sendable {
    /// Submits commands in their order. `answer` is called once, when their outcomes are durable or
    /// with the reason why there are none; it must not block.
    ///
    /// Calls made one after the other for one owner are applied one after the other, but for one
    /// that may be about an old payment: it waits for the tables' answer, and others pass it.
    ///
    /// - Parameter owner: for whom; what one owner has waiting does not delay another.
    func submit(
        _ commands: EncodedCommands, for owner: Owner,
        answer: @escaping @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void)

    /// Participants and corridors as of everything that has been answered.
    var directory: Directory { get }

    /// The payments of the last batches, as of everything that is applied here; nil while not
    /// serving. Whoever asks them does not wait.
    var recent: RecentPayments? { get }

    /// The best levels of both sides of a book as of now; nil while not serving.
    func book(_ foreign: Currency, levels: Int) async -> BookSides?

    /// Waits until what is read of this node is as fresh as is asked; false when it cannot be: the
    /// node does not serve, or nobody leads.
    ///
    /// - Throws: when the task is cancelled; it waits no longer then.
    func waitUntilApplied(_ freshness: ReadFreshness) async throws(CancellationError) -> Bool

    /// Waits until the tables show everything that is applied here; false while not serving.
    ///
    /// - Parameter payment: the only one about which everything has to be shown; nil for all.
    /// - Throws: when the task is cancelled; it waits no longer then.
    func waitForTables(showing payment: UETR?) async throws(CancellationError) -> Bool

    /// Calls `receive` with every batch applied from now on, and with nil when the node stops. It
    /// must not block. Gives a number for ``unwatch(_:)``.
    func watch(_ receive: @escaping @Sendable (AppliedBatch?) -> Void) -> Int

    func unwatch(_ watcher: Int)

    var isServing: Bool { get }

    /// Why it does not come along with the others; nil while it does, and for a node that is alone.
    var standstill: Standstill? { get }

    /// Calls `receive` whenever ``isServing`` or ``standstill`` may have changed, on any thread. It
    /// must not block.
    /// Gives a number for ``unwatchCondition(_:)``.
    func watchCondition(_ receive: @escaping @Sendable () -> Void) -> Int

    func unwatchCondition(_ watcher: Int)

    /// How far it has come; nil while not serving.
    var progress: LedgerProgress? { get }

    /// How it stands in its cluster; nil when it cannot say so now, or never does.
    var standing: NodeStanding? { get }

    /// Lets another node lead, and waits until it does or it is plain that it will not.
    func transferLeadership(to node: UInt64) async -> TransferResult
}

/// Why a node does not come along with the others. Then it has nothing new to show.
package enum Standstill: Sendable {
    /// Nobody is known to lead: commands and fresh reads have to wait.
    case leaderless
    /// The disk of its database has no room for what the others write.
    case noSpace
}

extension Services {
    /// Submits one command of the caller.
    func submit(_ command: EncodedCommand) async throws(GatewayError) -> CommandAnswer {
        try await submit(EncodedCommands(command))[0]
    }

    func submit(_ commands: EncodedCommands) async throws(GatewayError) -> SubmissionAnswer {
        guard !commands.isEmpty else { return .empty }
        let result = await withCheckedContinuation { continuation in
            node.submit(commands, for: owner) { continuation.resume(returning: $0) }
        }
        switch result {
        case .success(let answers): return answers
        case .failure(let failure): throw GatewayError(failure: failure)
        }
    }
}
