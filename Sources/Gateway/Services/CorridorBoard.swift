internal import Domain
internal import Store
internal import Synchronization

/// The corridors as they are now, for the words of refusals: read from the tables once, then kept
/// up by the batches, so that a refused order costs no query.
final class CorridorBoard: Sendable {
    private struct Known {
        var corridors: [Currency: Corridor] = [:]
        var isWatching = false
        var isRead = false
        var isBeingRead = false
    }

    private let known = Mutex(Known())
    private let readers: ReaderPool
    private let node: any SettlementNode

    init(_ readers: ReaderPool, _ node: any SettlementNode) {
        self.readers = readers
        self.node = node
    }

    /// The corridor to this currency; nil when there is none, or when the tables are not read yet.
    ///
    /// Refusals do not queue behind reads: while one waits for the tables the others go without.
    func corridor(_ foreign: Currency) async -> Corridor? {
        let (corridor, mayRead) = known.withLock { known in
            let corridor = known.corridors[foreign]
            let mayRead = corridor == nil && !known.isRead && !known.isBeingRead
            known.isBeingRead = known.isBeingRead || mayRead
            return (corridor, mayRead)
        }
        guard mayRead else { return corridor }
        await read()
        return known.withLock { known in
            known.isBeingRead = false
            return known.corridors[foreign]
        }
    }

    private func read() async {
        watch()
        guard await node.waitForTables(), let rows = try? await readers.read({ try $0.corridors() })
        else { return }
        known.withLock { known in
            guard known.isWatching else { return }
            // What a batch has said since is newer.
            for row in rows where known.corridors[row.corridor.foreign] == nil {
                known.corridors[row.corridor.foreign] = row.corridor
            }
            known.isRead = true
        }
    }

    /// Before the first read, so that no change falls between; again after a restart of the node.
    private func watch() {
        let isWatching = known.withLock {
            let isWatching = $0.isWatching
            $0.isWatching = true
            return isWatching
        }
        guard !isWatching else { return }
        _ = node.watch { [weak self] applied in
            guard applied == nil || applied?.effects.corridors.isEmpty == false else { return }
            self?.known.withLock { known in
                guard let applied else {
                    known = Known(isBeingRead: known.isBeingRead)
                    return
                }
                for row in applied.effects.corridors {
                    known.corridors[row.corridor.foreign] = row.corridor
                }
            }
        }
    }
}

extension Services {
    /// The refusal of an order, with what is wrong with it.
    func refusal(_ code: ResultCode, of order: PaymentOrder) async -> GatewayError {
        let corridor: Corridor?
        switch code {
        case .amountBelowMinimum, .amountAboveMaximum, .rateOffTick, .rateOutsideCollar:
            corridor = await corridors.corridor(order.foreign)
        default: corridor = nil
        }
        return GatewayError(code, RefusalWords.order(order, refusedWith: code, in: corridor))
    }
}
