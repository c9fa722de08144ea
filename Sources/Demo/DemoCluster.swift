internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import Terminal

/// How the nodes of a cluster stand when everything is over.
struct DemoCluster: Sendable {
    struct Node: Codable, Sendable {
        let node: UInt32
        let role: String
        let appliedIndex: UInt64
        /// Of the ledger that its tables show.
        let stateHash: String
        /// Calls of banks and operators that it answered.
        let answers: Int
    }

    let nodes: [Node]
    let incident: DemoIncident?
    /// Calls that were made again, by what was known of them.
    let again: [String: Int]

    /// Waits until all nodes have come to the same index, and reads their ledgers there.
    ///
    /// - Returns: nil for a gateway of one node.
    static func read(_ stage: DemoStage, _ incident: DemoIncident?) async throws -> DemoCluster? {
        guard stage.gateway.nodes.count > 1 else { return nil }
        var nodes: [Node] = []
        try await stage.waitUntil("all nodes have applied the same entries") {
            nodes = []
            for node in stage.gateway.nodes {
                guard let read = try await self.node(node.number, stage) else { return false }
                nodes.append(read)
            }
            return Set(nodes.map(\.appliedIndex)).count == 1
        }
        return DemoCluster(nodes: nodes, incident: incident, again: stage.tally.again)
    }

    /// One node as its own tables have it; nil while it cannot say, or is not at one index.
    private static func node(_ number: UInt32, _ stage: DemoStage) async throws -> Node? {
        do {
            let summary: ProtoSummary = try await stage.operation.call(
                "OperatorService/GetSummary", ProtoGetSummaryRequest(), at: number)
            guard let standing = try await stage.standing(number),
                standing.appliedIndex == summary.logIndex
            else { return nil }
            return Node(
                node: number, role: standing.role == .leader ? "leader" : "follower",
                appliedIndex: summary.logIndex, stateHash: summary.stateHash,
                answers: stage.tally.answers[number, default: 0])
        } catch is DemoUncertainty {
            return nil
        }
    }

    var checks: [DemoCheck] {
        [
            DemoCheck(
                name: "the cluster went on without its leader",
                faults: incident?.faults ?? ["no leader was lost"]),
            DemoCheck(
                name: "every node has the same ledger at the same index",
                faults: Set(nodes.map(\.stateHash)).count == 1
                    ? [] : nodes.map { "node \($0.node): \($0.stateHash) at \($0.appliedIndex)" }),
            DemoCheck(
                name: "every node has served",
                faults: nodes.filter { $0.answers == 0 }.map {
                    "node \($0.node) answered nothing"
                }),
        ]
    }

    /// The story and a table for people.
    var text: String {
        var table = TextTable([
            ("node", .right), ("role", .left), ("applied", .right), ("state hash", .left),
            ("calls answered", .right),
        ])
        for node in nodes {
            table.add([
                "\(node.node)", node.role, "\(node.appliedIndex)", node.stateHash,
                "\(node.answers)",
            ])
        }
        return (["A cluster of \(nodes.count)"] + story + ["", table.text])
            .joined(separator: "\n")
    }

    private var story: [String] {
        guard let incident else { return [] }
        let pause = incident.pause.map { "\(DemoCluster.seconds($0)) later" } ?? "never"
        let back = incident.catchUp.map { "after \(DemoCluster.seconds($0))" } ?? "never"
        let calls = again.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return [
            "node \(incident.node) led and was killed (SIGKILL) after \(incident.payments) "
                + "payments; the next one was settled \(pause)",
            "node \(incident.leader) led then, in term \(incident.newTerm); "
                + "calls made again: \(calls.isEmpty ? "none" : calls.joined(separator: ", "))",
            "node \(incident.node) was started again, \(incident.missed) entries behind, and had "
                + "caught up \(back)",
        ]
    }

    private static func seconds(_ seconds: Double) -> String {
        seconds.formatted(
            .number.precision(.fractionLength(2)).grouping(.never)
                .locale(Locale(identifier: "en_US_POSIX"))) + " s"
    }
}
