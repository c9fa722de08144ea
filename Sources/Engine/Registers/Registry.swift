internal import Domain

/// The memory of a declared table: its rows by key, and which of them changed in this batch.
///
/// A class, because the engine keeps registers of all kinds in one list; nothing on the way of a
/// payment asks one.
final class Registry<Row: DeclaredRow>: Register {
    private struct Entry: BitwiseCopyable {
        var row: Row
        /// In the batch that is being applied.
        var isChanged: Bool
    }

    private var entries = Slab<Entry>(capacity: Row.capacity)
    private var places: IdentifierTable
    /// Rows that changed in this batch, each once, in order of their first change.
    private var changed: [UInt32] = []
    /// The sum of the changed rows' hashes before this batch; a new row had none.
    private var hashesBefore: UInt64 = 0

    /// Whether any register has changed; the registers share it.
    private let anyChange: UnsafeMutablePointer<Bool>

    /// - Parameter anyChange: is set when a row changes; outlives the register.
    init(seed: UInt64, anyChange: UnsafeMutablePointer<Bool>) {
        places = IdentifierTable(seed: seed)
        self.anyChange = anyChange
    }

    var count: Int { entries.count }
    var isFull: Bool { entries.isFull }

    /// - Complexity: O(1).
    func find(_ key: UInt128) -> Row? {
        let number = search(key).number
        return number == 0 ? nil : self[number]
    }

    /// The row that was put on record as the `number`th, counted from 1.
    subscript(_ number: UInt32) -> Row { entries.pointer(number).pointee.row }

    /// Puts a row on record, or replaces the one with its key. A row that stays as it was has not
    /// changed.
    ///
    /// - Precondition: a new row finds room, and one that is final is new.
    func put(_ row: Row) {
        let search = search(row.key)
        guard search.number != 0 else {
            note(insert(row, search, isChanged: true))
            return
        }
        require(!Row.isFinal, "a final row does not change")
        let entry = entries.pointer(search.number)
        guard entry.pointee.row != row else { return }
        if !entry.pointee.isChanged {
            entry.pointee.isChanged = true
            note(search.number)
            hashesBefore &+= entry.pointee.row.stateHash
        }
        entry.pointee.row = row
    }

    private func note(_ number: UInt32) {
        changed.append(number)
        anyChange.pointee = true
    }

    private func insert(
        _ row: Row, _ search: IdentifierTable.Search, isChanged: Bool
    ) -> UInt32 {
        let number = entries.take(Entry(row: row, isChanged: isChanged))
        places.insert(number, at: search, upTo: number - 1) { self[$0].key }
        return number
    }

    private func search(_ key: UInt128) -> IdentifierTable.Search {
        places.search(hash: places.hash(key)) { self[$0].key == key }
    }

    func takeChanges(into effects: inout Effects) -> UInt64 {
        guard !changed.isEmpty else { return 0 }
        var change = 0 &- hashesBefore
        for number in changed {
            let entry = entries.pointer(number)
            change &+= entry.pointee.row.stateHash
            effects.declared.append(entry.pointee.row)
            entry.pointee = Entry(row: entry.pointee.row.withoutDetails(), isChanged: false)
        }
        changed.removeAll(keepingCapacity: true)
        hashesBefore = 0
        return change
    }

    func load(_ image: LedgerImage) throws(LoadError) -> UInt64 {
        var hash: UInt64 = 0
        for row in image.declared[Row.self] {
            let search = search(row.key)
            guard search.number == 0, !isFull else {
                throw .inconsistent("\(Row.table) \(row.shownKey)")
            }
            _ = insert(row.withoutDetails(), search, isChanged: false)
            hash &+= row.stateHash
        }
        return hash
    }
}
