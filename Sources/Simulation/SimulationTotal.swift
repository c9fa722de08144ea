internal import Hexadecimal

/// Sums over runs, for people.
package struct SimulationTotal {
    private var runs = 0
    private var virtualSeconds = 0.0
    private var events = 0
    private var messages = 0
    private var elections = 0
    private var commits = 0
    private var answers = 0
    private var calms = 0
    private var faults: [FaultKind: Int] = [:]
    private var broken = 0
    private var repeated = 0
    private var different: [UInt64] = []
    private var trace: UInt64 = 0

    package init() {}

    /// No promise was broken, and what was repeated was the same.
    package var isSound: Bool { broken == 0 && different.isEmpty }

    package mutating func add(_ result: SimulationResult) {
        runs += 1
        virtualSeconds += result.virtualSeconds
        events += result.events
        messages += result.messages
        elections += result.elections
        commits += result.commits
        answers += result.answers
        calms += result.calms
        faults.merge(result.faults) { $0 + $1 }
        trace = trace &* 31 &+ result.trace
        if result.violation != nil { broken += 1 }
    }

    /// Takes two runs of one seed.
    package mutating func addRepetition(_ first: SimulationResult, _ second: SimulationResult) {
        repeated += 1
        virtualSeconds += second.virtualSeconds
        if first.trace != second.trace || first.events != second.events {
            different.append(first.seed)
        }
    }

    private var verdict: String {
        if broken > 0 { return "\(broken) of \(runs) runs broke a promise" }
        return isSound ? "all promises held" : "runs differ when they are repeated"
    }

    package func text(realSeconds: Double) -> String {
        let kinds = FaultKind.allCases.filter { faults[$0] != nil }
            .map { "\($0.title) \(faults[$0] ?? 0)" }
        let speed = Int(virtualSeconds / max(realSeconds, 0.001))
        let repetition =
            if repeated == 0 {
                "none twice: that is for seeds that 20 divides"
            } else if different.isEmpty {
                "\(repeated) of them twice, same each time"
            } else {
                "different when repeated: \(different)"
            }
        return """
            runs        \(runs); \(repetition)
            time        \((virtualSeconds / 3600).text) virtual hours in \(realSeconds.text) s, \
            \(speed) times real time
            events      \(events), of them messages sent \(messages)
            elections   \(elections) won
            commits     \(commits); operations answered \(answers)
            calms       \(calms), each to be recovered from
            faults      \(kinds.joined(separator: ", "))
            trace       \(hexadecimal(trace)), the same for the same seeds
            verdict     \(verdict)
            """
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
