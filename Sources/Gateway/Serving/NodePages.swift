// What a node tells of its part in the cluster, beside the API.
extension NodeStanding {
    /// For people and for scripts: a word and a value on each line.
    package var lines: String {
        let values: [(String, String)] = [
            ("role", role.word), ("leader", leader == 0 ? "none" : "\(leader)"),
            ("term", "\(term)"), ("committed", "\(committed)"), ("applied", "\(applied)"),
            ("tables", "\(inTables)"), ("lag", "\(lag)"),
            ("room", room?.word ?? "unknown"),
        ]
        return values.map { "\($0): \($1)\n" }.joined()
    }

    /// Prometheus text.
    package var metrics: String {
        var text = ""
        func family(_ name: String, _ kind: String, _ help: String) {
            text += "# HELP langqiao_raft_\(name) \(help)\n# TYPE langqiao_raft_\(name) \(kind)\n"
        }
        for (name, kind, help, value) in [
            ("term", "gauge", "The term of the node.", term),
            ("commit_index", "gauge", "The last entry agreed on.", committed),
            ("applied_index", "gauge", "The last entry applied.", applied),
            ("elections_total", "counter", "Elections that it stood for.", elections),
            (
                "proposals_in_flight", "gauge", "Batches on their way to a majority.",
                UInt64(clamping: proposalsInFlight)
            ),
        ] {
            family(name, kind, help)
            text += "langqiao_raft_\(name) \(value)\n"
        }
        family("role", "gauge", "1 for what the node is.")
        for each in Role.allCases {
            text += "langqiao_raft_role{role=\"\(each.word)\"} \(each == role ? 1 : 0)\n"
        }
        let others = members.filter { $0.id != id && $0.matched != nil }
        guard !others.isEmpty else { return text }
        family("peer_lag", "gauge", "Entries that a node lacks, as the leader knows.")
        for member in others {
            let matched = min(member.matched ?? 0, lastIndex)
            text += "langqiao_raft_peer_lag{peer=\"\(member.id)\"} \(lastIndex - matched)\n"
        }
        return text
    }
}

extension NodeStanding.Room {
    var word: String {
        switch self {
        case .enough: "enough"
        case .little: "little"
        case .none: "none"
        }
    }
}

extension NodeStanding.Role {
    /// As in pages and metrics.
    var word: String {
        switch self {
        case .follower: "follower"
        case .candidate: "candidate"
        case .leader: "leader"
        }
    }
}
