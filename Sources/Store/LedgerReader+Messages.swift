package import Domain

// What banks are to be told (R14).
extension LedgerReader {
    /// What a bank wants to be told of, and how far it has been; nil when nobody has said so.
    package func messaging(_ participant: ParticipantID) throws -> MessagingRow? {
        let table = LedgerTable(MessagingRow.self)
        return try connection.query(
            planned: "SELECT \(table.columnList) FROM messaging WHERE participant_id = $1",
            [.int4(Int32(bitPattern: participant))]
        ).first { try MessagingRow(from: &$0) }
    }

    /// A bank's messages behind a number, in their order.
    ///
    /// - Complexity: O(log messages + limit).
    package func messages(
        of participant: ParticipantID, after number: UInt64, limit: Int
    ) throws -> [BankMessageRow] {
        let table = LedgerTable(BankMessageRow.self)
        let first = BankMessageRow.id(of: participant, min(number, 1 << 40 - 1))
        return try connection.query(
            planned: """
                SELECT \(table.columnList) FROM bank_messages
                WHERE bank_message_id > $1 AND bank_message_id < $2
                ORDER BY bank_message_id LIMIT $3
                """,
            [
                .int8(Int64(first)), .int8(Int64(BankMessageRow.id(of: participant + 1, 0))),
                .int8(Int64(limit)),
            ]
        ).map { try BankMessageRow(from: &$0) }
    }

    /// Which of these contents a bank's notices on record have (R16.4).
    ///
    /// - Complexity: O(contents × log notices).
    package func notices(of sender: ParticipantID, contents: [UInt128]) throws -> Set<UInt128> {
        let found = try connection.query(
            planned: """
                SELECT encode(content_hash, 'hex')::uuid FROM notices
                WHERE sender_id = $2 AND content_hash = ANY (ARRAY(
                    SELECT decode(replace(content::text, '-', ''), 'hex')
                    FROM unnest($1) AS content))
                """, [.uuidArray(contents), .int4(Int32(bitPattern: sender))]
        ).map { $0.integer(UInt128.self) }
        return Set(found)
    }

    /// Notices about a payment, oldest first, with what came with them.
    ///
    /// - Parameters:
    ///   - senders: whose; nil for all banks'.
    ///   - after: the number of the last one of the page before; 0 for the first page.
    /// - Complexity: O(log notices + those with the UETR).
    package func notices(
        uetr: UETR, of senders: [ParticipantID]?, after: UInt64, limit: Int
    ) throws -> [DeclaredRecord<NoticeRow>] {
        let table = LedgerTable(NoticeRow.self)
        var parameters: [Parameter] = [
            .uuid(uetr.bits), .int8(Int64(bitPattern: after)), .int8(Int64(limit)),
        ]
        if let senders { parameters.append(.int8Array(senders.map(Int64.init))) }
        return try connection.query(
            planned: """
                SELECT \(table.columnList) FROM notices
                WHERE uetr = $1 AND notice_id > $2
                    \(senders == nil ? "" : "AND sender_id = ANY ($4)")
                ORDER BY notice_id LIMIT $3
                """, parameters
        ).map { try DeclaredRecord(from: &$0) }
    }

    /// The banks that sent notices about a payment.
    ///
    /// - Complexity: O(log notices + those with the UETR).
    package func senders(ofNoticesOf uetr: UETR) throws -> [ParticipantID] {
        try connection.query(
            planned: "SELECT DISTINCT sender_id FROM notices WHERE uetr = $1 ORDER BY sender_id",
            [.uuid(uetr.bits)]
        ).map { ParticipantID(bitPattern: $0.integer(Int32.self)) }
    }

    /// A payment by its number.
    ///
    /// - Complexity: O(log batches + log segment).
    package func payment(_ id: PaymentID) throws -> PaymentRecord? {
        try payments(numbers: [id]).first
    }

    /// Payments on record by their numbers, each once, the newest first.
    ///
    /// - Throws: ``StoreError`` with code `rowUnreadable` when one is not on record.
    /// - Complexity: O(numbers × (log batches + log segment)).
    package func payments(numbers: some Collection<PaymentID>) throws -> [PaymentRecord] {
        let numbers = Set(numbers).sorted(by: >)
        return try payments(numbered: numbers, PaymentFilter(), limit: numbers.count)
    }

    /// Fills by their numbers, in any order.
    package func fills(numbers: [FillID]) throws -> [FillRow] {
        guard !numbers.isEmpty else { return [] }
        return try connection.query(
            planned: """
                SELECT \(LedgerTable.fills.columnList) FROM fill_records_of($1)
                """, [.int8Array(numbers.map(Int64.init))]
        ).map { try FillRow(from: &$0) }
    }

    /// A return by its number, with what came with it.
    package func `return`(id: UInt64) throws -> DeclaredRecord<ReturnRow>? {
        let table = LedgerTable(ReturnRow.self)
        return try connection.query(
            planned: "SELECT \(table.columnList) FROM returns WHERE return_id = $1",
            [.int8(Int64(id))]
        ).first { try DeclaredRecord(from: &$0) }
    }
}
