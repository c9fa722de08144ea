internal import Domain
internal import Store
internal import Synchronization

/// Who is who: participants by number and by BIC, read from the tables and kept.
///
/// Registrations never change once made, so what is known stays right; the state of a participant
/// is not kept here. The tables are read again only after a batch that registered somebody.
final class Directory: Sendable {
    private struct Known {
        var bics: [ParticipantID: BIC] = [:]
        var rows: [BIC: ParticipantRow] = [:]
        /// How often somebody may have been registered, and how much of that the last read saw.
        var news: UInt64 = 1
        var newsRead: UInt64 = 0
        var isWatching = false
    }

    private let known = Mutex(Known())
    private let readers: ReaderPool
    private let node: any SettlementNode

    init(_ readers: ReaderPool, _ node: any SettlementNode) {
        self.readers = readers
        self.node = node
    }

    /// The BICs of these participants; those that are not on record are missing.
    func bics(_ ids: Set<ParticipantID>) async throws -> [ParticipantID: BIC] {
        let wanted = ids.subtracting([0])
        let isKnown = known.withLock { known in wanted.allSatisfy { known.bics[$0] != nil } }
        if !isKnown { try await refresh() }
        return known.withLock { known in known.bics.filter { wanted.contains($0.key) } }
    }

    /// The participant with this BIC as registered, or nil.
    func participant(_ bic: BIC) async throws -> ParticipantRow? {
        if let row = known.withLock({ $0.rows[bic] }) { return row }
        try await refresh()
        return known.withLock { $0.rows[bic] }
    }

    /// Whether `participant` is known to be neither `own` nor to settle through it.
    func isForeign(_ participant: ParticipantID, to own: ParticipantID) -> Bool {
        guard participant != 0 else { return true }
        return known.withLock { known in
            guard let bic = known.bics[participant], let row = known.rows[bic] else {
                return false
            }
            return participant != own && row.settlementParticipant != own
        }
    }

    /// Reads again if somebody may be missing. Callers at the same time each read for themselves:
    /// nobody goes on before what he waits for is known.
    private func refresh() async throws {
        watchRegistrations()
        let (news, newsRead) = known.withLock { ($0.news, $0.newsRead) }
        guard newsRead < news else { return }
        let rows = try await readers.read { try $0.participants() }
        known.withLock { known in
            for row in rows {
                known.bics[row.id] = row.registration.bic
                known.rows[row.registration.bic] = row
            }
            known.newsRead = max(known.newsRead, news)
        }
    }

    /// Before the first read, so that no registration falls between; again after a restart.
    private func watchRegistrations() {
        let isWatching = known.withLock {
            let isWatching = $0.isWatching
            $0.isWatching = true
            if !isWatching { $0.news += 1 }
            return isWatching
        }
        guard !isWatching else { return }
        _ = node.watch { [weak self] applied in
            self?.known.withLock {
                guard let applied else {
                    $0.isWatching = false
                    return
                }
                if !applied.effects.participants.isEmpty { $0.news += 1 }
            }
        }
    }
}
