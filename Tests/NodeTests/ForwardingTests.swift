import Consensus
import Domain
import Node
import Testing

/// What comes in at a node that does not lead (Node+Forwarding).
@Suite struct ForwardingTests {
    /// A caller at a follower has its outcomes when that follower has applied them, and not before.
    @Test func theOutcomesAreReadWhereTheCallerIs() throws {
        let rig = try NodeRig(leader: 1)
        // The entry is committed without the follower, who hears of its place only.
        rig.isLost = { $0.to == 2 && $0.message.consensus != nil }
        let ticket = rig.submit(3, at: 2)
        let own = rig.submit(2, at: 1)
        #expect(rig.commands(at: 1) == 5 && rig.commands(at: 2) == 0)
        #expect(rig.answers[2]?[ticket] == nil && !rig.isDrained(2))
        rig.isLost = { _ in false }
        rig.tick(2)
        let answer = try #require(rig.answer(of: ticket, at: 2))
        let batch = try #require(answer.applied)
        #expect(answer.count == 3 && batch.batch.commandCount == 3)
        #expect(batch.effects.outcomes == answer.map(\.outcome))
        #expect(rig.answer(of: own, at: 1)?.count == 2)
        #expect(rig.states(at: 1) == rig.states(at: 2) && rig.states(at: 3) == rig.states(at: 2))
        #expect(NodeRig.all.allSatisfy { rig.isDrained($0) })
    }

    /// Several that share a batch have each their own place in it.
    @Test func placesInABatchAreKeptApart() throws {
        let rig = try NodeRig(leader: 1)
        rig.isHeld = { $0.message.submission != nil }
        let tickets = [(2, 1), (3, 4), (2, 2)].map { (at: NodeID($0), count: $1) }.map {
            (ticket: rig.submit($0.count, at: $0.at), at: $0.at, count: $0.count)
        }
        rig.release()
        rig.tick(2)
        for (ticket, node, count) in tickets {
            let answer = try #require(rig.answer(of: ticket, at: node))
            #expect(answer.count == count && answer.map(\.outcome).count == count)
        }
        #expect(rig.commands(at: 1) == 7)
    }

    /// Nobody knows what became of a submission that was on its way when the way broke; one whose
    /// place is known needs the way no more.
    @Test func aBrokenWayLeavesUnplacedOnesUnknown() throws {
        let rig = try NodeRig(leader: 1)
        rig.isLost = { $0.message.submission != nil }
        let lost = rig.submit(at: 2)
        // This one arrives, and is placed; its entry comes later.
        rig.isLost = { $0.to == 2 && $0.message.consensus != nil }
        let placed = rig.submit(at: 2)
        #expect(rig.answers[2]?[lost] == nil && rig.answers[2]?[placed] == nil)
        rig.take([.unreachable(1)], at: 2)
        #expect(rig.failure(of: lost, at: 2) == .outcomeUnknown)
        #expect(rig.answers[2]?[placed] == nil)
        rig.isLost = { _ in false }
        rig.tick(2)
        #expect(rig.answer(of: placed, at: 2)?.count == 1)
    }

    /// An entry of a later term stands where the placed one was to stand: it was never recorded.
    @Test func aReplacedEntryWasNeverRecorded() throws {
        let rig = try NodeRig(leader: 1)
        rig.isLost = { $0.from == 1 && $0.message.consensus != nil }
        let ticket = rig.submit(at: 2)
        #expect(rig.sent.contains { $0.message.reply?.isPlaced == true })
        rig.isLost = { $0.from == 1 || $0.to == 1 }
        rig.elect(3, with: [2])
        rig.tick(1, [2, 3])
        #expect(rig.failure(of: ticket, at: 2) == .unavailable)
        // The old leader comes back, and its entry goes.
        rig.isLost = { _ in false }
        rig.tick(4)
        #expect(NodeRig.all.allSatisfy { rig.commands(at: $0) == 0 && rig.isDrained($0) })
        #expect(rig.states(at: 1) == rig.states(at: 3))
    }

    /// A submission is for the leader of one term: the same node in a later one does not take it.
    @Test func anEarlierTermsSubmissionIsRefused() throws {
        let rig = try NodeRig(leader: 1)
        rig.isHeld = { $0.message.submission != nil }
        let ticket = rig.submit(at: 2)
        rig.take([.transfer(to: 3)], at: 1)
        rig.tick(2)
        rig.take([.transfer(to: 1)], at: 3)
        rig.tick(2)
        #expect(rig.isServing(1) && rig.role(1)?.term == 3)
        rig.release()
        #expect(rig.failure(of: ticket, at: 2) == .unavailable)
        #expect(rig.commands(at: 1) == 0)
    }

    /// Without a leader it waits until there is one, two election timeouts long.
    @Test func whoeverFindsNoLeaderWaitsForOne() throws {
        let rig = try NodeRig()
        rig.isLost = { _ in true }
        let late = rig.submit(at: 2)
        rig.tick(39, [2])
        #expect(rig.answers[2]?[late] == nil)
        rig.tick(1, [2])
        #expect(rig.failure(of: late, at: 2) == .leaderless)
        let hasty = rig.submit(at: 2, patience: NodeRig.tick)
        let patient = rig.submit(at: 2)
        rig.tick(1, [2])
        #expect(rig.failure(of: hasty, at: 2) == .leaderless)
        rig.isLost = { _ in false }
        rig.elect(1)
        rig.tick(2)
        #expect(rig.answer(of: patient, at: 2)?.count == 1)
    }

    /// A caller who waits no longer may find it on record, or not.
    @Test func whoeverWaitsNoLongerDoesNotKnow() throws {
        let rig = try NodeRig(leader: 1)
        rig.isLost = { $0.to == 2 && $0.message.consensus?.kind == .append }
        let placed = rig.submit(at: 2, patience: 3 * NodeRig.tick)
        rig.isLost = {
            $0.to == 2 && $0.message.consensus?.kind == .append
                || $0.from == 2 && $0.message.submission != nil
        }
        let unplaced = rig.submit(at: 2, patience: 3 * NodeRig.tick)
        rig.tick(2)
        #expect(rig.answers[2] == nil)
        rig.tick(1)
        #expect(rig.failure(of: placed, at: 2) == .outcomeUnknown)
        #expect(rig.failure(of: unplaced, at: 2) == .outcomeUnknown)
        rig.isLost = { _ in false }
        rig.tick(3)
        #expect(rig.commands(at: 2) == 1 && rig.isDrained(2))
    }

    /// What a leader did not propose before it lost its term goes back to where it came in.
    @Test func whatWaitsAtAnOldLeaderIsRefusedThere() throws {
        let rig = try NodeRig(leader: 1)
        // Its window is full, so that what comes behind waits.
        rig.isLost = { $0.from == 1 && $0.message.consensus?.kind == .append }
        let first = rig.submit(at: 1)
        let waits = rig.submit(at: 2)
        #expect(!rig.sent.contains { $0.message.reply != nil })
        rig.isLost = { $0.from == 1 && $0.message.consensus != nil }
        rig.elect(3, with: [2])
        rig.isLost = { _ in false }
        rig.tick(3)
        #expect(rig.failure(of: first, at: 1) == .unavailable)
        #expect(rig.failure(of: waits, at: 2) == .unavailable)
        #expect(NodeRig.all.allSatisfy { rig.commands(at: $0) == 0 })
    }
}

extension ForwardReply {
    var isPlaced: Bool { if case .placed = fate { true } else { false } }
}
