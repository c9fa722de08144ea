package import NIOCore
internal import Shares

/// Shares the time of an event loop out among those whose work it does.
///
/// Connections of many owners live on one loop, and one owner's may all have something to do in the
/// same moment: handshakes, requests, answers. All of it waits here and is done piece by piece, as
/// `TimeShares` says whose piece is next. After a slice of time the loop looks for news before it
/// goes on.
///
/// Handshakes are two parties, whoever comes: those that have begun, in their order, and new ones,
/// the newest first, because under a flood the oldest have been given up or will lose their places.
/// What handlers still do whose connections are gone is a party, too.
///
/// Confined to its loop. Bounded: a connection has at most one piece of each kind waiting, and one
/// step for each of its requests.
package final class Turns {
    /// A piece of work.
    enum Work {
        /// What a connection has received.
        case input(TurnGate)
        /// What other threads want of a connection.
        case commands(Connection)
        /// The streams that a connection has left behind.
        case rest(Connection)
        /// What a handler does next. It has to be done, whoever is gone.
        case step(LoopExecutor.Step)
    }

    /// Whose work it is; one for each owner with connections on this loop.
    typealias Party = TimeShares.Party

    private struct Owned {
        let party: Party
        let share: OwnerShare
        var connections = 0
    }

    /// Nanoseconds.
    private static let slice: Int64 = 1_000_000
    private static let pause = TimeAmount.microseconds(20)
    /// So many new handshakes are looked through for those that are gone.
    private static let mostNew = 1_024

    private let loop: any EventLoop
    private var shares = TimeShares()
    /// What waits, by the place of its party.
    private var lines: [CircularBuffer<Work>] = []
    let newHandshakes: Party
    let handshakes: Party
    /// What handlers still do whose connections are gone.
    let leftOvers: Party
    private var owners: [ObjectIdentifier: Owned] = [:]
    private var isScheduled = false
    private var isWorking = false
    /// Time of pieces that did not wait, since one last did.
    private var atOnce: Int64 = 0
    private var clock = WorkClock()

    package init(_ loop: any EventLoop) {
        self.loop = loop
        newHandshakes = shares.join()
        handshakes = shares.join()
        leftOvers = shares.join()
        lines = [CircularBuffer(), CircularBuffer(), CircularBuffer()]
    }

    // MARK: Parties

    /// The owner's party, with one connection more.
    func join(_ share: OwnerShare) -> Party {
        let key = ObjectIdentifier(share)
        var owned = owners[key] ?? Owned(party: shares.join(), share: share)
        owned.connections += 1
        owners[key] = owned
        if lines.count == owned.party.place { lines.append(CircularBuffer()) }
        return owned.party
    }

    /// The owner has a connection less; with the last one his party leaves.
    func leave(_ share: OwnerShare) {
        let key = ObjectIdentifier(share)
        owners[key]?.connections -= 1
        guard let owned = owners[key], owned.connections == 0 else { return }
        owners[key] = nil
        let left = lines[owned.party.place].filter(\.hasToBeDone)
        lines[owned.party.place].removeAll()
        shares.leave(owned.party)
        for work in left { add(work, of: leftOvers) }
    }

    // MARK: Work

    /// Does the work at once where nobody waits, unless a slice of time has gone by so; in its turn
    /// otherwise. For what the loop itself calls: whoever asks from within something else does not
    /// expect the work to be done meanwhile.
    func doOrAdd(_ work: Work, of party: Party) {
        if shares.isEmpty, !isWorking, atOnce < Turns.slice {
            carryOut(work, of: party)
        } else {
            add(work, of: party)
        }
    }

    /// Lets the work wait for its turn.
    ///
    /// - Complexity: O(1), amortised.
    func add(_ work: Work, of party: Party) {
        lines[party.place].append(work)
        shares.add(to: party)
        if party == newHandshakes, lines[party.place].count > Turns.mostNew { forgetGone() }
        if !isWorking { schedule() }
    }

    /// Does a piece without a turn; its time counts all the same.
    private func carryOut(_ work: Work, of party: Party) {
        isWorking = true
        clock.start()
        work.carryOut()
        let time = clock.lap()
        isWorking = false
        shares.charge(time, to: party, hasWaited: false)
        atOnce += time
        if !shares.isEmpty { schedule() }
    }

    /// What runs next on the loop comes when it has seen to all news.
    private func schedule() {
        guard !isScheduled else { return }
        isScheduled = true
        let turns = NIOLoopBound(self, eventLoop: loop)
        loop.execute { turns.value.work() }
    }

    private func forgetGone() {
        let before = lines[newHandshakes.place].count
        lines[newHandshakes.place].removeAll {
            if case .input(let gate) = $0 { !gate.isWaiting } else { false }
        }
        shares.remove(before - lines[newHandshakes.place].count, of: newHandshakes)
    }

    /// The next piece, and whose it is.
    private func next() -> (Party, Work)? {
        guard let party = shares.next() else { return nil }
        let work =
            party == newHandshakes
            ? lines[party.place].popLast() : lines[party.place].popFirst()
        return work.map { (party, $0) }
    }

    /// Does what waits, for one slice of time.
    private func work() {
        isScheduled = false
        atOnce = 0
        guard !shares.isEmpty else { return }
        isWorking = true
        defer { isWorking = false }
        clock.start()
        let end = clock.now + Turns.slice
        while let (party, work) = next() {
            work.carryOut()
            shares.charge(clock.lap(), to: party)
            if clock.now >= end { return goOnLater() }
        }
    }

    /// Lets the loop look for news first.
    private func goOnLater() {
        guard !shares.isEmpty else { return }
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
        case .rest(let connection): connection.endStreams()
        case .step(let step): step.run()
        }
    }

    /// Other pieces are of no use when their connection is gone.
    fileprivate var hasToBeDone: Bool {
        if case .step = self { true } else { false }
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
    private var share: OwnerShare?

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
        if party == turns.newHandshakes { party = turns.handshakes }
    }

    /// It is known whose it is.
    package func join(_ share: OwnerShare) {
        party = turns.join(share)
        self.share = share
    }

    /// The connection has ended.
    package func leave() {
        party = turns.leftOvers
        if let share { turns.leave(share) }
        share = nil
    }
}
