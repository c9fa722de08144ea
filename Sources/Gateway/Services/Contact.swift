internal import Synchronization

/// Whether the node has been coming along with the others lately.
///
/// Whoever waits for changes believes that nothing has changed while nothing comes. At a node that
/// hears of no leader, or takes nothing new, that would be wrong for as long as it lasts; so after
/// a while his wait ends, and he can go to another node. Where all is well nothing is done: the
/// node says when its condition changes.
package final class Contact: Sendable {
    /// So long a node may stand still before anybody is told: longer than elections take.
    package static let patience = Duration.seconds(5)

    private struct Shared {
        var timer: Task<Void, Never>?
        var isLost = false
    }

    private let node: any SettlementNode
    private let patience: Duration
    private let onLoss: @Sendable () -> Void
    private let shared = Mutex(Shared())

    /// - Parameter onLoss: called each time that the node has stood still for so long; must not
    ///   block.
    package init(
        _ node: any SettlementNode, patience: Duration = Contact.patience,
        onLoss: @escaping @Sendable () -> Void
    ) {
        self.node = node
        self.patience = patience
        self.onLoss = onLoss
        _ = node.watchCondition { [weak self] in self?.look() }
        look()
    }

    /// Whether nobody should begin to wait for changes.
    package var isLost: Bool { shared.withLock { $0.isLost } }

    private var standsStill: Bool { node.isServing && node.standstill != nil }

    private func look() {
        let standsStill = standsStill
        shared.withLock { shared in
            if !standsStill {
                shared.timer?.cancel()
                shared = Shared()
            } else if shared.timer == nil, !shared.isLost {
                shared.timer = Task { [weak self, patience] in
                    try? await Task.sleep(for: patience)
                    if !Task.isCancelled { self?.lose() }
                }
            }
        }
    }

    private func lose() {
        let isLost = standsStill
        shared.withLock {
            $0.timer = nil
            $0.isLost = isLost
        }
        if isLost { onLoss() }
    }
}
