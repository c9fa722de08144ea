import Chance
import Consensus
import Domain
import Node
import Scenarios
import Shares
import Testing

/// Three nodes in one thread: their messages go from hand to hand, writes are durable at once and
/// tables follow at once. Time passes when a test lets it.
final class NodeRig {
    struct Sent {
        let from: NodeID
        let to: NodeID
        let message: PeerMessage
    }

    private final class Place {
        var node: Node
        var waiting: [NodeEvent] = []
        init(_ node: consuming Node) { self.node = node }
    }

    /// The length of a tick.
    static let tick: UInt64 = 50_000_000
    static let all: [NodeID] = [1, 2, 3]

    /// What is lost on its way.
    var isLost: (Sent) -> Bool = { _ in false }
    /// What stays on its way until ``release()``.
    var isHeld: (Sent) -> Bool = { _ in false }
    /// By how many nanoseconds the clocks of nodes are ahead.
    var ahead: [NodeID: Timestamp] = [:]
    private(set) var steady: UInt64 = 1_000_000_000

    private(set) var answers: [NodeID: [UInt64: Result<SubmissionAnswer, SubmissionFailure>]] = [:]
    private(set) var readable: [NodeID: [UInt64: UInt64?]] = [:]
    private(set) var applied: [NodeID: [AppliedBatch]] = [:]
    private(set) var roles: [NodeID: [NodeRole]] = [:]
    private(set) var handovers: [(by: Timestamp, to: NodeID)] = []
    /// All that was sent, lost or not.
    private(set) var sent: [Sent] = []
    private var places: [NodeID: Place] = [:]
    private var wire: [Sent] = []
    private var held: [Sent] = []
    private var lastTicket: UInt64 = 0
    private var candidate: NodeID?

    init() throws {
        for id in NodeRig.all {
            let options = NodeOptions(
                id: id, membership: Membership(voters: NodeSet(NodeRig.all)),
                chance: SplitMix64(seed: id))
            places[id] = Place(
                try Node(
                    options, ledger: LedgerFollower(),
                    NodeStart(hardState: HardState(), rest: [], tables: LedgerPosition()),
                    at: moment(of: id)))
        }
    }

    /// With a leader that serves.
    convenience init(leader: NodeID) throws {
        try self.init()
        elect(leader)
    }

    // MARK: Time and events

    private func moment(of id: NodeID) -> Moment {
        Moment(wall: Timestamp(steady) + (ahead[id] ?? 0), steady: steady)
    }

    /// Hands something to a node, and lets all follow from it that does not need time.
    func take(_ events: [NodeEvent], at id: NodeID) {
        step(id, events)
        settle()
    }

    /// So many ticks pass at some nodes.
    func tick(_ count: Int = 1, _ nodes: [NodeID] = NodeRig.all) {
        for _ in 0..<count {
            steady += NodeRig.tick
            for id in nodes { step(id, [.tick]) }
            settle()
        }
    }

    /// Time passes at one node until it leads and serves.
    ///
    /// - Parameter others: for whom it passes too: they heard of a leader lately.
    func elect(_ id: NodeID, with others: [NodeID] = []) {
        campaign(id, with: others) { isServing(id) }
    }

    /// Time passes until something holds; nobody else is heard asking for votes.
    func campaign(_ id: NodeID, with others: [NodeID] = [], until holds: () -> Bool) {
        candidate = id
        for _ in 0..<60 where !holds() { tick(1, [id] + others) }
        candidate = nil
        #expect(holds())
    }

    /// What is held comes to where it was sent, if it is not lost.
    func release() {
        isHeld = { _ in false }
        wire += held
        held = []
        settle()
    }

    private func settle() {
        while true {
            if !wire.isEmpty {
                deliver(wire.removeFirst())
            } else if let busy = NodeRig.all.first(where: { isBusy($0) }) {
                step(busy, [.proceed])
            } else {
                return
            }
        }
    }

    private func isBusy(_ id: NodeID) -> Bool {
        guard let place = places[id] else { return false }
        return place.node.hasWork || !place.waiting.isEmpty
    }

    private func step(_ id: NodeID, _ events: [NodeEvent]) {
        guard let place = places[id] else { return }
        let all = place.waiting + events
        place.waiting = []
        for action in place.node.step(all, at: moment(of: id)) { carryOut(action, id, place) }
    }

    private func carryOut(_ action: NodeAction, _ id: NodeID, _ place: Place) {
        switch action {
        case .write(let write): place.waiting.append(.stored(write.number))
        case .send(let message, let to):
            let sent = Sent(from: id, to: to, message: message)
            self.sent.append(sent)
            if isHeld(sent) { held.append(sent) } else { wire.append(sent) }
        case .applied(let batch):
            applied[id, default: []].append(batch)
            place.waiting.append(.tablesAt(batch.effects.position))
        case .answer(let ticket, let result):
            #expect(answers[id]?[ticket] == nil, "every ticket is answered once")
            answers[id, default: [:]][ticket] = result
        case .readable(let ticket, let index):
            #expect(readable[id]?[ticket] == nil, "every reader is told once")
            readable[id, default: [:]][ticket] = .some(index)
        case .role(let role): roles[id, default: []].append(role)
        case .clockDeviates(let by, let to): handovers.append((by, to))
        case .stop(let reason): Issue.record("node \(id) stops: \(reason)")
        case .lookUp, .read, .clockMoved, .clockBehind: break
        }
    }

    private func deliver(_ sent: Sent) {
        guard !isLost(sent) else { return }
        if let candidate, sent.from != candidate, sent.asksForVotes { return }
        switch sent.message {
        case .consensus(let message): step(sent.to, [.message(message)])
        case .reply(let reply): step(sent.to, [.reply(reply)])
        case .submission(let forwarded):
            lastTicket += 1
            var submission = forwarded.submission(from: sent.from, at: steady)
            submission.ticket = lastTicket
            step(sent.to, [.submission(submission)])
        }
    }

    // MARK: Callers

    /// Submits commands at a node; gives their ticket.
    func submit(_ count: Int = 1, at id: NodeID, patience: UInt64 = .max) -> UInt64 {
        lastTicket += 1
        let commands = [EncodedCommand](
            repeating: EncodedCommand(
                .declared(SetParticipantState(bic: .none, state: .active))), count: count)
        var submission = Submission(
            SealedCommands(fake: commands), for: Owner("bank"),
            deadline: patience == .max ? .max : steady + patience)
        // Those that are forwarded have tickets of their own.
        let ticket = lastTicket
        submission.ticket = ticket
        take([.submission(submission)], at: id)
        return ticket
    }

    /// Asks a node for several reads at once; gives their tickets.
    func read(_ count: Int = 1, at id: NodeID, patience: UInt64 = 10_000_000_000) -> [UInt64] {
        let first = lastTicket + 1
        lastTicket += UInt64(count)
        let tickets = Array(first...lastTicket)
        take(tickets.map { .readAsked(ticket: $0, deadline: steady + patience) }, at: id)
        return tickets
    }

    /// Who asked for these waits no longer.
    func give(up tickets: [UInt64], at id: NodeID) {
        take(tickets.map { .readGivenUp(ticket: $0) }, at: id)
    }

    func failure(of ticket: UInt64, at id: NodeID) -> SubmissionFailure? {
        guard case .failure(let failure)? = answers[id]?[ticket] else { return nil }
        return failure
    }

    func answer(of ticket: UInt64, at id: NodeID) -> SubmissionAnswer? {
        try? answers[id]?[ticket]?.get()
    }

    // MARK: What nodes are

    func isServing(_ id: NodeID) -> Bool { places[id]?.node.isServing ?? false }
    func isDrained(_ id: NodeID) -> Bool { places[id]?.node.isDrained ?? false }
    func role(_ id: NodeID) -> NodeRole? { places[id]?.node.role }
    func committed(_ id: NodeID) -> UInt64 { places[id]?.node.committed ?? 0 }

    /// Commands in the batches that a node has applied.
    func commands(at id: NodeID) -> Int {
        applied[id, default: []].reduce(0) { $0 + $1.batch.commandCount }
    }

    func states(at id: NodeID) -> [UInt64] {
        applied[id, default: []].map(\.effects.position.stateHash)
    }
}

extension NodeRig.Sent {
    fileprivate var asksForVotes: Bool {
        message.consensus?.kind == .preVote || message.consensus?.kind == .vote
    }
}

extension PeerMessage {
    var consensus: Message? { if case .consensus(let message) = self { message } else { nil } }
    var submission: ForwardedSubmission? {
        if case .submission(let forwarded) = self { forwarded } else { nil }
    }
    var reply: ForwardReply? { if case .reply(let reply) = self { reply } else { nil } }
}
