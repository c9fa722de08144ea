/// Names a node of the cluster; 0 names nobody. The two greatest values are the storage threads.
public typealias NodeID = UInt64

/// Nobody: no vote, no leader.
public let noNode: NodeID = 0

/// The addressees of storage messages, which never leave the node.
public enum StorageThread {
    /// Writes entries, hard state and snapshots; serves messages in their order.
    public static var append: NodeID { .max }
    /// Applies committed entries; serves messages in their order.
    public static var apply: NodeID { .max - 1 }

    static func contains(_ id: NodeID) -> Bool { id >= apply }
}

/// A small set of nodes, kept in ascending order. Every operation is O(n).
public struct NodeSet: Equatable, Hashable, Sendable, ExpressibleByArrayLiteral, Sequence {
    public private(set) var ids: [NodeID] = []

    public init() {}

    public init(_ ids: some Sequence<NodeID>) {
        for id in ids { insert(id) }
    }

    public init(arrayLiteral ids: NodeID...) {
        self.init(ids)
    }

    public var isEmpty: Bool { ids.isEmpty }
    public var count: Int { ids.count }

    public func makeIterator() -> IndexingIterator<[NodeID]> { ids.makeIterator() }
    public func contains(_ id: NodeID) -> Bool { ids.contains(id) }

    public mutating func insert(_ id: NodeID) {
        let place = ids.firstIndex { $0 >= id } ?? ids.count
        if place == ids.count || ids[place] != id { ids.insert(id, at: place) }
    }

    public mutating func remove(_ id: NodeID) {
        ids.removeAll { $0 == id }
    }

    public func union(_ other: NodeSet) -> NodeSet {
        var all = self
        for id in other { all.insert(id) }
        return all
    }

    /// How many members stand in one of the two sets only.
    func symmetricDifferenceCount(_ other: NodeSet) -> Int {
        ids.count { !other.contains($0) } + other.ids.count { !contains($0) }
    }
}
