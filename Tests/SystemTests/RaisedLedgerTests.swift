internal import Domain
internal import Foundation
internal import Gateway
internal import Hexadecimal
internal import Scenarios
internal import Store
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// A ledger that began under version 2 keeps it until an operator raises it (R1.11).
    @Suite("A ledger of an older program is served on, and raised by command")
    struct RaisedLedgerTests {
        private static let banks = ["YTZGCNB0", "CPLBTHB0"]

        @Test(.timeLimit(.minutes(1)))
        func raised() async throws {
            let gateway = try await GatewayUnderTest(banks: Self.banks)
            do {
                let log = try StoredLog(version: 2)
                try Self.leave(log, to: gateway)
                try await gateway.start()
                let summary = try await Self.summary(gateway)
                // The start adds the first entry of its term, and does what fell due meanwhile.
                let isAtItsEnd = summary.logIndex == UInt64(log.entries.count) + 1
                #expect(!isAtItsEnd || summary.stateHash == hexadecimal(log.stateHash))
                #expect(summary.logIndex >= UInt64(log.entries.count))
                #expect(summary.ruleVersion == 2)
                try await staysUntilRaised(gateway)
                try await leavesOneTruth(gateway)
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        /// Log and schema as the older program left them; its tables follow from the log.
        private static func leave(_ log: StoredLog, to gateway: GatewayUnderTest) throws {
            let cluster = try PrivateCluster.start(directory: gateway.data)
            let address = try DatabaseAddress(connectionString: cluster.connectionString)
            let session = try PostgresConnection(to: address, applicationName: "test")
            let old = Migrations.all.filter { $0.number <= 5 }
            #expect(try Migrations.apply(old, on: session) == 5)
            let newer = try DatabaseAddress(
                connectionString: cluster.connectionString, schema: "newer")
            try Migrations.apply(to: newer)
            try LogStore(newer).append(log.entries)
            try session.execute(
                """
                INSERT INTO raft_log SELECT log_index, term, recorded_at, timestamp_ns,
                    command_count, previous_hash, checksum, payload
                FROM newer.raft_log;
                DROP SCHEMA newer CASCADE
                """)
            try cluster.stop()
        }

        /// A second leg of one UETR is a conflict, also after a start from tables; raised, it is a
        /// payment.
        private func staysUntilRaised(_ gateway: GatewayUnderTest) async throws {
            let uetr = UUID().uuidString.lowercased()
            try await Self.openMarket(gateway)
            #expect(try await Self.pay(gateway, uetr, by: 0).status == 200)
            for _ in 0..<2 {
                let second = try await Self.pay(gateway, uetr, by: 1)
                #expect(second.problem?.code == "UETR_CONFLICT", "\(second.text)")
                gateway.askToStop()
                #expect(try await gateway.waitForEnd() == 0)
                try await gateway.start()
            }
            #expect(try await Self.summary(gateway).ruleVersion == 2)
            // His command leaves no row that names him.
            let other = try await BankClient.connect(gateway.endpoint, as: "second-operator")
            let rate = try await other.send(
                "POST", "/v1/corridors/HKD:setReferenceRate", #"{"rate": "1.101"}"#)
            #expect(rate.status == 200, "\(rate.text)")
            await other.close()
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            #expect(try await operators.send("PUT", "/v1/rules", #"{"version": 3}"#).status == 200)
            // R13.7 Whoever gave a command until then is on record.
            let known: ProtoListOperatorsResponse = try await operators.get("GET", "/v1/operators")
            #expect(known.operators.map(\.name) == ["operator", "second-operator"])
            #expect(known.operators.allSatisfy { $0.roles.count == 5 && $0.state == .active })
            await operators.close()
            let second = try await Self.pay(gateway, uetr, by: 1)
            #expect(second.status == 200, "\(second.text)")
            let first = try await Self.pay(gateway, uetr, by: 0)
            #expect(first.text.contains(#""repetition":true"#), "\(first.text)")
            #expect(try await Self.summary(gateway).ruleVersion == 3)
        }

        /// Tables, log and export of the raised ledger say the same.
        private func leavesOneTruth(_ gateway: GatewayUnderTest) async throws {
            let hash = try await Self.summary(gateway).stateHash
            gateway.askToStop()
            #expect(try await gateway.waitForEnd() == 0)
            let report = try await Verification.run(gateway, ["--data", gateway.data])
            #expect(report.differences == 0 && report.stateHash == hash)
            let lines = try await gateway.run(["export", "--data", gateway.data])
            #expect(lines.split(separator: "\n").first?.contains(#""ruleVersion":2"#) == true)
            let file = "\(gateway.directory)/exported.jsonl"
            try lines.write(toFile: file, atomically: true, encoding: .utf8)
            let replayed = try await gateway.run(["replay", file])
            #expect(replayed.hasSuffix("\"stateHash\":\"\(hash)\"}\n"))
        }

        /// Two banks and a corridor that the old log does not know.
        private static func openMarket(_ gateway: GatewayUnderTest) async throws {
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            var corridor = ProtoCorridor()
            corridor.tick = "0.001"
            corridor.referenceRate = "1.100"
            corridor.collarBasisPoints = 500
            corridor.minimumSize = "1.00"
            corridor.maximumSize = "1000.00"
            var calls = [("/v1/corridors/HKD", try corridor.jsonString())]
            for (bank, currency) in zip(banks, ["CNY", "HKD"]) {
                calls.append(("/v1/participants/\(bank)", #"{"roles": ["PAYER"]}"#))
                let money = #""currency": "\#(currency)", "amount": "1000.00""#
                let funding = #"{"participant": "\#(bank)", \#(money)}"#
                calls.append(("/v1/fundings/\(UUID().uuidString.lowercased())", funding))
            }
            for (path, body) in calls {
                let reply = try await operators.send("PUT", path, body)
                #expect(reply.status == 200, "\(reply.text)")
            }
            await operators.close()
        }

        private static func pay(
            _ gateway: GatewayUnderTest, _ uetr: String, by payer: Int
        ) async throws -> Reply {
            let bank = try await BankClient.connect(gateway.endpoint, as: banks[payer])
            var order = ProtoPaymentOrder()
            order.creditorParticipant = banks[1 - payer]
            order.payCurrency = ["CNY", "HKD"][payer]
            order.receiveCurrency = ["HKD", "CNY"][payer]
            order.payAmount = "100.00"
            order.limitRate = "1.100"
            let reply = try await bank.send("PUT", "/v1/payments/\(uetr)", order.jsonString())
            await bank.close()
            return reply
        }

        private static func summary(_ gateway: GatewayUnderTest) async throws -> ProtoSummary {
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            let summary: ProtoSummary = try await operators.get("GET", "/v1/summary")
            await operators.close()
            return summary
        }
    }
}
