internal import CMemory
internal import Shares

/// Gives memory back to the system after a time of much work.
///
/// The allocator keeps what was freed for the next time, which is right while there is work: memory
/// touched for the first time costs microseconds a page. A gateway that has nothing to do needs
/// none of it.
final class MemoryReturn: Sendable {
    private static let period = Duration.seconds(1)
    /// Bytes held by requests and answers: below the first a gateway rests, above the second there
    /// was something worth giving back.
    private static let rest = 2 << 20
    private static let much = 4 << 20
    /// Connections fewer than there were, each with what TLS and HTTP/2 keep for it, some hundred
    /// kilobytes, are worth it too.
    private static let manyConnections = 32

    private let task: Task<Void, any Error>

    /// - Parameters:
    ///   - take: the bytes that requests and answers hold now, and the most since the last call.
    ///   - connections: how many are open.
    init(
        _ take: @escaping @Sendable () -> (now: Int, peak: Int),
        connections: @escaping @Sendable () -> Int
    ) {
        task = Task {
            var isDue = false
            var mostConnections = 0
            while true {
                try await Task.sleep(for: MemoryReturn.period)
                let held = take()
                isDue = isDue || held.peak > MemoryReturn.much
                let open = connections()
                mostConnections = max(mostConnections, open)
                if mostConnections - open >= MemoryReturn.manyConnections {
                    isDue = true
                    mostConnections = open
                }
                // A whole period of rest: a moment between two messages is none.
                guard isDue, held.peak < MemoryReturn.rest else { continue }
                isDue = false
                try await WorkerThread.run("memory") { return_free_memory() }
            }
        }
    }

    func end() { task.cancel() }
}
