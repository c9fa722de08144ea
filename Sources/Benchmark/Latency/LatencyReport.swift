internal import Foundation
internal import Terminal

/// Whose calls a row of the table is about.
package enum LatencyContender: String, CaseIterable {
    case gateway
    case etcd
    case postgres
    case nghttpd
    /// The peer as the gateway's load finds it, found by another load.
    case h2load

    /// Whom a row is compared with: the one that the ratios are of.
    var base: LatencyContender { self == .h2load ? .nghttpd : .gateway }
}

/// The results of all runs, in the order in which rows are shown.
package struct LatencyTable: Sendable {
    struct Row: Sendable {
        let work: LatencyWork
        let contender: LatencyContender
        /// With its version.
        let name: String
        /// One for each run.
        var results: [LatencyResult]
    }

    private(set) var rows: [Row] = []

    package init() {}

    /// Adds a run of a row, or a row.
    ///
    /// - Parameter name: of the contender, with its version.
    package mutating func add(
        _ work: LatencyWork, _ contender: LatencyContender, _ name: String, _ result: LatencyResult
    ) {
        if let place = rows.firstIndex(where: { $0.work == work && $0.contender == contender }) {
            rows[place].results.append(result)
        } else {
            rows.append(Row(work: work, contender: contender, name: name, results: [result]))
        }
    }

    /// The row that this one is compared with; nil for the gateway's own.
    func base(of row: Row) -> Row? {
        guard row.contender != .gateway else { return nil }
        return rows.first { $0.work == row.work && $0.contender == row.contender.base }
    }
}

/// Puts single calls into words.
package struct LatencyReport: Sendable {
    let options: LatencyOptions
    let table: LatencyTable
    let skipped: [String]
    let load: GatewayLoadResult
    let record: GatewayRecord

    /// - Parameters:
    ///   - skipped: what was asked for and not measured, and why.
    ///   - load: what became of all payments, those before and between the measured ones included.
    package init(
        _ options: LatencyOptions, _ table: LatencyTable, skipped: [String],
        load: GatewayLoadResult, record: GatewayRecord
    ) {
        self.options = options
        self.table = table
        self.skipped = skipped
        self.load = load
        self.record = record
    }

    /// Every call was answered, rightly, and every payment is on record as it was answered.
    package var isRight: Bool { faults.isEmpty }

    var faults: [String] {
        let calls = table.rows.flatMap { row in
            let failures = row.results.reduce(into: [:]) {
                $0.merge($1.failures, uniquingKeysWith: +)
            }
            return failures.sorted { $0.key < $1.key }.map {
                "\(words(row)): \($0.value) × \($0.key)"
            }
                + (row.results.allSatisfy { $0.calls > 0 }
                    ? [] : ["\(words(row)): a run had no call"])
        }
        return calls + record.faults(load)
    }

    // MARK: Figures

    /// Of the runs that have the value.
    func spread(_ row: LatencyTable.Row, _ value: (LatencyResult) -> Double?) -> Spread? {
        let values = row.results.compactMap(value)
        return values.isEmpty ? nil : Spread(values.map { ($0 * 1_000).rounded() / 1_000 })
    }

    /// The base's value over the row's, run by run.
    func ratio(_ row: LatencyTable.Row, _ value: (LatencyResult) -> Double?) -> Spread? {
        guard let base = table.base(of: row) else { return nil }
        let ratios = zip(base.results, row.results).compactMap { base, other -> Double? in
            guard let base = value(base), let other = value(other), other > 0 else { return nil }
            return (base / other * 1_000).rounded() / 1_000
        }
        return ratios.isEmpty ? nil : Spread(ratios)
    }

    // MARK: Text

    /// A table for people; a figure is a median, with the least and the greatest of several runs.
    package func text() -> String {
        var lines = TextTable([
            ("", .left), ("calls/s", .right), ("p50 ms", .right), ("p99 ms", .right),
            ("ratio of calls/s", .right), ("of p50", .right), ("of p99", .right),
        ])
        for row in table.rows {
            lines.add(
                [
                    words(row), text(spread(row, \.callsPerSecond), 0),
                    text(spread(row, \.p50?.milliseconds), 3),
                    text(spread(row, \.p99?.milliseconds), 3),
                ]
                    + [
                        ratio(row, \.callsPerSecond), ratio(row, \.p50?.milliseconds),
                        ratio(row, \.p99?.milliseconds),
                    ].map { $0 == nil ? "" : text($0, 2) })
        }
        let more = [method] + skipped.map { "skipped: \($0)" } + [check]
        return ([title, lines.text] + more).joined(separator: "\n")
    }

    private var title: String {
        let times = options.runs == 1 ? "one run" : "\(options.runs) runs"
        let nodes = options.nodes == 1 ? "one node" : "\(options.nodes) nodes"
        return "single calls, \(nodes), \(times) of \(short(options.seconds)) s of each kind"
    }

    private var method: String {
        """
        TLS with client certificates and fsync; a ratio is langqiao's value over the row's, of \
        neighbours in time (beside h2load: the same calls by this load over those by h2load); \
        \(grouped(options.old)) payments on record before
        """
    }

    private var check: String {
        guard isRight else { return "WRONG: \(faults.joined(separator: ", "))" }
        return """
            check: every call answered; \(grouped(record.paymentRows)) rows of payments, as many \
            as answered; \(grouped(record.fillRows)) of fills; counters agree; \
            \(grouped(record.lookedUp)) acknowledged payments looked up, all found and as their \
            fills say; sums are zero
            """
    }

    /// What a row is about.
    func words(_ row: LatencyTable.Row) -> String {
        row.contender == .gateway ? words(row.work) : "  \(row.name)"
    }

    private func words(_ work: LatencyWork) -> String {
        let count = grouped(options.callsUnderWay(work))
        switch work {
        case .payment: return "one payment in flight, JSON"
        case .payments: return "\(count) payments in flight, JSON"
        case .grpcPayments: return "\(count) payments in flight, gRPC"
        case .pacedPayments: return "\(grouped(options.rate)) payments/s, open loop, JSON"
        case .recentRead: return "GET of recent payments, one in flight"
        case .recentReads: return "GET of recent payments, \(count) in flight"
        case .oldRead: return "GET of old payments, one in flight"
        case .oldReads: return "GET of old payments, \(count) in flight"
        case .pages: return "pages of \(PageCalls.size) payments, \(count) in flight"
        }
    }

    private func text(_ spread: Spread?, _ digits: Int) -> String {
        guard let spread else { return "–" }
        func number(_ value: Double) -> String {
            digits == 0
                ? grouped(Int(value.rounded())) : String(format: "%.\(digits)f", value)
        }
        guard options.runs > 1 else { return number(spread.median) }
        return "\(number(spread.median)) (\(number(spread.minimum))-\(number(spread.maximum)))"
    }

    private func short(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : "\(value)"
    }
}
