internal import Foundation
internal import Testing

extension SystemTests {
    @Suite("langqiao benchmark gateway")
    struct BenchmarkGatewayTests {
        private struct Line: Decodable {
            struct Load: Decodable {
                var mode: String
                var paymentsPerCall: Int
                var inFlight: Int
            }
            struct Check: Decodable {
                var paymentRows: Int
                var lookedUp: Int
                var missing: Int
                var differing: Int
            }
            var load: Load
            var runs: Int
            var replicas: Int
            var accepted: Int
            var checks: [Check]
            var isRight: Bool
        }

        @Test(
            "Runs on new databases give one line of JSON, and nothing else", .timeLimit(.minutes(3))
        )
        func runs() async throws {
            try await runBenchmark(
                [
                    "gateway", "--seconds", "3", "--mode", "records", "500", "--runs", "2",
                    "--json",
                ]
            ) { text, errors in
                let line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
                #expect(line.isRight && line.runs == 2 && line.replicas == 0 && errors.isEmpty)
                #expect(line.load.mode == "records" && line.load.paymentsPerCall == 500)
                #expect(line.load.inFlight == 4 && line.checks.count == 2)
                #expect(line.accepted > 0)
                #expect(line.checks.reduce(0) { $0 + $1.paymentRows } == line.accepted)
                for check in line.checks {
                    #expect(check.lookedUp == min(10_000, check.paymentRows))
                    #expect(check.missing == 0 && check.differing == 0)
                }
            }
        }

        @Test("Calls that an overloaded gateway never got count", .timeLimit(.minutes(3)))
        func overload() async throws {
            try await runBenchmark(
                ["gateway", "--seconds", "3", "--mode", "single", "--rate", "1000000"]
            ) { text, errors in
                #expect(text.contains("single payments as JSON, 64 in flight by turns over 16"))
                #expect(text.contains("open loop at 1,000,000 payments/s, 3 s, a new database"))
                #expect(text.contains("p50 at least "), "\(text)")
                #expect(text.contains(" calls due and not sent"), "\(text)")
                #expect(text.contains("looked up, all found and as their fills say"), "\(text)")
                #expect(errors.contains(" of 3 s: "), "progress on standard error: \(errors)")
            }
        }
    }
}
