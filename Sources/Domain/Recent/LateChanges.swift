/// What happened to payments after they were finished, so that what was told of them before counts
/// no more: a return or a case, another bank's payment under the same UETR, a wish for erasure.
///
/// Such is rare, and so this is small. Trades being sure for being small: when there is no room,
/// everything counts as changed once.
struct LateChanges: Sendable {
    private static let most = 1 << 16

    /// The last batch that changed something under a UETR.
    private var changed: [UETR: UInt64] = [:]
    /// Everything may have changed up to this batch.
    private(set) var floor: UInt64

    init(after index: UInt64 = 0) { floor = index }

    mutating func note(_ applied: AppliedBatch) {
        if !applied.knownBefore.isEmpty {
            let ids = Set(applied.knownBefore)
            for row in applied.effects.payments where ids.contains(row.id) {
                changed[row.uetr] = applied.logIndex
            }
        }
        let declared = applied.effects.declared
        if !declared.isEmpty {
            for row in declared[FollowUpRow.self] { changed[row.uetr] = applied.logIndex }
            if !declared[ErasureRow.self].isEmpty { self = LateChanges(after: applied.logIndex) }
        }
        if changed.count > LateChanges.most { self = LateChanges(after: applied.logIndex) }
    }

    func isUnchanged(_ uetr: UETR, since index: UInt64) -> Bool {
        index >= floor && changed[uetr, default: 0] <= index
    }
}
