internal import Certificates
internal import Domain
internal import Foundation
internal import Gateway
internal import Glibc
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// What the ledger says of certificates holds on every node, for callers and nodes (R18).
    @Suite("Certificates are on record, and a revoked one is believed nowhere")
    struct KeyTests {
        @Test(.timeLimit(.minutes(4)))
        func revokedOnAllNodes() async throws {
            let nodes = try await NodesUnderTest()
            do {
                try await nodes.start()
                try await callers(nodes)
                try await theNodeThatWasAway(nodes)
                try await peers(nodes)
                try await wrongKeys(nodes)
            } catch {
                Issue.record("\(error)\n\(nodes.log)")
            }
            await nodes.remove()
        }

        /// Who has one on record is known by it alone, on all nodes.
        private func callers(_ nodes: NodesUnderTest) async throws {
            let person = try await nodes.connect(1, "operator")
            let _: ProtoCommandAnswer = try await person.get(
                "PUT", "/v1/operators/lost", #"{"roles": ["READ"], "state": "ACTIVE"}"#)
            let own = try nodes.files.issue("lost", by: nodes.files.first)
            try nodes.files.issue("twin", by: nodes.files.first, as: "lost")
            let (lost, twin) = (try await nodes.open("lost"), try await nodes.connect(3, "twin"))
            #expect(try await nodes.status(twin) == 200)
            let key = try await nodes.fingerprint(own)
            let body = #"{"owner": "OPERATOR", "name": "lost", "purpose": "TLS", "note": "his"}"#
            let _: ProtoCommandAnswer = try await person.get("PUT", "/v1/keys/\(key)", body)
            #expect(await nodes.isEnded(twin))
            #expect(try await nodes.reason(3, "twin").contains("other certificates on record"))
            for client in lost { #expect(try await nodes.status(client) == 200) }
            let listed: ProtoListKeysResponse = try await person.get("GET", "/v1/keys")
            #expect(listed.keys.map(\.fingerprint) == [key] && listed.nextPageToken.isEmpty)
            #expect(listed.keys.first?.name == "lost" && listed.keys.first?.note == "his")
            #expect(listed.keys.first?.owner == .operator && listed.keys.first?.state == .active)
            // One node is away when it is revoked; at the others open connections end.
            try await nodes.gateways[2].killHard()
            let _: ProtoCommandAnswer = try await person.get("POST", "/v1/keys/\(key):revoke", "{}")
            for client in lost { #expect(await nodes.isEnded(client)) }
            for node in 1...2 {
                #expect(try await nodes.reason(node, "lost").contains("is revoked"))
            }
            for client in lost + [twin, person] { await client.close() }
        }

        /// It has heard of it before it takes callers.
        private func theNodeThatWasAway(_ nodes: NodesUnderTest) async throws {
            try await nodes.gateways[2].start()
            #expect(try await nodes.reason(3, "lost").contains("is revoked"))
            // His other one is not, and nothing of his on record is good any more.
            let twin = try await nodes.connect(3, "twin")
            #expect(try await nodes.status(twin) == 200)
            await twin.close()
        }

        /// A node whose certificate is revoked is alone, and comes back with the next one.
        private func peers(_ nodes: NodesUnderTest) async throws {
            let person = try await nodes.connect(1, "operator")
            let (old, new) = (
                try await nodes.fingerprint(nodes.peerCertificates[1]),
                try await nodes.fingerprint(try nodes.issueNext(2))
            )
            let body = #"{"owner": "NODE", "name": "keys/2", "purpose": "TLS"}"#
            let _: ProtoCommandAnswer = try await person.get("PUT", "/v1/keys/\(old)", body)
            let end = ISO8601DateFormatter().string(from: Date() + 3_600)
            let _: ProtoCommandAnswer = try await person.get(
                "POST", "/v1/keys/\(old):rotate",
                #"{"fingerprint": "\#(new)", "retiresAt": "\#(end)"}"#)
            #expect(await nodes.sees(2, from: 1, person))
            let _: ProtoCommandAnswer = try await person.get("POST", "/v1/keys/\(old):revoke", "{}")
            #expect(await nodes.sees(2, from: 1, person, isThere: false))
            // The others go on, and the one that is alone serves nobody anything new.
            let _: ProtoCommandAnswer = try await nodes.soon {
                try await person.get(
                    "PUT", "/v1/operators/late", #"{"roles": ["READ"], "state": "ACTIVE"}"#)
            }
            let alone = try await nodes.connect(2, "operator")
            #expect(await nodes.becomes { try await nodes.status(alone) == 503 })
            #expect(nodes.gateways[0].log.contains("the certificate is revoked"))
            try nodes.putNext(2)
            #expect(await nodes.sees(2, from: 1, person))
            let there: ProtoListOperatorsResponse = try await nodes.soon {
                try await alone.get("GET", "/v1/operators")
            }
            #expect(there.operators.contains { $0.name == "late" })
            await alone.close()
            await person.close()
        }

        /// R18.8 Nodes whose keys are registered wrongly meet nobody, so no command can mend it;
        /// with `--only-revocations` they meet, and who is revoked is still nobody.
        private func wrongKeys(_ nodes: NodesUnderTest) async throws {
            let person = try await nodes.connect(1, "operator")
            let wrong = (1...3).map { String(repeating: "\($0)", count: 64) }
            for (place, key) in wrong.enumerated() {
                // The last of them may not be answered any more.
                _ = try? await person.send(
                    "PUT", "/v1/keys/\(key)",
                    #"{"owner": "NODE", "name": "keys/\#(place + 1)", "purpose": "TLS"}"#)
            }
            #expect(await nodes.becomes { try await nodes.status(person) == 503 })
            await person.close()
            try await nodes.restart(["--only-revocations"])
            let back = try await nodes.connect(1, "operator")
            #expect(await nodes.becomes { try await nodes.status(back) == 200 })
            #expect(try await nodes.reason(1, "lost").contains("is revoked"))
            for key in wrong {
                let _: ProtoCommandAnswer = try await nodes.soon {
                    try await back.get("POST", "/v1/keys/\(key):revoke", "{}")
                }
            }
            await back.close()
            try await nodes.restart([])
            let all = try await nodes.open("operator")
            for client in all { await client.close() }
        }
    }
}

/// Three nodes as processes, with one directory of certificates.
private final class NodesUnderTest {
    let gateways: [GatewayUnderTest]
    let files: CertificateBench
    /// Of the nodes, PEM, in order of their numbers.
    private(set) var peerCertificates: [String] = []
    private let peerAuthority: DevelopmentAuthority

    private static let patience = 600

    init() async throws {
        var made: [GatewayUnderTest] = []
        for _ in 1...3 { made.append(try await GatewayUnderTest(banks: [])) }
        gateways = made
        files = try CertificateBench(gateways[0])
        peerAuthority = try DevelopmentAuthority(commonName: "nodes")
        try files.write("nodes-ca", try peerAuthority.authority().certificatePEM)
        for number in 1...3 { peerCertificates.append(try issue(number, "node-\(number)")) }
        for gateway in gateways.dropFirst() {
            try FileManager.default.removeItem(atPath: gateway.certificates)
            try FileManager.default.createSymbolicLink(
                atPath: gateway.certificates, withDestinationPath: gateways[0].certificates)
        }
    }

    var log: String { gateways.map { String($0.log.suffix(1_500)) }.joined(separator: "\n") }

    func start() async throws {
        let peers = try freePorts(3).enumerated().map { "\($0.offset + 1)=127.0.0.1:\($0.element)" }
        for (place, gateway) in gateways.enumerated() {
            gateway.serveArguments = [
                "--cluster", "keys", "--node", "\(place + 1)", "--peers",
                peers.joined(separator: ","), "--node-certificate",
                files.path("node-\(place + 1)"), "--node-key", files.path("node-\(place + 1)-key"),
                "--node-authority", files.path("nodes-ca"),
            ]
            try gateway.begin()
        }
        for gateway in gateways { try await gateway.waitUntilServing() }
        let people = try await connect(1, "operator")
        #expect(await becomes { try await self.status(people) == 200 })
        await people.close()
    }

    /// All nodes anew, with more arguments.
    func restart(_ more: [String]) async throws {
        for gateway in gateways {
            let usual = gateway.serveArguments
            try await gateway.killHard()
            gateway.serveArguments += more
            try gateway.begin()
            gateway.serveArguments = usual
        }
        for gateway in gateways { try await gateway.waitUntilServing() }
    }

    func remove() async {
        for gateway in gateways.reversed() { await gateway.remove() }
    }

    // MARK: Certificates

    /// SHA-256 of the DER form, by another program.
    func fingerprint(_ pem: String) async throws -> String {
        let lines = pem.split(separator: "\n").filter { !$0.hasPrefix("-") }
        let path = "\(gateways[0].directory)/certificate.der"
        let der = try #require(Data(base64Encoded: lines.joined()))
        try der.write(to: URL(fileURLWithPath: path))
        let output = try await ChildProgram.run(
            "/usr/bin/env", ["sha256sum", path], in: gateways[0].directory)
        return String(output.prefix(64))
    }

    private func issue(_ node: Int, _ name: String) throws -> String {
        let issued = try peerAuthority.issue(
            commonName: "node \(node)",
            for: .node(
                uri: "urn:langqiao:node:keys/\(node)", names: ["localhost"],
                addresses: ["127.0.0.1"]))
        try files.write(name, issued.certificatePEM)
        try files.write("\(name)-key", issued.keyPEM)
        return issued.certificatePEM
    }

    /// A certificate that a node does not use yet.
    func issueNext(_ node: Int) throws -> String { try issue(node, "next-\(node)") }

    /// Puts it in its place.
    func putNext(_ node: Int) throws {
        for end in ["-key", ""] {
            let name = files.path("node-\(node)\(end)")
            try #require(rename(files.path("next-\(node)\(end)"), name) == 0)
        }
    }

    // MARK: Asking

    func connect(_ node: Int, _ name: String) async throws -> BankClient {
        let endpoint = Endpoint(
            port: gateways[node - 1].port, certificates: gateways[0].certificates)
        return try await BankClient.connect(endpoint, as: name)
    }

    /// A connection to each node, which answers.
    func open(_ name: String) async throws -> [BankClient] {
        var clients: [BankClient] = []
        for node in 1...3 {
            let client = try await connect(node, name)
            #expect(await becomes { try await self.status(client) == 200 })
            clients.append(client)
        }
        return clients
    }

    func status(_ client: BankClient) async throws -> Int {
        try await client.send("GET", "/v1/operators").status
    }

    /// Why a new connection with this certificate is nobody's.
    func reason(_ node: Int, _ name: String) async throws -> String {
        let client = try await connect(node, name)
        let reply = try await client.send("GET", "/v1/operators")
        await client.close()
        #expect(reply.status == 401)
        return reply.problem?.detail ?? ""
    }

    /// Whether the connection ends.
    func isEnded(_ client: BankClient) async -> Bool {
        for _ in 0..<Self.patience {
            guard (try? await status(client)) != nil else { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Whether a node sees another one, or does not.
    func sees(
        _ other: Int, from node: Int, _ person: BankClient, isThere: Bool = true
    ) async -> Bool {
        await becomes {
            let standing: ProtoNode = try await person.get("GET", "/v1/node")
            let state = standing.members.first { $0.id == UInt32(other) }?.state
            return state != nil && (state != .unreachable) == isThere
        }
    }

    /// While a leader is looked for nobody is answered.
    func soon<Answer>(_ ask: () async throws -> Answer) async throws -> Answer {
        for _ in 0..<Self.patience {
            if let answer = try? await ask() { return answer }
            try await Task.sleep(for: .milliseconds(50))
        }
        return try await ask()
    }

    func becomes(_ condition: () async throws -> Bool) async -> Bool {
        for _ in 0..<Self.patience {
            if (try? await condition()) == true { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return false
    }

    /// Ports that nobody listens on, held together so that they differ.
    private func freePorts(_ count: Int) throws -> [Int] {
        let sockets = (0..<count).map { _ in socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) }
        defer { for socket in sockets { close(socket) } }
        return try sockets.map { socket in
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isBound = withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
                }
            }
            try #require(isBound)
            return Int(UInt16(bigEndian: address.sin_port))
        }
    }
}
