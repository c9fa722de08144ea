package import Domain

/// What a currency's accounts hold together, in minor units.
package struct CurrencyTotal: Equatable, Sendable {
    package var currency: Currency
    /// Sum of all balances: zero, or the ledger is broken.
    package var sum: Int64
    /// Owed to participants.
    package var settlement: Int64
    /// At the settlement agent; negative.
    package var nostro: Int64
    package var feeIncome: Int64
    package var suspense: Int64
    /// Held for open orders.
    package var held: Int64
}

/// What a transfer was for.
package enum TransferKind: String, Sendable, CaseIterable {
    case leg
    case fee
    case funding
    case agentFee = "agent-fee"
    case agentInterest = "agent-interest"
    case agentTransfer = "agent-transfer"
    case `return`
}

/// One movement of money from one account to another.
package struct TransferRecord: Equatable, Sendable {
    package var token: TransferToken
    package var kind: TransferKind
    package var debitAccount: AccountID
    package var creditAccount: AccountID
    package var currency: Currency
    /// Minor units, positive.
    package var amount: Int64

    package var timestamp: Timestamp { token.timestamp }
    /// The fill it belongs to; nil for a funding, an agent's entry or a return.
    package var fill: FillID? { token.fill == 0 ? nil : token.fill }
    /// The reference of the funding or entry, or the number of the return; nil for a leg or fee.
    package var reference: UETR? { token.fill == 0 ? token.reference : nil }
}

/// A transfer's place in the order of transfers: also the token of the next page.
package struct TransferToken: Equatable, Sendable {
    package var timestamp: Timestamp
    /// 0 for a funding, an agent's entry or a return.
    package var fill: FillID
    /// 1 renminbi leg, 2 foreign leg, 3 renminbi fee, 4 foreign fee; 0 for others.
    package var part: Int32
    /// The reference of the funding or entry, or the number of the return; all zeros for a fill.
    package var reference: UETR

    package init(timestamp: Timestamp, fill: FillID, part: Int32, reference: UETR) {
        self.timestamp = timestamp
        self.fill = fill
        self.part = part
        self.reference = reference
    }

    /// Older than every transfer of its time, and newer than all before.
    static func oldest(at time: Timestamp) -> TransferToken {
        TransferToken(timestamp: time, fill: 0, part: 0, reference: UETR(bits: 0))
    }

    /// Newer than every transfer.
    static let end = TransferToken(
        timestamp: .max, fill: UInt64(Int64.max), part: .max, reference: UETR(bits: .max))
}

extension LedgerReader {
    /// Every account, in order of number.
    package func accounts() throws -> [AccountRow] {
        try connection.query(LedgerTable.accounts.selectAll).map { try AccountRow(from: &$0) }
    }

    package func account(_ id: AccountID) throws -> AccountRow? {
        try connection.query(
            "SELECT \(LedgerTable.accounts.columnList) FROM accounts WHERE account_id = $1",
            [.int4(Int32(bitPattern: id))]
        ).first { try AccountRow(from: &$0) }
    }

    /// The sums of every currency that has accounts.
    ///
    /// - Complexity: O(accounts).
    package func totals() throws -> [CurrencyTotal] {
        try connection.query(
            """
            SELECT currency, sum(balance)::bigint,
                coalesce(sum(balance) FILTER (WHERE kind = 'settlement'), 0)::bigint,
                coalesce(sum(balance) FILTER (WHERE kind = 'nostro'), 0)::bigint,
                coalesce(sum(balance) FILTER (WHERE kind = 'fee-income'), 0)::bigint,
                coalesce(sum(balance) FILTER (WHERE kind = 'suspense'), 0)::bigint,
                sum(held)::bigint
            FROM accounts GROUP BY currency ORDER BY currency
            """
        ).map { row in
            let total = CurrencyTotal(
                currency: row.code(Codes.currency), sum: row.integer(), settlement: row.integer(),
                nostro: row.integer(), feeIncome: row.integer(), suspense: row.integer(),
                held: row.integer())
            try row.check("accounts")
            return total
        }
    }

    /// The transfers that touch an account, newest first.
    ///
    /// - Parameters:
    ///   - before: the token of the last transfer of the page before; nil for the first page.
    ///   - from: nothing older than this.
    ///   - end: nothing of this time or later.
    ///   - limit: at most so many; a shorter page is the last one.
    /// - Returns: an empty page when there is no such account.
    /// - Complexity: O(log rows + limit), through indexes.
    package func transfers(
        of account: AccountID, before: TransferToken? = nil, from: Timestamp = .min,
        until end: Timestamp = .max, limit: Int
    ) throws -> [TransferRecord] {
        guard let row = try self.account(account) else { return [] }
        let newest = end == .max ? .end : TransferToken.oldest(at: end)
        let token = before.map { $0.timestamp < end ? $0 : newest } ?? newest
        let parameters: [Parameter] = [
            .int4(Int32(bitPattern: account)), .text(row.currency.code), .int8(token.timestamp),
            .int8(token.fill), .int4(token.part), .uuid(token.reference.bits), .int8(from),
            .int8(Int64(limit)),
            .int8Array(try fills(moving: row, token, from, limit: limit + 1).map(Int64.init)),
        ]
        return try connection.query(planned: TransferQuery.sql(for: row.kind), parameters).map {
            row in
            let token = TransferToken(
                timestamp: row.integer(), fill: row.int8AsUnsigned(), part: row.integer(),
                reference: UETR(bits: row.integer()))
            let kind = TransferKind(rawValue: row.text())
            let record = TransferRecord(
                token: token, kind: kind ?? .leg, debitAccount: row.int4AsUnsigned(),
                creditAccount: row.int4AsUnsigned(), currency: row.code(Codes.currency),
                amount: row.integer())
            try row.check("transfers")
            return record
        }
    }

    /// The newest fills that can be on a page, descending.
    ///
    /// Every fill but the one at the page's edge, whose transfers may be shown already, gives at
    /// least one transfer; so `limit` is one more than the page's.
    private func fills(
        moving account: AccountRow, _ token: TransferToken, _ from: Timestamp, limit: Int
    ) throws -> [FillID] {
        // Fills are numbered in the order of time. A funding comes before the fills of its batch.
        let newest = token.fill > 0 ? token.fill : try mark(before: token.timestamp).fills
        let above = from == .min ? 0 : try mark(before: from).fills
        switch account.kind {
        case .settlement, .suspense:
            return try listed(
                .account, of: account.id, above: above, below: newest + 1, limit: limit)
        case .feeIncome:
            return try listed(
                .fee, of: UInt32(account.currency.rawValue), above: above, below: newest + 1,
                limit: limit)
        case .nostro, .agentCharges, .agentInterest: return []
        }
    }
}

/// The statement of an account in SQL.
///
/// The transfers view alone would walk all fills. So the fills and fundings that can be on the page
/// are found first, and only those are turned into transfers.
///
/// Parameters: $1 account, $2 its currency, $3…$6 token (timestamp, fill, part, reference), $7
/// oldest timestamp, $8 limit, $9 the fills.
enum TransferQuery {
    static func sql(for kind: AccountKind) -> String {
        """
        WITH page_fundings AS MATERIALIZED (\(candidates(kind)))
        SELECT timestamp_ns, fill_id::bigint, part::integer, reference, kind, debit_account,
            credit_account, currency, amount
        FROM (
            SELECT timestamp_ns, fill_id, part,
                '00000000-0000-0000-0000-000000000000'::uuid AS reference, kind,
                debit_account, credit_account, currency, amount
            FROM transfers_of($9)
            UNION ALL
            SELECT timestamp_ns, fill_id, part, reference, kind, debit_account, credit_account,
                currency, amount
            FROM transfers WHERE reference = ANY (ARRAY(SELECT reference FROM page_fundings))
        ) AS page
        WHERE $1 IN (debit_account, credit_account)
            AND (timestamp_ns, fill_id, part, reference) < ($3, $4, $5, $6)
            AND $2 = currency
        ORDER BY timestamp_ns DESC, fill_id DESC, part DESC, reference DESC
        LIMIT $8
        """
    }

    /// What can be on the page beside fills.
    private static func candidates(_ kind: AccountKind) -> String {
        switch kind {
        case .settlement:
            """
            (\(newest("fundings", "account_id = $1")))
            UNION ALL (\(newest("returns", "debit_account = $1", returnReference)))
            UNION ALL (\(newest("returns", "credit_account = $1", returnReference)))
            """
        case .suspense: newest("fundings", "account_id = $1")
        case .nostro:
            """
            (\(newest("fundings", nostroFundings)))
            UNION ALL (\(newest("agent_entries", agentEntries)))
            """
        case .feeIncome: newest("fundings", "false")
        case .agentCharges, .agentInterest: newest("agent_entries", agentEntries)
        }
    }

    static let nostroFundings = """
        account_id IN (SELECT account_id FROM accounts WHERE currency = $2)
        AND nostro = (SELECT participant_id FROM accounts WHERE account_id = $1)
        """
    static let agentEntries = "$1 IN (account_id, counter_account_id)"

    /// As the index on it has it.
    static let returnReference = "lpad(to_hex(return_id), 32, '0')::uuid"

    private static func newest(
        _ table: String, _ role: String, _ reference: String = "reference"
    ) -> String {
        """
        SELECT \(reference) AS reference FROM \(table)
        WHERE \(role) AND timestamp_ns >= $7
            AND (timestamp_ns, 0::bigint, 0, \(reference)) < ($3, $4, $5, $6)
        ORDER BY timestamp_ns DESC, reference DESC LIMIT $8
        """
    }
}
