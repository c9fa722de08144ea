internal import ArgumentParser
internal import Foundation
internal import Shares
internal import Store

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
        do {
            _ = try DatabaseAddress(connectionString: "", schema: schema)
        } catch let error as StoreError {
            throw ValidationError("--schema: \(error.message)")
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
        return try await WorkerThread.run("database") {
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
