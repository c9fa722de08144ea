internal import CMemory
package import Domain

/// The UETRs of all payments on record, as a compact filter: "certainly not" or "perhaps".
///
/// A blocked Bloom filter: an identifier owns seven bits of one 64-byte block, so a question reads
/// one cache line of each level. At 24 bits an identifier about one stranger of ten thousand is
/// taken for known; it costs a look into the tables and nothing else. Levels grow fourfold from
/// 1 MiB: four hold 30 million payments in 85 MiB, six hold 477 million in 1.4 GiB, of which only
/// the pages in use take memory. Nothing is ever removed, as records are not.
///
/// Trades a rare useless look for three to twelve bytes a payment. Not for answers: it never says
/// yes.
package struct RecordedUETRs: ~Copyable {
    private struct Level: BitwiseCopyable {
        var words: UnsafeMutablePointer<UInt64>
        var blockMask: Int
        var room: Int
    }

    private static let bitsPerIdentifier = 24
    private static let bitsSet = 7
    private static let wordsPerBlock = 8
    private static let firstBlocks = 1 << 14
    private var levels: [Level] = []
    private let seed: UInt64
    private let suspectsAll: Bool
    private(set) var count = 0

    /// - Parameters:
    ///   - seed: keeps others from choosing UETRs that fill one block.
    ///   - suspectsAll: every UETR is taken for known; so tests see what a wrong guess leads to.
    package init(seed: UInt64, suspectsAll: Bool = false) {
        self.seed = seed
        self.suspectsAll = suspectsAll
    }

    deinit {
        for level in levels { give_back_memory(level.words) }
    }

    /// Bytes that the filter takes.
    package var byteCount: Int { levels.reduce(0) { $0 + ($1.blockMask + 1) * 64 } }

    /// - Complexity: O(1).
    package mutating func insert(_ uetr: UETR) {
        if levels.last.map({ $0.room == 0 }) ?? true { addLevel() }
        levels[levels.count - 1].room -= 1
        count += 1
        let level = levels[levels.count - 1]
        let (block, bits) = place(uetr, level)
        var rest = bits
        for _ in 0..<Self.bitsSet {
            level.words[block + Int(rest >> 6 & 7)] |= 1 << (rest & 63)
            rest >>= 9
        }
    }

    /// False when the payment is certainly not on record.
    ///
    /// - Complexity: O(levels), at most six.
    package func mayContain(_ uetr: UETR) -> Bool {
        if suspectsAll { return true }
        for level in levels {
            let (block, bits) = place(uetr, level)
            var rest = bits
            var all: UInt64 = 1
            for _ in 0..<Self.bitsSet {
                all &= level.words[block + Int(rest >> 6 & 7)] >> (rest & 63)
                rest >>= 9
            }
            if all == 1 { return true }
        }
        return false
    }

    /// The block of an identifier, as the place of its first word, and 63 bits that choose seven
    /// bits of it, nine each.
    @inline(__always)
    private func place(_ uetr: UETR, _ level: Level) -> (block: Int, bits: UInt64) {
        let low = UInt64(truncatingIfNeeded: uetr.bits)
        let high = UInt64(truncatingIfNeeded: uetr.bits >> 64)
        let product = (low ^ seed).multipliedFullWidth(by: high ^ 0x9E37_79B9_7F4A_7C15)
        let first = (product.high ^ product.low) &* 0xA076_1D64_78BD_642F
        let second = (first ^ first >> 32) &* 0xE703_7ED1_A0B4_28DB
        let block = Int(truncatingIfNeeded: first >> 32) & level.blockMask
        return (block * Self.wordsPerBlock, second ^ second >> 29)
    }

    private mutating func addLevel() {
        let blocks = Self.firstBlocks << (2 * levels.count)
        // Zeroed pages come from the system one by one, when they are first written. Without memory
        // the process ends, as it does for every other allocation; the log holds everything.
        guard let memory = zeroed_memory(blocks * 64) else { fatalError("out of memory") }
        let words = memory.bindMemory(to: UInt64.self, capacity: blocks * Self.wordsPerBlock)
        levels.append(
            Level(
                words: words, blockMask: blocks - 1,
                room: blocks * 512 / Self.bitsPerIdentifier))
    }
}
