internal import Domain

/// Finds the number of a record by a foreign identifier (UETR, BIC, funding reference).
///
/// Open addressing with linear probing over 32-bit numbers; the identifiers stay in the records,
/// so an entry costs four to eight bytes. Expected O(1); doubling rehashes everything. Entries are
/// never removed, for a record's identity holds for its life.
struct IdentifierTable: ~Copyable {
    private var cells: UnsafeMutablePointer<UInt32>
    private var mask: Int
    private var count = 0

    init() {
        mask = 1_023
        cells = IdentifierTable.allocate(mask + 1)
    }

    deinit { cells.deallocate() }

    /// The number whose record `matches`, or 0.
    @inline(__always)
    func find(hash: UInt64, matches: (UInt32) -> Bool) -> UInt32 {
        var position = Int(truncatingIfNeeded: hash) & mask
        while cells[position] != 0 {
            if matches(cells[position]) { return cells[position] }
            position = (position + 1) & mask
        }
        return 0
    }

    /// Adds a number that is not in the table yet.
    ///
    /// - Parameter hash: the hash of any number in the table, asked for when the table grows.
    @inline(__always)
    mutating func insert(_ number: UInt32, hash: (UInt32) -> UInt64) {
        if (count + 1) * 2 > mask { grow(hash: hash) }
        place(number, hash: hash(number))
        count += 1
    }

    @inline(__always)
    private func place(_ number: UInt32, hash: UInt64) {
        var position = Int(truncatingIfNeeded: hash) & mask
        while cells[position] != 0 { position = (position + 1) & mask }
        cells[position] = number
    }

    @inline(never)
    private mutating func grow(hash: (UInt32) -> UInt64) {
        let old = cells
        let oldSize = mask + 1
        mask = oldSize * 2 - 1
        cells = IdentifierTable.allocate(mask + 1)
        for position in 0..<oldSize where old[position] != 0 {
            place(old[position], hash: hash(old[position]))
        }
        old.deallocate()
    }

    private static func allocate(_ size: Int) -> UnsafeMutablePointer<UInt32> {
        let cells = UnsafeMutablePointer<UInt32>.allocate(capacity: size)
        cells.initialize(repeating: 0, count: size)
        return cells
    }

    /// Spreads a 128-bit identifier over 64 bits.
    @inline(__always)
    static func hash(_ identifier: UInt128) -> UInt64 {
        var hasher = RowHasher(seed: 7)
        hasher.combine(identifier)
        return hasher.finish()
    }
}
