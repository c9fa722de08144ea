internal import Domain
internal import Foundation
internal import Gateway

/// How a cluster lost its leader in the middle of the morning, went on, and got it back.
struct DemoIncident: Sendable {
    /// Who led, and was killed.
    let node: UInt32
    let term: UInt64
    /// How many payments had been submitted by then.
    let payments: Int
    /// How far the log was agreed on by then.
    fileprivate let committed: UInt64
    let killed: ContinuousClock.Instant
    /// Seconds from the signal to the next settled payment; nil while there is none.
    private(set) var pause: Double?
    /// Who led afterwards, and in which term; 0 while nobody does.
    fileprivate(set) var leader: UInt32 = 0
    fileprivate(set) var newTerm: UInt64 = 0
    /// Entries of the log that were agreed on while the node was away.
    fileprivate(set) var missed: UInt64 = 0
    /// Seconds from its start until it had applied all of them; nil while it has not.
    fileprivate(set) var catchUp: Double?

    /// Answers to what was submitted after the signal.
    mutating func note(_ answers: [DemoAnswer]) {
        guard pause == nil, answers.contains(where: { $0.status == PaymentStatus.settled.code })
        else { return }
        pause = (ContinuousClock.now - killed) / .seconds(1)
    }

    /// What is wrong with it; empty when nothing is.
    var faults: [String] {
        var faults: [String] = []
        if pause == nil { faults.append("no payment was settled after node \(node) was killed") }
        if leader == 0 || leader == node || newTerm <= term {
            faults.append("node \(leader) led in term \(newTerm) while node \(node) was away")
        }
        return faults
    }
}

extension DemoStage {
    /// Kills the leader while `work` goes on.
    ///
    /// - Parameter payments: how many have been submitted.
    func loseLeader(
        _ incidents: any DemoIncidents, after payments: Int, during work: () async throws -> Void
    ) async throws -> DemoIncident {
        let before = try await leader()
        async let killing = incidents.kill(before.id)
        try await work()
        return DemoIncident(
            node: before.id, term: before.term, payments: payments,
            committed: before.committedIndex, killed: try await killing)
    }

    /// Brings the lost leader back, and waits until it has applied what it missed.
    func bringBack(_ incidents: any DemoIncidents, _ incident: inout DemoIncident) async throws {
        let leader = try await leader()
        incident.leader = leader.id
        incident.newTerm = leader.term
        incident.missed = leader.committedIndex - min(leader.committedIndex, incident.committed)
        let start = ContinuousClock.now
        try await incidents.bringBack(incident.node)
        try await waitUntil("node \(incident.node) has caught up") {
            guard let node = try await standing(incident.node) else { return false }
            return node.appliedIndex >= leader.committedIndex
        }
        incident.catchUp = (ContinuousClock.now - start) / .seconds(1)
    }

    /// How the node stands that leads.
    func leader() async throws -> ProtoNode {
        var leader: ProtoNode?
        try await waitUntil("a node leads") {
            for number in gateway.nodes.map(\.number) where leader == nil {
                if let node = try await standing(number), node.role == .leader { leader = node }
            }
            return leader != nil
        }
        return leader ?? ProtoNode()
    }

    /// How a node stands; nil when it does not say.
    func standing(_ node: UInt32) async throws -> ProtoNode? {
        do {
            return try await operation.call("Nodes/GetNode", ProtoGetNodeRequest(), at: node)
        } catch is DemoUncertainty {
            return nil
        }
    }

    func waitUntil(_ what: String, _ holds: () async throws -> Bool) async throws {
        for _ in 0..<400 {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw DemoError("waited twenty seconds in vain until \(what)")
    }
}
