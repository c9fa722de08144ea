// A short W1 in one thread, for tools that count instructions. Prints the state hash, so that
// counts are compared for the same work alone.
internal import Benchmark

print(EngineBenchmark.applyOnce(EngineWorkload(.w1, commands: 100_000)))
