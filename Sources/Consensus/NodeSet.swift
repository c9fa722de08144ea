/// Names a node of the cluster; 0 names nobody. The two greatest values are the storage threads.
package typealias NodeID = UInt64

/// Nobody: no vote, no leader.
package let noNode: NodeID = 0

/// The addressees of storage messages, which never leave the node.
package enum StorageThread {
    /// Writes entries, hard state and snapshots; serves messages in their order.
    package static var append: NodeID { .max }
    /// Applies committed entries; serves messages in their order.
    package static var apply: NodeID { .max - 1 }

    static func contains(_ id: NodeID) -> Bool { id >= apply }
}

/// A small set of nodes, kept in ascending order. Operations are O(n) unless they say otherwise.
package struct NodeSet: Equatable, Hashable, Sendable, ExpressibleByArrayLiteral, Sequence {
    /// In ascending order, without doubles.
    package private(set) var ids: [NodeID] = []

    /// Nobody.
    package init() {}

    /// From ids in any order; doubles count once. O(n²).
    package init(_ ids: some Sequence<NodeID>) {
        for id in ids { insert(id) }
    }

    /// From a literal such as `[1, 2, 3]`, in any order. O(n²).
    package init(arrayLiteral ids: NodeID...) {
        self.init(ids)
    }

    /// Whether nobody is in the set. O(1).
    package var isEmpty: Bool { ids.isEmpty }
    /// Members of the set. O(1).
    package var count: Int { ids.count }

    /// In ascending order.
    package func makeIterator() -> IndexingIterator<[NodeID]> { ids.makeIterator() }
    /// O(n), by looking at one member after the other.
    package func contains(_ id: NodeID) -> Bool { ids.contains(id) }

    /// Changes nothing when the node is in the set.
    package mutating func insert(_ id: NodeID) {
        let place = ids.firstIndex { $0 >= id } ?? ids.count
        if place == ids.count || ids[place] != id { ids.insert(id, at: place) }
    }

    /// Changes nothing when the node is not in the set.
    package mutating func remove(_ id: NodeID) {
        ids.removeAll { $0 == id }
    }

    /// Members of one set or both. O(m · (n + m)) for `m` members of `other`.
    package func union(_ other: NodeSet) -> NodeSet {
        var all = self
        for id in other { all.insert(id) }
        return all
    }

    /// How many members stand in one of the two sets only.
    func symmetricDifferenceCount(_ other: NodeSet) -> Int {
        ids.count { !other.contains($0) } + other.ids.count { !contains($0) }
    }
}
