/// Where a ledger lives: a PostgreSQL database and a schema in it.
package struct DatabaseAddress: Equatable, Sendable {
    /// A libpq connection string or URI.
    package let connectionString: String
    /// The schema that holds all tables; every statement relies on the search path.
    package let schema: String

    package static let defaultSchema = "langqiao"

    /// - Throws: ``StoreError`` when the schema is not 1 to 48 small letters, digits and
    ///   underscores beginning with a letter, or begins with `pg_`.
    package init(connectionString: String, schema: String = defaultSchema) throws {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        let isPlain = schema.utf8.allSatisfy {
            letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
        }
        guard isPlain, let first = schema.utf8.first, letters.contains(first),
            schema.utf8.count <= 48, !schema.hasPrefix("pg_")
        else {
            throw StoreError(
                .invalidArgument,
                """
                "\(schema)" is no schema name: use 1 to 48 small letters, digits and underscores, \
                a letter first, and not the prefix pg_.
                """)
        }
        self.connectionString = connectionString
        self.schema = schema
    }
}
