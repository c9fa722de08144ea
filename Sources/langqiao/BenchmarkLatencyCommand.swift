internal import ArgumentParser
internal import Benchmark
internal import Terminal

struct BenchmarkLatencyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract: "Measure single calls to a gateway, and others' programs beside it.",
        discussion: """
            Starts a gateway in a process of its own on a private PostgreSQL with fsync, puts \
            payments on record, starts it anew so that they are old, and makes calls of each kind \
            for --seconds: one payment in flight, many as JSON and over gRPC, an open loop, reads \
            of recent and of old payments, lists. With --against comparable calls of the others \
            follow each of them, on the same disk and with TLS and client certificates where they \
            know such: puts of etcd, commits of one row of PostgreSQL, files of nghttpd. In the \
            end every payment that was answered is looked for in the tables.

            Example:
              langqiao benchmark latency --against etcd --against postgres --against nghttpd
            """)

    @Option(help: "Whose calls to make, too: etcd, postgres or nghttpd; can be given again.")
    var against: [LatencyPeer] = []

    @Option(help: "Payments under way where there are many.")
    var inFlight = 64

    @Option(help: "Reads under way where there are many.")
    var readsInFlight = 128

    @Option(help: "Payments a second of the open loop.")
    var rate = 1_000

    @Option(help: "How long to make calls of one kind.")
    var seconds = 3.0

    @Option(
        help: """
            How often; each time all kinds in turn. Figures are medians, with the least and the \
            greatest.
            """)
    var runs = 5

    @Option(help: "Payments that are on record before; each is read once at most.")
    var old = 400_000

    @Option(help: "Nodes of the gateway and of etcd: 1, 3 or 5.")
    var nodes = 1

    @Option(help: "Threads of the gateway that serve connections.")
    var threads = 1

    @Flag(help: "One line of JSON.")
    var json = false

    func validate() throws {
        guard (1...4_096).contains(inFlight), (1...4_096).contains(readsInFlight),
            (1...100_000).contains(rate), (0.1...600).contains(seconds), (1...100).contains(runs),
            (10_000...10_000_000).contains(old), [1, 3, 5].contains(nodes),
            (1...64).contains(threads)
        else {
            throw ValidationError(
                "--in-flight and --reads-in-flight lie in 1...4096, --rate in 1...100000, "
                    + "--seconds in 0.1...600, --runs in 1...100, --old in 10000...10000000, "
                    + "--threads in 1...64; --nodes is 1, 3 or 5")
        }
    }

    func run() async throws {
        let options = LatencyOptions(
            inFlight: inFlight, readsInFlight: readsInFlight, rate: rate, seconds: seconds,
            runs: runs, old: old, nodes: nodes, threads: threads, peers: against)
        let progress = RunProgress(isQuiet: json)
        let report = try await interruptible {
            try await LatencyBenchmark.run(options) { progress.show($0) }
        }
        print(json ? try report.json() : report.text())
        guard report.isRight else { throw ExitCode.failure }
    }
}

extension LatencyPeer: ExpressibleByArgument {}
