package import Domain

extension LedgerReader {
    /// - Complexity: O(log proposals).
    package func proposal(_ id: ProposalID) throws -> DeclaredRecord<ProposalRow>? {
        try connection.query(
            planned: "SELECT \(Self.columns) FROM proposals WHERE proposal_id = $1",
            [.int8(Int64(id))]
        ).first { try DeclaredRecord(from: &$0) }
    }

    /// Why a proposal was refused or withdrawn, as it came with the command.
    package func refusal(of id: ProposalID) throws -> DeclaredRecord<ProposalRefusalRow>? {
        let columns = LedgerTable(ProposalRefusalRow.self).columnList
        return try connection.query(
            planned: "SELECT \(columns) FROM proposal_refusals WHERE proposal_id = $1",
            [.int8(Int64(id))]
        ).first { try DeclaredRecord(from: &$0) }
    }

    /// Proposals, newest first.
    ///
    /// - Parameters:
    ///   - state: only these; nil for all.
    ///   - before: the number of the last one of the page before; nil for the first page.
    /// - Complexity: O(limit) of open ones and of all; of others O(rows until the page is full).
    package func proposals(
        _ state: ProposalState?, before: ProposalID?, limit: Int
    ) throws -> [DeclaredRecord<ProposalRow>] {
        let condition = state.map { " AND state = '\($0.word)'" } ?? ""
        return try connection.query(
            planned: """
                SELECT \(Self.columns) FROM proposals WHERE proposal_id < $1\(condition)
                ORDER BY proposal_id DESC LIMIT $2
                """, [.int8(before.map(Int64.init) ?? .max), .int8(Int64(limit))]
        ).map { try DeclaredRecord(from: &$0) }
    }

    /// The proposals that operators' commands with these identifications became, in any order.
    ///
    /// - Complexity: O(identifications × log proposals), in one query.
    package func proposals(of commands: [UETR]) throws -> [ProposalRow] {
        guard !commands.isEmpty else { return [] }
        return try connection.query(
            planned: "SELECT \(Self.columns) FROM proposals WHERE command_id = ANY ($1)",
            [.uuidArray(commands.map(\.bits))]
        ).map { try ProposalRow(from: &$0) }
    }

    /// Keys behind a number, in order of their numbers.
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

    /// What an engine starts from: what waits, with what came beside it, what was decided in the
    /// last batches, and the last one.
    func loadProposals(into image: inout LedgerImage) throws {
        let last = image.position.logIndex
        let forgotten = last - min(last, UInt64(Limits.finalBatches))
        let records: [DeclaredRecord<ProposalRow>] = try connection.query(
            """
            SELECT \(Self.columns) FROM proposals
            WHERE state = 'open' OR decided_in > $1
                OR proposal_id = (SELECT max(proposal_id) FROM proposals)
            """, [.int8(forgotten)]
        ).map { try DeclaredRecord(from: &$0) }
        image.declared[ProposalRow.self] = records.map(\.row)
        for record in records where record.row.state == .open {
            guard let text = record.details, !text.isEmpty else { continue }
            image.proposalAttachments[record.row.id] = Array(text.utf8)
        }
    }

    private static var columns: String { LedgerTable(ProposalRow.self).columnList }
}
