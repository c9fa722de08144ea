internal import Domain
internal import Store
internal import Synchronization

/// Outlines of long statements that were asked for of late: who pulls one part by part has it
/// summed up once. A statement never changes, so any of them may be forgotten, and none grows old.
final class StatementOutlines: Sendable {
    private static let most = 8

    /// The one that was asked for last is the last.
    private let kept = Mutex<[StatementOutline]>([])

    /// - Throws: ``StatementError``; `StoreError`.
    func outline(
        of account: AccountID, on day: DayNumber, by reader: LedgerReader
    ) throws -> StatementOutline {
        if let known = recall(account, day) { return known }
        let outline = try reader.statement(of: account, on: .number(day))
        if outline.parts.count > 1 { keep(outline) }
        return outline
    }

    private func recall(_ account: AccountID, _ day: DayNumber) -> StatementOutline? {
        kept.withLock { kept in
            let place = kept.firstIndex { $0.account.id == account && $0.day.row.number == day }
            guard let place else { return nil }
            let found = kept.remove(at: place)
            kept.append(found)
            return found
        }
    }

    private func keep(_ outline: StatementOutline) {
        kept.withLock { kept in
            kept.append(outline)
            if kept.count > StatementOutlines.most { kept.removeFirst() }
        }
    }
}
