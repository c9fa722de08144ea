internal import Consensus
internal import Domain
package import Gateway
internal import Node
package import Replica

extension RunningNode: SettlementNode {
    package var isServing: Bool { condition == .serving }

    package var standstill: Standstill? {
        if !hasLeader { return .leaderless }
        return takesEntries ? nil : .noSpace
    }

    package var standing: NodeStanding? {
        guard let status, let network else { return nil }
        return NodeStanding(status, network, room)
    }

    /// Asks for a handover, and waits until it shows, or can show no more.
    package func transferLeadership(to peer: UInt64) async -> TransferResult {
        guard network != nil else { return .unsupported }
        guard let before = status else { return .failed("the node does not serve") }
        guard before.members.contains(where: { $0.id == peer }) else { return .unknownNode }
        guard before.role.leader != noNode else { return .failed("no leader is known") }
        if before.role.leader == peer { return .leads(term: before.role.term) }
        requestTransfer(to: peer)
        for _ in 0..<60 {
            try? await Task.sleep(for: .milliseconds(50))
            guard let now = status else { return .failed("the node stopped meanwhile") }
            if now.role.leader == peer { return .leads(term: now.role.term) }
            if now.role.term > before.role.term, now.role.leader != noNode {
                return .failed("node \(now.role.leader) leads in term \(now.role.term)")
            }
        }
        return .failed("node \(peer) does not lead after 3 s: it may lag behind or be away")
    }
}

extension NodeStanding {
    fileprivate init(_ status: NodeStatus, _ network: PeerNetwork, _ room: DiskRoom?) {
        self.init(
            id: status.id, role: Role(status.role.role), term: status.role.term,
            leader: status.role.leader)
        cluster = network.who.name.cluster.description
        committed = status.committed
        applied = status.applied
        inTables = status.inTables
        lastIndex = status.end
        elections = status.elections
        proposalsInFlight = status.proposed
        clockOffset = NodeStanding.offset(status)
        self.room =
            switch room {
            case nil: nil
            case .enough?: .enough
            case .little?: .little
            case DiskRoom.none?: NodeStanding.Room.none
            }
        let ways = network.ways
        members = status.members.map { member in
            MemberStanding(
                id: member.id, address: network.address(of: member.id),
                state: NodeStanding.state(member, of: status, ways[member.id]),
                matched: member.match, lastContact: ways[member.id]?.lastHeard)
        }
    }

    private static func state(
        _ member: NodeStatus.Member, of status: NodeStatus, _ way: PeerWay?
    ) -> MemberStanding.State {
        if member.id == status.id { return .itself }
        guard let way, way.isOpen else { return .unreachable }
        guard way.hasRoom else { return .full }
        guard member.match != nil else { return .reachable }
        return member.isActive == true ? .replicating : .probing
    }

    /// By how much this node's clock is ahead of the middle of all that are known.
    private static func offset(_ status: NodeStatus) -> Timestamp? {
        let known = status.members.compactMap(\.clockAhead).sorted()
        guard known.count * 2 > status.members.count else { return nil }
        return -known[known.count / 2]
    }
}

extension NodeStanding.Role {
    fileprivate init(_ role: Consensus.Role) {
        switch role {
        case .follower: self = .follower
        case .preCandidate, .candidate: self = .candidate
        case .leader: self = .leader
        }
    }
}
