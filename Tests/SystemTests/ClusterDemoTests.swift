import Foundation
import Testing

extension SystemTests {
    @Suite("A morning on a cluster of processes")
    struct ClusterDemoTests {
        /// What is left of the summary here.
        private struct Summary: Decodable {
            struct Cluster: Decodable {
                struct Node: Decodable {
                    let node: Int
                    let appliedIndex: Int
                    let stateHash: String
                    let answers: Int
                }

                let nodes: [Node]
                let killed: Int
                let nextLeader: Int
                let secondsToNextSettled: Double
                let secondsToCatchUp: Double
            }

            let holds: Bool
            let cluster: Cluster
        }

        @Test("goes on without its leader, and ends with one ledger", .timeLimit(.minutes(3)))
        func leaderIsKilled() async throws {
            let directory =
                FileManager.default.temporaryDirectory.path
                + "/langqiao-system-\(UUID().uuidString.prefix(8))"
            // Everybody may pass through: PostgreSQL runs under an account of its own.
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755])
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let temporary = "\(directory)/t"
            try FileManager.default.createDirectory(
                atPath: temporary, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o755])
            let text = try await ChildProgram.run(
                GatewayUnderTest.program, ["demo", "--nodes", "3", "--once", "--json"],
                in: directory, within: 150, environment: ["TMPDIR": temporary])
            let summary = try JSONDecoder().decode(Summary.self, from: Data(text.utf8))
            #expect(summary.holds)
            let cluster = summary.cluster
            #expect(cluster.nodes.map(\.node) == [1, 2, 3])
            #expect(Set(cluster.nodes.map(\.stateHash)).count == 1)
            #expect(Set(cluster.nodes.map(\.appliedIndex)).count == 1)
            #expect(cluster.nodes.allSatisfy { $0.answers > 0 })
            #expect(cluster.killed != cluster.nextLeader)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: temporary).isEmpty,
                "what was started or made stays behind")
        }
    }
}
