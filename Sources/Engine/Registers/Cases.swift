internal import Domain

/// The cases that are open, each with its place in the heap of due times.
struct Cases: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var row: CaseRow
        /// Position in the heap of due times.
        var duePosition: UInt32 = 0
    }

    private var entries = Slab<Entry>(capacity: Limits.openCases)
    private var free: [UInt32] = []
    private var places: [CaseID: UInt32] = [:]
    private var changed = ChangedRows<CaseRow>()
    /// The last number given.
    private(set) var last: CaseID = 0

    var openCount: Int { places.count }
    var isFull: Bool { places.count == Limits.openCases || last == Limits.cases }

    /// The place of an open case, below 2²⁴; nil of any other.
    func place(_ id: CaseID) -> UInt32? { places[id] }

    func row(at place: UInt32) -> CaseRow { entries.pointer(place).pointee.row }

    func duePosition(_ place: UInt32) -> UInt32 { entries.pointer(place).pointee.duePosition }

    func keep(_ duePosition: UInt32, at place: UInt32) {
        entries.pointer(place).pointee.duePosition = duePosition
    }

    /// Opens a case under the next number; gives its place.
    ///
    /// - Precondition: there is room.
    mutating func open(_ row: CaseRow) -> UInt32 {
        require(row.id == last + 1 && !isFull, "cases are numbered in a row")
        last = row.id
        changed.put(row, before: nil)
        return take(row)
    }

    /// Changes a case; one that is closed leaves memory.
    mutating func change(at place: UInt32, to row: CaseRow) {
        let before = self.row(at: place)
        require(row.id == before.id && before.state.isOpen, "a closed case stays as it is")
        changed.put(row, before: before)
        entries.pointer(place).pointee.row = row.withoutDetails()
        guard !row.state.isOpen else { return }
        places[row.id] = nil
        free.append(place)
    }

    private mutating func take(_ row: CaseRow) -> UInt32 {
        let entry = Entry(row: row.withoutDetails())
        let place: UInt32
        if let used = free.popLast() {
            place = used
            entries.pointer(place).pointee = entry
        } else {
            place = entries.take(entry)
        }
        places[row.id] = place
        return place
    }

    /// Ends the batch: gives the changed rows, and the change of the state hash.
    mutating func takeChanges(into effects: inout Effects) -> UInt64 {
        changed.take(into: &effects)
    }

    /// Takes in what the tables hold: open cases, and the last one. Gives the place of an open one.
    mutating func load(_ row: CaseRow) -> UInt32? {
        last = max(last, row.id)
        return row.state.isOpen ? take(row) : nil
    }
}
