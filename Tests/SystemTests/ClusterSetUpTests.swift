internal import Certificates
internal import Foundation
internal import Testing

extension SystemTests {
    @Suite("A cluster is set up, and settings that make no sense are named")
    struct ClusterSetUpTests {
        @Test(.timeLimit(.minutes(1)))
        func initMakesNodes() async throws {
            try await inDirectory { directory in
                let made = try await json(["init", "--nodes", "3", "--json"], directory)
                let nodes = ["nodes-ca", "node-1", "node-2", "node-3"].map {
                    "certificates/\($0).pem"
                }
                #expect(Set(made).isSuperset(of: nodes))
                #expect(made.filter { $0.hasSuffix(".json") }.count == 3)
                for number in 1...3 {
                    let settings = try settings("node\(number).json", directory)
                    #expect(settings["cluster"] as? String == "demo")
                    #expect(settings["node"] as? Int == number)
                    #expect(settings["port"] as? Int == 8_442 + number)
                    #expect(
                        settings["peers"] as? String
                            == "1=127.0.0.1:7443,2=127.0.0.1:7444,3=127.0.0.1:7445")
                    #expect(settings["data"] as? String == "langqiao-data/node\(number)")
                    let memory = try #require(settings["memory"] as? String)
                    #expect(FileManager.default.fileExists(atPath: "\(directory)/\(memory)"))
                    try verify("node-\(number)", "127.0.0.1", in: directory)
                }
                // Whatever is there is kept, and what is missing is made again.
                #expect(try await json(["init", "--nodes", "3", "--json"], directory).isEmpty)
                try FileManager.default.removeItem(
                    atPath: "\(directory)/certificates/node-2.pem")
                try FileManager.default.removeItem(atPath: "\(directory)/node3.json")
                let again = try await json(
                    ["init", "--nodes", "3", "--cluster", "other", "--json"], directory)
                #expect(again.count == 2)
                #expect(try settings("node3.json", directory)["cluster"] as? String == "other")
                #expect(try settings("node1.json", directory)["cluster"] as? String == "demo")
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func initTakesPeersAndDirectories() async throws {
            try await inDirectory { directory in
                let peers = ["db-1.example:7000", "10.0.0.2:7001", "[::1]:7002"]
                _ = try await run(
                    [
                        "init", "--nodes", "3", "--cluster", "east-1", "--certificates", "c",
                        "--settings", "etc/nodes",
                    ] + peers.flatMap { ["--peer", $0] }, directory)
                let settings = try settings("etc/nodes/node3.json", directory)
                #expect(
                    settings["peers"] as? String
                        == "1=db-1.example:7000,2=10.0.0.2:7001,3=[::1]:7002")
                #expect(settings["certificates"] as? String == "c")
                for (file, host) in [
                    ("node-1", "db-1.example"), ("node-2", "10.0.0.2"), ("node-3", "::1"),
                ] { try verify(file, host, in: directory, certificates: "c", cluster: "east-1") }
            }
        }

        @Test(
            .timeLimit(.minutes(1)),
            arguments: [
                ["--nodes", "2"], ["--nodes", "0"], ["--nodes", "three"],
                ["--nodes", "3", "--cluster", "Demo"], ["--nodes", "3", "--peer", "a:1"],
                ["--nodes", "1", "--peer", "a"], ["--nodes", "1", "--peer", "a:0"],
                ["--nodes", "1", "--peer", "a:65536"], ["--nodes", "1", "--peer", "a,b:1"],
                ["--nodes", "1", "--peer", "::1:7000"],
                ["--nodes", "3", "--peer", "a:1", "--peer", "a:1", "--peer", "b:1"],
                ["--cluster", "demo"], ["--peer", "a:1"], ["--settings", "."],
            ])
        func initRefusesWhatMakesNoSense(_ arguments: [String]) async throws {
            try await inDirectory { directory in
                _ = try await run(["init"] + arguments, directory, expecting: 64)
                #expect(
                    try FileManager.default.contentsOfDirectory(atPath: directory)
                        .allSatisfy { $0.hasPrefix("run-") })
            }
        }

        private static let three = "1=a:1,2=b:1,3=c:1"

        /// The sentence names the key; nothing is started.
        @Test(
            .timeLimit(.minutes(1)),
            arguments: [
                (["--cluster", "demo"], "node and peers missing"),
                (["--node", "1", "--peers", three], "cluster missing"),
                (["--peer-host", "::"], "peer-host is for a cluster"),
                (["--node-key", "a"], "node-key is for a cluster"),
                (cluster("Demo", "1", three), "cluster must be 1 to 32 of"),
                (cluster("demo", "0", three), "node must be a whole number from 1 to 255"),
                (cluster("demo", "256", three), "node must be a whole number from 1 to 255"),
                (cluster("demo", "4", three), "peers must have an entry of this node, 4"),
                (cluster("demo", "1", "1=a:1,2=b:1"), "peers must name 1, 3 or 5 nodes, not 2"),
                (cluster("demo", "1", "1=a:1,1=b:1,3=c:1"), "peers names node 1 twice"),
                (cluster("demo", "1", "1=a:1,2=a:1,3=c:1"), "peers has a:1 twice"),
                (cluster("demo", "1", "1=a:1,2=b:99999,3=c:1"), "not '2=b:99999'"),
                (cluster("demo", "1", "1=a:1,2=b,3=c:1"), "not '2=b'"),
                (cluster("demo", "1", "1=a:1,,3=c:1"), "not ''"),
                (cluster("demo", "1", "1=a:1,2=::1:1,3=c:1"), "not '2=::1:1'"),
                (cluster("demo", "1", three) + ["--peer-host", "a b"], "peer-host must be"),
                (["--free-space", "2000000"], "free-space must be a whole number from 0"),
            ])
        func serveNamesTheSetting(_ arguments: [String], _ words: String) async throws {
            try await inDirectory { directory in
                let child = try ChildProgram(
                    GatewayUnderTest.program,
                    ["serve", "--data", "\(directory)/data"] + arguments, in: directory,
                    name: "serve")
                #expect(try await child.end() != 0)
                #expect(child.errorText.contains(words), "\(child.errorText)")
                #expect(!FileManager.default.fileExists(atPath: "\(directory)/data"))
            }
        }

        private static func cluster(_ name: String, _ node: String, _ peers: String) -> [String] {
            ["--cluster", name, "--node", node, "--peers", peers]
        }

        // MARK: Running

        private func inDirectory(_ body: (String) async throws -> Void) async throws {
            let directory = FileManager.default.temporaryDirectory
                .appendingPathComponent("langqiao-set-up-\(UUID().uuidString.prefix(8))").path
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            try await body(directory)
        }

        /// Runs the program in a directory of its own: paths are relative by default.
        private func run(
            _ arguments: [String], _ directory: String, expecting: Int32 = 0
        ) async throws -> String {
            try await ChildProgram.run(
                "/usr/bin/env", ["-C", directory, GatewayUnderTest.program] + arguments,
                in: directory, expecting: expecting)
        }

        /// The paths that `init` says it made.
        private func json(_ arguments: [String], _ directory: String) async throws -> [String] {
            let output = try await run(arguments, directory)
            return try JSONDecoder().decode([String: [String]].self, from: Data(output.utf8))[
                "made"]
                ?? []
        }

        private func settings(_ file: String, _ directory: String) throws -> [String: Any] {
            let data = try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(file)"))
            let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            return try #require(object?["langqiao"] as? [String: Any])
        }

        /// Both ends of TLS take a node's certificate, by its own authority alone.
        private func verify(
            _ name: String, _ host: String, in directory: String,
            certificates: String = "certificates", cluster: String = "demo"
        ) throws {
            func pem(_ name: String) throws -> String {
                try String(
                    contentsOfFile: "\(directory)/\(certificates)/\(name).pem", encoding: .utf8)
            }
            let der = Data(
                base64Encoded: try pem(name).split(separator: "\n").filter { !$0.hasPrefix("-") }
                    .joined())
            let chain = [Array(try #require(der))]
            let nodes = try ClientTrust(authorities: Array(try pem("nodes-ca").utf8))
            let clients = try ClientTrust(authorities: Array(try pem("ca").utf8))
            for end in [TLSEnd.client, .server] {
                guard case .trusted = nodes.judge(chain, as: end) else {
                    Issue.record("\(name): \(nodes.judge(chain, as: end))")
                    continue
                }
                guard case .untrusted = clients.judge(chain, as: end) else {
                    Issue.record("\(name) is taken by the clients' authority")
                    continue
                }
            }
            let text = String(decoding: try #require(der), as: UTF8.self)
            #expect(text.contains("urn:langqiao:node:\(cluster)/\(name.suffix(1))"))
            #expect(text.contains("localhost"))
            if host.contains("example") { #expect(text.contains(host)) }
        }
    }
}
