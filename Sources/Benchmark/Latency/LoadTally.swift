internal import LoadClient
internal import Shares

/// What became of the calls of one kind in one time of sending.
package struct LatencyResult: Sendable {
    /// Answered rightly.
    package var calls = 0
    package var seconds = 0.0
    /// From when a call was due to the end of its answer, in milliseconds; nil without a call.
    package var p50: LatencyPercentile?
    package var p99: LatencyPercentile?
    /// Calls without an answer, or with a wrong one, by reason.
    package var failures: [String: Int] = [:]

    package init() {}

    package var callsPerSecond: Double { seconds > 0 ? Double(calls) / seconds : 0 }
}

/// Counts the calls of one load. Failures count in the percentiles as waiting at least so long, and
/// those of the time for warming up are told, too.
struct LoadTally {
    private var latency = CallLatency()
    private var calls = 0
    private var failures: [String: Int] = [:]

    mutating func answered(after nanoseconds: UInt64, isMeasured: Bool, _ fault: String?) {
        if let fault { return failed(after: nanoseconds, fault) }
        guard isMeasured else { return }
        calls += 1
        latency.answered(after: nanoseconds)
    }

    mutating func failed(after nanoseconds: UInt64, _ reason: String) {
        failures[reason, default: 0] += 1
        latency.unanswered(after: nanoseconds)
    }

    /// The load ended before its time.
    mutating func broke(_ reason: String) {
        failures[reason, default: 0] += 1
    }

    func result(seconds: Double) -> LatencyResult {
        var result = LatencyResult()
        result.calls = calls
        result.seconds = seconds
        let percentiles = latency.percentiles
        result.p50 = percentiles.first { $0.name == "p50" }
        result.p99 = percentiles.first { $0.name == "p99" }
        result.failures = failures
        return result
    }
}

/// Calls of one kind: values, made and checked one after the other.
protocol LatencyCalls: Sendable {
    /// As ``LoadSource/request(_:)``.
    mutating func next(_ number: Int) -> LoadRequest?

    /// What is wrong with an answer; nil when nothing is.
    mutating func fault(in answer: LoadAnswer) -> String?
}

/// Where a load goes: a port of this machine, and as whom.
struct LoadTarget: Sendable {
    let port: Int
    /// Of the connections, in this order, again and again.
    let identities: [LoadIdentity]

    static let host = "127.0.0.1"

    var authority: String { "\(LoadTarget.host):\(port)" }

    /// Makes the calls from a thread of its own.
    ///
    /// - Returns: the calls after the last one, and what became of them.
    /// - Throws: ``LoadError`` when no connection comes about.
    func run<Calls: LatencyCalls>(
        _ calls: Calls, connections count: Int, _ pace: LoadPace
    ) async throws -> (calls: Calls, result: LatencyResult) {
        try await WorkerThread.run("load") {
            let connections = try (0..<count).map { number in
                try LoadConnection(
                    LoadTarget.host, port: port, identities[number % identities.count])
            }
            let counted = CountedCalls(calls)
            var loop = LoadLoop(connections, counted, pace)
            let seconds: Double
            do {
                seconds = try loop.run()
            } catch {
                counted.tally.broke("\(error)")
                seconds = 0
            }
            return (counted.calls, counted.tally.result(seconds: seconds))
        }
    }
}

private final class CountedCalls<Calls: LatencyCalls>: LoadSource {
    var calls: Calls
    var tally = LoadTally()

    init(_ calls: Calls) {
        self.calls = calls
    }

    func request(_ number: Int) -> LoadRequest? { calls.next(number) }

    func answered(_ answer: LoadAnswer) {
        tally.answered(
            after: answer.nanoseconds, isMeasured: answer.isMeasured, calls.fault(in: answer))
    }

    func failed(_ number: Int, after nanoseconds: UInt64, _ reason: String) {
        tally.failed(after: nanoseconds, reason)
    }
}
