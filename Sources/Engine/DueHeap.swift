package import Domain

/// What falls due, soonest first.
///
/// A binary heap in memory that is set aside for a stated number of entries; the system gives it
/// page by page. Whoever an entry is about is told its position whenever it changes, and can so
/// take it out in O(log n) before its time. Nothing is found here in any other way.
package struct DueHeap: ~Copyable {
    /// At their positions, counted from 1: above position p stands p ÷ 2.
    private let entries: UnsafeMutablePointer<Due>
    private let capacity: Int
    private var highest = 0
    package private(set) var count = 0

    /// Tells the owner of an entry at which position it stands now; 0 when it was taken out.
    package typealias Note = (_ due: Due, _ position: UInt32) -> Void

    /// - Parameter capacity: the most entries at one time.
    package init(capacity: Int) {
        require(capacity < UInt32.max, "positions have 32 bits")
        require(MemoryLayout<Due>.stride == 16, "four fit a cache line")
        self.capacity = capacity
        entries = LargeMemory.allocate(capacity + 1)
    }

    deinit { entries.deallocate() }

    /// Bytes of the positions ever used, position 0 included.
    package var byteCount: Int { (highest + 1) * MemoryLayout<Due>.stride }

    /// What falls due first.
    @inline(__always)
    package var first: Due? { count == 0 ? nil : entries[1] }

    /// When the entry at a position falls due.
    @inline(__always)
    package func time(at position: UInt32) -> Timestamp {
        require(position > 0 && position <= count, "position in the heap of due times")
        return entries[Int(position)].time
    }

    /// - Precondition: there is room.
    /// - Complexity: O(log n).
    package mutating func insert(_ due: Due, _ note: Note) {
        require(count < capacity, "the heap of due times is full")
        count += 1
        highest = max(highest, count)
        rise(due, from: count, note)
    }

    /// Takes out the entry at a position.
    ///
    /// - Complexity: O(log n).
    package mutating func remove(at position: UInt32, _ note: Note) -> Due {
        require(position > 0 && position <= count, "position in the heap of due times")
        let hole = Int(position)
        let removed = entries[hole]
        let last = entries[count]
        count -= 1
        note(removed, 0)
        guard hole <= count else { return removed }
        if last < removed { rise(last, from: hole, note) } else { sink(last, from: hole, note) }
        return removed
    }

    /// Fills the hole at a position with an entry, or one above with it.
    @inline(__always)
    private func rise(_ due: Due, from position: Int, _ note: Note) {
        var hole = position
        while hole > 1, due < entries[hole >> 1] {
            place(entries[hole >> 1], at: hole, note)
            hole >>= 1
        }
        place(due, at: hole, note)
    }

    /// Fills the hole at a position with an entry, or one below with it.
    @inline(__always)
    private func sink(_ due: Due, from position: Int, _ note: Note) {
        var hole = position
        while hole << 1 <= count {
            var child = hole << 1
            if child < count, entries[child + 1] < entries[child] { child += 1 }
            guard entries[child] < due else { break }
            place(entries[child], at: hole, note)
            hole = child
        }
        place(due, at: hole, note)
    }

    @inline(__always)
    private func place(_ due: Due, at position: Int, _ note: Note) {
        entries[position] = due
        note(due, UInt32(truncatingIfNeeded: position))
    }
}
