import Benchmark
import Foundation
import Testing

/// What a benchmark of the gateway says, from made-up runs.
@Suite struct GatewayReportTests {
    /// A run in which everything is right; the rate falls from 1,000 a second to 800.
    private static func run(seconds: Double = 10) -> GatewayRun {
        var load = GatewayLoadResult()
        load.seconds = seconds
        load.calls = 90
        load.accepted = 9_000
        load.tenths = [Int](repeating: 1_000, count: 5) + [Int](repeating: 800, count: 5)
        var latency = CallLatency()
        for milliseconds in 1...90 as ClosedRange<UInt64> {
            latency.answered(after: milliseconds * 1_000_000)
        }
        load.latency = latency.percentiles
        var record = GatewayRecord()
        record.paymentRows = 9_000
        record.countedPayments = 9_000
        record.fillRows = 4_400
        record.countedFills = 4_400
        record.lookedUp = 9_000
        record.sums = ["CNY": 0, "THB": 0]
        return GatewayRun(
            load: load, record: record,
            tables: TableTimes(lagAtEnd: 1.5, greatestLag: 2.5, catchUp: 1.25),
            cost: GatewayCost(
                gatewaySeconds: 0.45, databaseSeconds: 0.9, databaseBytes: 5_400_000,
                onRecord: 9_000))
    }

    private static func report(_ runs: [GatewayRun], rate: Int? = nil) -> GatewayReport {
        GatewayReport(
            GatewayLoadOptions(
                mode: .records(8_000), inFlight: 4, rate: rate, seconds: 10, equalAmounts: true),
            connections: 16, threads: 2, keepsDatabase: false, runs: runs)
    }

    /// The part of the JSON that says what was measured, and under which conditions.
    private struct Line: Decodable {
        struct Load: Decodable, Equatable {
            var mode: String
            var form: String
            var paymentsPerCall: Int
            var equalAmounts: Bool
            var inFlight: Int
            var connections: Int
            var threads: Int
            var loop: String
            var rate: Int?
            var seconds: Int
        }
        struct Latency: Decodable {
            var milliseconds: Spread
            var isLowerBound: Bool
        }
        struct Check: Decodable {
            var paymentRows: Int
            var fillRows: Int
            var sums: [String: String]
        }
        var load: Load
        var mix: String
        var durability: String
        var nodes: Int
        var replicas: Int
        var tls: Bool
        var keptDatabase: Bool
        var runs: Int
        var paymentsPerSecond: Spread
        var tenthsPerSecond: [Spread]
        var lastHalfPercent: Spread
        var pairs: Int
        var pairsPerSecond: Spread
        var latency: [String: Latency]
        var unsentCalls: Int
        var tableLagSeconds: Spread
        var greatestTableLagSeconds: Spread
        var catchUpSeconds: Spread
        var checks: [Check]
        var isRight: Bool
    }

    @Test("The JSON states mode, mix, durability and replicas with every figure")
    func json() throws {
        let report = Self.report(
            [Self.run(), Self.run(seconds: 12), Self.run(seconds: 9)], rate: 900)
        let line = try JSONDecoder().decode(Line.self, from: Data(report.json().utf8))
        #expect(
            line.load
                == Line.Load(
                    mode: "records", form: "packed", paymentsPerCall: 8_000, equalAmounts: true,
                    inFlight: 4, connections: 16, threads: 2, loop: "open", rate: 900, seconds: 10))
        #expect(line.mix.contains("1,000 yuan each") && line.durability.contains("fsync"))
        #expect(line.nodes == 1 && line.replicas == 0 && line.tls && !line.keptDatabase)
        #expect(line.runs == 3 && line.pairs == 13_200 && line.unsentCalls == 0)
        let rates = line.paymentsPerSecond
        #expect(rates.median == 900 && rates.minimum == 750 && rates.maximum == 1_000)
        #expect(line.pairsPerSecond.median == 440)
        #expect(
            line.tenthsPerSecond.map(\.median) == [1_000, 1_000, 1_000, 1_000, 1_000]
                + [800, 800, 800, 800, 800])
        #expect(line.lastHalfPercent.maximum == 80)
        #expect(line.latency.keys.sorted() == ["max", "p50", "p90", "p99", "p99.9"])
        let median = try #require(line.latency["p50"])
        #expect(abs(median.milliseconds.median - 45) < 0.1 && !median.isLowerBound)
        #expect(line.tableLagSeconds.median == 1.5 && line.greatestTableLagSeconds.median == 2.5)
        #expect(line.catchUpSeconds.median == 1.25)
        #expect(line.checks.map(\.paymentRows) == [9_000, 9_000, 9_000])
        #expect(
            line.checks[2].fillRows == 4_400 && line.checks[2].sums == ["CNY": "0", "THB": "0"])
        #expect(line.isRight)
    }

    @Test("The text has plain words, and a spread where there are several runs")
    func text() {
        let one = Self.report([Self.run()]).text()
        for words in [
            "records of 8,000 payments a call, 4 in flight by turns over 16 connections, ",
            "closed loop, 10 s, a new database, 2 threads for connections",
            "900/s accepted and durable; 9,000 accepted",
            "1,000 1,000 800 800 800 800 800 payments/s; the last half ran at 80 % of the first",
            "p50 45.02 ms,", "1.5 s behind at the end of sending, at most 2.5 s",
            "caught up 1.2 s after the last answer", "unanswered       none",
            "9,000 rows of payments, as many as answered; 4,400 of fills",
        ] {
            #expect(one.contains(words), "\(words) is not in \(one)")
        }
        let two = Self.report([Self.run(), Self.run(seconds: 12)]).text()
        #expect(two.contains("2 runs, a new database each") && two.contains(" 825 (750-900)/s "))
    }

    @Test("Whatever does not fit is a fault")
    func faults() {
        let changes: [(String, (inout GatewayRun) -> Void)] = [
            (
                "a payment is lost",
                {
                    $0.record.paymentRows -= 1
                    $0.record.countedPayments -= 1
                }
            ),
            ("a row is lost that is counted", { $0.record.paymentRows -= 1 }),
            ("a payment is there twice", { $0.record.paymentRows += 1 }),
            ("a fill is lost", { $0.record.fillRows -= 1 }),
            ("an accepted payment was refused", { $0.record.rejectedRows += 1 }),
            ("an acknowledged payment is lost", { $0.record.missing = 1 }),
            ("a payment is not what its fills say", { $0.record.differing = 1 }),
            ("money was made", { $0.record.sums["THB"] = 1 }),
            (
                "answered payments are lost where calls failed",
                {
                    $0.load.failures["timeout"] = 1
                    $0.record.paymentRows -= 1
                }
            ),
        ]
        for (name, change) in changes {
            var run = Self.run()
            change(&run)
            let report = Self.report([Self.run(), run])
            #expect(!report.isRight && report.text().contains("WRONG: run 2: "), "\(name)")
        }
        // What a call without an answer brought may be on record.
        var run = Self.run()
        run.load.failures["timeout"] = 1
        run.record.paymentRows += 8_000
        run.record.countedPayments += 8_000
        #expect(Self.report([run]).isRight)
    }

    @Test("Calls that were due and never answered are no gap in the percentiles")
    func unansweredCalls() {
        // 60 answers of 1 ms; 39 calls, due a second apart, were never sent, one failed at once.
        var latency = CallLatency()
        for _ in 0..<60 { latency.answered(after: 1_000_000) }
        latency.unsent(39, longest: 40_000_000_000, interval: 1e9)
        latency.unanswered(after: 50_000_000_000)
        let found = Dictionary(uniqueKeysWithValues: latency.percentiles.map { ($0.name, $0) })
        #expect(found["p50"].map { Int($0.milliseconds.rounded()) } == 1)
        #expect(found["p50"]?.isLowerBound == false, "the median is known exactly")
        // 60 % and 30 of the 39: the tenth longest of them had waited 31 s.
        #expect(found["p90"].map { ($0.milliseconds / 1_000).rounded() } == 31)
        #expect(found["p90"]?.isLowerBound == true && found["max"]?.isLowerBound == true)
        #expect(found["max"].map { ($0.milliseconds / 1_000).rounded() } == 50)

        var run = Self.run()
        run.load.latency = latency.percentiles
        run.load.unsent = 39
        run.load.failures = ["RESOURCE_EXHAUSTED": 1]
        let text = Self.report([run], rate: 900).text()
        #expect(text.contains("p50 1.00 ms, p90 at least 31"), "\(text)")
        #expect(
            text.contains(
                "1 call RESOURCE_EXHAUSTED, 39 calls due and not sent; counted as waiting"
            ))

        // Many share a record; none is lost and none waits longer than it did.
        var many = CallLatency()
        many.unsent(1_000_001, longest: 10_000_000_000, interval: 10_000)
        let median = many.percentiles[0].milliseconds
        #expect(median > 4_990 && median < 5_010, "\(median)")
        #expect(CallLatency().percentiles.isEmpty)
    }

    @Test("The tables' lag counts from the last sample before the oldest batch that they miss")
    func tableLag() {
        func sample(_ at: Double, _ applied: UInt64, _ inTables: UInt64) -> TableLag.Sample {
            TableLag.Sample(
                askedAt: at, answeredAt: at + 0.25, applied: applied, inTables: inTables)
        }
        var lag = TableLag(from: sample(0, 10, 10))
        // Batch 11 was applied after 0 and before 1.25.
        #expect(lag.add(sample(1, 20, 10)) == 1.25)
        #expect(lag.add(sample(2, 30, 15)) == 2.25)
        // Batch 21 is missing: it was not there at 1, when the gateway was asked.
        #expect(lag.add(sample(3, 40, 20)) == 2.25)
        #expect(lag.add(sample(4, 40, 39)) == 2.25)
        #expect(lag.add(sample(5, 40, 40)) == 0)
        #expect(lag.greatest == 2.25)
    }
}
