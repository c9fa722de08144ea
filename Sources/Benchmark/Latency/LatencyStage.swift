internal import Chance
internal import Clients
internal import Domain
internal import HTTP2
internal import LoadClient
internal import NIOCore
internal import Shares
internal import Store

/// A gateway with old payments on record, for calls made one by one; and what the calls put on
/// record.
struct LatencyStage {
    private var stage: BenchmarkStage
    private let options: LatencyOptions
    private let before: LedgerPosition
    /// All payments of the stage, answered or not.
    private var total = GatewayLoadResult()
    /// By bank, in the order of ``GatewayLoad/bankNames``: the last that were accepted.
    private var recent: [[UETR]]
    /// By bank, at random: settled, in no memory of the gateway, and not asked for yet.
    private var old: [[UETR]]
    private var random = SplitMix64(seed: Clock.nanoseconds())

    /// Of each bank, that count as its last ones.
    private static let recentPayments = 500
    /// At most; and so few that each bank makes several calls.
    private static let recordsPerCall = 4_000

    /// Starts a gateway and makes its history.
    ///
    /// - Parameter progress: told what is being done.
    static func open(
        _ options: LatencyOptions, _ progress: @Sendable (String) -> Void
    ) async throws -> LatencyStage {
        progress("starting a gateway")
        let stage = try await BenchmarkStage.open(
            directory: nil, nodes: options.nodes, connections: 0, threads: options.threads)
        var opened: LatencyStage?
        do {
            var made = try await LatencyStage(stage, options)
            opened = made
            try await made.makeHistory(progress)
            return made
        } catch {
            await (opened?.stage ?? stage).close()
            throw error
        }
    }

    private init(_ stage: BenchmarkStage, _ options: LatencyOptions) async throws {
        self.stage = stage
        self.options = options
        recent = GatewayLoad.bankNames.map { _ in [] }
        old = recent
        _ = try await TableWatch(stage.operation)
        before = try stage.reader().position()
    }

    var directory: String { stage.directory }
    var files: CertificateFiles { stage.files }
    /// A bank, by the name of its certificate.
    static var bank: String { bankFiles[0] }

    private static var bankFiles: [String] {
        GatewayLoad.bankNames.compactMap { BIC($0) }.map { CertificateFiles.name(of: $0) }
    }

    private var target: LoadTarget { target(from: 0) }

    /// - Parameter bank: the place of the one that has the first connection.
    private func target(from bank: Int) -> LoadTarget {
        let names = LatencyStage.bankFiles
        return LoadTarget(
            port: stage.port,
            identities: (names[bank...] + names[..<bank]).map {
                LoadIdentity(
                    authority: files.certificate("ca"),
                    own: (files.certificate($0), files.key($0)))
            })
    }

    // MARK: History

    /// Payments go on record, settle by pairs and leave all memories: the gateway starts anew when
    /// the tables have them, and as many batches follow as an engine knows ended payments for.
    private mutating func makeHistory(_ progress: @Sendable (String) -> Void) async throws {
        progress("sending \(options.old) payments that are to be old")
        let (calls, result) = try await target.run(
            RecordCalls(
                options.old,
                perCall: min(LatencyStage.recordsPerCall, options.old / (recent.count * 4)),
                flows(equalAmounts: true),
                authority: target.authority),
            connections: recent.count, endless(inFlight: 4))
        note(calls.accepted, refused: calls.refused, result)
        try await catchUp()
        let position = try stage.reader().position()
        let accepted = calls.accepted
        let settled = try await LatencyStage.settled(accepted, stage)
        progress("starting the gateway anew")
        try await stage.restart()
        while try stage.reader().position().logIndex < position.logIndex
            + UInt64(Limits.finalBatches)
        {
            progress("more batches, until the old payments are in no memory")
            let result = try await measure(.payment, seconds: 0.5)
            guard result.calls > 0 else { throw StageError("the gateway takes no payments") }
        }
        old = settled.map { random.shuffled($0) }
    }

    /// Those of the payments that are settled, as the tables have them.
    private static func settled(
        _ payments: [[UETR]], _ stage: BenchmarkStage
    ) async throws -> [[UETR]] {
        let address = try stage.database()
        return try await WorkerThread.run("history") {
            let reader = try LedgerReader(address)
            return try payments.map { payments in
                try reader.payments(uetrs: payments).lazy.map(\.row)
                    .filter { $0.status == .settled }.map(\.uetr)
            }
        }
    }

    private func endless(inFlight: Int) -> LoadPace {
        LoadPace(
            .closed(inFlight: inFlight), warmingNanoseconds: 0, nanoseconds: 3_600_000_000_000)
    }

    private func flows(equalAmounts: Bool) -> [BankFlow] {
        recent.indices.map { bank in
            BankFlow(
                banks: .ofGateway, bank: bank, seed: UInt64(bank) &+ Clock.nanoseconds(),
                equalAmounts: equalAmounts)
        }
    }

    // MARK: Measuring

    /// Makes calls of this kind for the stated time, when the tables have caught up.
    ///
    /// - Parameter runsLeft: how often this is done, from now on: they share the old payments.
    mutating func measure(
        _ work: LatencyWork, seconds: Double? = nil, runsLeft: Int = 1
    ) async throws -> LatencyResult {
        try await catchUp()
        var options = options
        options.seconds = seconds ?? options.seconds
        let pace = options.pace(work)
        let connections = work.connections(of: recent.count)
        let authority = target.authority
        switch work {
        case .payment, .payments, .grpcPayments, .pacedPayments:
            let flows = Array(flows(equalAmounts: false).prefix(connections))
            let (calls, result) = try await target.run(
                PaymentCalls(flows, grpc: work == .grpcPayments, authority: authority),
                connections: connections, pace)
            note(calls.accepted, refused: calls.refused, result)
            return result
        case .recentRead, .recentReads:
            let reads = ReadCalls(
                Array(recent.prefix(connections)), .random(seed: random.next()),
                authority: authority)
            return try await target.run(reads, connections: connections, pace).result
        case .oldRead:
            let bank = runsLeft % old.count
            let reads = ReadCalls([takeOld(bank, old[bank].count / 2)], .once, authority: authority)
            return try await target(from: bank).run(reads, connections: connections, pace).result
        case .oldReads:
            let each = (old.map(\.count).min() ?? 0) / runsLeft
            let reads = ReadCalls(
                old.indices.map { takeOld($0, each) }, .once, authority: authority)
            return try await target.run(reads, connections: connections, pace).result
        case .pages:
            return try await target.run(
                PageCalls(authority: authority), connections: connections, pace
            ).result
        }
    }

    /// Takes so many old payments of a bank, which nobody asks for any more.
    private mutating func takeOld(_ bank: Int, _ count: Int) -> [UETR] {
        defer { old[bank].removeLast(count) }
        return Array(old[bank].suffix(count))
    }

    /// Takes the answers to payments into account.
    private mutating func note(_ accepted: [[UETR]], refused: Int, _ result: LatencyResult) {
        for (bank, uetrs) in accepted.enumerated() where !uetrs.isEmpty {
            total.accept(uetrs, &random)
            recent[bank] = (recent[bank] + uetrs).suffix(LatencyStage.recentPayments)
        }
        total.refused += refused
        total.failures.merge(result.failures, uniquingKeysWith: +)
    }

    /// Waits until the tables show everything, so that one kind of calls does not work for another.
    private func catchUp() async throws { _ = try await TableWatch(stage.operation) }

    /// The gateway's answer to a read of a payment, as JSON.
    func anAnswer() async throws -> [UInt8] {
        let page = OnePage("/v1/payments/\(recent[0][0])", authority: target.authority)
        return try await target.run(page, connections: 1, endless(inFlight: 1)).calls.body
    }

    /// What all calls put on record, beside what their answers say.
    func audit(
        _ progress: @Sendable (String) -> Void
    ) async throws -> (load: GatewayLoadResult, record: GatewayRecord) {
        try await catchUp()
        let record = try RecordAudit(stage.reader(), since: before).record(total.sample, progress)
        return (total, record)
    }

    func close() async { await stage.close() }
}

extension SplitMix64 {
    /// The same elements in any order (Fisher and Yates).
    fileprivate mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for place in elements.indices.dropFirst() { elements.swapAt(place, below(place + 1)) }
        return elements
    }
}
