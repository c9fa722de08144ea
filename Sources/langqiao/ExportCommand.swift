internal import ArgumentParser
internal import Domain
internal import Foundation
internal import Gateway
internal import Store

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the log as the lines that 'langqiao replay' reads.",
        discussion: """
            Replaying the lines leads to the state hash that the gateway shows: an auditor \
            re-runs what happened without the gateway's database. The lines hold what banks \
            submitted, party names included.
            """)

    @OptionGroup var source: DatabaseOptions

    @Option(help: "The first log index.")
    var from: UInt64 = 1

    @Flag(help: "Print JSON; it is the only form, the flag is taken for symmetry.")
    var json = false

    func run() async throws {
        let first = from
        try await source.use { address in
            var entries = try LogReader(address).entries(from: max(1, first))
            while let entry = try entries.next() {
                let batch = try Batch(decoding: entry.payload)
                for line in try ReplayMapping.lines(of: batch) { print(line) }
            }
        }
    }
}

/// Which database a command works on: a named one, or the private one of a directory.
struct DatabaseOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A libpq connection string.", valueName: "conninfo"))
    var database: String?

    @Option(help: ArgumentHelp("The schema of log and tables.", valueName: "name"))
    var schema = DatabaseAddress.defaultSchema

    @Option(help: ArgumentHelp("Directory of a private PostgreSQL.", valueName: "dir"))
    var data: String?

    func validate() throws {
        guard (database == nil) != (data == nil) else {
            throw ValidationError("give exactly one of --database and --data")
        }
        if let data, !FileManager.default.fileExists(atPath: data) {
            throw ValidationError("there is no directory \(data)")
        }
    }

    /// Runs blocking work on the database; a private server is started for it and stopped again.
    func use<Value: Sendable>(
        _ body: @escaping @Sendable (DatabaseAddress) throws -> Value
    ) async throws -> Value {
        let (database, schema, data) = (database, schema, data)
        return try await onThread {
            guard let data else {
                return try body(
                    DatabaseAddress(connectionString: database ?? "", schema: schema))
            }
            let cluster = try PrivateCluster.start(directory: data)
            defer { try? cluster.stop() }  // the result is what counts
            return try body(
                DatabaseAddress(connectionString: cluster.connectionString, schema: schema))
        }
    }
}
