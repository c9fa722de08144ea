internal import Clients

/// Single calls to a gateway, and to others' programs beside it.
///
/// In each run every kind of call is made for the stated time, at once followed by comparable ones
/// of each peer; so what the machine does meanwhile meets both, and a ratio is that of neighbours.
package struct LatencyBenchmark {
    private var stage: LatencyStage
    private let options: LatencyOptions
    private let progress: @Sendable (String) -> Void
    private var etcd: EtcdPeer?
    private var postgres: PostgresPeer?
    private var nghttpd: NghttpdPeer?
    private var undo: [@Sendable () async -> Void] = []
    /// What was not measured, and why.
    private var skipped: [String] = []
    private var table: LatencyTable

    /// Starts everything, measures, and stops everything.
    ///
    /// - Parameter progress: told what is being done, often.
    /// - Throws: when a gateway or a peer does not start, or ends.
    package static func run(
        _ options: LatencyOptions, _ progress: @escaping @Sendable (String) -> Void
    ) async throws -> LatencyReport {
        var benchmark = LatencyBenchmark(
            try await LatencyStage.open(options, progress), options, progress)
        let report: LatencyReport
        do {
            report = try await benchmark.measure()
        } catch {
            await benchmark.close()
            throw error
        }
        await benchmark.close()
        return report
    }

    private init(
        _ stage: LatencyStage, _ options: LatencyOptions,
        _ progress: @escaping @Sendable (String) -> Void
    ) {
        self.stage = stage
        self.options = options
        self.progress = progress
        table = LatencyTable()
    }

    private func close() async {
        for step in undo.reversed() { await step() }
        await stage.close()
    }

    private mutating func measure() async throws -> LatencyReport {
        for peer in LatencyPeer.allCases where options.peers.contains(peer) {
            progress("starting \(peer.rawValue)")
            do {
                try await start(peer)
            } catch let reason as PeerSkipped {
                skipped.append(reason.reason)
            }
        }
        for run in 1...options.runs {
            for work in LatencyWork.allCases {
                try Task.checkCancellation()
                progress("run \(run) of \(options.runs): \(work.rawValue)")
                try await measure(work, run)
            }
        }
        progress("counting rows")
        let (load, record) = try await stage.audit(progress)
        return LatencyReport(options, table, skipped: skipped, load: load, record: record)
    }

    private mutating func start(_ peer: LatencyPeer) async throws {
        let (path, files) = (stage.directory, stage.files)
        switch peer {
        case .etcd:
            etcd = try await .start(
                nodes: options.nodes, in: path, files, as: LatencyStage.bank, &undo)
        case .postgres: postgres = try await .start(in: path, &undo)
        case .nghttpd:
            nghttpd = try await .start(
                in: path, files, content: try await stage.anAnswer(), &undo)
        }
    }

    private mutating func measure(_ work: LatencyWork, _ run: Int) async throws {
        table.add(
            work, .gateway, "langqiao",
            try await stage.measure(work, runsLeft: options.runs - run + 1))
        let connections = work.connections(of: GatewayLoad.bankNames.count)
        let pace = options.pace(work)
        for peer in work.peers {
            switch peer {
            case .etcd:
                guard let etcd else { continue }
                // One call at a time, and so one connection.
                let count = options.callsUnderWay(work) == 1 ? 1 : connections
                table.add(
                    work, .etcd, etcd.name, try await etcd.measure(connections: count, pace))
            case .postgres:
                guard let postgres else { continue }
                table.add(work, .postgres, postgres.name, try await postgres.measure(pace))
            case .nghttpd:
                guard let nghttpd else { continue }
                table.add(
                    work, .nghttpd, nghttpd.name,
                    try await nghttpd.measure(connections: connections, pace))
                try await measureByH2load(nghttpd, work, connections)
            }
        }
    }

    /// How lean the load is.
    private mutating func measureByH2load(
        _ nghttpd: NghttpdPeer, _ work: LatencyWork, _ connections: Int
    ) async throws {
        guard work != .oldRead else { return }
        do {
            table.add(
                work, .h2load, "\(nghttpd.name), by h2load",
                try await nghttpd.measureByH2load(
                    connections: connections, inFlight: options.callsUnderWay(work),
                    options.pace(work)))
        } catch let reason as PeerSkipped {
            if !skipped.contains(reason.reason) { skipped.append(reason.reason) }
        }
    }
}
