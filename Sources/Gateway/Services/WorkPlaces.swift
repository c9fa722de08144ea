internal import Domain
internal import Shares

/// Where long computations are done, so that nobody's short ones wait for them: threads of their
/// own, in turns between owners.
final class WorkPlaces: Sendable {
    private typealias Workers = FairWorkers<Void>

    /// How long a computation is.
    enum Length {
        /// Milliseconds: a message of payment records.
        case short
        /// More: documents, requests with many orders, the text of long answers. Its threads yield
        /// to everything else on the machine.
        case long
    }

    /// Bytes of requests that are read where they arrive; more would keep an event loop too long.
    static let shortRequest = 8 << 10
    /// Bytes from which on reading a request takes milliseconds.
    static let longRequest = 32 << 10

    private let short: Workers
    private let long: Workers

    /// - Throws: when the system gives no more threads.
    init() throws {
        short = try Workers(
            Workers.Configuration(
                threads: 2, waiting: 1_024, waitingPerOwner: 256, threadsPerOwner: 1)
        ) { _ in }
        long = try Workers(
            Workers.Configuration(
                threads: 2, niceness: 10, waiting: 1_024, waitingPerOwner: 256, threadsPerOwner: 1)
        ) { _ in }
    }

    deinit {
        short.close {}
        long.close {}
    }

    /// - Throws: `OVERLOADED` when too much of the owner's waits already; `CancellationError`;
    ///   what `body` throws.
    func run<Value: Sendable>(
        _ length: Length, for owner: Owner, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await (length == .short ? short : long).run(for: owner) { _, _ in
                try body()
            }
        } catch is Workers.Refusal {
            throw GatewayError(.overloaded, "too much work of this caller waits already")
        }
    }
}

extension Services {
    /// Computes on the threads for it, in the caller's turn.
    func compute<Value: Sendable>(
        _ length: WorkPlaces.Length, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await work.run(length, for: owner, body)
    }

    /// Reads a request of so many bytes: a short one at once, others on the threads for them.
    func compute<Value: Sendable>(
        ifLong bytes: Int, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        guard bytes > WorkPlaces.shortRequest else { return try body() }
        return try await compute(bytes > WorkPlaces.longRequest ? .long : .short, body)
    }
}
