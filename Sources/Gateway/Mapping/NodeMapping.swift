internal import Domain
internal import SwiftProtobuf

extension ProtoNode {
    package init(_ standing: NodeStanding) {
        self.init()
        cluster = standing.cluster
        id = UInt32(clamping: standing.id)
        role = ProtoNodeRole(standing.role)
        term = standing.term
        leader = UInt32(clamping: standing.leader)
        committedIndex = standing.committed
        appliedIndex = standing.applied
        tablesIndex = standing.inTables
        logIndex = standing.lastIndex
        if let offset = standing.clockOffset { clockOffsetNanoseconds = offset }
        elections = standing.elections
        proposalsInFlight = UInt32(clamping: standing.proposalsInFlight)
        room = standing.room.map { ProtoDiskRoom($0) } ?? .unspecified
        oldestRules = UInt32(standing.rules.lowerBound.rawValue)
        newestRules = UInt32(standing.rules.upperBound.rawValue)
        members = standing.members.map { ProtoClusterMember($0) }
    }
}

extension ProtoClusterMember {
    fileprivate init(_ member: MemberStanding) {
        self.init()
        id = UInt32(clamping: member.id)
        address = member.address
        state =
            switch member.state {
            case .itself: .itself
            case .unreachable: .unreachable
            case .reachable: .reachable
            case .full: .full
            case .probing: .probing
            case .replicating: .replicating
            case .installing: .installing
            }
        if let matched = member.matched { matchedIndex = matched }
        if let time = member.lastContact { lastContact = Google_Protobuf_Timestamp(time) }
    }
}

extension ProtoDiskRoom {
    fileprivate init(_ room: NodeStanding.Room) {
        self =
            switch room {
            case .enough: .enough
            case .little: .little
            case .none: .none
            }
    }
}

extension ProtoNodeRole {
    fileprivate init(_ role: NodeStanding.Role) {
        self =
            switch role {
            case .follower: .follower
            case .candidate: .candidate
            case .leader: .leader
            }
    }
}
