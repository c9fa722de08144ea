internal import NIOCore
internal import Shares
internal import Synchronization

/// The open connections of a server, bounded in number for each kind and owner.
package final class ConnectionSet: Sendable {
    struct Entry: Sendable {
        var port: ConnectionPort
        var channel: any Channel
    }

    /// Whose a connection is.
    enum Identified {
        case owner(OwnerShare)
        case anonymous(OwnerShare)
        case refused
    }

    private struct State {
        var places: ConnectionPlaces
        var entries: [UInt64: Entry] = [:]
        var numbers: [ObjectIdentifier: UInt64] = [:]
        var shares: OwnerShares
        var isAccepting = true
    }

    package let metrics = Metrics()
    let bounds: ConnectionBounds
    let memory: MemoryBounds
    private let requests: Budget
    private let output: Budget
    /// Nil: callers cannot be told apart, and everything is one owner's.
    private let owner: (@Sendable (PeerIdentity) -> String?)?
    private let state: Mutex<State>

    /// - Parameter owner: the owner of a peer's connections, nil for an unknown caller; without this
    ///   function only the total is bounded.
    package init(
        _ bounds: ConnectionBounds, memory: MemoryBounds = MemoryBounds(),
        owner: (@Sendable (PeerIdentity) -> String?)? = nil
    ) {
        var bounds = bounds
        if owner == nil {
            bounds.handshaking = bounds.total
            bounds.anonymous = 0
            bounds.ofOneOwner = bounds.total
        }
        self.bounds = bounds
        self.owner = owner
        self.memory = memory
        let shares = OwnerShares(memory)
        (requests, output) = (shares.requests, shares.output)
        state = Mutex(State(places: ConnectionPlaces(bounds), shares: shares))
    }

    var all: [Entry] { state.withLock { Array($0.entries.values) } }

    /// What was counted, with the connections of each kind as of now.
    var counters: Counters {
        var counters = metrics.counters
        counters.requestBytes = requests.inUse
        counters.outputBytes = output.inUse
        counters.memoryRefusals = requests.refusals
        state.withLock {
            counters.connectionsHandshaking = $0.places.handshaking.count
            counters.connectionsAnonymous = $0.places.anonymous.count
            counters.connectionOwners = $0.places.ownerCount
        }
        return counters
    }

    /// False when there is no place or the server is shutting down.
    func insert(_ port: ConnectionPort, _ channel: any Channel) -> Bool {
        let (decision, dropped) = state.withLock { state in
            guard state.isAccepting else { return (ConnectionPlaces.Decision?.none, Entry?.none) }
            let (number, decision) = state.places.arrive()
            guard case .placed(let dropped) = decision else { return (decision, nil) }
            state.entries[number] = Entry(port: port, channel: channel)
            state.numbers[ObjectIdentifier(port)] = number
            return (decision, dropped.flatMap { state.entries[$0.number] })
        }
        switch decision {
        case .placed(let gone):
            metrics.connectionsAccepted.increment()
            metrics.connectionsOpen.increment()
            drop(dropped, gone)
            return true
        case .refused(let reason):
            metrics.countRefused(reason)
            return false
        case nil:
            metrics.countRefused(.full)
            return false
        }
    }

    /// Gives a connection whose handshake is done its place among its owner's.
    func identify(_ port: ConnectionPort, _ peer: PeerIdentity?) -> Identified {
        let name = owner.map { owner in peer.flatMap { owner($0) } } ?? ""
        let (decision, share, dropped) = state.withLock { state in
            let number = state.numbers[ObjectIdentifier(port)] ?? 0
            let decision = state.places.identify(number, owner: name)
            guard case .placed(let dropped) = decision else {
                return (decision, OwnerShare?.none, Entry?.none)
            }
            return (
                decision, state.shares.share(of: name),
                dropped.flatMap { state.entries[$0.number] }
            )
        }
        switch decision {
        case .placed(let gone):
            drop(dropped, gone)
            guard let share else { return .refused }
            return name == nil ? .anonymous(share) : .owner(share)
        case .refused(let reason):
            metrics.countRefused(reason)
            return .refused
        }
    }

    private func drop(_ entry: Entry?, _ dropped: ConnectionPlaces.Dropped?) {
        guard let entry, let dropped else { return }
        metrics.countRefused(dropped.reason)
        entry.port.evict(.enhanceYourCalm)
    }

    func remove(_ port: ConnectionPort) {
        let removed = state.withLock { state -> Entry? in
            guard let number = state.numbers.removeValue(forKey: ObjectIdentifier(port)) else {
                return nil
            }
            state.places.leave(number)
            return state.entries.removeValue(forKey: number)
        }
        if removed != nil { metrics.connectionsOpen.decrement() }
    }

    func stopAccepting() {
        state.withLock { $0.isAccepting = false }
    }
}
