internal import Foundation

extension GatewayReport {
    /// One line with everything that ``text()`` says. Rates, times and sizes are medians with the
    /// least and the greatest run; counts are sums over the runs.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }

    private var fields: Fields {
        Fields(
            load: Load(options, connections: connections, threads: threads),
            mix: GatewayLoad.mix(options), durability: durability, nodes: nodes,
            replicas: nodes - 1,
            tls: true, keptDatabase: keepsDatabase, runs: runs.count,
            seconds: spread(\.load.seconds), paymentsPerSecond: paymentsPerSecond,
            tenthsPerSecond: tenths, lastHalfPercent: lastHalfPercent,
            accepted: total(\.load.accepted), refused: total(\.load.refused),
            pairs: total(\.record.fillRows), pairsPerSecond: pairsPerSecond,
            latency: Dictionary(
                uniqueKeysWithValues: latency.map {
                    ($0, Latency(milliseconds: $1, isLowerBound: $2))
                }), failedCalls: failures,
            unsentCalls: total(\.load.unsent), paymentsLeftOpen: total(\.load.leftOpen),
            gatewayProcessorSecondsPer100000: processor(\.gatewaySeconds),
            databaseProcessorSecondsPer100000: processor(\.databaseSeconds),
            followerGatewayProcessorSecondsPer100000: nodes == 1
                ? nil : processor(\.perFollower.gateway),
            followerDatabaseProcessorSecondsPer100000: nodes == 1
                ? nil : processor(\.perFollower.database),
            tableLagSeconds: spread(\.tables.lagAtEnd),
            greatestTableLagSeconds: spread(\.tables.greatestLag),
            catchUpSeconds: spread(\.tables.catchUp), bytesPerPayment: bytesPerPayment,
            onRecord: runs[runs.count - 1].cost.onRecord, checks: runs.map { Check($0.record) },
            faults: faults, isRight: isRight)
    }

    private struct Fields: Encodable {
        var load: Load
        var mix: String
        var durability: String
        var nodes: Int
        var replicas: Int
        var tls: Bool
        var keptDatabase: Bool
        var runs: Int
        var seconds: Spread
        var paymentsPerSecond: Spread
        var tenthsPerSecond: [Spread]
        var lastHalfPercent: Spread
        var accepted: Int
        var refused: Int
        var pairs: Int
        var pairsPerSecond: Spread
        var latency: [String: Latency]
        var failedCalls: [String: Int]
        var unsentCalls: Int
        var paymentsLeftOpen: Int
        var gatewayProcessorSecondsPer100000: Spread
        var databaseProcessorSecondsPer100000: Spread
        /// On average over the nodes that do not lead.
        var followerGatewayProcessorSecondsPer100000: Spread?
        var followerDatabaseProcessorSecondsPer100000: Spread?
        var tableLagSeconds: Spread
        var greatestTableLagSeconds: Spread
        var catchUpSeconds: Spread
        var bytesPerPayment: Spread
        var onRecord: Int
        var checks: [Check]
        var faults: [String]
        var isRight: Bool
    }

    /// What was asked for.
    private struct Load: Encodable {
        var mode: String
        var form: String
        var paymentsPerCall: Int
        var equalAmounts: Bool
        var inFlight: Int
        var connections: Int
        var threads: Int
        var loop: String
        /// Payments a second; only with an open loop.
        var rate: Int?
        var seconds: Int

        init(_ options: GatewayLoadOptions, connections: Int, threads: Int) {
            (mode, form) =
                switch options.mode {
                case .single(let grpc): ("single", grpc ? "protobuf" : "json")
                case .batch: ("batch", "protobuf")
                case .records: ("records", "packed")
                case .messages(_, let style):
                    ("messages", style.market.rawValue + (style.isRich ? "-rich" : ""))
                }
            paymentsPerCall = options.mode.ordersPerCall
            equalAmounts = options.equalAmounts
            inFlight = options.inFlight
            self.connections = connections
            self.threads = threads
            loop = options.rate == nil ? "closed" : "open"
            rate = options.rate
            seconds = options.seconds
        }
    }

    private struct Latency: Encodable {
        var milliseconds: Spread
        /// Calls without an answer reach into this share.
        var isLowerBound: Bool
    }

    /// One run's rows.
    private struct Check: Encodable {
        var paymentRows: Int
        var rejectedRows: Int
        var fillRows: Int
        var countedPayments: Int
        var countedFills: Int
        var lookedUp: Int
        var missing: Int
        var differing: Int
        /// Minor units; text, for a sum may exceed what a number in JSON holds.
        var sums: [String: String]

        init(_ record: GatewayRecord) {
            paymentRows = record.paymentRows
            rejectedRows = record.rejectedRows
            fillRows = record.fillRows
            countedPayments = record.countedPayments
            countedFills = record.countedFills
            lookedUp = record.lookedUp
            missing = record.missing
            differing = record.differing
            sums = record.sums.mapValues { "\($0)" }
        }
    }
}
