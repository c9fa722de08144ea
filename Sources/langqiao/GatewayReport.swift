internal import Benchmark
internal import Domain
internal import Foundation

/// What a benchmark of the gateway found.
struct GatewayReport {
    let load: GatewayLoadResult
    /// Acknowledged payments of the load's sample that the tables do not have.
    let missing: Int
    /// New on record in this run.
    let payments: UInt64
    let fills: UInt64
    /// All payments on record.
    let onRecord: UInt64
    let tableLagSeconds: Double
    let catchUpSeconds: Double
    let gatewaySeconds: Double
    let databaseSeconds: Double
    let databaseBytes: UInt64
    /// The sum of all balances of each currency.
    let sums: [(currency: Currency, sum: Int128)]

    /// As many payments are new on record as were answered, those looked up are among them, and no
    /// money was made or lost. Calls without an answer may have been recorded.
    var isRight: Bool {
        let answered = UInt64(load.accepted + load.refused)
        let isComplete = load.failures.isEmpty ? payments == answered : payments >= answered
        return isComplete && missing == 0 && sums.allSatisfy { $0.sum == 0 }
    }

    private var check: String {
        guard isRight else { return "WRONG: \(wrong)" }
        let count =
            load.failures.isEmpty
            ? "as many on record as answered" : "at least as many on record as answered"
        return "\(count), \(load.sample.count) acknowledged ones looked up and found, sums are zero"
    }

    private var failures: String {
        guard !load.failures.isEmpty else { return "none" }
        let reasons = load.failures.sorted { $0.key < $1.key }.map { "\($0.value) calls \($0.key)" }
        return "\(reasons.joined(separator: ", ")); latency is that of answered calls only"
    }

    private var perSecond: Double { Double(load.accepted) / load.seconds }

    /// The rate in the first and in the last third of the run.
    private var thirds: (first: Double, last: Double) {
        let whole = load.everySecond.dropLast()
        guard whole.count >= 3 else { return (perSecond, perSecond) }
        let third = whole.count / 3
        func mean(_ part: ArraySlice<Int>) -> Double {
            Double(part.reduce(0, +)) / Double(part.count)
        }
        return (mean(whole.prefix(third)), mean(whole.suffix(third)))
    }

    func text(_ options: GatewayLoadOptions, connections: Int) -> String {
        func number(_ value: Double, _ digits: Int = 0) -> String {
            String(format: "%.\(digits)f", value)
        }
        let pace = options.rate.map { "\($0) payments/s, open loop" } ?? "closed loop"
        let latency = load.latency.map { "\($0.name) \(number($0.microseconds / 1_000, 2)) ms" }
        let cost = 100_000 / Double(max(1, payments))
        let unsent =
            load.unsent == 0 ? "" : "\n  not sent         \(load.unsent) calls that were due"
        return """
            \(options.mode), \(options.inFlight) calls in flight by turns over \(connections) \
            connections, \(pace), \(number(load.seconds, 1)) s
              mix              \(GatewayLoad.mix(options))
              durability       every answer after fsync; one node, no replicas; TLS
              payments         \(number(perSecond))/s accepted and durable \
            (first third \(number(thirds.first)), last \(number(thirds.last))), \
            \(load.accepted) accepted, \(load.refused) refused
              settled          \(number(Double(fills) / load.seconds)) pairs/s, \(fills) pairs
              latency of calls \(latency.joined(separator: ", "))\(unsent)
              processor        \(number(gatewaySeconds * cost, 2)) s gateway, \
            \(number(databaseSeconds * cost, 2)) s PostgreSQL per 100,000 payments
              tables           \(number(tableLagSeconds, 1)) s behind at the end, \
            caught up after \(number(catchUpSeconds, 1)) s
              size             \(databaseBytes / max(1, onRecord)) bytes in PostgreSQL a payment, \
            \(onRecord) on record
              failures         \(failures)
              check            \(check)
            """
    }

    private var wrong: String {
        "\(load.accepted + load.refused) answered, \(payments) new on record, \(missing) of "
            + "\(load.sample.count) acknowledged ones missing, sums "
            + sums.map { "\($0.currency.code) \($0.sum)" }.joined(separator: ", ")
    }

    private struct Fields: Encodable {
        var seconds: Double
        var paymentsPerSecond: Double
        var firstThirdPerSecond: Double
        var lastThirdPerSecond: Double
        var accepted: Int
        var refused: Int
        var settledPairsPerSecond: Double
        var latencyMicroseconds: [String: Double]
        var gatewayProcessorSecondsPer100000: Double
        var databaseProcessorSecondsPer100000: Double
        var tableLagSeconds: Double
        var catchUpSeconds: Double
        var bytesPerPayment: UInt64
        var onRecord: UInt64
        var failures: [String: Int]
        var unsentCalls: Int
        var lookedUp: Int
        var missing: Int
        var isRight: Bool
    }

    func json() throws -> String {
        let cost = 100_000 / Double(max(1, payments))
        let fields = Fields(
            seconds: load.seconds, paymentsPerSecond: perSecond,
            firstThirdPerSecond: thirds.first, lastThirdPerSecond: thirds.last,
            accepted: load.accepted, refused: load.refused,
            settledPairsPerSecond: Double(fills) / load.seconds,
            latencyMicroseconds: Dictionary(
                uniqueKeysWithValues: load.latency.map { ($0.name, $0.microseconds) }),
            gatewayProcessorSecondsPer100000: gatewaySeconds * cost,
            databaseProcessorSecondsPer100000: databaseSeconds * cost,
            tableLagSeconds: tableLagSeconds, catchUpSeconds: catchUpSeconds,
            bytesPerPayment: databaseBytes / max(1, onRecord), onRecord: onRecord,
            failures: load.failures, unsentCalls: load.unsent, lookedUp: load.sample.count,
            missing: missing, isRight: isRight)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }
}
