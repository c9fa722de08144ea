internal import Foundation

/// Puts the runs of one load on a gateway into words.
package struct GatewayReport: Sendable {
    let options: GatewayLoadOptions
    let connections: Int
    let threads: Int
    let keepsDatabase: Bool
    let runs: [GatewayRun]

    /// - Parameters:
    ///   - connections: over which the calls went.
    ///   - threads: of the gateway, that served them.
    ///   - keepsDatabase: the runs shared a database that outlives them, instead of a new one each.
    /// - Precondition: there is a run.
    package init(
        _ options: GatewayLoadOptions, connections: Int, threads: Int, keepsDatabase: Bool,
        runs: [GatewayRun]
    ) {
        precondition(!runs.isEmpty, "a report of nothing")
        self.options = options
        self.connections = connections
        self.threads = threads
        self.keepsDatabase = keepsDatabase
        self.runs = runs
    }

    /// Nothing was lost, doubled or settled otherwise than its fills say, in any run.
    package var isRight: Bool { faults.isEmpty }

    var faults: [String] {
        runs.enumerated().flatMap { number, run in
            run.record.faults(run.load).map {
                runs.count == 1 ? $0 : "run \(number + 1): \($0)"
            }
        }
    }

    // MARK: Figures

    /// Rounded to thousandths: of a millisecond, a second, a payment.
    func spread(_ value: (GatewayRun) -> Double) -> Spread {
        Spread(runs.map { (value($0) * 1_000).rounded() / 1_000 })
    }

    func total(_ value: (GatewayRun) -> Int) -> Int { runs.reduce(0) { $0 + value($1) } }

    var paymentsPerSecond: Spread { spread { Double($0.load.accepted) / $0.load.seconds } }

    var pairsPerSecond: Spread { spread { Double($0.record.fillRows) / $0.load.seconds } }

    /// Payments accepted a second in each tenth of the time of sending.
    var tenths: [Spread] {
        let length = Double(options.seconds) / 10
        return (0..<10).map { tenth in spread { Double($0.load.tenths[tenth]) / length } }
    }

    /// The rate in the last half of the time of sending, in percent of that in the first.
    var lastHalfPercent: Spread {
        spread { run in
            let first = run.load.tenths[..<5].reduce(0, +)
            let last = run.load.tenths[5...].reduce(0, +)
            return first == 0 ? 100 : Double(last) * 100 / Double(first)
        }
    }

    /// Percentiles of all runs; a lower bound when that of one run is. None when a run had no call.
    var latency: [(name: String, milliseconds: Spread, isLowerBound: Bool)] {
        guard runs.allSatisfy({ !$0.load.latency.isEmpty }) else { return [] }
        return runs[0].load.latency.indices.map { place in
            (
                runs[0].load.latency[place].name,
                spread { $0.load.latency[place].milliseconds },
                runs.contains { $0.load.latency[place].isLowerBound }
            )
        }
    }

    /// Processor seconds for 100,000 payments.
    func processor(_ seconds: (GatewayCost) -> Double) -> Spread {
        spread { seconds($0.cost) * 100_000 / Double(max(1, $0.record.paymentRows)) }
    }

    var bytesPerPayment: Spread {
        spread { Double($0.cost.databaseBytes) / Double(max(1, $0.cost.onRecord)) }
    }

    /// Calls without an answer, by reason.
    var failures: [String: Int] {
        runs.reduce(into: [:]) { $0.merge($1.load.failures, uniquingKeysWith: +) }
    }

    /// Nodes of the gateway.
    var nodes: Int { runs[0].cost.followers.count + 1 }

    var durability: String {
        let places = nodes == 1 ? "one node, no replicas" : "on a majority of \(nodes) nodes"
        return "every answer after fsync of its batch; \(places); TLS on every connection"
    }
}
