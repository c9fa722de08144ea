import Consensus
import Domain
import Node
import Testing

/// Reads at any node see what anybody was told before (Node+Reads).
@Suite struct ReadRoundTests {
    /// All that wait share a round, and those that come meanwhile share the next one.
    @Test func oneRoundServesAllThatWait() throws {
        let rig = try NodeRig(leader: 1)
        let ticket = rig.submit(at: 3)
        rig.tick(1)
        let told = try #require(rig.answer(of: ticket, at: 3)?.applied?.logIndex)
        rig.isHeld = { $0.message.consensus?.kind == .readIndex }
        let first = rig.read(5, at: 2)
        let second = rig.read(3, at: 2) + rig.read(4, at: 2)
        #expect(rounds(rig) == 1)
        rig.release()
        #expect(rounds(rig) == 2)
        for ticket in first + second {
            let index = try #require(rig.readable[2]?[ticket] ?? nil)
            #expect(index >= told && index <= rig.committed(1))
        }
        // The leader needs a majority too.
        rig.isLost = { $0.to == 1 }
        let own = rig.read(at: 1)
        #expect(rig.readable[1] == nil)
        rig.isLost = { _ in false }
        rig.tick(1)
        #expect(own.allSatisfy { (rig.readable[1]?[$0] ?? nil) != nil })
    }

    /// A round that is lost, on its way there or back, is begun anew.
    @Test(arguments: [Consensus.MessageKind.readIndex, .readIndexResponse])
    func aLostRoundIsBegunAnew(_ lost: Consensus.MessageKind) throws {
        let rig = try NodeRig(leader: 1)
        rig.isLost = { $0.message.consensus?.kind == lost }
        let tickets = rig.read(2, at: 2)
        rig.tick(9)
        #expect(rounds(rig) == 1 && rig.readable[2] == nil)
        rig.isLost = { _ in false }
        rig.tick(1)
        #expect(rounds(rig) == 2)
        #expect(tickets.allSatisfy { (rig.readable[2]?[$0] ?? nil) == rig.committed(1) })
    }

    /// Without a majority nobody is told anything, until he waits no longer.
    @Test func withoutAMajorityNobodyReads() throws {
        let rig = try NodeRig(leader: 1)
        rig.isLost = { $0.from == 1 || $0.to == 1 }
        let old = rig.read(2, at: 1, patience: 30 * NodeRig.tick)
        rig.elect(3, with: [2])
        let ticket = rig.submit(at: 3)
        #expect(rig.answer(of: ticket, at: 3) != nil)
        #expect(rig.readable[1] == nil, "it would not see what node 3 has answered")
        let others = rig.read(1, at: 2)
        #expect((rig.readable[2]?[others[0]] ?? nil) == rig.committed(3))
        rig.tick(40, [1])
        for ticket in old { #expect(rig.readable[1]?[ticket] == .some(.none)) }
    }

    /// A new leader confirms nothing before it has committed an entry of its term.
    @Test func aNewLeaderWaitsForItsFirstEntry() throws {
        let rig = try NodeRig(leader: 1)
        let ticket = rig.submit(at: 1)
        let told = try #require(rig.answer(of: ticket, at: 1)?.applied?.logIndex)
        rig.isLost = {
            $0.from == 1 || $0.to == 1 || $0.message.consensus?.kind == .appendResponse
        }
        rig.campaign(3, with: [2]) { rig.role(3)?.role == .leader }
        let early = rig.read(at: 3)
        rig.tick(2, [2, 3])
        #expect(rig.readable[3] == nil)
        rig.isLost = { $0.from == 1 || $0.to == 1 }
        rig.tick(12, [2, 3])
        #expect((rig.readable[3]?[early[0]] ?? nil).map { $0 > told } == true)
    }

    /// Whoever waits no longer is not answered, whether his round is out or not; and a round that
    /// is out for nobody is not begun anew.
    @Test func whoGivesUpIsForgotten() throws {
        let rig = try NodeRig(leader: 1)
        rig.isLost = { $0.to == 1 }
        let (out, next) = (rig.read(2, at: 2), rig.read(2, at: 2))
        rig.give(up: [out[0], next[0]], at: 2)
        rig.isLost = { _ in false }
        rig.tick(30)
        for ticket in [out[0], next[0]] { #expect(rig.readable[2]?[ticket] == nil) }
        for ticket in [out[1], next[1]] { #expect((rig.readable[2]?[ticket] ?? nil) != nil) }
        rig.isLost = { $0.message.consensus?.kind == .readIndex }
        let before = rounds(rig)
        rig.give(up: rig.read(2, at: 2), at: 2)
        rig.tick(30)
        #expect(rounds(rig) == before + 1)
    }

    private func rounds(_ rig: NodeRig) -> Int {
        rig.sent.count { $0.message.consensus?.kind == .readIndex }
    }
}
