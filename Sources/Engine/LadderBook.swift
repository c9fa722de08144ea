internal import CMemory
public import Domain

/// The book in use: per corridor and side a ladder of price levels indexed by tick.
///
/// Insert and remove are O(1); finding the next level reads at most a handful of words of a bit
/// tree. Memory follows the ticks in use: 8 KiB per 1,024 neighbouring ticks, 132 KiB per ladder.
///
/// It can be inlined into other modules, with the slots of ``OrderSlab``: the benchmark drives it
/// by itself, and a call costs a tenth of an insertion.
@usableFromInline
package struct LadderBook: OrderBook, ~Copyable {
    @usableFromInline let ladders: UnsafeMutablePointer<Ladder>
    private static var ladderCount: Int { Currency.count * 2 }

    package init() {
        ladders = .allocate(capacity: LadderBook.ladderCount)
        ladders.initialize(repeating: Ladder(), count: LadderBook.ladderCount)
    }

    deinit {
        for index in 0..<LadderBook.ladderCount { ladders[index].deallocate() }
        ladders.deallocate()
    }

    /// Bytes that all ladders take.
    ///
    /// - Complexity: O(pages that they can have).
    var byteCount: Int {
        (0..<LadderBook.ladderCount).reduce(0) { $0 + ladders[$1].byteCount }
    }

    @inlinable @inline(__always)
    func ladder(_ side: Side, _ foreign: Currency) -> UnsafeMutablePointer<Ladder> {
        ladders + (Int(foreign.rawValue) * 2 + Int(side.rawValue))
    }

    @inlinable @inline(__always)
    package mutating func insert(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        let order = orders.pointer(slot)
        let rank = Int(order.pointee.rank)
        let level = ladder(order.pointee.side, order.pointee.foreign).pointee.openLevel(rank)
        order.pointee.next = 0
        order.pointee.previous = level.pointee.tail
        if level.pointee.tail == 0 {
            level.pointee.head = slot
        } else {
            orders.pointer(level.pointee.tail).pointee.next = slot
        }
        level.pointee.tail = slot
    }

    @inlinable @inline(__always)
    package mutating func remove(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        let order = orders.pointer(slot).pointee
        let rank = Int(order.rank)
        let ladder = ladder(order.side, order.foreign)
        let level = ladder.pointee.level(rank)
        if order.previous == 0 {
            level.pointee.head = order.next
        } else {
            orders.pointer(order.previous).pointee.next = order.next
        }
        if order.next == 0 {
            level.pointee.tail = order.previous
        } else {
            orders.pointer(order.next).pointee.previous = order.previous
        }
        if level.pointee.head == 0 { ladder.pointee.closeLevel(rank) }
    }

    @inline(__always)
    package func fetch(_ slot: OrderSlot, in orders: borrowing OrderSlab) {
        let order = orders.pointer(slot)
        prefetch_line(
            ladder(order.pointee.side, order.pointee.foreign).pointee.level(
                Int(order.pointee.rank)))
    }

    @inlinable @inline(__always)
    package func first(
        _ side: Side, of foreign: Currency, in orders: borrowing OrderSlab
    ) -> OrderSlot {
        ladder(side, foreign).pointee.best
    }

    @inlinable @inline(__always)
    package func next(after slot: OrderSlot, in orders: borrowing OrderSlab) -> OrderSlot {
        let order = orders.pointer(slot)
        if order.pointee.next != 0 { return order.pointee.next }
        let ladder = ladder(order.pointee.side, order.pointee.foreign)
        return ladder.pointee.head(of: ladder.pointee.rank(from: Int(order.pointee.rank) + 1))
    }
}

/// The queue of one rate: first and last order.
@usableFromInline
struct Level: BitwiseCopyable {
    @usableFromInline var head: OrderSlot = 0
    @usableFromInline var tail: OrderSlot = 0
}

/// The levels of one side of one corridor, by rank, with a bit tree over the ranks in use.
@usableFromInline
struct Ladder: BitwiseCopyable {
    @inlinable static var ranks: Int { Int(Limits.ticksPerCorridor) }
    @inlinable static var pageBits: Int { 10 }
    @inlinable static var pageSize: Int { 1 << pageBits }
    @inlinable static var words0: Int { ranks / 64 }
    @inlinable static var words1: Int { words0 / 64 }
    @inlinable static var words2: Int { (words1 + 63) / 64 }

    @usableFromInline var pages: UnsafeMutablePointer<UnsafeMutablePointer<Level>?>?
    /// A bit per rank, a bit per word of those, a bit per word of those.
    @usableFromInline var bits0: UnsafeMutablePointer<UInt64>?
    @usableFromInline var bits1: UnsafeMutablePointer<UInt64>?
    @usableFromInline var bits2: UnsafeMutablePointer<UInt64>?
    /// The first rank in use, `ranks` when there is none.
    @usableFromInline var bestRank = Ladder.ranks

    func deallocate() {
        guard let pages, let bits0, let bits1, let bits2 else { return }
        for page in 0..<Ladder.ranks / Ladder.pageSize { pages[page]?.deallocate() }
        pages.deallocate()
        bits0.deallocate()
        bits1.deallocate()
        bits2.deallocate()
    }

    /// Bytes of the pages in use, of the list of pages, and of the bit tree.
    var byteCount: Int {
        guard let pages else { return 0 }
        let pageCount = Ladder.ranks / Ladder.pageSize
        let used = (0..<pageCount).count { pages[$0] != nil }
        return used * Ladder.pageSize * MemoryLayout<Level>.stride
            + pageCount * MemoryLayout<UnsafeMutablePointer<Level>?>.stride
            + (Ladder.words0 + Ladder.words1 + Ladder.words2) * MemoryLayout<UInt64>.stride
    }

    @inlinable @inline(__always)
    func level(_ rank: Int) -> UnsafeMutablePointer<Level> {
        pages.unsafelyUnwrapped[rank >> Ladder.pageBits].unsafelyUnwrapped
            + (rank & (Ladder.pageSize - 1))
    }

    /// The level of `rank`, marked as in use.
    @inlinable @inline(__always)
    mutating func openLevel(_ rank: Int) -> UnsafeMutablePointer<Level> {
        require(rank >= 0 && rank < Ladder.ranks, "rank beyond the ladder")
        if pages == nil { allocate() }
        if pages.unsafelyUnwrapped[rank >> Ladder.pageBits] == nil { addPage(rank) }
        let level = level(rank)
        if level.pointee.head == 0 {
            bits0.unsafelyUnwrapped[rank >> 6] |= 1 << UInt64(rank & 63)
            bits1.unsafelyUnwrapped[rank >> 12] |= 1 << UInt64(rank >> 6 & 63)
            bits2.unsafelyUnwrapped[rank >> 18] |= 1 << UInt64(rank >> 12 & 63)
            bestRank = min(bestRank, rank)
        }
        return level
    }

    /// Marks the level of `rank` as empty.
    @inlinable @inline(__always)
    mutating func closeLevel(_ rank: Int) {
        clearBits(rank)
        if rank == bestRank { bestRank = self.rank(from: rank) }
    }

    @inlinable @inline(__always)
    func clearBits(_ rank: Int) {
        let bits0 = bits0.unsafelyUnwrapped
        bits0[rank >> 6] &= ~(1 << UInt64(rank & 63))
        guard bits0[rank >> 6] == 0 else { return }
        let bits1 = bits1.unsafelyUnwrapped
        bits1[rank >> 12] &= ~(1 << UInt64(rank >> 6 & 63))
        guard bits1[rank >> 12] == 0 else { return }
        bits2.unsafelyUnwrapped[rank >> 18] &= ~(1 << UInt64(rank >> 12 & 63))
    }

    /// The first order of the first level in use, or 0.
    @inlinable @inline(__always)
    var best: OrderSlot { head(of: bestRank) }

    /// The first order of a level in use; 0 for none.
    @inlinable @inline(__always)
    func head(of rank: Int) -> OrderSlot {
        rank < Ladder.ranks ? level(rank).pointee.head : 0
    }

    /// The first rank in use at `rank` or behind it, `ranks` when there is none.
    @inlinable @inline(__always)
    func rank(from rank: Int) -> Int {
        guard rank < Ladder.ranks, let bits0, let bits1, let bits2 else { return Ladder.ranks }
        var found = Ladder.firstBit(in: bits0[rank >> 6], from: rank & 63)
        if let found { return rank & ~63 | found }
        var word = (rank >> 6) + 1
        guard word < Ladder.words0 else { return Ladder.ranks }
        found = Ladder.firstBit(in: bits1[word >> 6], from: word & 63)
        if let found {
            word = word & ~63 | found
        } else {
            var above = (word >> 6) + 1
            while true {
                guard above < Ladder.words1 else { return Ladder.ranks }
                if let found = Ladder.firstBit(in: bits2[above >> 6], from: above & 63) {
                    above = above & ~63 | found
                    break
                }
                above = ((above >> 6) + 1) << 6
            }
            word = above << 6 | bits1[above].trailingZeroBitCount
        }
        return word << 6 | bits0[word].trailingZeroBitCount
    }

    @inlinable @inline(__always)
    static func firstBit(in word: UInt64, from bit: Int) -> Int? {
        let rest = word & (.max << UInt64(bit))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    @usableFromInline @inline(never)
    mutating func allocate() {
        pages = .allocate(capacity: Ladder.ranks / Ladder.pageSize)
        pages?.initialize(repeating: nil, count: Ladder.ranks / Ladder.pageSize)
        bits0 = Ladder.zeroWords(Ladder.words0)
        bits1 = Ladder.zeroWords(Ladder.words1)
        bits2 = Ladder.zeroWords(Ladder.words2)
    }

    @usableFromInline @inline(never)
    func addPage(_ rank: Int) {
        let page = UnsafeMutablePointer<Level>.allocate(capacity: Ladder.pageSize)
        page.initialize(repeating: Level(), count: Ladder.pageSize)
        pages.unsafelyUnwrapped[rank >> Ladder.pageBits] = page
    }

    private static func zeroWords(_ count: Int) -> UnsafeMutablePointer<UInt64> {
        let words = UnsafeMutablePointer<UInt64>.allocate(capacity: count)
        words.initialize(repeating: 0, count: count)
        return words
    }
}
