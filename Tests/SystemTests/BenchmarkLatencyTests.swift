internal import Foundation
internal import Testing

extension SystemTests {
    @Suite("langqiao benchmark latency")
    struct BenchmarkLatencyTests {
        private struct Line: Decodable {
            struct Row: Decodable {
                struct Figures: Decodable {
                    struct Spread: Decodable {
                        var median: Double
                    }
                    var callsPerSecond: Spread
                    var p50: Spread
                    var p99: Spread
                }
                var work: String
                var contender: String
                var inFlight: Int
                var calls: Int
                var figures: Figures
                var ratios: Figures?
                var failures: [String: Int]
            }
            var runs: Int
            var nodes: Int
            var rows: [Row]
            var skipped: [String]
            var accepted: Int
            var refused: Int
            var paymentRows: Int
            var lookedUp: Int
            var missing: Int
            var isRight: Bool
        }

        private static let works = [
            "payment", "payments", "grpcPayments", "pacedPayments", "recentRead", "recentReads",
            "oldRead", "oldReads", "pages",
        ]

        @Test(
            "All kinds of calls are made and counted, and of each peer or it is said why not",
            .timeLimit(.minutes(5)))
        func everything() async throws {
            let peers = ["etcd", "postgres", "nghttpd"]
            try await runBenchmark(
                ["latency", "--seconds", "0.3", "--runs", "2", "--old", "20000", "--json"]
                    + peers.flatMap { ["--against", $0] }
            ) { text, errors in
                let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
                #expect(line.isRight && line.runs == 2 && line.nodes == 1 && errors.isEmpty)
                let own = line.rows.filter { $0.contender == "gateway" }
                #expect(own.map(\.work) == Self.works && own.allSatisfy { $0.ratios == nil })
                for row in line.rows {
                    #expect(row.calls > 0 && row.failures.isEmpty, "\(row)")
                    #expect(row.figures.p50.median <= row.figures.p99.median, "\(row)")
                }
                #expect(own.first { $0.work == "payments" }?.inFlight == 64)
                // Answers that were measured are some of those that were counted in the tables.
                #expect(own.prefix(4).reduce(0) { $0 + $1.calls } < line.accepted)
                #expect(line.accepted + line.refused == line.paymentRows)
                #expect(line.lookedUp == 10_000 && line.missing == 0)
                for peer in peers {
                    let rows = line.rows.filter { $0.contender == peer }
                    #expect(rows.allSatisfy { $0.ratios != nil })
                    #expect(rows.isEmpty == line.skipped.contains { $0.contains(peer) })
                }
            }
        }

        @Test("What is not installed is said to be skipped", .timeLimit(.minutes(5)))
        func skipped() async throws {
            try await runBenchmark(
                [
                    "latency", "--seconds", "0.1", "--runs", "1", "--old", "10000",
                    "--in-flight", "7", "--against", "etcd",
                ], onlyFinding: ["setpriv"]
            ) { text, _ in
                #expect(text.contains("single calls, one node, one run of 0.1 s of each kind"))
                #expect(text.contains("\n7 payments in flight, gRPC  "), "\(text)")
                #expect(text.contains("\nskipped: etcd is not installed (Debian: etcd-server)"))
                #expect(text.contains("\ncheck: every call answered; "), "\(text)")
            }
        }
    }
}
