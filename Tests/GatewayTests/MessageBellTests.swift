internal import Domain
internal import Gateway
internal import Synchronization
internal import Testing

/// Who waits for messages is rung for each batch that tells his bank something.
@Suite struct MessageBellTests {
    /// A node of which only the batches are seen.
    private final class Batches: Sendable {
        private let receivers = Mutex<[@Sendable (AppliedBatch?) -> Void]>([])

        func watch(_ receive: @escaping @Sendable (AppliedBatch?) -> Void) {
            receivers.withLock { $0.append(receive) }
        }

        func tell(_ bank: ParticipantID) {
            var effects = Effects()
            var row = BankMessageRow(.statusReport, about: 1, at: 1)
            row.id = BankMessageRow.id(of: bank, 1)
            effects.declared.append(row)
            let applied = AppliedBatch(
                batch: Batch([EncodedCommand](), timestamp: 1), effects: effects)
            for receive in receivers.withLock({ $0 }) { receive(applied) }
        }

        func stop() {
            let stopped = receivers.withLock { receivers in
                defer { receivers = [] }
                return receivers
            }
            for receive in stopped { receive(nil) }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aListenerOfBeforeEndsNobodyElses() async {
        let batches = Batches()
        let bells = MessageBells { batches.watch($0) }
        let (before, endedRings) = bells.listen(to: 1)
        batches.stop()
        var ended = endedRings.makeAsyncIterator()
        // The ring of the subscription, and then the end.
        #expect(await ended.next() != nil)
        #expect(await ended.next() == nil)
        let (_, rings) = bells.listen(to: 2)
        var ringing = rings.makeAsyncIterator()
        #expect(await ringing.next() != nil)
        bells.end(before)
        batches.tell(1)
        batches.tell(2)
        #expect(await ringing.next() != nil)
    }
}
