internal import Domain
internal import Store
internal import Synchronization

/// What was summed up of accounts' days that were asked for of late: who reads one part by part has
/// it summed up once. What is on record of a day never changes, so any may be forgotten, and none
/// grows wrong.
final class SummedDays<Value: Sendable>: Sendable {
    private struct Known {
        let account: AccountID
        let day: DayNumber
        let value: Value
    }

    private let most: Int
    /// The one that was asked for last is the last.
    private let kept = Mutex<[Known]>([])

    init(most: Int) { self.most = most }

    func recall(_ account: AccountID, _ day: DayNumber) -> Value? {
        kept.withLock { kept in
            let place = kept.firstIndex { $0.account == account && $0.day == day }
            guard let place else { return nil }
            let found = kept.remove(at: place)
            kept.append(found)
            return found.value
        }
    }

    /// Keeps it in place of what there was of the day.
    func keep(_ value: Value, _ account: AccountID, _ day: DayNumber) {
        kept.withLock { kept in
            kept.removeAll { $0.account == account && $0.day == day }
            kept.append(Known(account: account, day: day, value: value))
            if kept.count > most { kept.removeFirst() }
        }
    }
}

/// Outlines of long statements.
struct StatementOutlines: Sendable {
    private let known = SummedDays<StatementOutline>(most: 8)

    /// - Throws: ``StatementError``; `StoreError`.
    func outline(
        of account: AccountID, on day: DayNumber, by reader: LedgerReader
    ) throws -> StatementOutline {
        if let known = known.recall(account, day) { return known }
        let outline = try reader.statement(of: account, on: .number(day))
        if outline.parts.count > 1 { known.keep(outline, account, day) }
        return outline
    }
}

/// What banks were charged on a day, by corridor.
struct FeeTotals: Sendable {
    private let known = SummedDays<[FeeTotal]>(most: 256)

    /// - Throws: `StoreError`.
    func totals(
        of account: AccountRow, on day: BusinessDay, by reader: LedgerReader
    ) throws -> [FeeTotal] {
        if let known = known.recall(account.id, day.row.number) { return known }
        let totals = try reader.feeTotals(of: account, on: day)
        known.keep(totals, account.id, day.row.number)
        return totals
    }
}

/// What went into accounts on a day and out of them. Of one that runs what is new is added to what
/// was summed up before.
struct EntrySums: Sendable {
    private let known = SummedDays<(sums: AccountEntries, until: Timestamp)>(most: 256)

    /// - Throws: `StoreError`.
    func entries(
        of account: AccountRow, on day: BusinessDay, by reader: LedgerReader
    ) throws -> AccountEntries {
        // All of a batch has its time.
        let end = min(day.end, try reader.position().timestamp + 1)
        var (sums, begun) =
            known.recall(account.id, day.row.number)
            ?? (AccountEntries(), day.row.began)
        // Another reader may have seen more.
        if begun > end { (sums, begun) = (AccountEntries(), day.row.began) }
        sums += try reader.entries(of: account, from: begun, until: end)
        known.keep((sums, end), account.id, day.row.number)
        return sums
    }
}
