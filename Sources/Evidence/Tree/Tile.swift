/// A hash that tiles show: the root of a complete subtree of 256^level leaves.
package struct TileHash: BitwiseCopyable, Equatable, Sendable {
    /// 0 for leaves.
    package let level: Int
    /// Among those of its level.
    package let index: UInt64
    package let hash: Digest
}

/// Which tile of a tree (C2SP tlog-tiles): 256 hashes of one level that follow each other, or fewer
/// where the tree ends.
package struct Tile: BitwiseCopyable, Hashable, Sendable {
    /// 0 for leaves; a hash of the next level is the root of a whole tile.
    package let level: Int
    /// Among those of its level.
    package let index: UInt64
    /// Hashes in it, 1 to 256.
    package let width: Int

    /// Levels of the tree from a tile's root down to its hashes.
    package static let height = 8
    package static let fullWidth = 1 << height
    /// Levels that a tree of 64-bit sizes can have.
    package static let levels = 0...7

    private static let mostPathParts = 11

    /// The tile in a tree of this size; nil when it would be empty.
    package init?(level: Int, index: UInt64, treeSize: UInt64) {
        guard Tile.levels.contains(level) else { return nil }
        let hashes = treeSize >> (level * Tile.height)
        let (start, overflow) = index.multipliedReportingOverflow(by: UInt64(Tile.fullWidth))
        guard !overflow, start < hashes else { return nil }
        self.level = level
        self.index = index
        width = Int(min(hashes - start, UInt64(Tile.fullWidth)))
    }

    /// The path below a log's prefix, such as `tile/0/x001/x234/067.p/12`.
    package var path: String {
        var parts: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1_000)
            let padded = String(repeating: "0", count: 3 - digits.utf8.count) + digits
            parts.insert(parts.isEmpty ? padded : "x" + padded, at: 0)
            rest /= 1_000
        } while rest > 0
        let suffix = width == Tile.fullWidth ? "" : ".p/\(width)"
        return "tile/\(level)/\(parts.joined(separator: "/"))\(suffix)"
    }

    /// The tile at a ``path``; nil for another text.
    package init?(path: String) {
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        guard parts.count <= Tile.mostPathParts, parts.popFirst() == "tile",
            let level = parts.popFirst().flatMap({ PlainNumber($0)?.value }),
            Tile.levels.contains(Int(clamping: level))
        else { return nil }
        self.level = Int(level)
        var width = UInt64(Tile.fullWidth)
        if let last = parts.last, let previous = parts.dropLast().last, previous.hasSuffix(".p") {
            guard let stated = PlainNumber(last)?.value, (1..<width).contains(stated) else {
                return nil
            }
            width = stated
            parts = parts.dropLast(2) + [previous.dropLast(2)]
        }
        self.width = Int(width)
        var index: UInt64 = 0
        for (place, part) in parts.enumerated() {
            let digits = place == parts.count - 1 ? part : part.dropFirst()
            guard place == parts.count - 1 || part.first == "x", digits.utf8.count == 3,
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt64(digits)
            else { return nil }
            let (product, overflow) = index.multipliedReportingOverflow(by: 1_000)
            guard !overflow, product <= .max - number else { return nil }
            index = product + number
        }
        guard !parts.isEmpty else { return nil }
        self.index = index
        guard self.path == path else { return nil }
    }
}

/// Hashes of a tree as they are stored: at most 32 of one level that follow each other, so that a
/// row is not more than 1 KiB. Eight rows are a tile.
package struct TileRow: Equatable, Sendable {
    package let level: Int
    /// Among the rows of its level: that of the first hash divided by 32.
    package let number: UInt64
    /// The hashes one after the other.
    package internal(set) var bytes: [UInt8]

    package init(level: Int, number: UInt64, bytes: [UInt8]) {
        self.level = level
        self.number = number
        self.bytes = bytes
    }
}

/// Gathers the hashes that a growing tree completes into the rows that are to be written.
///
/// It keeps the last row of each level: O(log n) memory, beside the rows that nobody took yet.
package struct TileRows: Equatable, Sendable {
    private var open: [TileRow] = []
    private var full: [TileRow] = []
    private var changed: Set<Int> = []

    package init() {}

    /// Goes on behind the last row of each level as it was stored, the lowest level first; nil when
    /// they are not those of a tree of this size.
    ///
    /// A level whose last row is full has none here, nor one without hashes.
    package init?(_ last: [TileRow], treeSize: UInt64) {
        for level in Tile.levels {
            let hashes = treeSize >> (level * Tile.height)
            let count = Int(hashes % UInt64(Frontier.hashesInRow))
            guard count > 0 else { continue }
            let number = hashes / UInt64(Frontier.hashesInRow)
            guard let row = last.first(where: { $0.level == level }), row.number == number,
                row.bytes.count == count * Digest.size
            else { return nil }
            open.append(row)
        }
        guard open.count == last.count else { return nil }
    }

    /// Takes the next hash of its level.
    package mutating func add(_ hash: TileHash) {
        let place = place(of: hash)
        precondition(
            open[place].bytes.count / Digest.size == Int(hash.index % UInt64(Frontier.hashesInRow)),
            "hashes of a level come in their order")
        hash.hash.withBytes { open[place].bytes += $0 }
        changed.insert(hash.level)
        if open[place].bytes.count == Frontier.hashesInRow * Digest.size {
            full.append(open.remove(at: place))
            changed.remove(hash.level)
        }
    }

    private mutating func place(of hash: TileHash) -> Int {
        let number = hash.index / UInt64(Frontier.hashesInRow)
        if let place = open.firstIndex(where: { $0.level == hash.level }) { return place }
        open.append(TileRow(level: hash.level, number: number, bytes: []))
        return open.count - 1
    }

    /// The rows that are new or longer than when they were last taken; full ones are let go.
    package mutating func takeChanged() -> [TileRow] {
        let rows = full + open.filter { changed.contains($0.level) }
        full = []
        changed = []
        return rows
    }
}
