import Domain
import Gateway
import SwiftProtobuf
import Testing

/// How a node's standing is told: by the API, on pages and in metrics.
@Suite struct NodeStandingTests {
    private var leader: NodeStanding {
        var standing = NodeStanding(id: 2, role: .leader, term: 7, leader: 2)
        standing.cluster = "demo"
        standing.committed = 120
        standing.applied = 118
        standing.inTables = 110
        standing.lastIndex = 125
        standing.clockOffset = -1_500
        standing.elections = 3
        standing.proposalsInFlight = 4
        standing.room = .little
        standing.members = [
            MemberStanding(
                id: 1, address: "127.0.0.1:7443", state: .replicating, matched: 121,
                lastContact: 1_500_000_000),
            MemberStanding(id: 2, address: "127.0.0.1:7444", state: .itself, matched: 125),
            MemberStanding(id: 3, address: "[::1]:7445", state: .unreachable, matched: 0),
        ]
        return standing
    }

    @Test func theAPITellsAll() throws {
        let node = ProtoNode(leader)
        #expect(node.cluster == "demo" && node.id == 2 && node.leader == 2)
        #expect(node.role == .leader && node.term == 7)
        #expect(node.committedIndex == 120 && node.appliedIndex == 118)
        #expect(node.tablesIndex == 110 && node.logIndex == 125)
        #expect(node.clockOffsetNanoseconds == -1_500)
        #expect(node.elections == 3 && node.proposalsInFlight == 4)
        #expect(node.oldestRules == UInt32(RuleVersion.oldest.rawValue))
        #expect(node.newestRules == UInt32(RuleVersion.current.rawValue))
        #expect(node.members.map(\.state) == [.replicating, .itself, .unreachable])
        #expect(node.room == .little)
        #expect(node.members[0].matchedIndex == 121)
        #expect(node.members[0].lastContact.seconds == 1)
        #expect(!node.members[2].hasLastContact)
        // What is not known is left out.
        var follower = NodeStanding(id: 1, role: .follower, term: 7, leader: 0)
        follower.members = [MemberStanding(id: 2, address: "a:1", state: .reachable)]
        let other = ProtoNode(follower)
        #expect(!other.hasClockOffsetNanoseconds && !other.members[0].hasMatchedIndex)
    }

    @Test func thePageIsOfLines() {
        #expect(
            leader.lines == """
                role: leader
                leader: 2
                term: 7
                committed: 120
                applied: 118
                tables: 110
                lag: 2
                room: little

                """)
        let alone = NodeStanding(id: 1, role: .candidate, term: 1, leader: 0)
        #expect(alone.lines.hasPrefix("role: candidate\nleader: none\n"))
        #expect(alone.lag == 0)
    }

    @Test func metricsAreFamilies() {
        let lines = leader.metrics.split(separator: "\n")
        for line in [
            "langqiao_raft_term 7", "langqiao_raft_commit_index 120",
            "langqiao_raft_applied_index 118", "langqiao_raft_elections_total 3",
            "langqiao_raft_proposals_in_flight 4", "langqiao_raft_role{role=\"leader\"} 1",
            "langqiao_raft_role{role=\"follower\"} 0", "langqiao_raft_role{role=\"candidate\"} 0",
            "langqiao_raft_peer_lag{peer=\"1\"} 4", "langqiao_raft_peer_lag{peer=\"3\"} 125",
        ] { #expect(lines.contains { $0 == line }, "\(line)") }
        #expect(!leader.metrics.contains("peer=\"2\""))
        let follower = NodeStanding(id: 1, role: .follower, term: 7, leader: 2)
        #expect(!follower.metrics.contains("peer_lag"))
    }
}
