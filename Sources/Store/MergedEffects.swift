internal import Domain

/// Where a row's details lie: which batch of the write, and where in its bytes.
struct DetailsPlace {
    var batch: Int
    var range: AttachmentRange
}

/// A payment row among the groups of a write.
struct RowPlace: BitwiseCopyable {
    var group: UInt32
    var row: UInt32

    static let none = RowPlace(group: .max, row: .max)
    var isNone: Bool { group == .max }

    func row(in groups: [(batch: Batch, effects: Effects)]) -> PaymentRow {
        groups[Int(group)].effects.payments[Int(row)]
    }
}

/// The rows of several batches, each once, as it was at the end.
///
/// Payments stay where they are in the effects; here are only their places. New ones are numbered
/// without gaps behind the stored ones, and accounts from 0 on, so both are found by number.
struct MergedEffects {
    private(set) var participants = LastStates<ParticipantID, ParticipantRow>()
    private(set) var corridors = LastStates<Currency, CorridorRow>()
    private(set) var accounts = AccountStates()
    /// The last state of every new payment, by number behind `firstNew`.
    private(set) var newPayments: [RowPlace] = []
    /// The rows that brought the details of the new payments.
    private(set) var newDetails: [RowPlace] = []
    private(set) var firstNew: PaymentID = 1
    /// The last state of every payment on record that changed, in order of number.
    private(set) var changedPayments: [(id: PaymentID, place: RowPlace)] = []

    /// Forgets the last write, keeping the storage, and takes in another one.
    ///
    /// - Throws: ``StoreError`` with code `database` when the numbers of the new payments are not
    ///   those that follow the stored ones.
    /// - Complexity: O(rows + changed payments × log).
    mutating func merge(
        _ groups: [(batch: Batch, effects: Effects)], onRecord: UInt64, newest: UInt64
    ) throws {
        removeAll()
        firstNew = onRecord + 1
        let count = newest >= onRecord ? Int(newest - onRecord) : 0
        newPayments.append(contentsOf: repeatElement(.none, count: count))
        newDetails.append(contentsOf: repeatElement(.none, count: count))
        for (number, group) in groups.enumerated() {
            merge(group.effects, number)
        }
        guard !newPayments.contains(where: \.isNone) else {
            throw StoreError(
                .database, "The payments behind \(onRecord) are not numbered without gaps.")
        }
        dropEarlierChanges()
    }

    private mutating func merge(_ effects: Effects, _ number: Int) {
        for row in effects.participants {
            participants.put(row.id, row, DetailsPlace(batch: number, range: row.attachment))
        }
        for row in effects.corridors {
            corridors.put(row.corridor.foreign, row, nil)
        }
        for row in effects.accounts { accounts.put(row) }
        effects.payments.withUnsafeBufferPointer { rows in
            for index in rows.indices {
                let id = rows[index].id
                let place = RowPlace(group: UInt32(number), row: UInt32(index))
                let offset = Int(truncatingIfNeeded: id &- firstNew)
                guard id >= firstNew, offset < newPayments.count,
                    rows[index].isNew || !newPayments[offset].isNone
                else {
                    changedPayments.append((id, place))
                    continue
                }
                newPayments[offset] = place
                if rows[index].attachment.length > 0 { newDetails[offset] = place }
            }
        }
    }

    /// Sorts the changes by number and leaves the last one of each.
    private mutating func dropEarlierChanges() {
        changedPayments.sort { a, b in
            (a.id, a.place.group, a.place.row) < (b.id, b.place.group, b.place.row)
        }
        var kept = 0
        for index in changedPayments.indices {
            let isLast =
                index + 1 == changedPayments.count
                || changedPayments[index + 1].id != changedPayments[index].id
            guard isLast else { continue }
            changedPayments[kept] = changedPayments[index]
            kept += 1
        }
        changedPayments.removeLast(changedPayments.count - kept)
    }

    private mutating func removeAll() {
        participants.removeAll()
        corridors.removeAll()
        accounts.removeAll()
        newPayments.removeAll(keepingCapacity: true)
        newDetails.removeAll(keepingCapacity: true)
        changedPayments.removeAll(keepingCapacity: true)
    }
}

/// Accounts in order of first appearance, each in its last state.
struct AccountStates {
    private(set) var rows: [AccountRow] = []
    /// By account: where it stands in `rows`, from 1; 0 is nowhere.
    private var places: [UInt32] = []

    mutating func put(_ row: AccountRow) {
        let id = Int(row.id)
        if id >= places.count {
            places.append(contentsOf: repeatElement(0, count: id + 1 - places.count))
        }
        if places[id] == 0 {
            rows.append(row)
            places[id] = UInt32(rows.count)
        } else {
            rows[Int(places[id]) - 1] = row
        }
    }

    mutating func removeAll() {
        for row in rows { places[Int(row.id)] = 0 }
        rows.removeAll(keepingCapacity: true)
    }
}

/// Rows by key in order of first appearance, each in its last state; for rows that are few.
struct LastStates<Key: Hashable, Row> {
    private(set) var rows: [(row: Row, details: DetailsPlace?)] = []
    private var positions: [Key: Int] = [:]

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
