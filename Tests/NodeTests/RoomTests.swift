import Consensus
import Domain
import Node
import Testing

/// A follower whose disk is nearly full takes nothing that fills it (Node+Consensus).
@Suite struct RoomTests {
    /// It lags, the others go on, and it comes back by itself.
    @Test func whoHasNoRoomLagsUntilThereIsSome() throws {
        let rig = try NodeRig(leader: 1)
        _ = rig.submit(at: 1)
        rig.tick(2)
        let before = rig.applied[3, default: []].count
        rig.take([.room(false)], at: 3)
        for _ in 0..<5 {
            let ticket = rig.submit(at: 1)
            rig.tick(1)
            #expect(rig.answer(of: ticket, at: 1) != nil, "two of three are enough")
        }
        rig.tick(30)
        #expect(rig.applied[3]?.count == before && rig.commands(at: 2) == 6)
        #expect(rig.role(3)?.leader == 1, "it hears the leader and asks for no votes")
        rig.take([.room(true)], at: 3)
        rig.tick(4)
        #expect(rig.commands(at: 3) == 6 && rig.committed(3) == rig.committed(1))
    }

    /// A leader's first entry fills nothing: with a follower that has no room and all that there
    /// is, another one leads, and reads go on; what is written waits.
    @Test func withoutRoomThereCanBeALeader() throws {
        let rig = try NodeRig(leader: 1)
        _ = rig.submit(at: 1)
        rig.tick(2)
        rig.take([.room(false)], at: 3)
        rig.isLost = { $0.from == 1 || $0.to == 1 }
        rig.elect(2, with: [3])
        let reads = rig.read(at: 2) + rig.read(at: 2)
        rig.tick(2, [2, 3])
        for ticket in reads { #expect((rig.readable[2]?[ticket] ?? nil) == rig.committed(2)) }
        let ticket = rig.submit(at: 2)
        rig.tick(5, [2, 3])
        #expect(rig.answer(of: ticket, at: 2) == nil && rig.failure(of: ticket, at: 2) == nil)
        rig.take([.room(true)], at: 3)
        rig.tick(5, [2, 3])
        #expect(rig.answer(of: ticket, at: 2) != nil)
    }
}
