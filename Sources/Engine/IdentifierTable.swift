internal import Domain

/// Finds the number of a record by a foreign identifier (UETR, BIC, funding reference).
///
/// Open addressing with linear probing. A cell is a number of 24 bits and 8 bits of the hash, so
/// that nearly every cell of another identifier is passed over without a look at its record; the
/// identifiers themselves stay in the records. Four bytes a cell, at most half of them used.
/// Expected O(1); doubling rehashes everything.
struct IdentifierTable: ~Copyable {
    static var numberBits: Int { 24 }
    private static var numberMask: UInt32 { 1 << 24 - 1 }
    private var cells: UnsafeMutablePointer<UInt32>
    private var mask: Int
    private(set) var count = 0
    /// Keeps others from choosing identifiers that meet in one place; has no part in any result.
    private let seed: UInt64

    init(seed: UInt64) {
        self.seed = seed
        mask = 1_023
        cells = IdentifierTable.allocate(mask + 1)
    }

    deinit { cells.deallocate() }

    /// Bytes that the table takes.
    var byteCount: Int { (mask + 1) * MemoryLayout<UInt32>.stride }

    /// Spreads an identifier over 64 bits. One multiplication.
    @inline(__always)
    func hash(_ identifier: UInt128) -> UInt64 {
        let low = UInt64(truncatingIfNeeded: identifier)
        let high = UInt64(truncatingIfNeeded: identifier >> 64)
        let product = (low ^ seed).multipliedFullWidth(by: high ^ 0x9E37_79B9_7F4A_7C15)
        return (product.high ^ product.low) &* 0xA076_1D64_78BD_642F
    }

    @inline(__always)
    private static func tag(_ hash: UInt64) -> UInt32 {
        UInt32(truncatingIfNeeded: hash) & ~numberMask
    }

    @inline(__always)
    private func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & mask }

    /// Where the search for a hash begins, to be fetched ahead of it.
    @inline(__always)
    func place(_ hash: UInt64) -> UnsafeMutablePointer<UInt32> { cells + home(hash) }

    /// The number in the first cells that may be the hash's; 0 when there is none. A guess to be
    /// fetched ahead, no answer.
    @inline(__always)
    func guess(_ hash: UInt64) -> UInt32 {
        let position = home(hash)
        let tag = Self.tag(hash)
        let first = cells[position]
        if first & ~Self.numberMask == tag { return first & Self.numberMask }
        let second = cells[(position + 1) & mask]
        return second & ~Self.numberMask == tag ? second & Self.numberMask : 0
    }

    /// How a search ended: with a number, or 0 and the free cell where it would stand.
    struct Search: BitwiseCopyable {
        let number: UInt32
        fileprivate let hash: UInt64
        fileprivate let position: Int
    }

    /// Looks for the number whose record `matches`.
    @inline(__always)
    func search(hash: UInt64, matches: (UInt32) -> Bool) -> Search {
        var position = home(hash)
        let tag = Self.tag(hash)
        while cells[position] != 0 {
            if cells[position] & ~Self.numberMask == tag {
                let number = cells[position] & Self.numberMask
                if matches(number) { return Search(number: number, hash: hash, position: position) }
            }
            position = (position + 1) & mask
        }
        return Search(number: 0, hash: hash, position: position)
    }

    /// All numbers that may have a hash, those of an identifier that several have among them. Good
    /// while the table does not change.
    struct Candidates: BitwiseCopyable {
        fileprivate let cells: UnsafeMutablePointer<UInt32>
        fileprivate let mask: Int
        fileprivate let tag: UInt32
        fileprivate var position: Int

        /// The next one, nil behind the last.
        @inline(__always)
        mutating func next() -> UInt32? {
            while cells[position] != 0 {
                let cell = cells[position]
                position = (position + 1) & mask
                if cell & ~numberMask == tag { return cell & numberMask }
            }
            return nil
        }
    }

    @inline(__always)
    func candidates(hash: UInt64) -> Candidates {
        Candidates(cells: cells, mask: mask, tag: Self.tag(hash), position: home(hash))
    }

    @inline(__always)
    func eachCandidate(hash: UInt64, _ visit: (UInt32) -> Void) {
        var candidates = candidates(hash: hash)
        while let number = candidates.next() { visit(number) }
    }

    /// Adds a number that a search did not find; the table has not changed since.
    ///
    /// - Parameters:
    ///   - highest: no number in the table is higher.
    ///   - identifier: that of a number that is in the table, nil of others. When the table grows
    ///     all are asked for in their order, which is that of memory.
    @inline(__always)
    mutating func insert(
        _ number: UInt32, at search: Search, upTo highest: UInt32,
        identifier: (UInt32) -> UInt128?
    ) {
        require(search.number == 0, "an identifier is added once")
        if (count + 1) * 2 > mask {
            grow(mask * 2 + 1, highest, identifier)
            put(Self.tag(search.hash) | number, search.hash)
        } else {
            cells[search.position] = Self.tag(search.hash) | number
        }
        count += 1
    }

    @inline(__always)
    private func put(_ cell: UInt32, _ hash: UInt64) {
        var position = home(hash)
        while cells[position] != 0 { position = (position + 1) & mask }
        cells[position] = cell
    }

    /// Takes out a number that is in the table.
    ///
    /// Cells behind it move up, so that no search meets a gap before its end.
    mutating func remove(_ number: UInt32, identifier: (UInt32) -> UInt128) {
        var gap = home(hash(identifier(number)))
        while cells[gap] & Self.numberMask != number {
            require(cells[gap] != 0, "the identifier is in the table")
            gap = (gap + 1) & mask
        }
        count -= 1
        var position = gap
        while true {
            position = (position + 1) & mask
            guard cells[position] != 0 else { break }
            let wanted = home(hash(identifier(cells[position] & Self.numberMask)))
            // It may move into the gap unless its search begins behind the gap.
            if (position - wanted) & mask >= (position - gap) & mask {
                cells[gap] = cells[position]
                gap = position
            }
        }
        cells[gap] = 0
    }

    /// Grows at once to what so many more numbers need; parameters as for `insert`.
    mutating func makeRoom(
        for more: Int, upTo highest: UInt32, identifier: (UInt32) -> UInt128?
    ) {
        var larger = mask
        while (count + more) * 2 > larger { larger = larger * 2 + 1 }
        if larger > mask { grow(larger, highest, identifier) }
    }

    @inline(never)
    private mutating func grow(
        _ larger: Int, _ highest: UInt32, _ identifier: (UInt32) -> UInt128?
    ) {
        cells.deallocate()
        mask = larger
        cells = IdentifierTable.allocate(mask + 1)
        var placed = 0
        for number in 1..<highest + 1 {
            guard let identifier = identifier(number) else { continue }
            let hash = hash(identifier)
            put(Self.tag(hash) | number, hash)
            placed += 1
        }
        require(placed == count, "the table holds every number that has an identifier")
    }

    private static func allocate(_ size: Int) -> UnsafeMutablePointer<UInt32> {
        let cells = LargeMemory.allocate(size, of: UInt32.self)
        cells.initialize(repeating: 0, count: size)
        return cells
    }
}
