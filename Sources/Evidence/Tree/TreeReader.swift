/// Reads roots and proofs of a tree out of its tiles.
///
/// It keeps the tiles that it read, so each is asked for once: make one for each question.
package struct TreeReader<Failure: Error>: ~Copyable {
    private let hasher: SuiteHasher
    private let read: (Tile) throws(Failure) -> [Digest]
    private var tiles: [Tile: [Digest]] = [:]
    /// Leaves in the tree whose tiles are read.
    private let treeSize: UInt64

    /// - Parameters:
    ///   - treeSize: leaves of which tiles exist; questions are about this tree and smaller ones.
    ///   - read: gives a tile's hashes, as many as it is wide.
    package init(
        _ suite: Suite, treeSize: UInt64, read: @escaping (Tile) throws(Failure) -> [Digest]
    ) {
        hasher = SuiteHasher(suite)
        self.treeSize = treeSize
        self.read = read
    }

    /// The root of the tree when it had this size.
    ///
    /// - Precondition: the size is at most the tree's.
    /// - Complexity: O(log n) hashes and tiles.
    package mutating func root(of size: UInt64) throws(Failure) -> Digest {
        precondition(size <= treeSize, "a tree is read up to its size")
        return size == 0 ? hasher.emptyRoot : try hash(of: 0..<size)
    }

    /// The hashes that lead from a leaf to the root of the tree of this size, from the leaf's
    /// sibling upwards (RFC 6962 2.1.1).
    ///
    /// - Precondition: the leaf is in the tree of this size, and that is at most the tree's.
    /// - Complexity: O(log n) hashes and tiles.
    package mutating func inclusionProof(
        of index: UInt64, in size: UInt64
    ) throws(Failure) -> [Digest] {
        precondition(index < size && size <= treeSize, "the leaf is in the tree")
        var proof: [Digest] = []
        var range = 0..<size
        while range.upperBound - range.lowerBound > 1 {
            let middle = TreeReader.split(range)
            if index < middle {
                proof.append(try hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                proof.append(try hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return proof.reversed()
    }

    /// The hashes that show that the smaller tree is the beginning of the larger one (RFC 6962
    /// 2.1.2). Empty for trees of one size, and where the smaller one has no leaves.
    ///
    /// - Precondition: the sizes do not fall, and the second is at most the tree's.
    /// - Complexity: O(log n) hashes and tiles.
    package mutating func consistencyProof(
        from smaller: UInt64, to larger: UInt64
    ) throws(Failure) -> [Digest] {
        precondition(smaller <= larger && larger <= treeSize, "one tree is the other's beginning")
        guard smaller > 0, smaller < larger else { return [] }
        var proof: [Digest] = []
        var range = 0..<larger
        while range.upperBound != smaller {
            let middle = TreeReader.split(range)
            if smaller <= middle {
                proof.append(try hash(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                proof.append(try hash(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        // Whoever checks knows the root of a subtree that is the whole of the smaller tree.
        if range.lowerBound > 0 { proof.append(try hash(of: range)) }
        return proof.reversed()
    }

    /// Where RFC 6962 2.1 splits: behind the largest power of two that is less than the count.
    private static func split(_ range: Range<UInt64>) -> UInt64 {
        let count = range.upperBound - range.lowerBound
        return range.lowerBound + 1 << (UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }

    /// The root of the subtree of these leaves, which begins at a multiple of its width.
    private mutating func hash(of range: Range<UInt64>) throws(Failure) -> Digest {
        var range = range
        var complete: [Digest] = []
        while (range.upperBound - range.lowerBound).nonzeroBitCount > 1 {
            let middle = TreeReader.split(range)
            complete.append(try node(range.lowerBound..<middle))
            range = middle..<range.upperBound
        }
        var hash = try node(range)
        for left in complete.reversed() { hash = hasher.node(left, hash) }
        return hash
    }

    /// The root of a complete subtree.
    private mutating func node(_ range: Range<UInt64>) throws(Failure) -> Digest {
        let height = (range.upperBound - range.lowerBound).trailingZeroBitCount
        let level = height / Tile.height
        let width = 1 << (height % Tile.height)
        let first = range.lowerBound >> (level * Tile.height)
        let hashes = try tile(level, first / UInt64(Tile.fullWidth))
        let start = Int(first % UInt64(Tile.fullWidth))
        var row = Array(hashes[start..<start + width])
        while row.count > 1 {
            for place in 0..<row.count / 2 {
                row[place] = hasher.node(row[2 * place], row[2 * place + 1])
            }
            row.removeLast(row.count / 2)
        }
        return row[0]
    }

    private mutating func tile(_ level: Int, _ index: UInt64) throws(Failure) -> [Digest] {
        guard let tile = Tile(level: level, index: index, treeSize: treeSize) else {
            preconditionFailure("a complete subtree lies in a tile")
        }
        if let known = tiles[tile] { return known }
        let hashes = try read(tile)
        precondition(hashes.count == tile.width, "a tile is as wide as it was asked for")
        tiles[tile] = hashes
        return hashes
    }
}
