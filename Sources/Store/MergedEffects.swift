internal import Domain

/// Where a row's details lie: which batch of the write, and where in its bytes.
struct DetailsPlace {
    var batch: Int
    var range: AttachmentRange
}

/// The rows of several batches, each once, as it was at the end.
struct MergedEffects {
    private(set) var participants = LastStates<ParticipantID, ParticipantRow>()
    private(set) var corridors = LastStates<Currency, CorridorRow>()
    private(set) var accounts = LastStates<AccountID, AccountRow>()
    private(set) var newPayments = LastStates<PaymentID, PaymentRow>()
    private(set) var changedPayments = LastStates<PaymentID, PaymentRow>()

    /// - Complexity: O(rows); the hash maps are only looked up, never iterated.
    mutating func merge(_ effects: Effects, batch: Int) {
        for row in effects.participants {
            participants.put(row.id, row, DetailsPlace(batch: batch, range: row.attachment))
        }
        for row in effects.corridors {
            corridors.put(row.corridor.foreign, row, nil)
        }
        for row in effects.accounts {
            accounts.put(row.id, row, nil)
        }
        for row in effects.payments {
            let place = DetailsPlace(batch: batch, range: row.attachment)
            if row.isNew || newPayments.contains(row.id) {
                newPayments.put(row.id, row, place)
            } else {
                changedPayments.put(row.id, row, place)
            }
        }
    }

    /// Keeps the storage for the next write.
    mutating func removeAll() {
        participants.removeAll()
        corridors.removeAll()
        accounts.removeAll()
        newPayments.removeAll()
        changedPayments.removeAll()
    }
}

/// Rows by key in order of first appearance, each in its last state.
struct LastStates<Key: Hashable, Row> {
    private(set) var rows: [(row: Row, details: DetailsPlace?)] = []
    private var positions: [Key: Int] = [:]

    var isEmpty: Bool { rows.isEmpty }

    func contains(_ key: Key) -> Bool { positions[key] != nil }

    /// Details stay those of the row that brought some.
    mutating func put(_ key: Key, _ row: Row, _ place: DetailsPlace?) {
        let details = place.flatMap { $0.range.length > 0 ? $0 : nil }
        if let position = positions[key] {
            rows[position].row = row
            rows[position].details = details ?? rows[position].details
        } else {
            positions[key] = rows.count
            rows.append((row, details))
        }
    }

    mutating func removeAll() {
        rows.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
    }
}
