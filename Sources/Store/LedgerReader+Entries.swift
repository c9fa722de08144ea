package import Domain

/// What went into an account and what out of it.
package struct AccountEntries: Equatable, Sendable {
    package var credits = EntryTotal()
    package var debits = EntryTotal()

    package init() {}

    package static func += (entries: inout AccountEntries, other: AccountEntries) {
        entries.credits += other.credits
        entries.debits += other.debits
    }
}

extension LedgerReader {
    /// The entries of an account of any kind in a time: an entry for each side of a transfer that
    /// is on it.
    ///
    /// - Parameter end: nothing of this time or later.
    /// - Complexity: O(log rows + entries), inside PostgreSQL, in statements of bounded length.
    package func entries(
        of account: AccountRow, from: Timestamp, until end: Timestamp
    ) throws -> AccountEntries {
        guard from < end else { return AccountEntries() }
        return try spans(from: from, until: end).reduce(into: AccountEntries()) { sums, span in
            var parameters: [Parameter] = [
                .int4(Int32(bitPattern: account.id)), .text(account.currency.code),
                .int8(span.fillsBefore), .int8(span.fills), .int8(span.from), .int8(span.end),
            ]
            if account.kind == .feeIncome {
                parameters.append(.int4(Int32(account.currency.rawValue)))
            }
            let found = try connection.query(planned: EntryQuery.sql(for: account), parameters)
                .first { row in
                    var entries = AccountEntries()
                    entries.credits = EntryTotal(from: &row)
                    entries.debits = EntryTotal(from: &row)
                    try row.check("transfers")
                    return entries
                }
            sums += found ?? AccountEntries()
        }
    }
}

/// Parameters: $1 the account, $2 its currency, $3 the last fill before the span, $4 the last one
/// of it, $5 and $6 when it begins and ends, $7 the currency's number for an account of fees.
private enum EntryQuery {
    static func sql(for account: AccountRow) -> String {
        let references = others(account.kind).map { source in
            """
            SELECT \(source.reference) FROM \(source.table)
            WHERE \(source.role) AND timestamp_ns >= $5 AND timestamp_ns < $6
            """
        }.joined(separator: " UNION ALL ")
        let others =
            references.isEmpty
            ? ""
            : """
            UNION ALL
            SELECT debit_account, credit_account, amount
            FROM transfers WHERE reference = ANY (ARRAY(\(references)))
            """
        return """
            SELECT
                count(*) FILTER (WHERE is_credit),
                coalesce(sum(amount) FILTER (WHERE is_credit), 0)::text,
                count(*) FILTER (WHERE NOT is_credit),
                coalesce(sum(amount) FILTER (WHERE NOT is_credit), 0)::text
            FROM (
                SELECT moved.*
                FROM fill_records_of(\(fills(account.kind)))
                CROSS JOIN LATERAL (
                    VALUES
                        (renminbi_debit, renminbi_credit, renminbi_amount),
                        (foreign_debit, foreign_credit, foreign_amount),
                        (renminbi_debit, \(feeAccount(account, of: .cny)), renminbi_fee),
                        (foreign_debit, \(feeAccount(account)), foreign_fee)
                ) AS moved (debit_account, credit_account, amount)
                WHERE amount > 0
                \(others)
            ) AS moved
            CROSS JOIN LATERAL (
                VALUES (debit_account, false), (credit_account, true)
            ) AS side (account, is_credit)
            WHERE side.account = $1
            """
    }

    /// Whom a fee is paid to, as far as it is the account.
    ///
    /// - Parameter currency: of the fee; nil for any but renminbi.
    private static func feeAccount(
        _ account: AccountRow, of currency: Currency? = nil
    ) -> String {
        let isOwn = (account.currency == .cny) == (currency == .cny)
        return account.kind == .feeIncome && isOwn ? "$1" : "NULL::integer"
    }

    private static func fills(_ kind: AccountKind) -> String {
        switch kind {
        case .settlement, .suspense:
            "ARRAY(\(ListedFills.numbers(after: "$3", through: "$4")))"
        case .feeIncome:
            "ARRAY(\(ListedFills.numbers(.fee, of: "$7", after: "$3", through: "$4")))"
        case .nostro, .agentCharges, .agentInterest: "'{}'::bigint[]"
        }
    }

    /// Where what is no fill stands.
    private static func others(
        _ kind: AccountKind
    ) -> [(table: String, role: String, reference: String)] {
        let fundings = ("fundings", "account_id = $1", "reference")
        let entries = ("agent_entries", TransferQuery.agentEntries, "reference")
        switch kind {
        case .settlement:
            return [
                fundings, ("returns", "debit_account = $1", TransferQuery.returnReference),
                ("returns", "credit_account = $1", TransferQuery.returnReference),
            ]
        case .suspense: return [fundings]
        case .nostro: return [("fundings", TransferQuery.nostroFundings, "reference"), entries]
        case .agentCharges, .agentInterest: return [entries]
        case .feeIncome: return []
        }
    }
}
