package import NIOCore

/// Shares the time of an event loop out among those whose work it does.
///
/// Connections of many owners live on one loop, and one owner's may all have something to do in the
/// same moment: handshakes, requests, answers. All of it waits here and is done piece by piece.
/// Next comes a piece of the party that has had least time, so who asks for little does not wait
/// for who asks for much. After a slice of time the loop looks for news before it goes on.
///
/// Handshakes are two parties, whoever comes: those that have begun, in their order, and new ones,
/// the newest first, because under a flood the oldest have been given up or will lose their places.
///
/// Confined to its loop. Bounded: a connection has at most one piece of each kind waiting, and one
/// for each of its handlers.
package final class Turns {
    /// A piece of work.
    enum Work {
        /// What a connection has received.
        case input(TurnGate)
        /// What other threads want of a connection.
        case commands(Connection)
        /// A step of a handler.
        case job(UnownedJob, LoopExecutor)
    }

    /// Whose work it is; one for each owner with connections on this loop.
    final class Party {
        fileprivate let share: OwnerShare?
        fileprivate let isNewestFirst: Bool
        fileprivate var waiting = CircularBuffer<Work>()
        /// The time it has had, in nanoseconds; who comes late begins with what others have had.
        fileprivate var used: Int64 = 0
        fileprivate var connections = 0

        fileprivate init(_ share: OwnerShare? = nil, isNewestFirst: Bool = false) {
            self.share = share
            self.isNewestFirst = isNewestFirst
        }
    }

    private static let slice = TimeAmount.milliseconds(1)
    private static let pause = TimeAmount.microseconds(20)
    /// So many new handshakes are looked through for those that are gone.
    private static let mostNew = 1_024

    private let loop: any EventLoop
    let newHandshakes = Party(isNewestFirst: true)
    let handshakes = Party()
    private var parties: [ObjectIdentifier: Party] = [:]
    /// Those with work.
    private var active: [Party] = []
    /// What the party that was chosen last had had then.
    private var used: Int64 = 0
    private var isScheduled = false
    private var isWorking = false
    /// Time of pieces that did not wait, since the loop looked for news.
    private var atOnce = TimeAmount.nanoseconds(0)

    package init(_ loop: any EventLoop) {
        self.loop = loop
    }

    // MARK: Parties

    /// The owner's party, with one connection more.
    func join(_ share: OwnerShare) -> Party {
        let party = parties[ObjectIdentifier(share)] ?? Party(share)
        parties[ObjectIdentifier(share)] = party
        party.connections += 1
        return party
    }

    /// The party has a connection less; with the last one it is forgotten.
    func leave(_ party: Party) {
        guard let share = party.share else { return }
        party.connections -= 1
        if party.connections == 0 { parties[ObjectIdentifier(share)] = nil }
    }

    // MARK: Work

    /// Does the work at once where nobody waits and the slice of time is not used up; in its turn
    /// otherwise. For what the loop itself calls: whoever asks from within something else does not
    /// expect the work to be done meanwhile.
    func doOrAdd(_ work: Work, of party: Party) {
        if active.isEmpty, !isWorking, atOnce < Turns.slice {
            carryOut(work, of: party)
        } else {
            add(work, of: party)
        }
    }

    /// Lets the work wait for its turn.
    ///
    /// - Complexity: O(1), amortised.
    func add(_ work: Work, of party: Party) {
        if party.waiting.isEmpty {
            party.used = max(party.used, used)
            active.append(party)
        }
        party.waiting.append(work)
        if party.isNewestFirst, party.waiting.count > Turns.mostNew { forgetGone(party) }
        if !isWorking { schedule() }
    }

    /// Does a piece without a turn; its time counts all the same.
    private func carryOut(_ work: Work, of party: Party) {
        isWorking = true
        let begun = NIODeadline.now()
        work.carryOut()
        let time = NIODeadline.now() - begun
        isWorking = false
        // As if chosen: who works alone must not owe it to who comes later.
        used = max(party.used, used)
        party.used = used + time.nanoseconds
        atOnce = atOnce + time
        schedule()
    }

    /// What runs next on the loop comes when it has seen to all news.
    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        let turns = NIOLoopBound(self, eventLoop: loop)
        loop.execute { turns.value.work() }
    }

    private func forgetGone(_ party: Party) {
        party.waiting.removeAll {
            if case .input(let gate) = $0 { !gate.isWaiting } else { false }
        }
    }

    /// Does what waits, for one slice of time.
    private func work() {
        isScheduled = false
        atOnce = .nanoseconds(0)
        guard !active.isEmpty else { return }
        isWorking = true
        defer { isWorking = false }
        var now = NIODeadline.now()
        let end = now + Turns.slice
        while let (party, work) = takeNext() {
            work.carryOut()
            let later = NIODeadline.now()
            party.used += (later - now).nanoseconds
            now = later
            if now >= end { return goOnLater() }
        }
    }

    /// The next piece of the party that has had least.
    ///
    /// - Complexity: O(parties with work).
    private func takeNext() -> (Party, Work)? {
        guard var place = active.indices.first else { return nil }
        for other in active.indices where active[other].used < active[place].used {
            place = other
        }
        let party = active[place]
        used = party.used
        let work = party.isNewestFirst ? party.waiting.removeLast() : party.waiting.removeFirst()
        if party.waiting.isEmpty {
            active.swapAt(place, active.count - 1)
            active.removeLast()
        }
        return (party, work)
    }

    /// Lets the loop look for news first.
    private func goOnLater() {
        guard !active.isEmpty else { return }
        isScheduled = true
        let turns = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: Turns.pause) { turns.value.work() }
    }
}

extension Turns.Work {
    fileprivate func carryOut() {
        switch self {
        case .input(let gate): gate.handOn()
        case .commands(let connection): connection.drainCommands()
        case .job(let job, let executor):
            job.runSynchronously(on: executor.asUnownedTaskExecutor())
        }
    }
}

/// The turns of every loop of a group; made when first asked for.
final class LoopTurns: Sendable {
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<Turns?>]

    init(_ group: any EventLoopGroup) {
        boxes = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { loop in
                let box = NIOLoopBoundBox.makeEmptyBox(valueType: Turns.self, eventLoop: loop)
                return (ObjectIdentifier(loop), box)
            })
    }

    /// To be asked on the loop.
    func turns(of loop: any EventLoop) -> Turns {
        guard let box = boxes[ObjectIdentifier(loop)] else { return Turns(loop) }
        if let turns = box.value { return turns }
        let turns = Turns(loop)
        box.value = turns
        return turns
    }
}

/// A connection's part in its loop's turns. Confined to the loop.
package final class ConnectionTurns {
    private let turns: Turns
    private var party: Turns.Party
    private var hasLeft = false

    /// A new connection, about to shake hands.
    package init(_ turns: Turns) {
        self.turns = turns
        party = turns.newHandshakes
    }

    /// See ``Turns``.
    func add(_ work: Turns.Work) { turns.add(work, of: party) }

    func doOrAdd(_ work: Turns.Work) { turns.doOrAdd(work, of: party) }

    /// The first step of its handshake is done.
    func handshakeBegan() {
        if party === turns.newHandshakes { party = turns.handshakes }
    }

    /// It is known whose it is.
    package func join(_ share: OwnerShare) {
        party = turns.join(share)
    }

    /// The connection has ended; what its handlers still do is the party's.
    func leave() {
        guard !hasLeft else { return }
        hasLeft = true
        turns.leave(party)
    }
}
