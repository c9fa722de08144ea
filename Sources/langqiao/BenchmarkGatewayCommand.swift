internal import ArgumentParser
internal import Benchmark
internal import Terminal

struct BenchmarkGatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Measure a whole gateway: TLS, HTTP/2, log, engine, ledger tables.",
        discussion: """
            Starts a gateway in a process of its own on a private PostgreSQL with fsync, sends \
            payments of 16 banks from this process, waits until the tables have caught up, and \
            counts their rows: there are as many as were answered, up to 10,000 accepted \
            payments, drawn at random, are among them and are what their fills make of them, \
            and all sums are zero. Everything runs on this machine. With --nodes the gateway is a \
            cluster whose leader is called; every answer then is on a majority.
            """)

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "'single', or 'batch N', 'records N' or 'messages N' with N payments a call "
                + "(records 8000); messages are pacs.008.",
            valueName: "mode"))
    var mode: [String] = ["records", "8000"]

    @Flag(help: "With single: gRPC instead of JSON.")
    var grpc = false

    @Option(help: "With messages: as in RTGS systems, 'rtgs', or in China's CIPS, 'cips'.")
    var style = "rtgs"

    @Flag(help: "With messages: addresses, identifications, accounts, structured remittance.")
    var rich = false

    @Option(help: "Connections; bank after bank.")
    var connections = 16

    @Option(help: "Calls under way at a time.")
    var inFlight: Int?

    @Option(
        help: ArgumentHelp(
            "Payments a second, sent whether answers come or not; latency counts from the time at "
                + "which a call was due. Without it the next call follows an answer."))
    var rate: Int?

    @Flag(help: "Payments of one size, so that two make a pair; else most settle in parts.")
    var equalAmounts = false

    @Option(help: "How long to send.")
    var seconds = 10

    @Option(
        help: ArgumentHelp(
            "How often; each run has a new database, unless --data keeps one. With several, "
                + "figures are medians, with the least and the greatest."))
    var runs = 1

    @Option(help: "Nodes of the gateway: 1, 3 or 5.")
    var nodes = 1

    @Option(help: "Threads of the gateway that serve connections.")
    var threads = 1

    @Option(
        help: ArgumentHelp(
            "Keep database and certificates here, and go on with what is there.", valueName: "dir"))
    var data: String?

    @Flag(help: "One line of JSON.")
    var json = false

    func validate() throws {
        _ = try kind()
        guard (1...1_024).contains(connections), (1...3_600).contains(seconds),
            (1...10_000).contains(calls), (1...64).contains(threads),
            (1...5_000_000).contains(rate ?? 1), (1...100).contains(runs),
            [1, 3, 5].contains(nodes)
        else {
            throw ValidationError(
                "--connections lies in 1...1024, --seconds in 1...3600, --in-flight in 1...10000, "
                    + "--threads in 1...64, --rate in 1...5000000, --runs in 1...100; --nodes "
                    + "is 1, 3 or 5"
            )
        }
    }

    /// Every call carries so many payments.
    private func kind() throws -> GatewayLoadOptions.Mode {
        let count = mode.count == 2 ? Int(mode[1]) : nil
        switch (mode.first, count) {
        case ("single", nil) where mode.count == 1: return .single(grpc: grpc)
        case ("batch", .some(let count)) where (1...1_000).contains(count): return .batch(count)
        case ("records", .some(let count)) where (1...16_384).contains(count):
            return .records(count)
        case ("messages", .some(let count)) where (1...1_000).contains(count):
            guard let market = MessageStyle.Market(rawValue: style) else {
                throw ValidationError("--style is 'rtgs' or 'cips'")
            }
            return .messages(count, MessageStyle(market: market, isRich: rich))
        default:
            throw ValidationError(
                "--mode is 'single', 'batch N' or 'messages N' with N up to 1000, or 'records N' "
                    + "with N up to 16384")
        }
    }

    private var calls: Int {
        switch mode.first {
        case "records": inFlight ?? 4
        case "messages": inFlight ?? 8
        default: inFlight ?? 64
        }
    }

    func run() async throws {
        let options = GatewayLoadOptions(
            mode: try kind(), inFlight: calls, rate: rate, seconds: seconds,
            equalAmounts: equalAmounts)
        let report = GatewayReport(
            options, connections: connections, threads: threads, keepsDatabase: data != nil,
            runs: try await interruptible { try await measure(options) })
        print(json ? try report.json() : report.text())
        guard report.isRight else { throw ExitCode.failure }
    }

    private func measure(_ options: GatewayLoadOptions) async throws -> [GatewayRun] {
        let progress = RunProgress(isQuiet: json)
        var results: [GatewayRun] = []
        for run in 1...runs {
            progress.begin(run, of: runs)
            results.append(try await measureOnce(options, progress))
        }
        return results
    }

    /// Always stops what it started.
    private func measureOnce(
        _ options: GatewayLoadOptions, _ progress: RunProgress
    ) async throws -> GatewayRun {
        progress.show("starting a gateway")
        let stage = try await BenchmarkStage.open(
            directory: data, nodes: nodes, connections: connections, threads: threads)
        do {
            let run = try await stage.measure(options) { progress.show($0) }
            await stage.close()
            return run
        } catch {
            await stage.close()
            throw error
        }
    }
}
