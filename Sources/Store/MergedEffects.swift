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

    func row(in groups: [(batch: Batch, effects: Effects)]) -> PaymentRow {
        groups[Int(group)].effects.payments[Int(row)]
    }
}

/// A payment on record that changed in a write.
struct ChangedPayment: BitwiseCopyable {
    var id: PaymentID
    /// Its last state.
    var place: RowPlace
    var fills = OwnFills()
}

/// The fills of one payment in one write.
struct OwnFills: BitwiseCopyable {
    /// 0 when there is none, or an earlier one before this write.
    var first: FillID = 0
    /// What the payment paid in them.
    var paid: Int64 = 0

    /// Whether the fill is the first one.
    mutating func add(_ fill: FillID, _ amount: Int64) -> Bool {
        paid &+= amount
        guard first == 0 else { return false }
        first = fill
        return true
    }
}

/// The rows of several batches, each once, as it was at the end.
///
/// New payments are numbered without gaps behind the stored ones, and accounts from 0 on, so both
/// are found by number.
struct MergedEffects {
    private(set) var accounts = AccountStates()
    /// The last state of every new payment, by number behind `firstNew`. The attachment is the one
    /// that the order came with, in the batch that ``newGroups`` names.
    private(set) var newPayments: [PaymentRow] = []
    private(set) var newGroups: [UInt32] = []
    private(set) var newFills: [OwnFills] = []
    private(set) var firstNew: PaymentID = 1
    private var expectedNew = 0
    /// The last state of every payment on record that changed, in order of number.
    private(set) var changedPayments: [ChangedPayment] = []
    /// Fills that are not their payment's first, in order: to be listed.
    private(set) var laterFills: [(payment: PaymentID, fill: FillID)] = []

    /// Forgets the last write, keeping the storage, and takes in another one.
    ///
    /// - Throws: ``StoreError`` with code `database` when the numbers of the new payments are not
    ///   those that follow the stored ones.
    /// - Complexity: O(rows + changed payments × log + fills of changed payments × log).
    mutating func merge(
        _ groups: [(batch: Batch, effects: Effects)], onRecord: UInt64, newest: UInt64
    ) throws {
        removeAll()
        firstNew = onRecord + 1
        let count = newest >= onRecord ? Int(newest - onRecord) : 0
        expectedNew = count
        newPayments.reserveCapacity(count)
        for (number, group) in groups.enumerated() {
            merge(group.effects, number)
        }
        guard newPayments.count == count, !newGroups.contains(.max) else {
            throw StoreError(
                .database, "The payments behind \(onRecord) are not numbered without gaps.")
        }
        dropEarlierChanges()
        assignFills(groups)
    }

    private mutating func merge(_ effects: Effects, _ number: Int) {
        for row in effects.accounts { accounts.put(row) }
        effects.payments.withUnsafeBufferPointer { rows in
            for index in rows.indices {
                let id = rows[index].id
                let offset = Int(truncatingIfNeeded: id &- firstNew)
                if rows[index].isNew, id >= firstNew, offset < expectedNew {
                    makeRoom(through: offset, rows[index])
                    newPayments[offset] = rows[index]
                    newGroups[offset] = UInt32(number)
                } else if id >= firstNew, offset < newPayments.count {
                    let attachment = newPayments[offset].attachment
                    newPayments[offset] = rows[index]
                    newPayments[offset].attachment = attachment
                } else {
                    let place = RowPlace(group: UInt32(number), row: UInt32(index))
                    changedPayments.append(ChangedPayment(id: id, place: place))
                }
            }
        }
    }

    /// A batch gives its rows in any order. A place whose row is still to come names no group.
    @inline(__always)
    private mutating func makeRoom(through offset: Int, _ filler: PaymentRow) {
        while newPayments.count <= offset {
            newPayments.append(filler)
            newGroups.append(.max)
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

    /// Finds the first fill of every payment whose fills are all in this write: of one that has
    /// paid no more than they say.
    private mutating func assignFills(_ groups: [(batch: Batch, effects: Effects)]) {
        newFills.append(contentsOf: repeatElement(OwnFills(), count: newPayments.count))
        for group in groups {
            for fill in group.effects.fills {
                add(fill.id, of: fill.renminbiPayment, paying: fill.renminbiAmount)
                add(fill.id, of: fill.foreignPayment, paying: fill.foreignAmount)
            }
        }
        for offset in newFills.indices where newFills[offset].first > 0 {
            if newFills[offset].paid == newPayments[offset].paid { continue }
            laterFills.append((firstNew + UInt64(offset), newFills[offset].first))
            newFills[offset].first = 0
        }
        for index in changedPayments.indices where changedPayments[index].fills.first > 0 {
            let change = changedPayments[index]
            if change.fills.paid == change.place.row(in: groups).paid { continue }
            laterFills.append((change.id, change.fills.first))
            changedPayments[index].fills.first = 0
        }
        laterFills.sort { ($0.payment, $0.fill) < ($1.payment, $1.fill) }
    }

    private mutating func add(_ fill: FillID, of payment: PaymentID, paying amount: Int64) {
        let offset = Int(truncatingIfNeeded: payment &- firstNew)
        let isFirst: Bool
        if payment >= firstNew, offset < newFills.count {
            isFirst = newFills[offset].add(fill, amount)
        } else if let index = indexOfChange(payment) {
            isFirst = changedPayments[index].fills.add(fill, amount)
        } else {
            isFirst = false
        }
        if !isFirst { laterFills.append((payment, fill)) }
    }

    private func indexOfChange(_ payment: PaymentID) -> Int? {
        var low = 0
        var high = changedPayments.count
        while low < high {
            let middle = (low + high) / 2
            if changedPayments[middle].id < payment { low = middle + 1 } else { high = middle }
        }
        guard low < changedPayments.count, changedPayments[low].id == payment else { return nil }
        return low
    }

    private mutating func removeAll() {
        accounts.removeAll()
        newPayments.removeAll(keepingCapacity: true)
        newGroups.removeAll(keepingCapacity: true)
        newFills.removeAll(keepingCapacity: true)
        laterFills.removeAll(keepingCapacity: true)
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
}
