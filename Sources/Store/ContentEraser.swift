internal import Domain

/// Carries out erasures on one node: takes the details of payments out of what stands beside the
/// log, and out of the tables.
///
/// Blocking; belongs to the thread that made it. It may run beside the writers of log and tables:
/// it only touches contents of batches that the tables show. A walk can be cut off at any page; the
/// next one finds erased what was erased, and goes through the rest.
package final class ContentEraser {
    private let connection: PostgresConnection
    private let log: LogReader

    /// Erasures in one walk through the log.
    private static let erasuresPerWalk: Int64 = 4_096

    /// - Throws: ``StoreError`` with code `connectionLost`.
    package init(_ address: DatabaseAddress) throws {
        connection = try PostgresConnection(to: address, applicationName: "langqiao-eraser")
        log = try LogReader(address)
    }

    /// Carries out what is on record and not carried out yet.
    ///
    /// - Parameter goesOn: asked before each page of the log.
    /// - Returns: the attachments erased.
    /// - Throws: ``StoreError``; `anotherWriter` when somebody else erases in this schema.
    /// - Complexity: O(bytes of the log from its first contents to the last erasure); holds one
    ///   page of 16 MiB or one batch.
    package func run(while goesOn: () -> Bool = { true }) throws -> Int {
        var count = 0
        while goesOn() {
            let done = try self.done()
            let rows = try pending(behind: done)
            guard let last = rows.last else { return count }
            let others = try contentsOfOthers(rows)
            var next: UInt64 = 1
            while next <= last.logIndex {
                guard goesOn() else { return count }
                let entries = try log.read(from: next, limit: 256, onlyWithContents: true)
                count += try erase(entries.filter { $0.index <= last.logIndex }, others, done)
                next = entries.last.map { $0.index + 1 } ?? .max
            }
            try connection.transaction {
                try holdPlace(done)
                for row in rows { try eraseDetails(row) }
                try connection.query("UPDATE erased SET erasure_id = $1", [.int8(last.id)])
            }
        }
        return count
    }

    // MARK: What is asked for

    /// The last erasure that is carried out.
    private func done() throws -> UInt64 {
        try connection.query("SELECT erasure_id FROM erased").first { $0.int8AsUnsigned() } ?? 0
    }

    /// Keeps others away until the transaction ends.
    private func holdPlace(_ done: UInt64) throws {
        let held = try connection.query(
            "SELECT 1 FROM erased WHERE erasure_id = $1 FOR UPDATE", [.int8(done)]
        ).rowCount
        guard held == 1 else {
            throw StoreError(.anotherWriter, "Somebody else has carried out erasures meanwhile.")
        }
    }

    private func pending(behind done: UInt64) throws -> [ErasureRow] {
        let table = LedgerTable(ErasureRow.self)
        return try connection.query(
            """
            SELECT \(table.columnList) FROM erasures
            WHERE erasure_id > $1 ORDER BY erasure_id LIMIT $2
            """, [.int8(done), .int8(ContentEraser.erasuresPerWalk)]
        ).map { try ErasureRow(from: &$0) }
    }

    /// By UETR, for each wish the contents on record that stay: those of other payers. All else
    /// that came under the UETR goes, also what left no record.
    private func contentsOfOthers(_ rows: [ErasureRow]) throws -> [UETR: [Set<UInt128>]] {
        var others: [UETR: [Set<UInt128>]] = [:]
        for row in rows {
            let hashes = try connection.query(
                """
                SELECT content_hash FROM payment_records WHERE uetr = $1 AND payer_id <> $2
                UNION ALL
                SELECT encode(content_hash, 'hex')::uuid FROM attempts
                WHERE uetr = $1 AND payer_id <> $2
                UNION ALL
                SELECT encode(content_hash, 'hex')::uuid FROM notices
                WHERE uetr = $1 AND sender_id <> $2
                """, [.uuid(row.uetr.bits), .int4(Int32(row.payer))]
            ).map { $0.integer(UInt128.self) }
            others[row.uetr, default: []].append(Set(hashes))
        }
        return others
    }

    // MARK: Erasing

    /// Erases in one page of the log; gives the attachments erased.
    private func erase(
        _ entries: [LogEntry], _ others: [UETR: [Set<UInt128>]], _ done: UInt64
    ) throws -> Int {
        var changed: [(index: UInt64, contents: [UInt8])] = []
        var erased = 0
        for entry in entries {
            let (contents, count) = try batch(entry).erasing { uetr, contentHash in
                others[uetr]?.contains { !$0.contains(contentHash) } ?? false
            }
            guard count > 0 else { continue }
            erased += count
            changed.append((entry.index, contents))
        }
        guard erased > 0 else { return 0 }
        try connection.transaction {
            try holdPlace(done)
            for batch in changed {
                try connection.query(
                    "UPDATE raft_contents SET contents = $2 WHERE log_index = $1",
                    [.int8(batch.index), .bytea(batch.contents)])
            }
        }
        return erased
    }

    private func batch(_ entry: LogEntry) throws -> Batch {
        do {
            return try Batch(entry, rules: .first)
        } catch {
            throw StoreError(.rowUnreadable, "raft_log \(entry.index): \(error)")
        }
    }

    /// Empty text says that there were details. What was recorded before the ledger sealed its
    /// contents stays: the chain has it.
    private func eraseDetails(_ row: ErasureRow) throws {
        let parameters: [Parameter] = [.uuid(row.uetr.bits), .int4(Int32(row.payer))]
        try connection.query(
            """
            UPDATE payment_rows SET details = ''
            WHERE uetr = $1 AND payer_id = $2 AND details <> ''
                AND payment_id > (SELECT max(payment_count) FROM content_keys)
            """, parameters)
        try connection.query(
            "UPDATE attempts SET details = '' WHERE uetr = $1 AND payer_id = $2 AND details <> ''",
            parameters)
        try connection.query(
            "UPDATE notices SET details = '' WHERE uetr = $1 AND sender_id = $2 AND details <> ''",
            parameters)
    }
}
