internal import Foundation

extension GatewayLoadOptions.Mode {
    /// `records of 8,000 payments a call`.
    var words: String {
        switch self {
        case .single(grpc: false): "single payments as JSON"
        case .single(grpc: true): "single payments over gRPC"
        case .batch(let count): "batches of \(grouped(count)) payments a call, over gRPC"
        case .records(let count): "records of \(grouped(count)) payments a call"
        case .messages(let count, let style):
            "pacs.008 of \(grouped(count)) transactions, \(style.words)"
        }
    }
}

extension MessageStyle {
    /// `as in RTGS systems, with all parties`.
    fileprivate var words: String {
        let market =
            switch market {
            case .rtgs: "as in RTGS systems"
            case .cips: "as in CIPS"
            }
        return market + (isRich ? ", rich in data" : ", plain")
    }
}

extension GatewayReport {
    /// Lines for people; with several runs a figure is a median with the least and the greatest.
    package func text() -> String {
        let lines =
            [
                ("mix", GatewayLoad.mix(options)), ("durability", durability),
                ("payments", payments),
                ("by tenths", overTime), ("settled", settled), ("latency of calls", latencies),
                ("unanswered", unanswered),
                (
                    "processor",
                    "\(text(processor(\.gatewaySeconds), 2)) s gateway, "
                        + "\(text(processor(\.databaseSeconds), 2)) s PostgreSQL per 100,000 "
                        + "payments"
                ),
            ]
            + (nodes == 1
                ? []
                : [
                    (
                        "a follower",
                        "\(text(processor(\.perFollower.gateway), 2)) s gateway, "
                            + "\(text(processor(\.perFollower.database), 2)) s PostgreSQL"
                    )
                ]) + [
                ("tables", tables),
                (
                    "size",
                    "\(text(bytesPerPayment)) bytes in PostgreSQL a payment, "
                        + "\(grouped(runs[runs.count - 1].cost.onRecord)) on record"
                ),
                ("check", check),
            ]
        return
            ([title]
            + lines.map { name, words in
                "  \(name.padding(toLength: 16, withPad: " ", startingAt: 0)) \(words)"
            }).joined(separator: "\n")
    }

    private var title: String {
        let pace =
            options.rate.map { "open loop at \(grouped($0)) payments/s" } ?? "closed loop"
        let database =
            keepsDatabase
            ? "a database that is kept" : "a new database\(runs.count == 1 ? "" : " each")"
        let times = runs.count == 1 ? database : "\(runs.count) runs, \(database)"
        return """
            \(options.mode.words), \(grouped(options.inFlight)) in flight by turns over \
            \(grouped(connections)) connections, \(pace), \(options.seconds) s, \(times), \
            \(threads == 1 ? "1 thread" : "\(threads) threads") for connections
            """
    }

    private var payments: String {
        """
        \(text(paymentsPerSecond))/s accepted and durable; \(grouped(total(\.load.accepted))) \
        accepted, \(grouped(total(\.load.refused))) refused
        """
    }

    /// The rate as it went, so that one that cannot last is seen.
    private var overTime: String {
        let rates = tenths.map { grouped(Int($0.median.rounded())) }.joined(separator: " ")
        let medians = runs.count == 1 ? "" : " (medians)"
        var words = "\(rates) payments/s\(medians); the last half ran at "
        words += "\(text(lastHalfPercent)) % of the first"
        if lastHalfPercent.median < 90 { words += ", which gains from tables that may fall behind" }
        return words
    }

    private var settled: String {
        "\(text(pairsPerSecond)) pairs/s, \(grouped(total(\.record.fillRows))) pairs"
    }

    private var latencies: String {
        guard !latency.isEmpty else { return "no call was answered" }
        return latency.map { name, milliseconds, isLowerBound in
            "\(name) \(isLowerBound ? "at least " : "")\(text(milliseconds, 2)) ms"
        }.joined(separator: ", ")
    }

    /// Calls that got no answer, which the percentiles count as waiting until the end.
    private var unanswered: String {
        var parts = failures.sorted { $0.key < $1.key }.map { "\(calls($1)) \($0)" }
        let unsent = total(\.load.unsent)
        if unsent > 0 { parts.append("\(calls(unsent)) due and not sent") }
        if !parts.isEmpty { parts[parts.count - 1] += "; counted as waiting until the end" }
        let leftOpen = total(\.load.leftOpen)
        if leftOpen > 0 { parts.append("\(grouped(leftOpen)) payments left open") }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    private func calls(_ count: Int) -> String {
        count == 1 ? "1 call" : "\(grouped(count)) calls"
    }

    private var tables: String {
        """
        \(text(spread(\.tables.lagAtEnd), 1)) s behind at the end of sending, at most \
        \(text(spread(\.tables.greatestLag), 1)) s, caught up \
        \(text(spread(\.tables.catchUp), 1)) s after the last answer
        """
    }

    private var check: String {
        guard isRight else { return "WRONG: \(faults.joined(separator: ", "))" }
        let isExact = runs.allSatisfy(\.load.isFullyAnswered)
        return """
            \(grouped(total(\.record.paymentRows))) rows of payments, \
            \(isExact ? "as many as" : "at least as many as were") answered; \
            \(grouped(total(\.record.fillRows))) of fills; counters agree; \
            \(grouped(total(\.record.lookedUp))) acknowledged payments looked up, all found and \
            as their fills say; sums are zero
            """
    }

    private func text(_ spread: Spread, _ digits: Int = 0) -> String {
        func number(_ value: Double) -> String {
            digits == 0
                ? grouped(Int(value.rounded())) : String(format: "%.\(digits)f", value)
        }
        guard runs.count > 1 else { return number(spread.median) }
        return "\(number(spread.median)) (\(number(spread.minimum))-\(number(spread.maximum)))"
    }
}

/// `1,234,567`.
func grouped(_ value: Int) -> String {
    var text = String(value.magnitude)
    var place = text.count - 3
    while place > 0 {
        text.insert(",", at: text.index(text.startIndex, offsetBy: place))
        place -= 3
    }
    return value < 0 ? "-\(text)" : text
}
