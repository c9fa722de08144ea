package import Domain
internal import Synchronization

/// Rings for those who wait for messages to a bank.
///
/// A bell says only that there is something new: what it is stands in the tables. So nothing is
/// kept for a listener but whether it rang since he last looked.
package final class MessageBells: Sendable {
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
    private let watch: Watch

    /// Has the receiver called with every batch applied from now on, and with nil at the end.
    package typealias Watch =
        @Sendable (_ receive: @escaping @Sendable (AppliedBatch?) -> Void) -> Void

    package init(_ watch: @escaping Watch) {
        self.watch = watch
    }

    /// Rings whenever the bank has new messages, from now on; ends when the node stops or
    /// ``end(_:)`` is called.
    package func listen(to participant: ParticipantID) -> (number: UInt64, rings: AsyncStream<Void>)
    {
        let (rings, bell) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (number, subscribes) = shared.withLock { shared in
            shared.last += 1
            shared.listeners[shared.last] = Listener(participant: participant, bell: bell)
            defer { shared.isSubscribed = true }
            return (shared.last, !shared.isSubscribed)
        }
        if subscribes {
            watch { [weak self] in self?.receive($0) }
            // Who came between has not heard of what was told before the subscription.
            for bell in bells(where: { _ in true }) { bell.yield() }
        }
        return (number, rings)
    }

    package func end(_ number: UInt64) {
        shared.withLock { $0.listeners.removeValue(forKey: number) }?.bell.finish()
    }

    /// The same for all that there are now.
    package func stopAll() {
        for bell in bells(where: { _ in true }) { bell.finish() }
    }

    /// Called on the replica's thread.
    private func receive(_ applied: AppliedBatch?) {
        guard let applied else { return endAll() }
        guard !applied.effects.declared.isEmpty else { return }
        let told = Set(applied.effects.declared[BankMessageRow.self].map(\.participant))
        guard !told.isEmpty else { return }
        for bell in bells(where: { told.contains($0) }) { bell.yield() }
    }

    private func bells(
        where isMeant: (ParticipantID) -> Bool
    ) -> [AsyncStream<Void>.Continuation] {
        shared.withLock { shared in
            shared.listeners.values.filter { isMeant($0.participant) }.map(\.bell)
        }
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
