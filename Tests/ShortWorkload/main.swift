// A short W1 in one thread, for tools that count. Prints the state hash, so that counts are
// compared for the same work alone; with an argument, what the Swift runtime was asked for.
internal import Benchmark

let workload = EngineWorkload(.w1, commands: EngineBenchmark.shortWorkload)
if CommandLine.arguments.count == 1 {
    print(EngineBenchmark.applyOnce(workload))
} else if let counted = EngineBenchmark.countRuntimeCalls(workload) {
    print(counted.commands, counted.allocations, counted.retains)
}
