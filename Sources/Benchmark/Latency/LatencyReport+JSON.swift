internal import Foundation

extension LatencyReport {
    /// One line with everything that ``text()`` says.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }

    private var fields: Fields {
        Fields(
            runs: options.runs, seconds: options.seconds, nodes: options.nodes,
            threads: options.threads, oldPayments: options.old, tls: true, fsync: true,
            rows: table.rows.map { row in
                Row(
                    work: row.work.rawValue, contender: row.contender.rawValue, name: row.name,
                    inFlight: options.callsUnderWay(row.work),
                    rate: row.work == .pacedPayments ? options.rate : nil,
                    calls: row.results.reduce(0) { $0 + $1.calls },
                    figures: Figures { spread(row, $0) },
                    ratios: table.base(of: row) == nil ? nil : Figures { ratio(row, $0) },
                    failures: row.results.reduce(into: [:]) {
                        $0.merge($1.failures, uniquingKeysWith: +)
                    })
            },
            skipped: skipped, accepted: load.accepted, refused: load.refused,
            paymentRows: record.paymentRows, fillRows: record.fillRows,
            lookedUp: record.lookedUp, missing: record.missing, differing: record.differing,
            faults: faults, isRight: isRight)
    }

    private struct Fields: Encodable {
        var runs: Int
        var seconds: Double
        var nodes: Int
        var threads: Int
        /// Payments on record before anything was measured.
        var oldPayments: Int
        var tls: Bool
        var fsync: Bool
        var rows: [Row]
        var skipped: [String]
        /// Of payments: all that were sent, history and warming up included.
        var accepted: Int
        var refused: Int
        var paymentRows: Int
        var fillRows: Int
        var lookedUp: Int
        var missing: Int
        var differing: Int
        var faults: [String]
        var isRight: Bool
    }

    private struct Row: Encodable {
        var work: String
        var contender: String
        var name: String
        var inFlight: Int
        /// Calls a second; only with an open loop.
        var rate: Int?
        var calls: Int
        var figures: Figures
        /// The base's over this row's: the gateway's, and for `h2load` those of the same load.
        var ratios: Figures?
        var failures: [String: Int]
    }

    private struct Figures: Encodable {
        var callsPerSecond: Spread?
        /// Milliseconds, or a ratio.
        var p50: Spread?
        var p99: Spread?

        init(_ spread: ((LatencyResult) -> Double?) -> Spread?) {
            callsPerSecond = spread(\.callsPerSecond)
            p50 = spread(\.p50?.milliseconds)
            p99 = spread(\.p99?.milliseconds)
        }
    }
}
