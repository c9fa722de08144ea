internal import CRuntimeCounters
internal import Domain
internal import Engine

/// What the runtime did over many commands.
package struct SteadyState: Sendable {
    package var commands = 0
    package var objectsAllocated = 0
    /// Calls; several retains at once are one, and so are several releases.
    package var retains = 0
    package var releases = 0
    /// Calls that ask the C library for memory; nil when nobody counts them.
    package var memoryCalls: Int?
    /// Growth of the heap: lists and tables grow by doubling.
    package var heapBytes = 0
}

extension EngineBenchmark {
    /// Runtime calls and memory over the second half of the stream; nil when the runtime offers no
    /// hooks, or when they do not count what is known to happen.
    ///
    /// - Parameter memoryCalls: how often this thread has asked the C library for memory so far.
    ///   Only a program that puts its own functions in the place of the library's knows.
    package static func countRuntimeCalls(
        _ workload: EngineWorkload, memoryCalls: (() -> UInt64)? = nil
    ) -> SteadyState? {
        guard countersSee(memoryCalls) else { return nil }
        var engine = prepared(workload)
        var effects = Effects()
        effects.reserve(commands: EngineWorkload.batchSize)
        let half = workload.batches.count / 2
        for batch in workload.batches[..<half] {
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
        }
        var sum = SteadyState()
        for batch in workload.batches[half...] {
            let heap = Int(heap_bytes_in_use())
            let memory = memoryCalls?()
            guard runtime_counters_begin() else { return nil }
            engine.apply(batch, at: engine.position.logIndex + 1, into: &effects)
            let calls = runtime_counters_end()
            if let memory, let now = memoryCalls?() {
                sum.memoryCalls = (sum.memoryCalls ?? 0) + Int(now - memory)
            }
            sum.heapBytes += Int(heap_bytes_in_use()) - heap
            sum.objectsAllocated += Int(calls.objects_allocated)
            sum.retains += Int(calls.retains)
            sum.releases += Int(calls.releases)
            sum.commands += batch.commandCount
        }
        return sum
    }

    private final class Witness {}

    /// Whether allocations, retains and releases that certainly happen are seen.
    private static func countersSee(_ memoryCalls: (() -> UInt64)?) -> Bool {
        let witness = Witness()
        let isSeen = withExtendedLifetime(witness) {
            runtime_counters_see(Unmanaged.passUnretained(witness).toOpaque())
        }
        let memory = memoryCalls?() ?? 0
        guard isSeen, runtime_counters_begin() else { return false }
        let witnesses = allocateWitnesses(3)
        let seen = runtime_counters_end()
        let isMemorySeen = memoryCalls.map { $0() - memory >= 3 } ?? true
        return witnesses.count == 3 && seen.objects_allocated >= 3 && isMemorySeen
    }

    @inline(never)
    private static func allocateWitnesses(_ count: Int) -> [Witness] {
        (0..<count).map { _ in Witness() }
    }
}
