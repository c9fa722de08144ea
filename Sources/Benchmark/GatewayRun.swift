/// What one run of a load on a gateway came to.
public struct GatewayRun: Sendable {
    public var load: GatewayLoadResult
    public var record: GatewayRecord
    public var tables: TableTimes
    public var cost: GatewayCost

    public init(
        load: GatewayLoadResult, record: GatewayRecord, tables: TableTimes, cost: GatewayCost
    ) {
        self.load = load
        self.record = record
        self.tables = tables
        self.cost = cost
    }
}

/// How far the tables were behind the answers, in seconds.
public struct TableTimes: Sendable {
    /// When sending ended.
    public var lagAtEnd: Double
    /// At any moment of the run.
    public var greatestLag: Double
    /// From the last answer until the tables showed everything.
    public var catchUp: Double

    public init(lagAtEnd: Double, greatestLag: Double, catchUp: Double) {
        self.lagAtEnd = lagAtEnd
        self.greatestLag = greatestLag
        self.catchUp = catchUp
    }
}

/// What a run took of the machine, tables included.
public struct GatewayCost: Sendable {
    /// Processor seconds.
    public var gatewaySeconds: Double
    /// Processor seconds.
    public var databaseSeconds: Double
    /// Bytes of the whole database.
    public var databaseBytes: Int
    /// All payments in it.
    public var onRecord: Int

    public init(
        gatewaySeconds: Double, databaseSeconds: Double, databaseBytes: Int, onRecord: Int
    ) {
        self.gatewaySeconds = gatewaySeconds
        self.databaseSeconds = databaseSeconds
        self.databaseBytes = databaseBytes
        self.onRecord = onRecord
    }
}

/// What a run put on record, counted row by row beside what the counters say.
public struct GatewayRecord: Sendable {
    /// Rows of payments that are new, of any status.
    public var paymentRows = 0
    /// Those of them that were refused.
    public var rejectedRows = 0
    /// Rows of fills that are new.
    public var fillRows = 0
    /// Payments by the counter that the gateway keeps beside the rows.
    public var countedPayments = 0
    /// Fills by the counter that the gateway keeps beside the rows.
    public var countedFills = 0
    /// Acknowledged payments, drawn at random, that were looked up.
    public var lookedUp = 0
    /// Those of them that are not on record.
    public var missing = 0
    /// Those whose status, amounts or fee are not what their fills make of them.
    public var differing = 0
    /// One of these.
    public var firstDifference: String?
    /// The sum of all balances of each currency, in minor units, by its code.
    public var sums: [String: Int128] = [:]

    public init() {}

    /// What is wrong, in words; empty when nothing is.
    ///
    /// As many payments are on record as were answered, and as many of them refused; a call without
    /// an answer may have been recorded as well. Counters and rows agree; what was acknowledged is
    /// there and settled as its fills say; no money was made or lost.
    public func faults(_ load: GatewayLoadResult) -> [String] {
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
