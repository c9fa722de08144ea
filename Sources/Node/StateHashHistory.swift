internal import Domain

/// The state hashes that later batches may state.
struct StateHashHistory {
    private var recent: [LedgerPosition] = []

    mutating func add(_ position: LedgerPosition) {
        recent.append(position)
        if recent.count > 128 { recent.removeFirst(64) }
    }

    /// Compares what a batch states with what this node reached.
    ///
    /// - Returns: false when it states the hash of a batch that is not known here, which is no
    ///   fault: it is older than all that is kept, or than what the node began with.
    func check(_ batch: Batch) throws(StateDivergence) -> Bool {
        guard batch.hashedIndex > 0 else { return true }
        guard let known = recent.last(where: { $0.logIndex == batch.hashedIndex }) else {
            return false
        }
        guard known.stateHash == batch.stateHash else {
            throw StateDivergence(
                index: known.logIndex, stated: batch.stateHash, reached: known.stateHash)
        }
        return true
    }
}
