internal import LoadClient
internal import Shares
internal import Store

/// Commits of one row each, by libpq over the Unix socket of a PostgreSQL with the settings of the
/// gateway's.
struct PostgresPeer {
    /// `PostgreSQL 17.2`.
    let name: String
    private let address: DatabaseAddress

    private static let contentBytes = 256
    private static let insert = "INSERT INTO single_rows VALUES ($1, $2)"

    /// - Parameter path: where its data goes; on the disk where the gateway's are.
    static func start(
        in path: String, _ undo: inout [@Sendable () async -> Void]
    ) async throws -> PostgresPeer {
        let cluster = try await WorkerThread.run("peer") {
            try PrivateCluster.start(directory: "\(path)/peer")
        }
        undo.append { try? cluster.stop() }  // what there is to tell has been told
        let address = try DatabaseAddress(
            connectionString: cluster.connectionString, schema: "public")
        let version = try await WorkerThread.run("peer") {
            let connection = try PostgresConnection(to: address, applicationName: "peer")
            try connection.execute(
                "CREATE TABLE single_rows (number bigint PRIMARY KEY, content bytea NOT NULL)")
            return connection.serverVersion
        }
        return PostgresPeer(name: "PostgreSQL \(version)", address: address)
    }

    /// One commit after the other.
    func measure(_ pace: LoadPace) async throws -> LatencyResult {
        try await WorkerThread.run("peer") {
            let connection = try PostgresConnection(to: address, applicationName: "peer")
            let content = [UInt8](repeating: UInt8(ascii: "v"), count: PostgresPeer.contentBytes)
            var tally = LoadTally()
            var number = Int64(Clock.nanoseconds())
            let start = Clock.nanoseconds()
            let measured = start + pace.warmingNanoseconds
            let end = measured + pace.nanoseconds
            var now = start
            while now < end {
                try connection.query(
                    planned: PostgresPeer.insert, [.int8(number), .bytea(content)])
                let sent = now
                now = Clock.nanoseconds()
                tally.answered(after: now - sent, isMeasured: sent >= measured, nil)
                number += 1
            }
            return tally.result(seconds: Double(now - min(now, measured)) / 1e9)
        }
    }
}
