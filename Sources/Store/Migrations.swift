/// One numbered SQL file.
package struct Migration: Equatable, Sendable {
    package let number: Int32
    let name: String
    let sql: [UInt8]

    package init(number: Int32, name: String, sql: [UInt8]) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// The tables' history: numbered files that are applied once, in order, and never edited.
package enum Migrations {
    package static let all = [
        Migration(number: 1, name: "log", sql: PackageResources._001_log_sql),
        Migration(number: 2, name: "ledger", sql: PackageResources._002_ledger_sql),
        Migration(number: 3, name: "upkeep", sql: PackageResources._003_upkeep_sql),
        Migration(number: 4, name: "totals", sql: PackageResources._004_totals_sql),
        Migration(number: 5, name: "numbers", sql: PackageResources._005_numbers_sql),
        Migration(number: 6, name: "rules", sql: PackageResources._006_rules_sql),
        Migration(number: 7, name: "nostros", sql: PackageResources._007_nostros_sql),
        Migration(
            number: 8, name: "identifiers", sql: PackageResources._008_identifiers_sql),
        Migration(number: 9, name: "contents", sql: PackageResources._009_contents_sql),
        Migration(
            number: 10, name: "operators", sql: PackageResources._010_operators_sql),
        Migration(number: 11, name: "messages", sql: PackageResources._011_messages_sql),
        Migration(
            number: 12, name: "follow_ups", sql: PackageResources._012_follow_ups_sql),
        Migration(number: 13, name: "notices", sql: PackageResources._013_notices_sql),
        Migration(
            number: 14, name: "return_orders", sql: PackageResources._014_return_orders_sql),
        Migration(
            number: 15, name: "consensus", sql: PackageResources._015_consensus_sql),
        Migration(number: 16, name: "fills", sql: PackageResources._016_fills_sql),
        Migration(
            number: 17, name: "proposals", sql: PackageResources._017_proposals_sql),
        Migration(
            number: 18, name: "calendars", sql: PackageResources._018_calendars_sql),
        Migration(number: 19, name: "keys", sql: PackageResources._019_keys_sql),
        Migration(
            number: 20, name: "debit_caps", sql: PackageResources._020_debit_caps_sql),
        Migration(number: 21, name: "dates", sql: PackageResources._021_dates_sql),
        Migration(
            number: 22, name: "statements", sql: PackageResources._022_statements_sql),
        Migration(
            number: 23, name: "withdrawal_lists",
            sql: PackageResources._023_withdrawal_lists_sql),
        Migration(
            number: 24, name: "agent_statements",
            sql: PackageResources._024_agent_statements_sql),
    ]

    /// Creates the schema when it is missing and brings its tables up to this build.
    ///
    /// Everything happens in one transaction; of several gateways that start at once one migrates
    /// and the others wait and find nothing to do.
    ///
    /// - Returns: how many files were applied.
    /// - Throws: ``StoreError`` with code `migrationRefused` when an applied file has changed or
    ///   the database has one that this build does not know.
    @discardableResult
    package static func apply(to address: DatabaseAddress) throws -> Int {
        let connection = try PostgresConnection(
            to: address, applicationName: "langqiao-migrations")
        return try apply(all, on: connection)
    }

    package static func apply(
        _ migrations: [Migration], on connection: PostgresConnection
    ) throws -> Int {
        let schema = connection.address.schema
        return try connection.transaction {
            try connection.query(
                "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended($1, 1))", [.text(schema)])
            try connection.execute("CREATE SCHEMA IF NOT EXISTS \(schema)")
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    number     integer     PRIMARY KEY,
                    name       text        NOT NULL,
                    checksum   bytea       NOT NULL,
                    applied_at timestamptz NOT NULL DEFAULT now()
                )
                """)
            let known = try checkApplied(migrations, on: connection)
            let missing = migrations.filter { !known.contains($0.number) }
            // A gateway that still writes waits here, so that sums over its rows are whole; its
            // next write then meets tables that it does not know, and it stops.
            try connection.execute(
                """
                DO $$ BEGIN
                    IF \(!missing.isEmpty) AND to_regclass('applied') IS NOT NULL THEN
                        LOCK TABLE applied IN EXCLUSIVE MODE;
                    END IF;
                END $$
                """)
            for migration in missing {
                try connection.execute(String(decoding: migration.sql, as: UTF8.self))
                try connection.query(
                    """
                    INSERT INTO schema_migrations (number, name, checksum)
                    VALUES ($1, $2, sha256($3))
                    """,
                    [.int4(migration.number), .text(migration.name), .bytea(migration.sql)])
            }
            return missing.count
        }
    }

    /// Compares what the database has with what this build carries; returns the applied numbers.
    private static func checkApplied(
        _ migrations: [Migration], on connection: PostgresConnection
    ) throws -> Set<Int32> {
        let applied = try connection.query(
            "SELECT number, name, checksum FROM schema_migrations ORDER BY number"
        ).map { (number: $0.integer(Int32.self), name: $0.text(), checksum: $0.bytes()) }
        for row in applied {
            guard let migration = migrations.first(where: { $0.number == row.number }) else {
                throw StoreError(
                    .migrationRefused,
                    """
                    Schema \(connection.address.schema) has migration \(row.number) \
                    (\(row.name)), which this build does not know; run a newer build.
                    """)
            }
            let checksum = try connection.query("SELECT sha256($1)", [.bytea(migration.sql)])
                .first { $0.bytes() }
            guard checksum == row.checksum else {
                throw StoreError(
                    .migrationRefused,
                    """
                    Migration \(row.number) (\(row.name)) was applied to schema \
                    \(connection.address.schema) in another wording; an applied file is never \
                    edited, a change is a new file.
                    """)
            }
        }
        return Set(applied.map(\.number))
    }
}

/// Empty copies of the tables, into which the log is replayed to check the ledger.
package enum ScratchSchema {
    /// Creates a schema beside the ledger's and its tables in it.
    ///
    /// - Parameter suffix: letters, digits and underscores; the schema is named
    ///   `<schema>_scratch_<suffix>`.
    /// - Throws: ``StoreError``; a scratch schema of this name that is there already is an error.
    package static func create(beside address: DatabaseAddress, suffix: String) throws
        -> DatabaseAddress
    {
        let scratch = try DatabaseAddress(
            connectionString: address.connectionString,
            schema: "\(address.schema)_scratch_\(suffix)")
        let connection = try PostgresConnection(to: scratch, applicationName: "langqiao-scratch")
        try connection.execute("CREATE SCHEMA \(scratch.schema)")
        _ = try Migrations.apply(Migrations.all, on: connection)
        return scratch
    }

    /// Drops a schema that ``create(beside:suffix:)`` made, with everything in it.
    package static func drop(_ scratch: DatabaseAddress) throws {
        guard scratch.schema.contains("_scratch_") else {
            throw StoreError(.invalidArgument, "\(scratch.schema) is no scratch schema.")
        }
        let connection = try PostgresConnection(to: scratch, applicationName: "langqiao-scratch")
        try connection.execute("DROP SCHEMA IF EXISTS \(scratch.schema) CASCADE")
    }
}
