internal import Domain
internal import HTTP2
internal import Synchronization

/// What the gateway counts, as Prometheus text.
final class Metrics: Sendable {
    private struct Key: Hashable, Comparable {
        var method: String
        var code: String

        static func < (a: Key, b: Key) -> Bool { (a.method, a.code) < (b.method, b.code) }
    }

    private struct Shared {
        var requests: [Key: UInt64] = [:]
        var connections: (@Sendable () -> Counters)?
    }

    private let shared = Mutex(Shared())

    /// Counts one finished request, unless it goes by no name. Names are those of methods and
    /// routes, so the table stays small.
    func count(_ method: String?, _ code: ResultCode) {
        guard let method else { return }
        shared.withLock { $0.requests[Key(method: method, code: code.name), default: 0] += 1 }
    }

    /// Where the server's counters come from, once it runs.
    func setConnections(_ read: @escaping @Sendable () -> Counters) {
        shared.withLock { $0.connections = read }
    }

    /// The text form, version 0.0.4.
    func text(_ services: Services) -> String {
        let node = services.node
        let finished = services.finished.counts
        let (requests, counters) = shared.withLock { ($0.requests, $0.connections?()) }
        var text = ""
        func family(_ name: String, _ kind: String, _ help: String) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
        }
        family("langqiao_requests_total", "counter", "Finished requests by method and result.")
        for (key, value) in requests.sorted(by: { $0.key < $1.key }) {
            text += "langqiao_requests_total{method=\"\(key.method)\",code=\"\(key.code)\"} "
            text += "\(value)\n"
        }
        family("langqiao_serving", "gauge", "1 while the node takes commands.")
        text += "langqiao_serving \(node.isServing ? 1 : 0)\n"
        if let progress = node.progress {
            family("langqiao_applied_index", "gauge", "The last batch applied.")
            text += "langqiao_applied_index \(progress.applied)\n"
            family("langqiao_tables_index", "gauge", "The last batch that the tables show.")
            text += "langqiao_tables_index \(progress.inTables)\n"
            family(
                "langqiao_uncompared_state_hashes_total", "counter",
                "Batches that state the hash of a state too old to be compared, since the start.")
            text += "langqiao_uncompared_state_hashes_total \(progress.uncomparedHashes)\n"
        }
        let waiting = services.directory.proposals
        family("langqiao_proposals_waiting", "gauge", "Commands that wait for a second person.")
        text += "langqiao_proposals_waiting \(waiting.count)\n"
        if let oldest = waiting.oldest {
            family(
                "langqiao_oldest_proposal_timestamp_seconds", "gauge",
                "When the one was proposed that has waited longest.")
            text += "langqiao_oldest_proposal_timestamp_seconds \(oldest / 1_000_000_000)\n"
        }
        text += Metrics.calendars(services.directory)
        text += Metrics.hoursToCutOff(services.directory, at: WallClock.now)
        if let recent = node.recent?.counts {
            family(
                "langqiao_known_payments_total", "counter",
                "Questions for a payment by the memory that answered.")
            for (memory, value) in [
                ("recent", recent.hits), ("finished", finished.hits), ("none", finished.misses),
            ] {
                text += "langqiao_known_payments_total{memory=\"\(memory)\"} \(value)\n"
            }
            family("langqiao_memory_bytes", "gauge", "About what memories of payments take.")
            text += "langqiao_memory_bytes{memory=\"recent\"} \(recent.bytes)\n"
            text += "langqiao_memory_bytes{memory=\"finished\"} \(finished.bytes)\n"
            family("langqiao_recent_rows", "gauge", "Rows of payments of the last batches.")
            text += "langqiao_recent_rows \(recent.rows)\n"
        }
        if let standing = node.standing { text += standing.metrics }
        if let counters {
            family("langqiao_connections_open", "gauge", "Open connections.")
            text += "langqiao_connections_open \(counters.connectionsOpen)\n"
            family("langqiao_request_bytes", "gauge", "Memory that requests hold.")
            text += "langqiao_request_bytes \(counters.requestBytes)\n"
            family("langqiao_answer_bytes", "gauge", "Answers that wait to be sent.")
            text += "langqiao_answer_bytes \(counters.outputBytes)\n"
            family(
                "langqiao_memory_refusals_total", "counter", "Requests without room in memory.")
            text += "langqiao_memory_refusals_total \(counters.memoryRefusals)\n"
            for (name, help, value) in [
                ("handshaking", "Those shaking hands.", counters.connectionsHandshaking),
                ("anonymous", "Those of unknown callers.", counters.connectionsAnonymous),
                ("owners", "Callers with connections.", counters.connectionOwners),
            ] {
                family("langqiao_connections_\(name)", "gauge", help)
                text += "langqiao_connections_\(name) \(value)\n"
            }
            family("langqiao_connections_accepted_total", "counter", "Connections accepted.")
            text += "langqiao_connections_accepted_total \(counters.connectionsAccepted)\n"
            family(
                "langqiao_connections_refused_total", "counter",
                "Connections refused a place, or dropped for another.")
            for (reason, value) in [
                ("full", counters.connectionsRefusedFull),
                ("handshaking", counters.connectionsDroppedHandshaking),
                ("anonymous", counters.connectionsDroppedAnonymous),
                ("share", counters.connectionsRefusedShare),
                ("displaced", counters.connectionsDisplaced),
            ] {
                text += "langqiao_connections_refused_total{reason=\"\(reason)\"} \(value)\n"
            }
            for (name, help, value) in [
                ("handshakes_failed", "TLS handshakes failed.", counters.handshakesFailed),
                (
                    "certificates_ended", "Connections whose certificate lost its trust.",
                    counters.certificatesEnded
                ),
            ] {
                family("langqiao_tls_\(name)_total", "counter", help)
                text += "langqiao_tls_\(name)_total \(value)\n"
            }
            for (name, help, value) in [
                ("streams_reset", "Streams reset.", counters.streamsReset),
                ("protocol_errors", "Protocol errors of peers.", counters.protocolErrors),
                ("timeouts", "Idle and slow peers closed.", counters.timeouts),
                ("bytes_received", "Bytes received.", counters.bytesReceived),
                ("bytes_sent", "Bytes sent.", counters.bytesSent),
            ] {
                family("langqiao_http2_\(name)_total", "counter", help)
                text += "langqiao_http2_\(name)_total \(value)\n"
            }
        }
        return text
    }
}
