import Consensus
import Domain
import HTTP2
import Node
import PostgresForTests
import Replica
import Shares
import Store
import Synchronization
import Testing

/// Nodes of a cluster in this process, each with a schema of its own and a way to the others.
final class TestNodes: Sendable {
    private struct Place {
        var network: PeerNetwork?
        var run: Running?
    }

    let addresses: [UInt64: DatabaseAddress]
    private let places: NodePlaces
    private let tls: [UInt64: MutualTLS]
    private let keptBytes: UInt64
    private let nodes = Mutex<[UInt64: Place]>([:])

    /// Starts all of them.
    init(keptBytes: UInt64 = 64 << 20) async throws {
        let (certificates, places) = (try NodeCertificates(), try NodePlaces())
        self.places = places
        tls = Dictionary(
            uniqueKeysWithValues: try places.ports.keys.map { ($0, try certificates.tls($0)) })
        self.keptBytes = keptBytes
        addresses = try places.ports.mapValues { _ in try TestCluster.makeSchema() }
        for number in numbers { try await start(number) }
    }

    var numbers: [UInt64] { places.ports.keys.sorted() }

    /// Starts a node, or starts it again.
    func start(_ number: UInt64) async throws {
        let network = try await places.start(number, #require(tls[number]))
        nodes.withLock { $0[number] = Place(network: network) }
        let run = try Running(try address(number), cluster: cluster(number, network))
        nodes.withLock { $0[number] = Place(network: network, run: run) }
    }

    private func cluster(_ number: UInt64, _ network: PeerNetwork) -> ReplicaCluster {
        var cluster = ReplicaCluster(
            id: number, voters: NodeSet(places.ports.keys), network: network)
        cluster.keptBytes = keptBytes
        return cluster
    }

    /// How the way to another node is.
    func way(from number: UInt64, to other: UInt64) -> PeerWay? {
        nodes.withLock { $0[number]?.network }?.ways[other]
    }

    /// A node is gone for the others at once, without a word.
    func cutOff(_ number: UInt64) async {
        await nodes.withLock { $0[number]?.network }?.shutDown()
    }

    /// Stops a node; gives its failure.
    @discardableResult
    func stop(_ number: UInt64) async -> (any Error)? {
        let place = nodes.withLock { $0.removeValue(forKey: number) }
        let failure = await place?.run?.stop()
        await place?.network?.shutDown()
        return failure ?? nil
    }

    func stopAll() async {
        await withTaskGroup(of: Void.self) { group in
            for number in nodes.withLock({ Array($0.keys) }) {
                group.addTask { [self] in await stop(number) }
            }
        }
    }

    func address(_ number: UInt64) throws -> DatabaseAddress { try #require(addresses[number]) }

    func run(_ number: UInt64) throws -> Running { try #require(found(number)) }

    /// A node, if it runs.
    func found(_ number: UInt64) -> Running? { nodes.withLock { $0[number]?.run } }

    var running: [UInt64] { nodes.withLock { $0.keys.sorted() } }

    /// Who leads, as all that run agree; waits until they do.
    func leader() async throws -> UInt64 {
        var leader: UInt64 = 0
        #expect(
            await eventually {
                let known = Set(running.map { found($0)?.replica.standing?.role.leader ?? 0 })
                leader = known.first ?? 0
                return known.count == 1 && running.contains(leader)
            })
        return leader
    }

    /// One of those that do not lead.
    func followers() async throws -> [UInt64] {
        let leader = try await leader()
        return running.filter { $0 != leader }
    }

    /// Waits until all that run have applied the same, at least up to this entry, and show it.
    ///
    /// - Returns: where they stand.
    @discardableResult
    func meet(at index: UInt64 = 0) async throws -> LedgerPosition {
        #expect(
            await eventually {
                let applied = Set(running.map { found($0)?.replica.progress.applied ?? 0 })
                return applied.count == 1 && applied.allSatisfy { $0 >= index && $0 > 0 }
            })
        var positions: [LedgerPosition] = []
        for number in running {
            #expect(try await run(number).replica.waitForTables())
            positions.append(try LedgerReader(address(number)).position())
        }
        #expect(Set(positions.map(\.stateHash)).count == 1, "\(positions)")
        return try #require(positions.first)
    }

    /// The logs of some nodes are the same, to the byte; gives the entries.
    func commonLog(of numbers: [UInt64]) throws -> [LogEntry] {
        let logs = try numbers.map {
            try LogReader(address($0)).read(from: 1, limit: 100_000, maximumBytes: 1 << 30)
        }
        let first = try #require(logs.first)
        for log in logs {
            #expect(log.map(\.checksum) == first.map(\.checksum))
            #expect(log.map(\.term) == first.map(\.term))
        }
        return first
    }
}

/// A command that every ledger records, and that is told from others by what is attached.
func attached(_ bytes: Int) -> EncodedCommand {
    EncodedCommand(
        .declared(SetParticipantState(bic: .none, state: .active)),
        attachment: [UInt8](repeating: 32, count: bytes))
}
