// A short W1 in one thread, for tools that count. Prints the state hash, so that counts are
// compared for the same work alone; with `count`, what the Swift runtime and the C library were
// asked for; with `memory`, what an open order takes; with `report` and a workload's name, the
// benchmark's report.
internal import AllocationCount
internal import Benchmark

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "memory" {
    let memory = OpenOrderMemory(EngineWorkload(.w2, commands: 0))
    print(memory.untilCancelled.perOrder, memory.untilTheDayEnds.perOrder)
} else if arguments.first == "report", let kind = EngineWorkload.Kind(rawValue: arguments.last!) {
    let report = EngineReport(
        kind: kind, commands: EngineBenchmark.shortWorkload, runs: 2, matchingOnly: false)
    print(try report.measure(asJSON: true) { _ in })
} else {
    let workload = EngineWorkload(.w1, commands: EngineBenchmark.shortWorkload)
    if arguments.isEmpty {
        print(EngineBenchmark.applyOnce(workload))
    } else if let counted = EngineBenchmark.countRuntimeCalls(
        workload, memoryCalls: { allocation_count() })
    {
        print(
            counted.commands, counted.objectsAllocated, counted.retains, counted.memoryCalls ?? -1)
    }
}
