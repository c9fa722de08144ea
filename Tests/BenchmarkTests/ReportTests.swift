import Foundation
import Testing

/// What programs read of `langqiao benchmark engine --json`.
@Suite struct ReportTests {
    private struct Spread: Decodable {
        let median: Double
        let minimum: Double
        let maximum: Double

        var isOrdered: Bool { 0 < minimum && minimum <= median && median <= maximum }
    }

    private struct Report: Decodable {
        struct Mix: Decodable {
            let orders: Int
            let crossingOrders: Int
            let inPlaceOfCancellations: Int
            let cancellations: Int
            let immediate: Int
            let refused: Int
            let fills: Int
        }

        struct Latency: Decodable {
            let p50: Spread
            let p99: Spread
            let p999: Spread
        }

        struct Runtime: Decodable {
            let isCounted: Bool
            let commands: Int
            let objectsAllocated: Int
            let retains: Int
            let notCounted: String
        }

        let workload: String
        let nominalMix: String
        let countedMix: Mix
        let crossingPercent: Double
        let durability: String
        let nodes: Int
        let replicas: Int
        let commands: Int
        let runs: Int
        let commandsPerSecond: Spread
        let fillsPerSecond: Spread
        let latencyNanoseconds: Latency
        let runtime: Runtime
        let hash: String
    }

    /// In a process of its own, for the counters bear no other threads.
    @Test(.needsShortWorkload, arguments: ["w1", "w3"])
    func theReportSaysWhatRan(workload: String) throws {
        let text = try ThresholdTests.run(
            try #require(ThresholdTests.program), ["report", workload])
        let report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
        let mix = report.countedMix
        #expect(report.workload == workload)
        #expect(report.commands == 100_000 && report.runs == 2)
        #expect(
            mix.orders + mix.inPlaceOfCancellations + mix.cancellations + mix.immediate
                == report.commands)
        #expect(mix.refused == 0 && mix.fills > 10_000)
        #expect(
            report.crossingPercent == 100 * Double(mix.crossingOrders) / Double(mix.orders))
        #expect((20.0...80).contains(report.crossingPercent))
        // While fewer than 10,000 orders stand W1 places orders instead of cancelling any.
        #expect((mix.inPlaceOfCancellations > 10_000) == (workload == "w1"))
        #expect(report.nominalMix.contains(workload == "w1" ? "35 %" : "64 banks"))
        #expect(report.durability == "none: no I/O" && report.nodes == 1 && report.replicas == 0)
        #expect(report.commandsPerSecond.isOrdered && report.fillsPerSecond.isOrdered)
        let latency = report.latencyNanoseconds
        #expect(latency.p50.isOrdered && latency.p99.isOrdered && latency.p999.isOrdered)
        #expect(latency.p50.median < latency.p999.median)
        #expect(report.runtime.isCounted && report.runtime.commands > 40_000)
        #expect(report.runtime.objectsAllocated == 0 && report.runtime.retains == 0)
        #expect(report.runtime.notCounted.contains("memory"))
        #expect(report.hash.count == 16 && report.hash.allSatisfy(\.isHexDigit))
    }
}
