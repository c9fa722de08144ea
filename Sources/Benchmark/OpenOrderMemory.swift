internal import CRuntimeCounters
internal import Domain
internal import Engine

/// What open orders take in memory: how much the engine grew by a million of them.
package struct OpenOrderMemory: Codable, Sendable {
    /// Bytes of an open order, and what they are for.
    package struct Bytes: Codable, Sendable {
        /// All of them.
        package var perOrder: Double
        package var orderAndRecord: Double
        /// Its share of the table by UETR, free cells included.
        package var identifiers: Double
        /// Its share of price levels and their bit trees.
        package var levels: Double
        /// Its share of the heap of due times.
        package var expiry: Double
        /// Growth of the process's resident memory, as the system counts it; a check on the rest.
        package var resident: Double

        init(from before: Engine.Memory, to after: Engine.Memory, orders: Int, resident: Int) {
            func share(_ bytes: Int) -> Double { Double(bytes) / Double(orders) }
            perOrder = share(after.total - before.total)
            orderAndRecord = share(after.orders - before.orders)
            identifiers = share(after.identifiers - before.identifiers)
            levels = share(after.levels - before.levels)
            expiry = share(after.dueTimes - before.dueTimes)
            self.resident = share(resident)
        }
    }

    package var openOrders: Int
    /// Orders that are good till cancelled.
    package var untilCancelled: Bytes
    /// Orders that end by themselves.
    package var untilTheDayEnds: Bytes

    /// Measures the orders that rest before W2's measured commands, in engines that take memory as
    /// they come.
    ///
    /// - Precondition: `workload` is W2.
    package init(_ workload: EngineWorkload) {
        openOrders = EngineWorkload.restingOrders
        untilCancelled = Self.measure(workload)
        untilTheDayEnds = Self.measure(
            EngineWorkload(.w2, commands: 0, restingTimeInForce: .day))
    }

    private static func measure(_ workload: EngineWorkload) -> Bytes {
        precondition(!workload.resting.isEmpty, "W2 has resting orders")
        var engine = Engine()
        var effects = Effects()
        effects.reserve(commands: EngineWorkload.batchSize)
        for batch in workload.opening {
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
        }
        let before = engine.memory
        let resident = Int(resident_bytes())
        var orders = 0
        for batch in workload.resting {
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
            orders += effects.outcomes.count { $0.status == .pending }
        }
        precondition(orders == EngineWorkload.restingOrders, "all of them rest")
        return Bytes(
            from: before, to: engine.memory, orders: orders,
            resident: Int(resident_bytes()) - resident)
    }
}
