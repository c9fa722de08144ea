package import Domain

/// Certificates and keys on record (R18).
extension LedgerReader {
    /// Those behind a number, in order of their numbers.
    ///
    /// - Complexity: O(limit).
    package func keys(after: UInt32, limit: Int) throws -> [DeclaredRecord<KeyRow>] {
        try connection.query(
            planned: """
                SELECT \(LedgerTable(KeyRow.self).columnList) FROM registered_keys
                WHERE key_id > $1 ORDER BY key_id LIMIT $2
                """, [.int8(Int64(after)), .int8(Int64(limit))]
        ).map { try DeclaredRecord(from: &$0) }
    }
}
