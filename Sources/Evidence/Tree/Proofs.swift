/// Checks proofs about trees, by the algorithms of RFC 9162 (2.1.3.2 and 2.1.4.2). Any input has an
/// answer, in at most 64 steps.
package enum TreeProof {
    /// The most hashes that a proof can have; longer ones are refused unread.
    package static let longest = 64

    /// Whether the leaf is in the tree with this root.
    ///
    /// - Complexity: a hash for each of the proof's.
    package static func includes(
        _ leaf: Digest, at index: UInt64, in size: UInt64, root: Digest, proof: [Digest],
        with hasher: borrowing SuiteHasher
    ) -> Bool {
        guard index < size, proof.count <= longest else { return false }
        var (place, last) = (index, size - 1)
        var hash = leaf
        for sibling in proof {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                hash = hasher.node(sibling, hash)
                let lift = place.trailingZeroBitCount
                place >>= lift
                last >>= lift
            } else {
                hash = hasher.node(hash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether the tree with the first root is the beginning of the one with the second.
    ///
    /// Every tree begins with the one without leaves, so no proof says anything about that: it is
    /// refused.
    ///
    /// - Complexity: two hashes for each of the proof's.
    package static func isConsistent(
        _ smaller: UInt64, _ smallerRoot: Digest, _ larger: UInt64, _ largerRoot: Digest,
        proof: [Digest], with hasher: borrowing SuiteHasher
    ) -> Bool {
        guard smaller > 0, smaller <= larger, proof.count <= longest else { return false }
        guard smaller < larger else { return proof.isEmpty && smallerRoot == largerRoot }
        guard !proof.isEmpty else { return false }
        var (place, last) = (smaller - 1, larger - 1)
        let lift = place.trailingOneBitCount
        place >>= lift
        last >>= lift
        var rest = proof[...]
        // The smaller tree is one complete subtree: its root begins the proof unsaid.
        let isComplete = smaller & (smaller - 1) == 0
        let first = isComplete ? smallerRoot : rest.removeFirst()
        var (old, new) = (first, first)
        for sibling in rest {
            guard last > 0 else { return false }
            if place & 1 == 1 || place == last {
                old = hasher.node(sibling, old)
                new = hasher.node(sibling, new)
                let lift = place.trailingZeroBitCount
                place >>= lift
                last >>= lift
            } else {
                new = hasher.node(new, sibling)
            }
            place >>= 1
            last >>= 1
        }
        return last == 0 && old == smallerRoot && new == largerRoot
    }
}
