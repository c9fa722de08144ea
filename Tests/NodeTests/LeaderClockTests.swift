import Consensus
import Domain
import Node
import Testing

/// Whose time the log has, and why a node is what it is (Node+Clocks, NodeRole).
@Suite struct LeaderClockTests {
    private let far: Timestamp = 600_000_000

    /// A leader that is far from most hands over to one of them; time goes on from where it was.
    @Test(arguments: [5_000_000_000, -5_000_000_000, 600_000_000] as [Timestamp])
    func aLeaderWithAnotherTimeHandsOver(_ ahead: Timestamp) throws {
        let rig = try NodeRig()
        rig.ahead = [1: ahead]
        rig.elect(1)
        let first = rig.submit(at: 1)
        let before = try #require(rig.answer(of: first, at: 1)?.applied?.batch.timestamp)
        rig.take([.clock(of: 2, ahead: -ahead)], at: 1)
        rig.tick(1)
        #expect(rig.role(2)?.leader == 1, "one other is no majority that says so")
        rig.take([.clock(of: 3, ahead: -ahead + 1_000)], at: 1)
        rig.tick(2)
        #expect(rig.handovers.count == 1 && rig.handovers[0].to != 1)
        #expect(abs(rig.handovers[0].by - ahead) <= 1_000)
        let leader = try #require(rig.role(1)?.leader)
        #expect(leader == rig.handovers[0].to && rig.isServing(leader))
        let second = rig.submit(at: 1)
        rig.tick(1)
        let after = try #require(rig.answer(of: second, at: 1)?.applied?.batch.timestamp)
        #expect(after > before)
        let times = rig.applied[3, default: []].map(\.batch.timestamp)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    }

    /// Who agrees with anybody stays, and so does whoever knows too little or only what is old.
    @Test func aLeaderNearTheMiddleStays() throws {
        let rig = try NodeRig(leader: 1)
        rig.take([.clock(of: 2, ahead: far), .clock(of: 3, ahead: 0)], at: 1)
        rig.tick(1)
        rig.take([.clock(of: 2, ahead: far), .clock(of: 3, ahead: -far)], at: 1)
        rig.tick(1)
        rig.take([.clock(of: 2, ahead: 500_000_000), .clock(of: 3, ahead: far)], at: 1)
        rig.tick(1)
        rig.take([.clock(of: 2, ahead: 0)], at: 1)
        rig.tick(210)
        rig.take([.clock(of: 3, ahead: far)], at: 1)
        rig.tick(1)
        #expect(rig.handovers.isEmpty && rig.isServing(1))
        rig.take([.clock(of: 2, ahead: far)], at: 1)
        rig.tick(2)
        #expect(rig.handovers.count == 1 && !rig.isServing(1))
    }

    @Test func aChangeOfRoleSaysWhy() throws {
        let rig = try NodeRig(leader: 1)
        #expect(
            rig.roles[1]?.map(\.reason) == [
                "no leader was heard of for an election timeout", "a majority would vote for it",
                "a majority has voted for it",
            ])
        #expect(rig.roles[2]?.last?.reason == "node 1 leads")
        rig.take([.transfer(to: 2)], at: 1)
        rig.tick(2)
        #expect(
            rig.roles[2]?.suffix(2).map(\.reason) == [
                "it was asked to take over", "a majority has voted for it",
            ])
        #expect(rig.roles[1]?.contains { $0.reason == "there is a newer term" } == true)
        #expect(rig.roles[1]?.last?.reason == "node 2 leads")
        rig.isLost = { $0.from == 2 || $0.to == 2 }
        let before = rig.roles[2]?.count ?? 0
        for _ in 0..<30 where rig.roles[2]?.count == before { rig.tick(1, [2]) }
        #expect(
            rig.roles[2]?[before].reason == "no majority was heard of for an election timeout")
    }

    /// Who closes hands over first, and what came in at it is answered.
    @Test func whoClosesHandsOver() throws {
        let rig = try NodeRig(leader: 1)
        let ticket = rig.submit(at: 2)
        rig.take([.closing], at: 1)
        rig.tick(2)
        #expect(rig.role(2)?.leader != 1 && rig.role(2)?.leader != noNode)
        #expect(rig.answer(of: ticket, at: 2) != nil && rig.isDrained(1))
    }

    /// It waits until the next one has its log, but not for a majority that is away.
    @Test(arguments: [true, false])
    func whoClosesWaitsForTheNextOne(_ isHealed: Bool) throws {
        let rig = try NodeRig(leader: 1)
        rig.isLost = { $0.from == 1 && $0.message.consensus?.kind == .append }
        let ticket = rig.submit(at: 1, patience: NodeRig.tick)
        rig.take([.closing], at: 1)
        #expect(!rig.isDrained(1))
        rig.tick(1)
        #expect(rig.failure(of: ticket, at: 1) == .outcomeUnknown)
        #expect(!rig.isDrained(1))
        if isHealed { rig.isLost = { _ in false } } else { rig.isLost = { _ in true } }
        rig.tick(20, [1])
        #expect(rig.isDrained(1))
        #expect(rig.role(2)?.leader != 1 || !isHealed)
        #expect(rig.commands(at: 2) == (isHealed ? 1 : 0))
    }
}
