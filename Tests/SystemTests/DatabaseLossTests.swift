internal import Foundation
internal import Gateway
internal import HTTP2
internal import Scenarios
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    @Suite("A gateway without its database refuses, recovers and loses nothing")
    struct DatabaseLossTests {
        @Test("PostgreSQL stops at once and comes back", .timeLimit(.minutes(2)))
        func immediateStop() async throws {
            let traffic = Traffic(seed: FreshSeed.draw())
            print("PostgreSQL stops under load: seed \(traffic.seed)")
            let gateway = try await Market.open()
            do {
                for _ in 1...3 { try await stopAndStart(gateway, traffic) }
                try await stopForGood(gateway, traffic)
            } catch {
                Issue.record("seed \(traffic.seed): \(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        private func stopAndStart(
            _ gateway: GatewayUnderTest, _ traffic: Traffic
        ) async throws {
            await traffic.begin()
            let endpoint = gateway.endpoint
            async let driving: Void = traffic.drive(endpoint)
            try await Task.sleep(for: .milliseconds(await traffic.pause(50...400)))
            let server = try #require(ServerUnderTest(of: gateway))
            try await server.stopImmediately()
            try await expectRefusals(endpoint)
            try await server.startAgain()
            try await waitUntilReady(gateway)
            await traffic.end()
            await driving
            #expect(gateway.log.contains("replica stopped"))
            _ = try await traffic.retry(endpoint)
            _ = try await Audit(endpoint: endpoint, traffic: traffic).check()
        }

        /// While there is no database: alive, not ready, and every call refused in words.
        private func expectRefusals(_ endpoint: Endpoint) async throws {
            let bank = try await BankClient.connect(endpoint, as: Market.chinese[0])
            let order = Market.order(from: Market.chinese[0], to: Market.thai[0])
            let reply = try await bank.send(
                "PUT", "/v1/payments/\(order.uetr)", try order.jsonString())
            #expect([503, 504].contains(reply.status), "\(reply.text)")
            #expect(["UNAVAILABLE", "OUTCOME_UNKNOWN"].contains(reply.problem?.code))
            #expect(try await bank.send("GET", "/v1/accounts").status == 503)
            #expect(try await bank.send("GET", "/healthz").status == 200)
            #expect(try await bank.send("GET", "/readyz").status == 503)
            await bank.close()
        }

        /// PostgreSQL goes and does not come back before the gateway is asked to stop.
        private func stopForGood(_ gateway: GatewayUnderTest, _ traffic: Traffic) async throws {
            await traffic.begin()
            let endpoint = gateway.endpoint
            async let driving: Void = traffic.drive(endpoint)
            try await Task.sleep(for: .milliseconds(await traffic.pause(50...400)))
            try await #require(ServerUnderTest(of: gateway)).stopImmediately()
            gateway.askToStop()
            let status = try await gateway.waitForEnd()
            await traffic.end()
            await driving
            #expect(status == 0 || gateway.log.contains("node failed"), "\(gateway.log)")
            try await gateway.start()
            _ = try await traffic.retry(gateway.endpoint)
            let audit = Audit(endpoint: gateway.endpoint, traffic: traffic)
            let summary = try await audit.check()
            let fills = try await audit.checkFills()
            gateway.askToStop()
            #expect(try await gateway.waitForEnd() == 0)
            let report = try await Verification.run(gateway, ["--data", gateway.data])
            #expect(report.differences == 0 && report.stateHash == summary.stateHash)
            print(
                """
                PostgreSQL stops under load: 4 stops, exit status without it \(status), \
                \(await traffic.acknowledged.count) payments, \(fills) fills, refusals \
                \(await traffic.failures), 0 differences
                """)
        }

        @Test(
            "A session that is ended under load is replaced", .timeLimit(.minutes(1)))
        func endedSessions() async throws {
            let traffic = Traffic(seed: FreshSeed.draw())
            print("sessions end under load: seed \(traffic.seed)")
            let gateway = try await Market.open()
            do {
                try await endSessions(gateway, traffic)
            } catch {
                Issue.record("seed \(traffic.seed): \(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        private func endSessions(_ gateway: GatewayUnderTest, _ traffic: Traffic) async throws {
            await traffic.begin()
            let endpoint = gateway.endpoint
            async let driving: Void = traffic.drive(endpoint)
            let server = try #require(ServerUnderTest(of: gateway))
            var ended = 0
            for name in Self.sessions + Self.sessions {
                try await Task.sleep(for: .milliseconds(await traffic.pause(50...200)))
                // A session that was ended comes back when somebody needs it.
                var count = 0
                for _ in 0..<100 where count == 0 {
                    count = try await server.endSessions(named: name)
                }
                #expect(count > 0, "no session is called \(name)")
                ended += count
                try await waitUntilReady(gateway)
            }
            await traffic.end()
            await driving
            #expect(gateway.isRunning)
            _ = try await traffic.retry(endpoint)
            let audit = Audit(endpoint: endpoint, traffic: traffic)
            _ = try await audit.check()
            _ = try await audit.checkFills()
            gateway.askToStop()
            #expect(try await gateway.waitForEnd() == 0)
            let report = try await Verification.run(gateway, ["--data", gateway.data])
            #expect(report.differences == 0)
            print(
                """
                sessions end under load: \(ended) ended, \
                \(await traffic.acknowledged.count) payments, refusals \
                \(await traffic.failures), 0 differences
                """)
        }

        /// As they appear in `pg_stat_activity`.
        private static let sessions = ["langqiao-log", "langqiao-ledger", "langqiao-reader"]

        private func waitUntilReady(_ gateway: GatewayUnderTest) async throws {
            let anyone = try await BankClient.connect(gateway.endpoint, as: nil)
            for _ in 0..<1_500 {
                if try await anyone.send("GET", "/readyz").status == 200 {
                    return await anyone.close()
                }
                try await Task.sleep(for: .milliseconds(20))
            }
            throw TestFailure("the gateway does not recover: \(gateway.log.suffix(2_000))")
        }
    }

    @Suite("A gateway that is asked to stop finishes what it accepted")
    struct GracefulStopTests {
        @Test(.timeLimit(.minutes(1)))
        func stopUnderLoad() async throws {
            let traffic = Traffic(seed: FreshSeed.draw())
            print("SIGTERM under load: seed \(traffic.seed)")
            let gateway = try await Market.open()
            do {
                for _ in 1...3 { try await stop(gateway, traffic) }
            } catch {
                Issue.record("seed \(traffic.seed): \(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        private func stop(_ gateway: GatewayUnderTest, _ traffic: Traffic) async throws {
            await traffic.begin()
            let endpoint = gateway.endpoint
            let server = try #require(ServerUnderTest(of: gateway))
            let idle = try await BankClient.connect(endpoint, as: Market.chinese[0])
            let open = try await idle.open("PaymentService/StreamPayments")
            async let driving: Void = traffic.drive(endpoint)
            try await Task.sleep(for: .milliseconds(await traffic.pause(100...500)))
            gateway.askToStop()
            #expect(try await open.status().result?.code == "UNAVAILABLE", "an idle stream")
            #expect(try await gateway.waitForEnd() == 0, "\(gateway.log)")
            await traffic.end()
            await driving
            await idle.close()
            try await expectRefusals(traffic)
            #expect(!server.isRunning, "PostgreSQL goes on")
            #expect(!FileManager.default.fileExists(atPath: server.socketDirectory))
            let told = await traffic.acknowledged.count
            let waiting = await traffic.unanswered.count
            try await gateway.start()
            let audit = Audit(endpoint: gateway.endpoint, traffic: traffic)
            _ = try await audit.check()
            // Who was not answered was refused before anything was recorded.
            let silent = await waiting - traffic.unanswered.count
            #expect(silent == 0, "recorded, but not answered: \(silent) of \(waiting)")
            print(
                """
                SIGTERM under load: \(told) payments answered, \(waiting) orders unanswered, of \
                these \(silent) on record, refusals \(await traffic.failures)
                """)
            _ = try await traffic.retry(gateway.endpoint)
            _ = try await audit.check()
        }

        /// Whoever was not answered was refused: by the gateway in words, or, after those, by a
        /// connection that said in time that it takes no more.
        private func expectRefusals(_ traffic: Traffic) async throws {
            let failures = await traffic.failures
            #expect(failures["UNAVAILABLE", default: 0] > 0, "\(failures)")
            let unclear = failures.keys.filter { !$0.hasPrefix("refused") && $0 != "UNAVAILABLE" }
            #expect(unclear.isEmpty, "\(failures)")
        }
    }
}
