internal import Domain
internal import Gateway
internal import Shares
internal import Synchronization
internal import Testing

/// Whoever waits for changes is told when the node does not come along, and not before.
@Suite struct ContactTests {
    /// A node of which only its condition is seen.
    private final class Conditions: SettlementNode {
        private struct State {
            var standstill: Standstill?
            var isServing = true
            var watchers: [@Sendable () -> Void] = []
        }

        private let state = Mutex(State())
        let directory = Directory()

        func set(_ standstill: Standstill?, isServing: Bool = true) {
            let watchers = state.withLock { state in
                state.standstill = standstill
                state.isServing = isServing
                return state.watchers
            }
            for watcher in watchers { watcher() }
        }

        var isServing: Bool { state.withLock { $0.isServing } }
        var standstill: Standstill? { state.withLock { $0.standstill } }

        func watchCondition(_ receive: @escaping @Sendable () -> Void) -> Int {
            state.withLock {
                $0.watchers.append(receive)
                return $0.watchers.count
            }
        }

        func unwatchCondition(_ watcher: Int) {}

        func submit(
            _ commands: EncodedCommands, for owner: Owner,
            answer: @escaping @Sendable (Result<SubmissionAnswer, SubmissionFailure>) -> Void
        ) { answer(.failure(.unavailable)) }

        func book(_ foreign: Currency, levels: Int) async -> BookSides? { nil }
        func waitUntilApplied(
            _ freshness: ReadFreshness
        ) async throws(CancellationError) -> Bool { false }
        func waitForTables(showing payment: UETR?) async throws(CancellationError) -> Bool {
            false
        }
        func watch(_ receive: @escaping @Sendable (AppliedBatch?) -> Void) -> Int { 0 }
        func unwatch(_ watcher: Int) {}
        var progress: LedgerProgress? { nil }
        var recent: RecentPayments? { nil }
    }

    private final class Losses: Sendable {
        private let noted = Mutex(0)
        var count: Int { noted.withLock { $0 } }
        func note() { noted.withLock { $0 += 1 } }
    }

    private static let patience = Duration.milliseconds(300)

    @Test(.timeLimit(.minutes(1)))
    func aStandstillIsToldOnceItHasLasted() async throws {
        let (node, losses) = (Conditions(), Losses())
        let contact = Contact(node, patience: ContactTests.patience) { losses.note() }
        let count = { losses.count }
        // A change of leaders, and a node that starts anew and says so itself.
        for _ in 0..<5 {
            node.set(.leaderless)
            try await Task.sleep(for: .milliseconds(20))
            node.set(nil)
            node.set(.leaderless, isServing: false)
            node.set(nil)
        }
        try await Task.sleep(for: ContactTests.patience * 2)
        #expect(count() == 0 && !contact.isLost)
        // One that lasts, for whatever reasons, is told once.
        node.set(.leaderless)
        node.set(.noSpace)
        while count() == 0 { try await Task.sleep(for: .milliseconds(10)) }
        node.set(.leaderless)
        try await Task.sleep(for: ContactTests.patience * 2)
        #expect(count() == 1 && contact.isLost)
        node.set(nil)
        #expect(!contact.isLost)
        // And so is the next one.
        node.set(.noSpace)
        while count() == 1 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(contact.isLost)
    }

    /// One that stood still when it was first looked at.
    @Test(.timeLimit(.minutes(1)))
    func aStandstillFromTheBeginningIsTold() async throws {
        let node = Conditions()
        node.set(.leaderless)
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let contact = Contact(node, patience: .milliseconds(50)) { end.finish() }
        for await _ in ends {}
        #expect(contact.isLost)
    }
}
