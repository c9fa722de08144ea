internal import Domain

/// Carries out erasures on one node: takes the details of payments out of what stands beside the
/// log, and out of the tables.
///
/// Blocking; belongs to the thread that made it. It may run beside the writers of log and tables:
/// it only touches contents of batches that the tables show.
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

    /// What of one payment is to be erased.
    private struct Wish {
        var bic: BIC
        /// Of the payment and of the attempts at it: repetitions have the same.
        var contents: Set<UInt128> = []

        func covers(_ order: PaymentOrder) -> Bool {
            order.payer == bic || contents.contains(order.contentHash)
        }
    }

    /// Carries out what is on record and not carried out yet.
    ///
    /// - Returns: the attachments erased.
    /// - Throws: ``StoreError``. Nothing is half done: all of a walk is one transaction.
    /// - Complexity: O(bytes of the log up to the last erasure).
    package func run() throws -> Int {
        var erased = 0
        while true {
            let rows = try pending()
            guard let last = rows.last else { return erased }
            let wishes = try self.wishes(rows)
            let changed = try walk(upTo: last.logIndex, wishes)
            erased += changed.count
            try connection.transaction {
                for batch in changed.batches {
                    try connection.query(
                        "UPDATE raft_contents SET contents = $2 WHERE log_index = $1",
                        [.int8(batch.index), .bytea(batch.contents)])
                }
                for row in rows { try eraseDetails(row) }
                try connection.query("UPDATE erased SET erasure_id = $1", [.int8(last.id)])
            }
        }
    }

    private func pending() throws -> [ErasureRow] {
        let table = LedgerTable(ErasureRow.self)
        return try connection.query(
            """
            SELECT \(table.columnList) FROM erasures
            WHERE erasure_id > (SELECT erasure_id FROM erased) ORDER BY erasure_id LIMIT $1
            """, [.int8(ContentEraser.erasuresPerWalk)]
        ).map { try ErasureRow(from: &$0) }
    }

    private func wishes(_ rows: [ErasureRow]) throws -> [UETR: [Wish]] {
        var wishes: [UETR: [Wish]] = [:]
        for row in rows {
            let bic = try connection.query(
                "SELECT bic FROM participants WHERE participant_id = $1", [.int4(Int32(row.payer))]
            ).first { BIC($0.text()) }
            var wish = Wish(bic: bic.flatMap { $0 } ?? .none)
            let hashes = try connection.query(
                """
                SELECT content_hash FROM payment_records WHERE uetr = $1 AND payer_id = $2
                UNION ALL
                SELECT encode(content_hash, 'hex')::uuid FROM attempts
                WHERE uetr = $1 AND payer_id = $2
                """, [.uuid(row.uetr.bits), .int4(Int32(row.payer))]
            ).map { $0.integer(UInt128.self) }
            wish.contents.formUnion(hashes)
            wishes[row.uetr, default: []].append(wish)
        }
        return wishes
    }

    /// The contents of the batches that change, and how many attachments that are.
    private func walk(
        upTo end: UInt64, _ wishes: [UETR: [Wish]]
    ) throws -> (batches: [(index: UInt64, contents: [UInt8])], count: Int) {
        var changed: (batches: [(index: UInt64, contents: [UInt8])], count: Int) = ([], 0)
        var entries = log.entries(from: 1)
        while let entry = try entries.next(), entry.index <= end {
            guard !entry.contents.isEmpty else { continue }
            let batch: Batch
            do {
                batch = try Batch(decoding: entry.payload, contents: entry.contents)
            } catch {
                throw StoreError(.rowUnreadable, "raft_log \(entry.index): \(error)")
            }
            let (contents, count) = batch.erasing { order in
                wishes[order.uetr]?.contains { $0.covers(order) } ?? false
            }
            guard count > 0 else { continue }
            changed.count += count
            changed.batches.append((entry.index, contents))
        }
        return changed
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
    }
}
