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
    /// Adds to the head of every answer.
    let decorate: (@Sendable (inout Headers) -> Void)?
    let bounds: ConnectionBounds
    let memory: MemoryBounds
    private let requests: Budget
    private let output: Budget
    /// Nil: callers cannot be told apart, and everything is one owner's.
    private let owner: (@Sendable (PeerIdentity) -> String?)?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - owner: the owner of a peer's connections, nil for an unknown caller; without this
    ///     function only the total is bounded.
    package init(
        _ bounds: ConnectionBounds, memory: MemoryBounds = MemoryBounds(),
        owner: (@Sendable (PeerIdentity) -> String?)? = nil,
        decorate: (@Sendable (inout Headers) -> Void)? = nil
    ) {
        self.decorate = decorate
        let bounds = owner == nil ? bounds.withoutOwners : bounds
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

    /// The most bytes that requests and answers held since the last call.
    func takePeakBytes() -> Int { requests.takePeak() + output.takePeak() }

    /// False when there is no place or the server is shutting down.
    func insert(_ port: ConnectionPort, _ channel: any Channel) -> Bool {
        let (decision, dropped) = state.withLock { state in
            guard state.isAccepting else {
                return (ConnectionPlaces.Decision.refused(.full), Entry?.none)
            }
            let (number, decision) = state.places.arrive()
            guard case .placed(let dropped) = decision else { return (decision, nil) }
            state.entries[number] = Entry(port: port, channel: channel)
            state.numbers[ObjectIdentifier(port)] = number
            return (decision, dropped.flatMap { state.entries[$0.number] })
        }
        guard isPlaced(decision, dropped) else { return false }
        metrics.connectionsAccepted.increment()
        metrics.connectionsOpen.increment()
        return true
    }

    /// Gives a connection whose handshake is done its place among its owner's.
    func identify(_ port: ConnectionPort, _ peer: PeerIdentity?) -> Identified {
        let name = owner.map { owner in peer.flatMap { owner($0) } } ?? ""
        let (decision, share, dropped) = state.withLock { state in
            let number = state.numbers[ObjectIdentifier(port)]
            let decision = number.map { state.places.identify($0, owner: name) } ?? .gone
            let share = state.shares.share(of: name)
            guard case .placed(let dropped) = decision else {
                return (decision, share, Entry?.none)
            }
            return (decision, share, dropped.flatMap { state.entries[$0.number] })
        }
        guard isPlaced(decision, dropped) else { return .refused }
        return name == nil ? .anonymous(share) : .owner(share)
    }

    /// Carries out a decision: whoever has to go goes, and what was refused is counted.
    private func isPlaced(_ decision: ConnectionPlaces.Decision, _ dropped: Entry?) -> Bool {
        switch decision {
        case .placed(let gone):
            if let gone, let dropped {
                metrics.countRefused(gone.reason)
                dropped.port.evict(.enhanceYourCalm)
            }
            return true
        case .refused(let reason):
            metrics.countRefused(reason)
            return false
        case .gone:
            return true
        }
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

    /// Drops the older half of the handshakes or, when there are none, of the unknown callers.
    func makeRoom() {
        let dropped = state.withLock { state in
            state.places.spare().map { ($0, state.entries[$0.number]) }
        }
        for (reason, entry) in dropped { _ = isPlaced(.placed(dropping: reason), entry) }
    }

    /// Judges every client's certificate again.
    func reconsider(asking judges: JudgesAsked) {
        for entry in all { entry.port.reconsider(asking: judges) }
    }

    func stopAccepting() {
        state.withLock { $0.isAccepting = false }
    }
}
