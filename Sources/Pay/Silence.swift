internal import Synchronization

/// How long nothing was heard.
final class Silence: Sendable {
    private let longest: Duration
    private let since = Mutex(ContinuousClock.now)

    init(_ longest: Duration) { self.longest = longest }

    private var rest: Duration { longest - since.withLock { ContinuousClock.now - $0 } }

    var hasLasted: Bool { rest <= .zero }

    func interrupt() { since.withLock { $0 = .now } }

    /// Returns once it has lasted for the longest time.
    func wait() async throws {
        while !hasLasted { try await Task.sleep(for: rest) }
    }
}
