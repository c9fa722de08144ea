internal import Foundation
internal import Gateway
internal import Scenarios
internal import Testing

extension SystemTests {
    @Suite("A gateway that is killed loses nothing")
    struct SurvivalTests {
        /// Blows while traffic flows; every fifth is followed by one during recovery.
        static let blows = 20

        @Test(.timeLimit(.minutes(3)))
        func everythingAcknowledgedSurvivesSIGKILL() async throws {
            let seed = FreshSeed.draw()
            let traffic = Traffic(seed: seed)
            print("SIGKILL under load: seed \(seed)")
            let gateway = try await Market.open()
            do {
                for blow in 1...Self.blows { try await strike(gateway, traffic, blow) }
                try await compareAtRest(gateway, traffic)
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
            await gateway.remove()
        }

        /// Traffic, SIGKILL at a random moment, restart, retry, audit.
        private func strike(
            _ gateway: GatewayUnderTest, _ traffic: Traffic, _ blow: Int
        ) async throws {
            await traffic.begin()
            let endpoint = gateway.endpoint
            async let driving: Void = traffic.drive(endpoint)
            try await Task.sleep(for: .milliseconds(await traffic.pause(10...350)))
            try await gateway.killHard()
            await traffic.end()
            await driving
            if blow % 5 == 0 {
                // The log may be ahead of the tables here; what the tables show must be right.
                let server = try #require(ServerUnderTest(of: gateway))
                let report = try await Verification.run(
                    gateway, ["--database", server.connectionString])
                #expect(report.differences == 0)
                try await gateway.startAndKill(after: await traffic.pause(0...120))
            }
            try await gateway.start()
            let retried = try await traffic.retry(gateway.endpoint)
            let summary = try await Audit(endpoint: gateway.endpoint, traffic: traffic).check()
            #expect(await traffic.unanswered.isEmpty)
            if blow % 5 == 0 {
                let known = await traffic.acknowledged.count
                print(
                    "  blow \(blow): \(known) payments on record, \(retried) retried, "
                        + "log index \(summary.logIndex)")
            }
        }

        /// Nothing moves any more: the state survives a kill, a stop and a comparison unchanged.
        private func compareAtRest(_ gateway: GatewayUnderTest, _ traffic: Traffic) async throws {
            let fills = try await Audit(endpoint: gateway.endpoint, traffic: traffic).checkFills()
            let before = try await Audit(endpoint: gateway.endpoint, traffic: traffic).check()
            try await gateway.killHard()
            try await gateway.start()
            let killed = try await Audit(endpoint: gateway.endpoint, traffic: traffic).summary()
            #expect(killed == before.started(1))
            gateway.askToStop()
            #expect(try await gateway.waitForEnd() == 0)
            let report = try await Verification.run(gateway, ["--data", gateway.data])
            #expect(report.differences == 0 && report.batchesBehindTables == 0)
            #expect(report.stateHash == before.stateHash && report.batches == killed.logIndex)
            try await expectReplay(gateway, leadsTo: before.stateHash)
            try await gateway.start()
            let after = try await Audit(endpoint: gateway.endpoint, traffic: traffic).check()
            #expect(after == before.started(2))
            gateway.askToStop()
            #expect(try await gateway.waitForEnd() == 0)
            let known = await traffic.acknowledged
            let settled = known.values.count { $0.status == "ACSC" }
            #expect(settled > 0 && fills > 0)
            print(
                """
                SIGKILL under load: \(Self.blows + Self.blows / 5 + 1) kills, \(known.count) \
                payments, \(settled) settled, \(fills) fills, \(await traffic.refused.count) \
                refused, state hash \(after.stateHash), 0 differences
                """)
        }

        /// What an auditor recomputes from the exported log alone is what the gateway reached, with
        /// the key of the content hashes and without.
        private func expectReplay(
            _ gateway: GatewayUnderTest, leadsTo stateHash: String
        ) async throws {
            for more in [[], ["--with-key"]] {
                let lines = try await gateway.run(["export", "--data", gateway.data] + more)
                #expect(lines.contains("\"key\":") == !more.isEmpty)
                try lines.write(
                    toFile: gateway.directory + "/day.jsonl", atomically: true, encoding: .utf8)
                let output = try await gateway.run(["replay", gateway.directory + "/day.jsonl"])
                let last = try #require(output.split(separator: "\n").last)
                let result = try JSONDecoder().decode(ReplayResult.self, from: Data(last.utf8))
                #expect(result.stateHash == stateHash && result.batches > 0)
            }
        }

        private struct ReplayResult: Decodable {
            let batches: Int
            let stateHash: String
        }
    }
}

extension ProtoSummary {
    /// The same after so many starts: each adds the first entry of a term to the log.
    fileprivate func started(_ times: UInt64) -> ProtoSummary {
        var summary = self
        summary.logIndex += times
        return summary
    }
}
