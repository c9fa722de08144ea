internal import Foundation
internal import Hexadecimal

/// Measures one workload and puts it into words.
package struct EngineReport {
    private let kind: EngineWorkload.Kind
    private let commands: Int
    private let runs: Int
    private let matchingOnly: Bool

    package init(kind: EngineWorkload.Kind, commands: Int, runs: Int, matchingOnly: Bool) {
        self.kind = kind
        self.commands = commands
        self.runs = runs
        self.matchingOnly = matchingOnly
    }

    /// - Parameter progress: told what is being done.
    /// - Returns: lines for people, or one JSON object.
    package func measure(asJSON: Bool, progress: (String) -> Void) throws -> String {
        let result: EngineBenchmark.Result
        if matchingOnly {
            result = EngineBenchmark.runBook(
                kind, operations: commands, runs: runs, progress: progress)
        } else {
            progress("making the stream")
            let workload = EngineWorkload(kind, commands: commands)
            result = EngineBenchmark.run(workload, runs: runs, progress: progress)
        }
        return asJSON ? try json(result) : text(result)
    }

    private var nominalMix: String { matchingOnly ? "\(kind.mix); quantities only" : kind.mix }

    private static let durability = "none: no I/O"

    /// What the counters of this program pass by.
    private static let notCounted =
        "calls for memory of the C library (a test counts them), unowned and weak references"
}

// MARK: For people

extension EngineReport {
    private func text(_ result: EngineBenchmark.Result) -> String {
        let whole = matchingOnly ? "book alone" : "whole engine"
        let passes = runs == 1 ? "1 run" : "\(runs) runs"
        var lines = [
            "\(kind.rawValue.uppercased()), \(whole): \(commands) commands, \(passes), one core",
            line("mix, nominal", nominalMix),
            line("mix, counted", counted(result.counts)),
            line("crossing", crossing(result.counts)),
            line("durability", "\(Self.durability); one node, 0 replicas"),
            line("commands", rate(result.commandsPerSecond)),
            line("fills", "\(rate(result.fillsPerSecond)), \(result.counts.fills) in the stream"),
        ]
        if let latency = result.latency {
            lines.append(line("a command alone", words(latency)))
        }
        if !matchingOnly {
            lines.append(line("runtime", result.steadyState.map(words) ?? "not counted"))
        }
        if let memory = result.memory { lines.append(line("memory", words(memory))) }
        if let account = result.bytesPerAccount {
            lines.append(line("an account", "\(account) bytes"))
        }
        let hash = hexadecimal(result.hash)
        lines.append(line(matchingOnly ? "hash of fills" : "state hash", hash))
        return lines.joined(separator: "\n")
    }

    private func line(_ name: String, _ value: String) -> String {
        "  \(name.padding(toLength: 17, withPad: " ", startingAt: 0))\(value)"
    }

    private func counted(_ counts: StreamCounts) -> String {
        func share(_ part: Int) -> String {
            "\(number(counts.percent(part, of: counts.commands), 1)) %"
        }
        return "\(share(counts.orders)) orders that may rest, "
            + "\(share(counts.inPlaceOfCancellations)) orders in place of cancellations, "
            + "\(share(counts.cancellations)) cancellations, "
            + "\(share(counts.immediate)) that never rest; "
            + "\(counts.refused) refused, \(counts.expired) ended by themselves, "
            + "\(counts.standing) stand at the end"
    }

    private func crossing(_ counts: StreamCounts) -> String {
        "\(number(counts.crossingPercent, 1)) % of the orders that may rest met others on arrival "
            + "(those in place of cancellations left out)"
    }

    private func rate(_ spread: Spread) -> String {
        words(Spread(scaling: spread, by: 1e-6), 2, unit: " million/s")
    }

    private func words(_ latency: LatencySpread) -> String {
        "p50 \(words(latency.p50, 0, unit: " ns")), p99 \(words(latency.p99, 0, unit: " ns")), "
            + "p99.9 \(words(latency.p999, 0, unit: " ns"))"
    }

    private func words(_ steady: SteadyState) -> String {
        func both(_ count: Int, _ name: String) -> String {
            "\(count) \(name) (\(number(Double(count) / Double(max(1, steady.commands)), 4)) each)"
        }
        return "over \(steady.commands) commands: "
            + "\(both(steady.objectsAllocated, "objects allocated")), "
            + "\(both(steady.retains, "retains")), \(both(steady.releases, "releases")), heap "
            + "grew by \(both(steady.heapBytes, "bytes")); not counted: \(Self.notCounted)"
    }

    private func words(_ memory: OpenOrderMemory) -> String {
        let bytes = memory.untilCancelled
        return "\(number(bytes.perOrder, 1)) bytes an open order, over \(memory.openOrders): "
            + "\(number(bytes.orderAndRecord, 1)) order and record, "
            + "\(number(bytes.identifiers, 1)) identifier table, "
            + "\(number(bytes.levels, 1)) price levels; "
            + "\(number(memory.untilTheDayEnds.perOrder, 1)) when it ends by itself; resident "
            + "memory grew by \(number(bytes.resident, 1)) and "
            + "\(number(memory.untilTheDayEnds.resident, 1))"
    }

    private func words(_ spread: Spread, _ digits: Int, unit: String) -> String {
        "\(number(spread.median, digits))\(unit) (\(number(spread.minimum, digits))-"
            + "\(number(spread.maximum, digits)))"
    }

    private func number(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}

// MARK: For programs

extension EngineReport {
    private struct JSONResult: Encodable {
        var workload: String
        var matchingOnly: Bool
        var nominalMix: String
        var countedMix: StreamCounts
        var crossingPercent: Double
        var durability = EngineReport.durability
        var nodes = 1
        var replicas = 0
        var commands: Int
        var runs: Int
        var commandsPerSecond: Spread
        var fillsPerSecond: Spread
        var latencyNanoseconds: LatencySpread?
        var runtime: Runtime?
        var openOrderMemory: OpenOrderMemory?
        var bytesPerAccount: Int?
        var hash: String
    }

    /// Totals over `commands`, or only that nothing was counted.
    private struct Runtime: Encodable {
        var isCounted: Bool
        var commands: Int?
        var objectsAllocated: Int?
        var retains: Int?
        var releases: Int?
        var heapBytes: Int?
        var notCounted: String?

        init(_ steady: SteadyState?) {
            isCounted = steady != nil
            commands = steady?.commands
            objectsAllocated = steady?.objectsAllocated
            retains = steady?.retains
            releases = steady?.releases
            heapBytes = steady?.heapBytes
            notCounted = steady == nil ? nil : EngineReport.notCounted
        }
    }

    private func json(_ result: EngineBenchmark.Result) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let value = JSONResult(
            workload: kind.rawValue, matchingOnly: matchingOnly, nominalMix: nominalMix,
            countedMix: result.counts, crossingPercent: result.counts.crossingPercent,
            commands: commands, runs: runs, commandsPerSecond: result.commandsPerSecond,
            fillsPerSecond: result.fillsPerSecond, latencyNanoseconds: result.latency,
            runtime: matchingOnly ? nil : Runtime(result.steadyState),
            openOrderMemory: result.memory, bytesPerAccount: result.bytesPerAccount,
            hash: hexadecimal(result.hash))
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
