internal import Consensus

/// What the owners of the nodes do: store, apply, deliver.
extension ClusterRig {
    mutating func processReady(_ node: Int) throws {
        let ready = nodes[node].raft.ready()
        print(Describe.ready(ready))
        let isAsync = nodes[node].options.asyncStorageWrites
        if !isAsync {
            store(node, ready.hardState, ready.entries, ready.snapshot)
            apply(node, ready.committed)
        }
        for message in ready.messages {
            switch message.to {
            case StorageThread.append: nodes[node].appendWork.append(message)
            case StorageThread.apply: nodes[node].applyWork.append(message)
            default: inFlight.append(message)
            }
        }
        if !isAsync { nodes[node].raft.advance() }
        if let reason = nodes[node].raft.halted { throw RigError("halted: \(reason)") }
    }

    mutating func processAppend(_ node: Int) throws {
        try process(node, \.appendWork) { rig, message in
            rig.store(node, message.hardState, message.entries, message.snapshot)
        }
    }

    mutating func processApply(_ node: Int) throws {
        try process(node, \.applyWork) { rig, message in rig.apply(node, message.entries) }
    }

    private mutating func process(
        _ node: Int, _ queue: WritableKeyPath<Node, [Message]>,
        _ work: (inout ClusterRig, Message) -> Void
    ) throws {
        if nodes[node][keyPath: queue].isEmpty {
            print("no \(queue == \Node.appendWork ? "append" : "apply") work to perform")
            return
        }
        var message = nodes[node][keyPath: queue].removeFirst()
        let responses = message.responses
        message.responses = []
        print("Processing:")
        print(Describe.message(message).split(separator: "\n").map(String.init))
        work(&self, message)
        print("Responses:")
        for response in responses {
            print(Describe.message(response).split(separator: "\n").map(String.init))
        }
        inFlight += responses
    }

    private mutating func store(
        _ node: Int, _ hardState: HardState, _ entries: [Entry], _ snapshot: Snapshot?
    ) {
        if !hardState.isEmpty { nodes[node].raft.storage.hardState = hardState }
        if let snapshot {
            nodes[node].raft.storage.install(snapshot)
            nodes[node].history.append(snapshot)
        }
        nodes[node].raft.storage.append(entries)
    }

    private mutating func apply(_ node: Int, _ entries: [Entry]) {
        for entry in entries {
            var next = nodes[node].history[nodes[node].history.count - 1]
            next.index = entry.index
            next.term = entry.term
            switch entry.kind {
            case .normal:
                next.data += entry.data
            case .singleChange, .change:
                guard let change = MembershipChange(encoded: entry.data) else { continue }
                next.data += change.context
                next.membership =
                    nodes[node].raft.applyChange(change, at: entry.index) ?? next.membership
            }
            nodes[node].history.append(next)
            nodes[node].raft.storage.snapshot = next
        }
    }
}

/// Delivery.
extension ClusterRig {
    mutating func deliver(_ command: TranscriptFile.Command, to ids: [Int]) {
        let kind = command.value("type")
        var delivered = 0
        for id in ids { delivered += deliver(to: NodeID(id), kind: kind, drops: false) }
        for id in (command.values("drop") ?? []).compactMap(NodeID.init) {
            delivered += deliver(to: id, kind: kind, drops: true)
        }
        if delivered == 0 { print("no messages") }
    }

    @discardableResult
    private mutating func deliver(to id: NodeID, kind: String?, drops: Bool) -> Int {
        let taken = { (message: Message) in
            message.to == id && (kind == nil || Describe.kind(message.kind) == kind)
                && !(drops && Self.isOwn(message))
        }
        let messages = inFlight.filter(taken)
        inFlight.removeAll(where: taken)
        for message in messages {
            let text = (drops ? "dropped: " : "") + Describe.message(message)
            print(text.split(separator: "\n").map(String.init))
            if drops || !nodes.indices.contains(Int(id) - 1) { continue }
            if Self.isOwn(message) {
                nodes[Int(id) - 1].raft.stepOwn(message)
                continue
            }
            do {
                try nodes[Int(id) - 1].raft.step(message)
            } catch {
                print(RigError(error).text)
            }
        }
        return messages.count
    }

    /// Answers of a node's own storage cannot be lost without the node.
    private static func isOwn(_ message: Message) -> Bool {
        message.kind.isLocal || message.from == message.to
    }

    mutating func stabilize(_ members: [Int]) throws {
        var isDone = false
        while !isDone {
            isDone = true
            for node in members where nodes[node].raft.hasReady {
                isDone = false
                print("> \(node + 1) handling Ready")
                try indented { rig in try rig.processReady(node) }
            }
            for node in members where inFlight.contains(where: { $0.to == NodeID(node + 1) }) {
                isDone = false
                print("> \(node + 1) receiving messages")
                try indented { rig in
                    rig.deliver(to: NodeID(node + 1), kind: nil, drops: false)
                }
            }
            for node in members where !nodes[node].appendWork.isEmpty {
                isDone = false
                print("> \(node + 1) processing append thread")
                try indented { rig in
                    while !rig.nodes[node].appendWork.isEmpty { try rig.processAppend(node) }
                }
            }
            for node in members where !nodes[node].applyWork.isEmpty {
                isDone = false
                print("> \(node + 1) processing apply thread")
                try indented { rig in
                    while !rig.nodes[node].applyWork.isEmpty { try rig.processApply(node) }
                }
            }
        }
    }
}
