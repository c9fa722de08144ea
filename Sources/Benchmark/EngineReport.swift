internal import Foundation

/// Measures one workload and puts it into words.
public struct EngineReport {
    private let kind: EngineWorkload.Kind
    private let commands: Int
    private let runs: Int
    private let matchingOnly: Bool

    public init(kind: EngineWorkload.Kind, commands: Int, runs: Int, matchingOnly: Bool) {
        self.kind = kind
        self.commands = commands
        self.runs = runs
        self.matchingOnly = matchingOnly
    }

    /// - Parameter progress: told what is being done.
    /// - Returns: lines for people, or one JSON object.
    public func measure(asJSON: Bool, progress: (String) -> Void) throws -> String {
        let mix: String
        let result: EngineBenchmark.Result
        if matchingOnly {
            mix = "60 % orders, 35 % cancellations, 5 % immediate-or-cancel; quantities only"
            result = EngineBenchmark.runBook(
                kind, operations: commands, runs: runs, progress: progress)
        } else {
            progress("making the stream")
            let workload = EngineWorkload(kind, commands: commands)
            mix = workload.mix
            result = EngineBenchmark.run(workload, runs: runs, progress: progress)
        }
        return asJSON ? try json(result, mix) : text(result, mix)
    }

    private var title: String {
        "\(kind.rawValue.uppercased()), \(matchingOnly ? "book alone" : "whole engine")"
    }

    private func text(_ result: EngineBenchmark.Result, _ mix: String) -> String {
        var lines = [
            "\(title): \(commands) commands, \(runs) runs, one core, no I/O, no replicas",
            "  mix              \(mix)",
            "  commands         \(rate(result.commandsPerSecond))",
            "  fills            \(rate(result.fillsPerSecond)), \(result.fills) in the stream",
        ]
        if !matchingOnly {
            lines.append("  crossing         \(result.crossingPercent) % of the orders")
        }
        if let latency = result.latency {
            lines.append(
                "  a command alone  p50 \(latency.p50) ns, p99 \(latency.p99) ns, "
                    + "p99.9 \(latency.p999) ns")
        }
        if let steady = result.steadyState {
            lines.append(
                "  runtime          \(steady.allocations) objects allocated, \(steady.retains) "
                    + "retains, heap grew by \(steady.heapBytes) bytes over \(steady.commands) "
                    + "commands")
        }
        if let order = result.bytesPerOpenOrder, let account = result.bytesPerAccount {
            lines.append("  memory           \(order) bytes an order, \(account) bytes an account")
        }
        lines.append(
            "  \(matchingOnly ? "hash of fills    " : "state hash       ")"
                + String(result.hash, radix: 16))
        return lines.joined(separator: "\n")
    }

    private func rate(_ spread: Spread) -> String {
        func million(_ value: Double) -> String { String(format: "%.2f", value / 1e6) }
        return "\(million(spread.median)) million/s (\(million(spread.minimum))-"
            + "\(million(spread.maximum)))"
    }

    private struct JSONResult: Encodable {
        var workload: String
        var matchingOnly: Bool
        var mix: String
        var commands: Int
        var runs: Int
        var commandsPerSecond: Spread
        var fillsPerSecond: Spread
        var fills: Int
        var crossingPercent: Int
        var latencyNanoseconds: LatencySummary?
        var objectsAllocated: Int?
        var retains: Int?
        var heapBytes: Int?
        var bytesPerOpenOrder: Int?
        var bytesPerAccount: Int?
        var hash: String
    }

    private func json(_ result: EngineBenchmark.Result, _ mix: String) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let value = JSONResult(
            workload: kind.rawValue, matchingOnly: matchingOnly, mix: mix, commands: commands,
            runs: runs, commandsPerSecond: result.commandsPerSecond,
            fillsPerSecond: result.fillsPerSecond, fills: result.fills,
            crossingPercent: result.crossingPercent, latencyNanoseconds: result.latency,
            objectsAllocated: result.steadyState?.allocations,
            retains: result.steadyState?.retains, heapBytes: result.steadyState?.heapBytes,
            bytesPerOpenOrder: result.bytesPerOpenOrder, bytesPerAccount: result.bytesPerAccount,
            hash: String(result.hash, radix: 16))
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
