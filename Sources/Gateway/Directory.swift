internal import Domain
internal import Store
internal import Synchronization

/// Who is who: participants by number and by BIC, read from the tables and kept.
///
/// Registrations never change once made, so what is known stays right; the state of a participant
/// is not kept here. An unknown number or BIC makes it read the tables again.
final class Directory: Sendable {
    private struct Known {
        var bics: [ParticipantID: BIC] = [:]
        var rows: [BIC: ParticipantRow] = [:]
    }

    private let known = Mutex(Known())
    private let readers: ReaderPool

    init(_ readers: ReaderPool) {
        self.readers = readers
    }

    /// The BICs of these participants; those that are not on record are missing.
    func bics(_ ids: Set<ParticipantID>) async throws -> [ParticipantID: BIC] {
        let wanted = ids.subtracting([0])
        if let bics = lookUp(wanted) { return bics }
        try await refresh()
        return lookUp(wanted)
            ?? known.withLock { known in
                known.bics.filter { wanted.contains($0.key) }
            }
    }

    /// The participant with this BIC as registered, or nil.
    func participant(_ bic: BIC) async throws -> ParticipantRow? {
        if let row = known.withLock({ $0.rows[bic] }) { return row }
        try await refresh()
        return known.withLock { $0.rows[bic] }
    }

    private func lookUp(_ ids: Set<ParticipantID>) -> [ParticipantID: BIC]? {
        known.withLock { known in
            var bics: [ParticipantID: BIC] = [:]
            for id in ids {
                guard let bic = known.bics[id] else { return nil }
                bics[id] = bic
            }
            return bics
        }
    }

    private func refresh() async throws {
        let rows = try await readers.read { try $0.participants() }
        known.withLock { known in
            for row in rows {
                known.bics[row.id] = row.registration.bic
                known.rows[row.registration.bic] = row
            }
        }
    }
}
