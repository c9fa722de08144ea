internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// Somebody holds a lock on all tables, so they can be neither written nor read.
    @Suite("Without the tables")
    struct HeldTablesTests {
        @Test(
            "Every command is answered, and reads that give up leave their places",
            .timeLimit(.minutes(2)))
        func held() async throws {
            let gateway = try await Market.open()
            do {
                let bank = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                let order = Market.order(from: Market.chinese[0], to: Market.thai[0])
                let _: ProtoPayment = try await bank.call("PaymentService/SubmitPayment", order)
                let lock = try await HeldTables(of: gateway)
                try await pay(order, bank)
                try await cancel(order, bank)
                try await operate(operators)
                let recent: ProtoPayment = try await bank.get("GET", "/v1/payments/\(order.uetr)")
                #expect(recent.status == "CANC", "a recent payment needs no tables")
                try await giveUpReading(bank)
                try await lock.letGo()
                let shown: ProtoPayment = try await bank.get("GET", "/v1/payments/\(order.uetr)")
                #expect(shown.status == "CANC")
                await bank.close()
                await operators.close()
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        /// New and repeated orders, over every lane.
        private func pay(_ order: ProtoPaymentOrder, _ bank: BankClient) async throws {
            let again: ProtoPayment = try await bank.get(
                "PUT", "/v1/payments/\(order.uetr)", try order.jsonString())
            #expect(again.repetition && again.status == "PDNG" && again.paid.amount == "0.00")
            var batch = ProtoSubmitPaymentsRequest()
            let twin = Market.order(from: Market.chinese[0], to: Market.thai[0])
            batch.orders = [order, twin, twin]
            let answers: ProtoSubmitPaymentsResponse = try await bank.call(
                "PaymentService/SubmitPayments", batch)
            #expect(answers.answers.map(\.payment.repetition) == [true, false, true])
            let stream = try await bank.open("PaymentService/StreamPayments")
            try await stream.send(ByteBuffer(bytes: try twin.serializedBytes() as [UInt8]))
            stream.finishSending()
            for try await message in stream.messages {
                let answer = try ProtoSubmitPaymentAnswer(
                    serializedBytes: Array(message.bytes.readableBytesView))
                #expect(answer.payment.repetition && answer.payment.status == "PDNG")
            }
            #expect(try await stream.status().code == .ok)
        }

        private func cancel(_ order: ProtoPaymentOrder, _ bank: BankClient) async throws {
            let path = "/v1/payments/\(order.uetr):cancel"
            let cancelled: ProtoPayment = try await bank.get("POST", path)
            #expect(cancelled.status == "CANC" && cancelled.endReason == "cancelled-by-bank")
            #expect(cancelled.payAmount == "100.00" && cancelled.held.amount == "0.00")
            let again: ProtoPayment = try await bank.get("POST", path)
            #expect(again.repetition && again.status == "CANC")
            #expect(again.paymentID == cancelled.paymentID)
        }

        private func operate(_ operators: BankClient) async throws {
            var bank = ProtoParticipant()
            bank.bic = "OCBCSGSG"
            bank.name = "A new bank"
            bank.roles = [.payer]
            let new: ProtoParticipant = try await operators.call(
                "OperatorService/RegisterParticipant", bank)
            #expect(new.name == bank.name && new.country == "SG" && new.state == .active)
            let known: ProtoParticipant = try await operators.call(
                "OperatorService/RegisterParticipant", bank)
            #expect(known.name.isEmpty && known.bic == bank.bic)
            let list: ProtoListCorridorsResponse = try await operators.get("GET", "/v1/corridors")
            var corridor = try #require(list.corridors.first)
            corridor.commandID = UUID().uuidString.lowercased()
            let same: ProtoCorridor = try await operators.call(
                "OperatorService/ConfigureCorridor", corridor)
            #expect(same == corridor)
            var funding = ProtoFundRequest()
            funding.reference = UUID().uuidString.lowercased()
            funding.participant = bank.bic
            funding.currency = "CNY"
            funding.amount = "1.00"
            let funded: ProtoCommandAnswer = try await operators.call(
                "OperatorService/Fund", funding)
            #expect(funded.result.code == "ACCEPTED")
        }

        /// More than a caller's places, so the later ones need those of the ones before. What
        /// memory does not know, only the tables can tell.
        private func giveUpReading(_ bank: BankClient) async throws {
            var request = ProtoGetPaymentRequest()
            request.uetr = UUID().uuidString.lowercased()
            let start = ContinuousClock.now
            for _ in 0..<3 {
                await withTaskGroup(of: GRPCStatusCode?.self) { group in
                    for _ in 0..<60 {
                        group.addTask { [request] in
                            do {
                                let _: ProtoPayment = try await bank.call(
                                    "PaymentService/GetPayment", request,
                                    timeout: .milliseconds(200))
                                return nil
                            } catch { return (error as? GRPCStatus)?.code }
                        }
                    }
                    for await code in group { #expect(code == .deadlineExceeded) }
                }
            }
            #expect(ContinuousClock.now - start < .seconds(20))
            // The client gives up by itself. That the gateway has, too, shows here: a read that
            // needs a place, but no table, finds one while the tables are held.
            var book = ProtoGetBookRequest()
            book.foreignCurrency = "THB"
            let _: ProtoBook = try await bank.call(
                "LedgerService/GetBook", book, timeout: .seconds(10))
        }
    }
}

/// A session that keeps everybody else from all tables of the ledger until it lets go.
private struct HeldTables {
    private static let name = "holds the tables"
    private let server: ServerUnderTest
    private let session: ChildProgram

    init(of gateway: GatewayUnderTest) async throws {
        server = try #require(ServerUnderTest(of: gateway))
        let script = "\(gateway.directory)/hold.sql"
        try """
        SET application_name = '\(Self.name)';
        BEGIN;
        LOCK TABLE langqiao.applied, langqiao.batches, langqiao.participants, langqiao.corridors,
            langqiao.accounts, langqiao.payment_rows, langqiao.open_payments, langqiao.fill_rows,
            langqiao.row_lists, langqiao.fundings, langqiao.corridor_totals
            IN ACCESS EXCLUSIVE MODE;
        \\warn held
        SELECT pg_sleep(100);
        """.write(toFile: script, atomically: true, encoding: .utf8)
        session = try server.session(running: script, in: gateway.directory)
        for _ in 0..<1_000 where session.isRunning && !session.errorText.contains("held") {
            try await Task.sleep(for: .milliseconds(20))
        }
        guard session.isRunning else { throw TestFailure(session.errorText) }
    }

    func letGo() async throws {
        #expect(try await server.endSessions(named: Self.name) == 1)
        try await session.end()
    }
}
