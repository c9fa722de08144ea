internal import Hexadecimal

/// Sums over runs, for people.
package struct SimulationTotal<Result: SimulationResult> {
    private var results: [Result] = []
    private var repeatedSeconds: [Double] = []
    private var different: [UInt64] = []

    package init() {}

    /// No promise was broken, and what was repeated was the same.
    package var isSound: Bool {
        different.isEmpty && results.allSatisfy { $0.violation == nil }
    }

    package mutating func add(_ result: Result) { results.append(result) }

    /// Takes the second run of a seed.
    package mutating func addRepetition(_ first: Result, _ second: Result) {
        repeatedSeconds.append(second.virtualSeconds)
        if first.trace != second.trace || first.events != second.events {
            different.append(first.seed)
        }
    }

    private var verdict: String {
        let broken = results.count { $0.violation != nil }
        if broken > 0 { return "\(broken) of \(results.count) runs broke a promise" }
        return isSound ? "all promises held" : "runs differ when they are repeated"
    }

    private var repetition: String {
        if repeatedSeconds.isEmpty { return "none twice: that is for seeds that 20 divides" }
        return different.isEmpty
            ? "\(repeatedSeconds.count) of them twice, same each time"
            : "different when repeated: \(different)"
    }

    private var faults: String {
        let sums = results.reduce(into: [FaultKind: Int]()) { sums, result in
            sums.merge(result.faults) { $0 + $1 }
        }
        return FaultKind.allCases.compactMap { kind in sums[kind].map { "\(kind.title) \($0)" } }
            .joined(separator: ", ")
    }

    private var calms: String {
        let count = results.reduce(0) { $0 + $1.calms }
        if count == 0 { return "none: every run ended before its first one" }
        return "\(count), in which the cluster had to recover"
    }

    package func text(realSeconds: Double) -> String {
        let seconds = results.reduce(0) { $0 + $1.virtualSeconds }
        let all = repeatedSeconds.reduce(seconds, +)
        let trace = results.reduce(UInt64(0)) { $0 &* 31 &+ $1.trace }
        let lines =
            [
                ("runs", "\(results.count); \(repetition)"),
                (
                    "time",
                    "\((seconds / 3600).text) virtual hours in \(realSeconds.text) s, "
                        + "\(Int(all / max(realSeconds, 0.001))) times real time"
                ),
                ("events", "\(results.reduce(0) { $0 + $1.events })"),
            ] + Result.lines(results) + [
                ("calms", calms),
                ("faults", faults),
                ("trace", "\(hexadecimal(trace)), the same for the same seeds"),
                ("verdict", verdict),
            ]
        return lines.map { name, text in
            name + String(repeating: " ", count: max(1, 12 - name.count)) + text
        }.joined(separator: "\n")
    }
}

extension Double {
    /// With two digits behind the point.
    package var text: String {
        let hundredths = Int((self * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
