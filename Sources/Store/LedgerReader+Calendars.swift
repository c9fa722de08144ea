package import Domain

/// A business day with its end.
package struct BusinessDay: Equatable, Sendable {
    package var row: BusinessDayRow
    /// The one behind it; nil while this one runs.
    package var next: BusinessDayRow?

    /// What is recorded from `row.began` on and before this belongs to it.
    package var end: Timestamp { next?.began ?? .max }
}

/// What an account had when a business day began and when it ended; of one that runs what it has.
package struct DayBalance: Equatable, Sendable {
    package var account: AccountRow
    /// Minor units.
    package var opening: Int64
    package var closing: Int64
}

/// How somebody names a business day.
package enum DayName: Sendable {
    case running
    case number(DayNumber)
    case date(CivilDate)
}

extension LedgerReader {
    /// The dates of a currency's calendar that are in force, in their order.
    ///
    /// - Complexity: O(log rows + dates).
    package func calendarDays(
        _ currency: Currency, from first: CivilDate, through last: CivilDate
    ) throws -> [CalendarDay] {
        let table = LedgerTable(CalendarDayRow.self)
        return try connection.query(
            planned: """
                SELECT \(table.columnList) FROM calendar_days
                WHERE calendar_day_id BETWEEN $1 AND $2 ORDER BY calendar_day_id
                """,
            [
                .int4(Int32(CalendarDay.key(currency, first))),
                .int4(Int32(CalendarDay.key(currency, last))),
            ]
        ).map { try CalendarDayRow(from: &$0).day }
    }

    /// What is staged of a currency's calendar, in the order of the dates.
    ///
    /// - Complexity: O(log rows + staged dates of all currencies).
    package func stagedDays(_ currency: Currency) throws -> [CalendarDay] {
        let table = LedgerTable(StagedDayRow.self)
        return try connection.query(
            planned: """
                SELECT \(table.columnList) FROM calendar_stages
                WHERE state = 'staged' AND calendar_day_id BETWEEN $1 AND $2
                ORDER BY calendar_day_id
                """,
            [
                .int4(Int32(CalendarDay.key(currency, .none))),
                .int4(Int32(CalendarDay.key(currency, CivilDate(rawValue: .max)))),
            ]
        ).map { try StagedDayRow(from: &$0).day }
    }

    /// The business days of a currency, newest first.
    ///
    /// - Parameter before: only days of smaller numbers.
    /// - Complexity: O(log rows + limit).
    package func businessDays(
        _ currency: Currency, before: DayNumber = .max, limit: Int
    ) throws -> [BusinessDay] {
        // The one behind the newest of the page, where there is one, tells when that ended.
        let rows = try dayRows(currency, through: before, limit: limit + 1)
        guard let newest = rows.first else { return [] }
        let own = newest.number < before ? rows[...] : rows.dropFirst()
        return own.prefix(limit).enumerated().map { place, row in
            let behind = place + own.startIndex - 1
            return BusinessDay(row: row, next: behind >= 0 ? rows[behind] : nil)
        }
    }

    private func dayRows(
        _ currency: Currency, through last: DayNumber, limit: Int
    ) throws -> [BusinessDayRow] {
        let table = LedgerTable(BusinessDayRow.self)
        return try connection.query(
            planned: """
                SELECT \(table.columnList) FROM business_days
                WHERE business_day_id BETWEEN $1 AND $2
                ORDER BY business_day_id DESC LIMIT $3
                """,
            [
                .int8(BusinessDayRow.id(of: currency, 0)),
                .int8(BusinessDayRow.id(of: currency, last)), .int8(Int64(limit)),
            ]
        ).map { try BusinessDayRow(from: &$0) }
    }

    /// A business day of a currency, if there is one of this name.
    ///
    /// - Complexity: O(log rows).
    package func businessDay(_ currency: Currency, _ name: DayName) throws -> BusinessDay? {
        switch name {
        case .running: return try businessDays(currency, limit: 1).first
        case .number(let number):
            guard number < .max else { return nil }
            let day = try businessDays(currency, before: number + 1, limit: 1).first
            return day?.row.number == number ? day : nil
        case .date(let date):
            let number = try connection.query(
                planned: "SELECT number FROM business_days WHERE currency = $1 AND date = $2",
                [.text(currency.code), .text(date.description)]
            ).first { $0.int4AsUnsigned() }
            return try number.flatMap { try businessDay(currency, .number($0)) }
        }
    }

    /// What accounts of a currency had when a business day began and ended, by their numbers.
    ///
    /// - Parameters:
    ///   - owner: only the settlement accounts of this participant.
    ///   - after: only accounts of higher numbers.
    /// - Complexity: O(accounts of the ledger looked at + limit × log rows).
    package func balances(
        of day: BusinessDay, owner: ParticipantID? = nil, after: AccountID = 0, limit: Int
    ) throws -> [DayBalance] {
        let own = owner == nil ? "" : "AND kind = 'settlement' AND participant_id = $5"
        var parameters: [Parameter] = [
            .text(day.row.currency.code), .int8(Int64(day.row.number)),
            .int4(Int32(bitPattern: after)), .int8(Int64(limit)),
        ]
        if let owner { parameters.append(.int4(Int32(bitPattern: owner))) }
        return try connection.query(
            planned: balanceQuery("currency = $1 AND account_id > $3 \(own)"), parameters
        ).map { try DayBalance(from: &$0) }
    }

    /// The same of one account; nil when there is none.
    ///
    /// - Complexity: O(log rows).
    package func balance(of account: AccountID, on day: BusinessDay) throws -> DayBalance? {
        try connection.query(
            planned: balanceQuery("currency = $1 AND account_id = $3"),
            [
                .text(day.row.currency.code), .int8(Int64(day.row.number)),
                .int4(Int32(bitPattern: account)), .int8(1),
            ]
        ).first { try DayBalance(from: &$0) }
    }

    /// What an account had when a day began stands in its first row of that day or a later one.
    private func balanceQuery(_ condition: String) -> String {
        func opening(_ day: String) -> String {
            """
            coalesce((
                SELECT opening_balance FROM account_days
                WHERE account_day_id >= (accounts.account_id::bigint << 32) + \(day)
                    AND account_day_id < (accounts.account_id::bigint + 1) << 32
                ORDER BY account_day_id LIMIT 1
            ), balance)
            """
        }
        return """
            SELECT \(opening("$2")), \(opening("$2 + 1")), \(LedgerTable.accounts.columnList)
            FROM accounts WHERE \(condition) ORDER BY account_id LIMIT $4
            """
    }

    /// The last row of each account that has any: what an engine starts from.
    ///
    /// - Complexity: O(accounts × log rows).
    func lastAccountDays() throws -> [AccountDayRow] {
        let table = LedgerTable(AccountDayRow.self)
        return try connection.query(
            """
            SELECT \(table.columnList) FROM (SELECT account_id AS owner FROM accounts) AS a
            CROSS JOIN LATERAL (
                SELECT * FROM account_days
                WHERE account_day_id >= a.owner::bigint << 32
                    AND account_day_id < (a.owner::bigint + 1) << 32
                ORDER BY account_day_id DESC LIMIT 1
            ) AS last
            """
        ).map { try AccountDayRow(from: &$0) }
    }
}

extension DayBalance {
    fileprivate init(from row: inout some FieldSource) throws {
        opening = row.integer(Int64.self)
        closing = row.integer(Int64.self)
        account = try AccountRow(from: &row)
    }
}
