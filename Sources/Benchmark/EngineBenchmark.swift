internal import CRuntimeCounters
internal import Domain
internal import Engine

/// Measures the engine on one core, without I/O.
public enum EngineBenchmark {
    /// What several runs over the same stream gave.
    public struct Result: Sendable {
        /// Millions of commands a second, each run.
        public var commandsPerSecond: Spread
        public var fillsPerSecond: Spread
        /// Nanoseconds of a command applied as a batch of its own; nil for the book alone.
        public var latency: LatencySummary?
        /// Runtime calls and heap growth over the counted batches, per command.
        public var steadyState: SteadyState?
        public var bytesPerOpenOrder: Int?
        public var bytesPerAccount: Int?
        /// What engines can compare: the hash over the ordered fills, or the ledger's state hash.
        public var hash: UInt64
        public var fills: Int
        /// Orders of a hundred that met others when they arrived.
        public var crossingPercent: Int
    }

    /// The engine whole: funds, holds, fees, double-entry settlement of every fill, rows, hashes.
    public static func run(
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
        progress("single commands")
        let latency = singlePass(workload)
        progress("runtime calls")
        let counted = countRuntimeCalls(workload)
        return Result(
            commandsPerSecond: Spread(speeds), fillsPerSecond: Spread(fillSpeeds),
            latency: latency, steadyState: counted, bytesPerOpenOrder: last.bytesPerOpenOrder,
            bytesPerAccount: last.bytesPerAccount, hash: last.hash, fills: last.fills,
            crossingPercent: last.crossingPercent)
    }

    /// Commands of a W1 that is short enough to be counted instruction by instruction.
    public static let shortWorkload = 100_000

    /// Applies the stream once, for tools that count what the process does; gives the state hash.
    public static func applyOnce(_ workload: EngineWorkload) -> String {
        String(timedPass(workload).hash, radix: 16)
    }

    private struct Pass {
        var seconds = 0.0
        var fills = 0
        var hash: UInt64 = 0
        var bytesPerOpenOrder = 0
        var bytesPerAccount = 0
        var crossingPercent = 0
    }

    /// As a node starts: with the memory that the stream will need.
    private static func prepared(_ workload: EngineWorkload) -> Engine {
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
        var arrivals = 0
        var crossing = 0
        for batch in workload.batches {
            let start = Clock.nanoseconds()
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
            pass.seconds += Double(Clock.nanoseconds() - start) / 1e9
            for outcome in effects.outcomes where outcome.kind == .submitPayment {
                arrivals += 1
                if outcome.fillCount > 0 { crossing += 1 }
            }
        }
        pass.fills = Int(engine.position.fillCount - before)
        pass.hash = engine.position.stateHash
        pass.crossingPercent = crossing * 100 / max(1, arrivals)
        pass.bytesPerOpenOrder = engine.memory.bytesPerPayment
        pass.bytesPerAccount = engine.memory.bytesPerAccount
        return pass
    }

    /// Every command in a batch of its own, so that each is timed by itself.
    private static func singlePass(_ workload: EngineWorkload) -> LatencySummary {
        var engine = prepared(workload)
        var effects = Effects()
        var singles: [Batch] = []
        singles.reserveCapacity(workload.commandCount)
        for batch in workload.batches {
            for (number, command) in batch.encodedCommands.enumerated() {
                singles.append(Batch([command], timestamp: batch.timestamp + Int64(number)))
            }
        }
        var samples = [UInt32](repeating: 1, count: singles.count)
        for (number, batch) in singles.enumerated() {
            let start = Clock.nanoseconds()
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
            samples[number] = UInt32(clamping: Clock.nanoseconds() - start)
        }
        return LatencySummary(samples)
    }

    /// Runtime calls and memory over the second half of the stream; nil when the runtime offers no
    /// hooks, or when they do not count what is known to happen.
    public static func countRuntimeCalls(_ workload: EngineWorkload) -> SteadyState? {
        guard hooksCount() else { return nil }
        var engine = prepared(workload)
        var effects = Effects()
        let half = workload.batches.count / 2
        var counts: SteadyState?
        var counted = 0
        for (number, batch) in workload.batches.enumerated() {
            if number < half {
                engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
                continue
            }
            guard runtime_counters_begin() else { return nil }
            let heap = heap_bytes_in_use()
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
            let grown = Int(heap_bytes_in_use()) - Int(heap)
            let calls = runtime_counters_end()
            counted += batch.commandCount
            var sum = counts ?? SteadyState()
            sum.allocations += Int(calls.objects_allocated)
            sum.retains += Int(calls.retains)
            sum.heapBytes += grown
            counts = sum
        }
        counts?.commands = counted
        return counts
    }

    private final class Witness {}

    /// Whether allocations and retains that certainly happen are seen.
    private static func hooksCount() -> Bool {
        guard runtime_counters_begin() else { return false }
        let witnesses = allocateAndRetain(3)
        let seen = runtime_counters_end()
        return witnesses.count == 3 && seen.objects_allocated > 1 && seen.retains > 1
    }

    @inline(never)
    private static func allocateAndRetain(_ count: Int) -> [Witness] {
        Array(repeating: Witness(), count: count)
    }

    /// The book alone, to be compared with matching engines.
    public static func runBook(
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
            hash = matching.fillsHash
            speeds.append(Double(operations) / seconds)
            fillSpeeds.append(Double(fills) / seconds)
        }
        return Result(
            commandsPerSecond: Spread(speeds), fillsPerSecond: Spread(fillSpeeds), latency: nil,
            steadyState: nil, bytesPerOpenOrder: nil, bytesPerAccount: nil, hash: hash,
            fills: fills, crossingPercent: 0)
    }
}

/// What the runtime did over many commands.
public struct SteadyState: Sendable {
    public var commands = 0
    public var allocations = 0
    public var retains = 0
    /// Growth of the heap: the slabs take memory a chunk at a time.
    public var heapBytes = 0
}
