import Chance
import Evidence
import Testing

/// A tree as RFC 6962 (2.1) writes it down, all of it in memory.
struct PlainTree {
    let leaves: [Digest]
    let suite: Suite

    func root(_ range: Range<Int>) -> Digest {
        let hasher = SuiteHasher(suite)
        if range.isEmpty { return hasher.emptyRoot }
        if range.count == 1 { return leaves[range.lowerBound] }
        let middle = split(range)
        return hasher.node(
            root(range.lowerBound..<middle), root(middle..<range.upperBound))
    }

    func path(_ index: Int, _ range: Range<Int>) -> [Digest] {
        guard range.count > 1 else { return [] }
        let middle = split(range)
        let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
        return index < middle
            ? path(index, left) + [root(right)] : path(index, right) + [root(left)]
    }

    func proof(_ size: Int, _ range: Range<Int>, isWhole: Bool = true) -> [Digest] {
        if size == range.upperBound { return isWhole ? [] : [root(range)] }
        let middle = split(range)
        let (left, right) = (range.lowerBound..<middle, middle..<range.upperBound)
        return size <= middle
            ? proof(size, left, isWhole: isWhole) + [root(right)]
            : proof(size, right, isWhole: false) + [root(left)]
    }

    private func split(_ range: Range<Int>) -> Int {
        var width = 1
        while width * 2 < range.count { width *= 2 }
        return range.lowerBound + width
    }
}

/// Tiles as rows hold them.
struct StoredTiles {
    private(set) var rows: [Int: [UInt64: [UInt8]]] = [:]

    mutating func write(_ changed: [TileRow]) {
        for row in changed { rows[row.level, default: [:]][row.number] = row.bytes }
    }

    func read(_ tile: Tile) -> [Digest] {
        let first = tile.index * 8
        let hashes = (first..<first + 8).flatMap { (rows[tile.level]?[$0] ?? []).digests }
        return Array(hashes.prefix(tile.width))
    }
}

@Suite struct TreeTests {
    private func leaves(_ count: Int, _ suite: Suite) -> [Digest] {
        let hasher = SuiteHasher(suite)
        return (0..<count).map { hasher.leaf(bytes(of: "leaf \($0)")) }
    }

    private func stored(_ leaves: [Digest], _ suite: Suite) throws -> StoredTiles {
        let hasher = SuiteHasher(suite)
        var tiles = StoredTiles()
        var (frontier, rows) = (Frontier(), TileRows())
        for leaf in leaves {
            frontier.append(leaf, with: hasher) { rows.add($0) }
            // Rows are written at any time, and read again at a start.
            if frontier.size % 37 == 0 {
                tiles.write(rows.takeChanged())
                frontier = try #require(Frontier(size: frontier.size, rows: frontier.rows))
                let last = Tile.levels.compactMap { level in
                    let number = frontier.size >> (8 * level) / 32
                    return tiles.rows[level]?[number].map {
                        TileRow(level: level, number: number, bytes: $0)
                    }
                }
                rows = try #require(TileRows(last, treeSize: frontier.size))
            }
        }
        tiles.write(rows.takeChanged())
        #expect(rows.takeChanged().isEmpty)
        return tiles
    }

    @Test(arguments: Suite.allCases)
    func everySizeHasTheRootOfTheStandard(_ suite: Suite) {
        let leaves = leaves(70, suite)
        let plain = PlainTree(leaves: leaves, suite: suite)
        let hasher = SuiteHasher(suite)
        var frontier = Frontier()
        #expect(frontier.root(with: hasher) == hasher.emptyRoot)
        for (count, leaf) in leaves.enumerated() {
            frontier.append(leaf, with: hasher)
            #expect(frontier.root(with: hasher) == plain.root(0..<count + 1))
            #expect(frontier.hashes.count == (count + 1).nonzeroBitCount)
        }
    }

    /// Across several levels of tiles, whole and partial ones.
    @Test(arguments: Suite.allCases)
    func proofsOutOfTilesAreThoseOfTheStandard(_ suite: Suite) throws {
        let leaves = leaves(700, suite)
        let plain = PlainTree(leaves: leaves, suite: suite)
        let tiles = try stored(leaves, suite)
        let hasher = SuiteHasher(suite)
        var chance = SplitMix64(seed: 20)
        for _ in 0..<60 {
            let size = 1 + chance.below(700)
            let (index, smaller) = (chance.below(size), 1 + chance.below(size))
            var reader = TreeReader(suite, treeSize: 700) { tiles.read($0) }
            let root = reader.root(of: UInt64(size))
            #expect(root == plain.root(0..<size))
            let proof = reader.inclusionProof(of: UInt64(index), in: UInt64(size))
            #expect(proof == plain.path(index, 0..<size))
            let isIncluded = TreeProof.includes(
                leaves[index], at: UInt64(index), in: UInt64(size), root: root, proof: proof,
                with: hasher)
            #expect(isIncluded)
            let steps = reader.consistencyProof(from: UInt64(smaller), to: UInt64(size))
            #expect(steps == plain.proof(smaller, 0..<size))
            let isConsistent = TreeProof.isConsistent(
                UInt64(smaller), plain.root(0..<smaller), UInt64(size), root, proof: steps,
                with: hasher)
            #expect(isConsistent)
        }
    }

    @Test func storedTilesAreThoseOfC2SP() throws {
        let leaves = leaves(70_000, .intl)
        let hasher = SuiteHasher(.intl)
        var (frontier, rows, tiles) = (Frontier(), TileRows(), StoredTiles())
        for leaf in leaves { frontier.append(leaf, with: hasher) { rows.add($0) } }
        let changed = rows.takeChanged()
        #expect(changed.allSatisfy { (1...1_024).contains($0.bytes.count) })
        tiles.write(changed)
        // The example of the standard: 273 whole tiles and one of 112; one and one of 17; one of 1.
        #expect(Tile(level: 0, index: 272, treeSize: 70_000)?.width == 256)
        #expect(Tile(level: 0, index: 273, treeSize: 70_000)?.width == 112)
        #expect(Tile(level: 1, index: 1, treeSize: 70_000)?.width == 17)
        #expect(Tile(level: 2, index: 0, treeSize: 70_000)?.width == 1)
        #expect(Tile(level: 3, index: 0, treeSize: 70_000) == nil)
        #expect(Tile(level: 0, index: 274, treeSize: 70_000) == nil)
        #expect(Tile(level: 0, index: .max, treeSize: .max) == nil)
        var reader = TreeReader(.intl, treeSize: 70_000) { tiles.read($0) }
        #expect(reader.root(of: 70_000) == frontier.root(with: hasher))
        var asked = 0
        var counting = TreeReader(.intl, treeSize: 70_000) { tile in
            asked += 1
            return tiles.read(tile)
        }
        _ = counting.inclusionProof(of: 1_234, in: 70_000)
        #expect(asked <= 6, "a proof takes a few tiles of each level")
    }

    @Test func tilesHavePaths() throws {
        let tile = try #require(Tile(level: 0, index: 1_234_067, treeSize: .max))
        #expect(tile.path == "tile/0/x001/x234/067")
        #expect(Tile(path: tile.path) == tile)
        #expect(Tile(path: "tile/1/000.p/12")?.width == 12)
        let wrong = [
            "tile/0/67", "tile/0/0067", "tile/00/067", "tile/8/000", "tile/0/x000/067",
            "tile/0/001/067", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/012",
            "tile/0/", "tile/0", "tile", "", "tile/0/x999/x999/x999/x999/x999/x999/999",
            "tile/0/+67", "tiles/0/000",
        ]
        for path in wrong { #expect(Tile(path: path) == nil) }
    }

    @Test func storedFrontiersThatAreNoneAreRefused() {
        let hasher = SuiteHasher(.sm)
        var frontier = Frontier()
        for leaf in leaves(7, .sm) { frontier.append(leaf, with: hasher) }
        let rows = frontier.rows
        #expect(rows.map(\.count) == [96])
        #expect(Frontier(size: 7, rows: rows) == frontier)
        #expect(Frontier(size: 6, rows: rows) == nil)
        #expect(Frontier(size: 7, rows: []) == nil)
        #expect(Frontier(size: 7, rows: rows + [[]]) == nil)
        #expect(Frontier(size: 0, rows: []) == Frontier())
        let largest = [1_024, 1_024].map { [UInt8](repeating: 7, count: $0) }
        #expect(Frontier(size: .max, rows: largest)?.rows == largest)
        #expect(Frontier(size: .max, rows: [[UInt8](repeating: 7, count: 2_048)]) == nil)
    }

    /// Whatever the numbers are, there is an answer.
    @Test func wrongProofsAreRefusedWithoutATrap() {
        let hasher = SuiteHasher(.intl)
        let hash = leaves(1, .intl)[0]
        let numbers: [UInt64] = [0, 1, 2, 3, 1 << 32, 1 << 63, .max - 1, .max]
        for first in numbers {
            for second in numbers {
                for count in [0, 1, 2, 63, 64, 65] {
                    let proof = [Digest](repeating: hash, count: count)
                    let isOne = first == 0 && second == 1 && count == 0
                    #expect(
                        TreeProof.includes(
                            hash, at: first, in: second, root: hash, proof: proof, with: hasher)
                            == isOne)
                    let isSame = first == second && first > 0 && count == 0
                    #expect(
                        TreeProof.isConsistent(
                            first, hash, second, hash, proof: proof, with: hasher) == isSame)
                }
            }
        }
    }
}

/// The trees of other people.
@Suite(.needsSharedVectors) struct TreeVectorTests {
    struct Reference: Decodable {
        struct Inclusion: Decodable { let leafIndex, treeSize: UInt64, proofHex: [String] }
        struct Consistency: Decodable { let size1, size2: UInt64, proofHex: [String] }
        let leavesHex, leafHashesHex, rootsHex: [String]
        let inclusion: [Inclusion]
        let consistency: [Consistency]
    }

    @Test func referenceTree() throws {
        let reference = try SharedVectors.read("merkle/reference-tree.json", as: Reference.self)
        let hasher = SuiteHasher(.intl)
        let leaves = reference.leavesHex.map { hasher.leaf(bytes($0)) }
        #expect(leaves.map(\.hexadecimal) == reference.leafHashesHex)
        var (frontier, rows, tiles) = (Frontier(), TileRows(), StoredTiles())
        var roots = [frontier.root(with: hasher)]
        for leaf in leaves {
            frontier.append(leaf, with: hasher) { rows.add($0) }
            roots.append(frontier.root(with: hasher))
        }
        #expect(roots.map(\.hexadecimal) == reference.rootsHex)
        tiles.write(rows.takeChanged())
        var reader = TreeReader(.intl, treeSize: 8) { tiles.read($0) }
        #expect(reference.inclusion.count == 36 && reference.consistency.count == 36)
        for proof in reference.inclusion {
            let made = reader.inclusionProof(of: proof.leafIndex, in: proof.treeSize)
            #expect(made.map(\.hexadecimal) == proof.proofHex)
        }
        for proof in reference.consistency {
            let made = reader.consistencyProof(from: proof.size1, to: proof.size2)
            #expect(made.map(\.hexadecimal) == proof.proofHex)
        }
    }

    struct Inclusions: Decodable {
        struct Case: Decodable {
            let leafIdx, treeSize: UInt64
            let root, leafHash, desc: String
            let proof: [String]?
            let wantErr: Bool
        }
        let cases: [Case]
    }

    struct Consistencies: Decodable {
        struct Case: Decodable {
            let size1, size2: UInt64
            let root1, root2, desc: String
            let proof: [String]?
            let wantErr: Bool
        }
        let cases: [Case]
    }

    /// Nil when one of them is not 32 bytes, which no proof has.
    private func digests(_ texts: [String]) -> [Digest]? {
        let digests = texts.compactMap { Base64.bytes($0.utf8).flatMap { Digest($0) } }
        return digests.count == texts.count ? digests : nil
    }

    @Test func inclusionProbes() throws {
        let cases = try SharedVectors.read("merkle/inclusion-probes.json", as: Inclusions.self)
            .cases
        #expect(cases.count == 98)
        let hasher = SuiteHasher(.intl)
        for probe in cases {
            var holds = false
            if let known = digests([probe.leafHash, probe.root]),
                let proof = digests(probe.proof ?? [])
            {
                holds = TreeProof.includes(
                    known[0], at: probe.leafIdx, in: probe.treeSize, root: known[1], proof: proof,
                    with: hasher)
            }
            #expect(holds != probe.wantErr, "\(probe.desc)")
        }
    }

    @Test func consistencyProbes() throws {
        let cases = try SharedVectors.read(
            "merkle/consistency-probes.json", as: Consistencies.self
        ).cases
        #expect(cases.count == 98)
        let hasher = SuiteHasher(.intl)
        for probe in cases {
            var holds = false
            // A root of another size stands for one of ours: some have it where it does not matter.
            let roots = [probe.root1, probe.root2].compactMap { text in
                Base64.bytes(text.utf8).map { Digest($0) ?? hasher.hash($0) }
            }
            if roots.count == 2, let proof = digests(probe.proof ?? []) {
                holds = TreeProof.isConsistent(
                    probe.size1, roots[0], probe.size2, roots[1], proof: proof, with: hasher)
            }
            #expect(holds != probe.wantErr, "\(probe.desc)")
        }
    }
}
