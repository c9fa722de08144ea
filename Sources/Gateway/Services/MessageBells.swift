internal import Domain
internal import Synchronization

/// Rings for those who wait for messages to a bank.
///
/// A bell says only that there is something new: what it is stands in the tables. So nothing is
/// kept for a listener but whether it rang since he last looked.
final class MessageBells: Sendable {
    private struct Listener {
        let participant: ParticipantID
        let bell: AsyncStream<Void>.Continuation
    }

    private struct Shared {
        var listeners: [UInt64: Listener] = [:]
        var last: UInt64 = 0
        var isSubscribed = false
    }

    private let shared = Mutex(Shared())
    private let node: any SettlementNode

    init(_ node: any SettlementNode) {
        self.node = node
    }

    /// Rings whenever the bank has new messages, from now on; ends when the node stops or
    /// ``end(_:)`` is called.
    func listen(to participant: ParticipantID) -> (number: UInt64, rings: AsyncStream<Void>) {
        let (rings, bell) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (number, subscribes) = shared.withLock { shared in
            shared.last += 1
            shared.listeners[shared.last] = Listener(participant: participant, bell: bell)
            defer { shared.isSubscribed = true }
            return (shared.last, !shared.isSubscribed)
        }
        if subscribes { _ = node.watch { [weak self] in self?.receive($0) } }
        return (number, rings)
    }

    func end(_ number: UInt64) {
        shared.withLock { $0.listeners.removeValue(forKey: number) }?.bell.finish()
    }

    /// Called on the replica's thread.
    private func receive(_ applied: AppliedBatch?) {
        guard let applied else { return endAll() }
        guard !applied.effects.declared.isEmpty else { return }
        let told = Set(applied.effects.declared[BankMessageRow.self].map(\.participant))
        guard !told.isEmpty else { return }
        let bells = shared.withLock { shared in
            shared.listeners.values.filter { told.contains($0.participant) }.map(\.bell)
        }
        for bell in bells { bell.yield() }
    }

    private func endAll() {
        let bells = shared.withLock { shared in
            // Numbers go on: who was ended by this still ends his own, and nobody else's.
            defer { shared = Shared(last: shared.last) }
            return shared.listeners.values.map(\.bell)
        }
        for bell in bells { bell.finish() }
    }
}
