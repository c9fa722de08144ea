internal import CRuntimeCounters
internal import Domain
internal import Engine
internal import Hexadecimal

/// Measures the engine on one core, without I/O.
package enum EngineBenchmark {
    /// What several runs over the same stream gave.
    package struct Result: Sendable {
        /// Commands a second, each run.
        package var commandsPerSecond: Spread
        package var fillsPerSecond: Spread
        /// Nanoseconds of a command applied as a batch of its own; nil for the book alone.
        package var latency: LatencySpread?
        /// Runtime calls and heap growth over the counted batches; nil when not counted.
        package var steadyState: SteadyState?
        /// Nil but for W2, whose preparation is a million open orders.
        package var memory: OpenOrderMemory?
        package var bytesPerAccount: Int?
        /// What engines can compare: the hash over the ordered fills, or the ledger's state hash.
        package var hash: UInt64
        package var counts: StreamCounts
    }

    /// The engine whole: funds, holds, fees, double-entry settlement of every fill, rows, hashes.
    package static func run(
        _ workload: EngineWorkload, runs: Int, progress: (String) -> Void
    ) -> Result {
        var speeds: [Double] = []
        var fillSpeeds: [Double] = []
        var last = Pass()
        for run in 1...runs {
            progress("run \(run) of \(runs)")
            last = timedPass(workload)
            speeds.append(Double(workload.commandCount) / last.seconds)
            fillSpeeds.append(Double(last.fills) / last.seconds)
        }
        let latency = singlePasses(workload, runs: runs, progress: progress)
        progress("runtime calls")
        let counted = countRuntimeCalls(workload)
        if workload.kind == .w2 { progress("memory") }
        return Result(
            commandsPerSecond: Spread(speeds), fillsPerSecond: Spread(fillSpeeds),
            latency: latency, steadyState: counted,
            memory: workload.kind == .w2 ? OpenOrderMemory(workload) : nil,
            bytesPerAccount: last.bytesPerAccount, hash: last.hash, counts: workload.counts)
    }

    /// Commands of a W1 that is short enough to be counted instruction by instruction.
    package static let shortWorkload = 100_000

    /// Applies the stream once, for tools that count what the process does; gives the state hash.
    package static func applyOnce(_ workload: EngineWorkload) -> String {
        hexadecimal(timedPass(workload).hash)
    }

    private struct Pass {
        var seconds = 0.0
        var fills = 0
        var hash: UInt64 = 0
        var bytesPerAccount = 0
    }

    /// As a node starts: with the memory that the stream will need.
    static func prepared(_ workload: EngineWorkload) -> Engine {
        var engine = Engine()
        engine.makeRoom(
            payments: workload.preparation.reduce(workload.commandCount) { $0 + $1.commandCount })
        var effects = Effects()
        for batch in workload.preparation {
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
        }
        return engine
    }

    @inline(never)
    private static func timedPass(_ workload: EngineWorkload) -> Pass {
        var engine = prepared(workload)
        var effects = Effects()
        effects.reserve(commands: EngineWorkload.batchSize)
        var pass = Pass()
        let before = engine.position.fillCount
        for batch in workload.batches {
            let start = Clock.nanoseconds()
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
            pass.seconds += Double(Clock.nanoseconds() - start) / 1e9
        }
        pass.fills = Int(engine.position.fillCount - before)
        precondition(pass.fills == workload.counts.fills, "other work than was counted")
        pass.hash = engine.position.stateHash
        pass.bytesPerAccount = engine.memory.bytesPerAccount
        return pass
    }

    /// Every command in a batch of its own, so that each is timed by itself.
    private static func singlePasses(
        _ workload: EngineWorkload, runs: Int, progress: (String) -> Void
    ) -> LatencySpread {
        var singles: [Batch] = []
        singles.reserveCapacity(workload.commandCount)
        for batch in workload.batches {
            batch.forEachCommand { number, item in
                let command = EncodedCommand(item.command)
                singles.append(Batch([command], timestamp: batch.timestamp + Int64(number)))
            }
        }
        return LatencySpread(
            (1...runs).map { run in
                progress("single commands, run \(run) of \(runs)")
                return singlePass(workload, singles)
            })
    }

    private static func singlePass(
        _ workload: EngineWorkload, _ singles: [Batch]
    ) -> LatencySummary {
        var engine = prepared(workload)
        var effects = Effects()
        var samples = [UInt32](repeating: 1, count: singles.count)
        for (number, batch) in singles.enumerated() {
            let start = Clock.nanoseconds()
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
            samples[number] = UInt32(clamping: Clock.nanoseconds() - start)
        }
        return LatencySummary(samples)
    }

    /// The book alone, to be compared with matching engines.
    package static func runBook(
        _ kind: EngineWorkload.Kind, operations: Int, runs: Int, progress: (String) -> Void
    ) -> Result {
        progress("making the stream")
        let workload = BookWorkload(kind, operations: operations)
        var speeds: [Double] = []
        var fillSpeeds: [Double] = []
        var hash: UInt64 = 0
        var fills = 0
        for run in 1...runs {
            progress("run \(run) of \(runs)")
            var matching = BareMatching(
                operations: workload.preparation.count + operations,
                resting: workload.preparation.count + operations)
            workload.preparation.withUnsafeBufferPointer { matching.apply($0) }
            let before = matching.fillCount
            let start = Clock.nanoseconds()
            workload.operations.withUnsafeBufferPointer { matching.apply($0) }
            let seconds = Double(Clock.nanoseconds() - start) / 1e9
            fills = matching.fillCount - before
            precondition(fills == workload.counts.fills, "other work than was counted")
            hash = matching.fillsHash
            speeds.append(Double(operations) / seconds)
            fillSpeeds.append(Double(fills) / seconds)
        }
        return Result(
            commandsPerSecond: Spread(speeds), fillsPerSecond: Spread(fillSpeeds), hash: hash,
            counts: workload.counts)
    }

    /// The stream of the book alone, for other engines: comma-separated lines that
    /// docs/performance.md explains.
    ///
    /// - Parameter write: takes the text, some lines at a time.
    package static func bookStream(
        _ kind: EngineWorkload.Kind, operations: Int, _ write: (String) throws -> Void
    ) rethrows {
        try BookWorkload(kind, operations: operations).text(write)
    }
}
