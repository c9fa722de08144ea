internal import Consensus
internal import Domain

// A read is linearizable when what it sees was applied up to an index that was committed when the
// read began, as a majority confirms (Raft thesis, 6.4). One round serves all that wait for it.

/// Who waits to read.
struct ReadRounds {
    struct Wait {
        let ticket: UInt64
        /// Since when and until when, by the steady clock.
        let since: UInt64
        let deadline: UInt64
    }

    /// For the next round.
    var gathering: [Wait] = []
    /// The round that is out, and since when, by the steady clock.
    var round: (context: [UInt8], waits: [Wait], since: UInt64)?
    /// Tells the rounds of this node apart from those of its earlier lives.
    let life: UInt64
    private var count: UInt64 = 0

    init(life: UInt64) { self.life = life }

    var isEmpty: Bool { gathering.isEmpty && round == nil }

    mutating func nextContext(of node: NodeID) -> [UInt8] {
        count += 1
        return [node, life, count].flatMap { number in
            withUnsafeBytes(of: number.littleEndian) { Array($0) }
        }
    }

    /// The round will not be answered; who waited for it waits for the next one.
    mutating func giveUpRound() {
        guard let lost = round else { return }
        gathering = lost.waits + gathering
        round = nil
    }

    /// Whoever waits no longer is forgotten; a round that is out for nobody ends by itself.
    mutating func giveUp(_ ticket: UInt64) {
        gathering.removeAll { $0.ticket == ticket }
        round?.waits.removeAll { $0.ticket == ticket }
    }

    /// Takes out who waits no longer, or has waited since then.
    mutating func takeOverdue(_ now: UInt64, since limit: UInt64) -> [UInt64] {
        func isOver(_ wait: Wait) -> Bool { wait.deadline <= now || wait.since <= limit }
        let overdue = (gathering + (round?.waits ?? [])).filter(isOver).map(\.ticket)
        gathering.removeAll(where: isOver)
        round?.waits.removeAll(where: isOver)
        return overdue
    }

    mutating func takeAll() -> [UInt64] {
        giveUpRound()
        defer { gathering = [] }
        return gathering.map(\.ticket)
    }
}

extension Node {
    /// Begins a round when none is out and somebody waits.
    mutating func askForReads() {
        guard !isStopped, reads.round == nil, !reads.gathering.isEmpty else { return }
        if !duties.confirmsReads {
            for wait in reads.gathering {
                actions.append(.readable(ticket: wait.ticket, at: ledger.end.index))
            }
            reads.gathering = []
            return
        }
        let context = reads.nextContext(of: raft.id)
        // Nobody leads, or too many wait: they go on waiting.
        guard (try? raft.requestRead(context)) != nil else { return }
        reads.round = (context, reads.gathering, now.steady)
        reads.gathering = []
        takeReady()
    }

    /// A majority has confirmed a round.
    mutating func didConfirm(_ state: ReadState) {
        guard let round = reads.round, round.context == state.context else { return }
        reads.round = nil
        for wait in round.waits {
            actions.append(.readable(ticket: wait.ticket, at: state.index))
        }
    }

    /// A round whose messages are lost is begun anew; nobody waits beyond his deadline.
    mutating func giveUpReads() {
        guard !reads.isEmpty else { return }
        // Without a leader nobody can confirm anything.
        let limit =
            raft.leader == noNode ? now.steady - min(now.steady, options.leaderPatience) : 0
        for ticket in reads.takeOverdue(now.steady, since: limit) {
            actions.append(.readable(ticket: ticket, at: nil))
        }
        if let round = reads.round, now.steady - round.since >= options.leaderPatience / 4 {
            reads.giveUpRound()
        }
    }
}
