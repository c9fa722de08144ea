import Chance
import Consensus
import Domain
import Node
import Testing

/// A node as a value, driven by hand.
@Suite struct NodeTests {
    /// Alone it leads after one write, and serves when the first entry of its term is applied.
    @Test func aNodeAloneLeadsByItself() throws {
        var node = try Node(
            .alone(SplitMix64(seed: 1)), ledger: LedgerFollower(),
            NodeStart(hardState: HardState(), rest: [], tables: LedgerPosition()),
            at: Moment(wall: 1_000, steady: 0))
        var steady: UInt64 = 0
        var written: [NodeWrite] = []
        var work: [NodeAction] = node.step([], at: Moment(wall: 1_000, steady: 0))
        while !work.isEmpty {
            var events: [NodeEvent] = []
            for action in work {
                if case .write(let write) = action {
                    written.append(write)
                    events.append(.stored(write.number))
                }
            }
            if node.hasWork { events.append(.proceed) }
            steady += 1
            work = node.step(events, at: Moment(wall: 1_000, steady: steady))
            if work.isEmpty, node.hasWork {
                work = node.step([.proceed], at: Moment(wall: 1_000, steady: steady))
            }
        }
        let (isServing, end) = (node.isServing, node.end)
        #expect(isServing && end.index == 1 && end.term == 1 && end.timestamp == 1)
        #expect(written.map(\.hardState) == [HardState(term: 1, vote: 1), nil])
        #expect(written.map { $0.entries.map(\.kind) } == [[], [.leaderStart]])
    }
}
