/// The right edge of a Merkle tree (RFC 6962 2.1): the roots of its largest complete subtrees, from
/// left to right. It is all that is needed to append and to know the root.
///
/// It takes O(log n) memory: one hash for each bit of the size that is set.
package struct Frontier: Equatable, Sendable {
    /// Leaves in the tree.
    package private(set) var size: UInt64
    /// The roots of the complete subtrees, the largest first.
    package private(set) var hashes: [Digest]

    /// Hashes in a stored row: 1 KiB, so that PostgreSQL keeps it beside the other columns.
    package static let hashesInRow = 32

    /// A tree without leaves.
    package init() {
        size = 0
        hashes = []
        hashes.reserveCapacity(UInt64.bitWidth)
    }

    /// Reads what ``rows`` wrote; nil when it is not the frontier of a tree of this size.
    package init?(size: UInt64, rows: [[UInt8]]) {
        self.init()
        self.size = size
        var rest = size.nonzeroBitCount
        for row in rows {
            guard rest > 0, row.count == min(rest, Frontier.hashesInRow) * Digest.size else {
                return nil
            }
            rest -= row.count / Digest.size
            hashes += row.digests
        }
        guard rest == 0 else { return nil }
    }

    /// The hashes one after the other, at most 32 a row; two rows at most.
    package var rows: [[UInt8]] {
        stride(from: 0, to: hashes.count, by: Frontier.hashesInRow).map { start in
            hashes[start..<min(start + Frontier.hashesInRow, hashes.count)].flatMap(\.bytes)
        }
    }

    /// Appends a leaf.
    ///
    /// - Parameters:
    ///   - leaf: the hash of the leaf, ``SuiteHasher/leaf(_:)``.
    ///   - completed: hears of each hash that tiles show and that this leaf completed, from the
    ///     leaf upwards.
    /// - Complexity: O(1) hashes on average, O(log n) at most.
    package mutating func append(
        _ leaf: Digest, with hasher: borrowing SuiteHasher, completed: (TileHash) -> Void = { _ in }
    ) {
        precondition(size < .max, "a tree has at most 2⁶⁴ - 1 leaves")
        let index = size
        var hash = leaf
        completed(TileHash(level: 0, index: index, hash: hash))
        for height in stride(from: 1, through: index.trailingOneBitCount, by: 1) {
            hash = hasher.node(hashes.removeLast(), hash)
            if height % Tile.height == 0 {
                completed(
                    TileHash(level: height / Tile.height, index: index >> height, hash: hash))
            }
        }
        hashes.append(hash)
        size += 1
    }

    /// The root of the tree.
    ///
    /// - Complexity: O(log n) hashes.
    package func root(with hasher: borrowing SuiteHasher) -> Digest {
        guard var root = hashes.last else { return hasher.emptyRoot }
        for hash in hashes.dropLast().reversed() { root = hasher.node(hash, root) }
        return root
    }
}

extension UInt64 {
    var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}

extension Collection<UInt8> where Index == Int {
    /// The hashes that lie here one after the other, as rows have them; what is left over is passed
    /// over.
    package var digests: [Digest] {
        stride(from: startIndex, to: endIndex, by: Digest.size).compactMap {
            $0 + Digest.size <= endIndex ? Digest(self[$0..<$0 + Digest.size]) : nil
        }
    }
}
