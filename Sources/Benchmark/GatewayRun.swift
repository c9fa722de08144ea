/// What one run of a load on a gateway came to.
package struct GatewayRun: Sendable {
    package var load: GatewayLoadResult
    package var record: GatewayRecord
    package var tables: TableTimes
    package var cost: GatewayCost

    package init(
        load: GatewayLoadResult, record: GatewayRecord, tables: TableTimes, cost: GatewayCost
    ) {
        self.load = load
        self.record = record
        self.tables = tables
        self.cost = cost
    }
}

/// How far the tables were behind the answers, in seconds.
package struct TableTimes: Sendable {
    /// When sending ended.
    package var lagAtEnd: Double
    /// At any moment of the run.
    package var greatestLag: Double
    /// From the last answer until the tables showed everything.
    package var catchUp: Double

    package init(lagAtEnd: Double, greatestLag: Double, catchUp: Double) {
        self.lagAtEnd = lagAtEnd
        self.greatestLag = greatestLag
        self.catchUp = catchUp
    }
}

/// What a run took of the machine, tables included.
package struct GatewayCost: Sendable {
    /// Processor seconds of one node.
    package struct NodeTimes: Sendable {
        package var gateway: Double
        package var database: Double

        package init(gateway: Double, database: Double) {
            self.gateway = gateway
            self.database = database
        }
    }

    /// Of all nodes that do not lead, on average.
    var perFollower: NodeTimes {
        let count = Double(max(1, followers.count))
        return NodeTimes(
            gateway: followers.reduce(0) { $0 + $1.gateway } / count,
            database: followers.reduce(0) { $0 + $1.database } / count)
    }

    /// Processor seconds.
    package var gatewaySeconds: Double
    /// Processor seconds.
    package var databaseSeconds: Double
    /// Bytes of the whole database.
    package var databaseBytes: Int
    /// Processor seconds of each other node.
    package var followers: [NodeTimes]
    /// All payments in it.
    package var onRecord: Int

    package init(
        gatewaySeconds: Double, databaseSeconds: Double, followers: [NodeTimes] = [],
        databaseBytes: Int, onRecord: Int
    ) {
        self.followers = followers
        self.gatewaySeconds = gatewaySeconds
        self.databaseSeconds = databaseSeconds
        self.databaseBytes = databaseBytes
        self.onRecord = onRecord
    }
}

/// What a run put on record, counted row by row beside what the counters say.
package struct GatewayRecord: Sendable {
    /// Rows of payments that are new, of any status.
    package var paymentRows = 0
    /// Those of them that were refused.
    package var rejectedRows = 0
    /// Rows of fills that are new.
    package var fillRows = 0
    /// Payments by the counter that the gateway keeps beside the rows.
    package var countedPayments = 0
    /// Fills by the counter that the gateway keeps beside the rows.
    package var countedFills = 0
    /// Acknowledged payments, drawn at random, that were looked up.
    package var lookedUp = 0
    /// Those of them that are not on record.
    package var missing = 0
    /// Those whose status, amounts or fee are not what their fills make of them.
    package var differing = 0
    /// One of these.
    package var firstDifference: String?
    /// The sum of all balances of each currency, in minor units, by its code.
    package var sums: [String: Int128] = [:]

    package init() {}

    /// What is wrong, in words; empty when nothing is.
    ///
    /// As many payments are on record as were answered, and as many of them refused; a call without
    /// an answer may have been recorded as well. Counters and rows agree; what was acknowledged is
    /// there and settled as its fills say; no money was made or lost.
    package func faults(_ load: GatewayLoadResult) -> [String] {
        var faults: [String] = []
        func demand(_ condition: Bool, _ fault: @autoclosure () -> String) {
            if !condition { faults.append(fault()) }
        }
        let answered = load.accepted + load.refused
        demand(
            load.isFullyAnswered ? paymentRows == answered : paymentRows >= answered,
            "\(answered) payments answered, \(paymentRows) rows")
        demand(
            load.isFullyAnswered ? rejectedRows == load.refused : rejectedRows >= load.refused,
            "\(load.refused) payments refused, \(rejectedRows) such rows")
        demand(
            paymentRows == countedPayments,
            "\(paymentRows) payment rows, \(countedPayments) counted")
        demand(fillRows == countedFills, "\(fillRows) fill rows, \(countedFills) counted")
        demand(missing == 0, "\(missing) of \(lookedUp) acknowledged payments missing")
        demand(
            differing == 0,
            "\(differing) of \(lookedUp) payments differ from their fills"
                + (firstDifference.map { " (\($0))" } ?? ""))
        for (currency, sum) in sums.sorted(by: { $0.key < $1.key }) where sum != 0 {
            demand(false, "balances sum to \(sum) in \(currency)")
        }
        return faults
    }
}
