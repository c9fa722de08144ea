internal import ArgumentParser
internal import Clients
internal import Foundation
internal import Gateway
internal import SwiftProtobuf
internal import Terminal

struct NodeStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how a node stands, and what it knows of the others.",
        discussion: """
            Asks the node that --host and --port name. Only a leader knows how far the others are.
            """)

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let node: ProtoNode = try await connection.connected {
            try await $0.call("Nodes/GetNode", ProtoGetNodeRequest())
        }
        if connection.json { try printJSON(node) } else { print(node.text) }
    }
}

extension ProtoNode {
    /// The node for people, then a table of all.
    fileprivate var text: String {
        let leads = leader == 0 ? "nobody" : "node \(leader)"
        var lines = [
            "node      \(id)\(cluster.isEmpty ? "" : " of \(cluster)")", "role      \(role.word)",
            "leader    \(leads)", "term      \(term)", "committed \(committedIndex)",
            "applied   \(appliedIndex)", "tables    \(tablesIndex)", "log       \(logIndex)",
        ]
        if hasClockOffsetNanoseconds {
            let direction = clockOffsetNanoseconds < 0 ? "behind" : "ahead of"
            let microseconds = clockOffsetNanoseconds.magnitude / 1_000
            lines.append("clock     \(microseconds) µs \(direction) the median")
        }
        switch room {
        case .little: lines.append("room      little: no caller's command is taken")
        case .none: lines.append("room      none: nothing new is taken")
        case .unspecified, .enough, .UNRECOGNIZED: break
        }
        lines.append("rules     \(oldestRules) to \(newestRules)")
        guard !members.isEmpty else { return lines.joined(separator: "\n") }
        return (lines + ["", members.table]).joined(separator: "\n")
    }
}

extension [ProtoClusterMember] {
    fileprivate var table: String {
        var table = TextTable([
            ("node", .right), ("address", .left), ("state", .left), ("matched", .right),
            ("last contact", .left),
        ])
        for member in self {
            table.add([
                "\(member.id)", member.address, member.state.word,
                member.hasMatchedIndex ? "\(member.matchedIndex)" : "",
                member.hasLastContact ? member.lastContact.date.formatted(.iso8601) : "",
            ])
        }
        return table.text
    }
}

extension ProtoNodeRole {
    fileprivate var word: String {
        switch self {
        case .unspecified, .UNRECOGNIZED: "unknown"
        case .follower: "follower"
        case .candidate: "candidate"
        case .leader: "leader"
        }
    }
}

extension ProtoMemberState {
    fileprivate var word: String {
        switch self {
        case .unspecified, .UNRECOGNIZED: "unknown"
        case .itself: "itself"
        case .unreachable: "unreachable"
        case .reachable: "reachable"
        case .probing: "probing"
        case .replicating: "replicating"
        case .installing: "installing"
        case .full: "full"
        }
    }
}
