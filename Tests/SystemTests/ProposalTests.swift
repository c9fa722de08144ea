internal import Foundation
internal import Gateway
internal import HTTP2
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// What two persons do through the API, from the policy to the replay of it all (R17).
    @Suite("A command that takes two persons waits, and is carried out once")
    struct ProposalTests {
        private static let bank = "YTZGCNB0"
        private static let limit = "/v1/participants/\(bank)/limits/CNY"

        @Test(.timeLimit(.minutes(2)))
        func fourEyes() async throws {
            let gateway = try await GatewayUnderTest(banks: [Self.bank])
            do {
                try await gateway.start()
                let first = try await Person(gateway, "operator")
                let second = try await Person(gateway, "second-operator")
                try await open(first, second)
                try await propose(first, second)
                try await gateway.killHard()
                try await gateway.start()
                try await approve(
                    try await Person(gateway, "operator"),
                    try await Person(gateway, "second-operator"))
                try await refuse(
                    try await Person(gateway, "operator"),
                    try await Person(gateway, "second-operator"))
                try await leavesOneTruth(gateway)
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        private func open(_ first: Person, _ second: Person) async throws {
            let line = #"{"roles": ["LIMITS"], "persons": 2, "hours": 48, "note": "by the board"}"#
            let registration = #"{"roles": ["PAYER"]}"#
            try await first.expect(200, "", "PUT", "/v1/participants/\(Self.bank)", registration)
            try await first.expect(409, "PERSONS_MISSING", "PUT", "/v1/policy/setCreditLimit", line)
            let none: ProtoPolicy = try await first.client.get("GET", "/v1/policy")
            #expect(!none.inForce && none.lines.isEmpty && none.standing.count > 15)
            try await second.expect(200, "", "PUT", "/v1/participants/\(Self.bank)", registration)
            try await first.expect(200, "", "PUT", "/v1/policy/setCreditLimit", line)
            try await first.expect(400, "MALFORMED_REQUEST", "PUT", "/v1/policy/setMoon", line)
            let policy: ProtoPolicy = try await first.client.get("GET", "/v1/policy")
            #expect(policy.inForce && policy.lines.count == 1)
            #expect(policy.lines.first?.command == "setCreditLimit")
            #expect(policy.lines.first?.note == "by the board")
            let setsPolicy = policy.standing.first { $0.command == "setPolicy" }
            #expect(setsPolicy?.persons == 2 && setsPolicy?.roles == [.security])
        }

        private func propose(_ first: Person, _ second: Person) async throws {
            let body = #"{"limit": "5000.00", "commandId": "\#(Self.command)"}"#
            let reply = try await first.expect(202, "", "PUT", Self.limit, body)
            let answer = try ProtoCommandAnswer(jsonUTF8Bytes: reply.body)
            #expect(answer.proposal == 1 && answer.result.code == "PROPOSED")
            let waits = try await second.expect(
                409, "PROPOSAL_WAITS", "PUT", Self.limit, #"{"limit": "5000.00"}"#)
            #expect(waits.problem?.detail == "proposal 1 waits")
            let list: ProtoListProposalsResponse = try await second.client.get(
                "GET", "/v1/proposals?state=open")
            #expect(list.proposals.count == 1)
            let shown = try #require(list.proposals.first)
            #expect(shown.proposer == "operator" && shown.command == "setCreditLimit")
            #expect(shown.content.contains("5000.00") && shown.state == .open)
            try await first.expect(
                403, "SAME_PERSON", "POST", "/v1/proposals/1:approve", decision(shown.contentHash))
            try await second.expect(
                409, "PROPOSAL_DIFFERS", "POST", "/v1/proposals/1:approve",
                decision(String(repeating: "0", count: 32)))
            try await second.expect(
                404, "PROPOSAL_UNKNOWN", "POST", "/v1/proposals/9:approve",
                decision(shown.contentHash))
            let metrics = try await first.client.send("GET", "/metrics")
            #expect(metrics.text.contains("langqiao_proposals_waiting 1\n"))
        }

        /// Two approvals at once: one counts, and both hear what happened.
        private func approve(_ first: Person, _ second: Person) async throws {
            let shown: ProtoProposal = try await second.client.get("GET", "/v1/proposals/1")
            let hash = shown.contentHash
            async let one = second.client.send(
                "POST", "/v1/proposals/1:approve", decision(hash))
            async let other = second.client.send(
                "POST", "/v1/proposals/1:approve", decision(hash))
            let answers = try await [one, other].map {
                #expect($0.status == 200, "\($0.text)")
                return try ProtoCommandAnswer(jsonUTF8Bytes: $0.body)
            }
            #expect(answers.allSatisfy { $0.result.code == "ACCEPTED" })
            #expect(answers.count(where: \.repetition) == 1)
            let late = try await first.expect(
                409, "PROPOSAL_DECIDED", "POST", "/v1/proposals/1:approve", decision(hash))
            let words = "proposal 1 is approved by second-operator, and led to ACCEPTED"
            #expect(late.problem?.detail == words)
            let body = #"{"limit": "5000.00", "commandId": "\#(Self.command)"}"#
            let reply = try await first.expect(200, "", "PUT", Self.limit, body)
            #expect(reply.text.contains(#""repetition":true"#), "\(reply.text)")
            let decided: ProtoProposal = try await first.client.get("GET", "/v1/proposals/1")
            #expect(decided.state == .approved && decided.decidedBy == "second-operator")
            #expect(decided.result.code == "ACCEPTED")
            let accounts: ProtoListAccountsResponse = try await first.client.get(
                "GET", "/v1/accounts?participant=\(Self.bank)")
            #expect(accounts.accounts.first?.creditLimit == "5000.00")
        }

        private func refuse(_ first: Person, _ second: Person) async throws {
            let body = #"{"limit": "6000.00", "commandId": "\#(Self.command.dropLast(1))9"}"#
            try await first.expect(202, "", "PUT", Self.limit, body)
            let shown: ProtoProposal = try await second.client.get("GET", "/v1/proposals/2")
            try await second.expect(
                400, "MALFORMED_REQUEST", "POST", "/v1/proposals/2:refuse",
                decision(shown.contentHash))
            try await second.expect(
                200, "", "POST", "/v1/proposals/2:refuse",
                decision(shown.contentHash, #", "note": "too much""#))
            let reply = try await first.expect(409, "PROPOSAL_REFUSED", "PUT", Self.limit, body)
            #expect(reply.problem?.detail == "proposal 2")
            let refused: ProtoProposal = try await first.client.get("GET", "/v1/proposals/2")
            #expect(refused.state == .refused && refused.reason == "too much")
        }

        private func decision(_ hash: String, _ more: String = "") -> String {
            #"{"proposalHash": "\#(hash)"\#(more)}"#
        }

        private static let command = "6c0f1b0a-7d5e-4f4b-9a55-0d2f6f6b1a27"

        /// Tables, log and export say the same.
        private func leavesOneTruth(_ gateway: GatewayUnderTest) async throws {
            let person = try await Person(gateway, "operator")
            let summary: ProtoSummary = try await person.client.get("GET", "/v1/summary")
            await person.client.close()
            gateway.askToStop()
            #expect(try await gateway.waitForEnd() == 0)
            let report = try await Verification.run(gateway, ["--data", gateway.data])
            #expect(report.differences == 0 && report.stateHash == summary.stateHash)
            let lines = try await gateway.run(["export", "--data", gateway.data])
            let file = "\(gateway.directory)/exported.jsonl"
            try lines.write(toFile: file, atomically: true, encoding: .utf8)
            let replayed = try await gateway.run(["replay", file])
            #expect(replayed.hasSuffix("\"stateHash\":\"\(summary.stateHash)\"}\n"))
        }
    }
}

/// An operator with a connection.
private struct Person: Sendable {
    let client: BankClient

    init(_ gateway: GatewayUnderTest, _ name: String) async throws {
        client = try await BankClient.connect(gateway.endpoint, as: name)
    }

    /// - Parameter code: of the refusal; empty where there is none.
    @discardableResult
    func expect(
        _ status: Int, _ code: String, _ verb: String, _ target: String, _ body: String
    ) async throws -> Reply {
        let reply = try await client.send(verb, target, body)
        #expect(reply.status == status, "\(verb) \(target): \(reply.text)")
        #expect((reply.problem?.code ?? "") == code, "\(verb) \(target): \(reply.text)")
        return reply
    }
}
