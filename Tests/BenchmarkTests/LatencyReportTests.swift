import Benchmark
import Foundation
import Testing

/// What a benchmark of single calls says, from made-up runs.
@Suite struct LatencyReportTests {
    private static func result(
        calls: Int, p50: Double, p99: Double, failures: [String: Int] = [:]
    ) -> LatencyResult {
        func percentile(_ name: String, _ value: Double) -> LatencyPercentile {
            LatencyPercentile(name: name, milliseconds: value, isLowerBound: false)
        }
        var result = LatencyResult()
        result.calls = calls
        result.seconds = 2
        result.p50 = percentile("p50", p50)
        result.p99 = percentile("p99", p99)
        result.failures = failures
        return result
    }

    /// Three runs of one kind of calls beside etcd, and a peer that is not there.
    private static func report(
        rows: Int = 100, failures: [String: Int] = [:]
    ) -> LatencyReport {
        var table = LatencyTable()
        for (own, peer) in [(0.6, 0.4), (0.8, 0.4), (0.5, 0.5)] {
            table.add(
                .payment, .gateway, "langqiao",
                result(calls: 2_000, p50: own, p99: own * 2, failures: failures))
            table.add(.payment, .etcd, "etcd 3.4.5", result(calls: 4_000, p50: peer, p99: peer * 4))
        }
        var load = GatewayLoadResult()
        load.accepted = 100
        var record = GatewayRecord()
        record.paymentRows = rows
        record.countedPayments = rows
        return LatencyReport(
            LatencyOptions(seconds: 2, runs: 3, old: 10_000), table,
            skipped: ["nghttpd is not installed (Debian: nghttp2-server)"], load: load,
            record: record)
    }

    @Test("A ratio is of neighbours: the gateway's value over the peer's in the same run")
    func text() {
        let text = Self.report().text()
        for words in [
            "single calls, one node, 3 runs of 2 s of each kind\n",
            "one payment in flight, JSON  1,000 (1,000-1,000)  0.600 (0.500-0.800)",
            "  etcd 3.4.5                 2,000 (2,000-2,000)  0.400 (0.400-0.500)",
            "0.50 (0.50-0.50)  1.50 (1.00-2.00)  0.75 (0.50-1.00)",
            "\nskipped: nghttpd is not installed (Debian: nghttp2-server)\n",
            "\ncheck: every call answered; 100 rows of payments, as many as answered",
        ] {
            #expect(text.contains(words), "\(words) is not in \(text)")
        }
    }

    @Test("A call without a right answer, and a payment that is not on record, are faults")
    func faults() throws {
        #expect(Self.report().isRight)
        for (report, words) in [
            (Self.report(rows: 99), "100 payments answered, 99 rows"),
            (
                Self.report(failures: ["HTTP 503": 2]),
                "one payment in flight, JSON: 6 × HTTP 503"
            ),
        ] {
            #expect(!report.isRight && report.text().contains("\nWRONG: "))
            #expect(report.text().contains(words), "\(report.text())")
            #expect(try report.json().contains("\"isRight\":false"))
        }
    }
}
