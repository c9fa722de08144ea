internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

extension Traffic {
    /// Lets every bank send orders over every road until ``end()``, or until the gateway is gone.
    nonisolated func drive(_ endpoint: Endpoint) async {
        await withTaskGroup(of: Void.self) { group in
            for bank in Market.banks {
                for road in Road.allCases {
                    group.addTask { await self.drive(bank, road, endpoint) }
                }
            }
        }
    }

    private nonisolated func drive(_ bank: String, _ road: Road, _ endpoint: Endpoint) async {
        guard let client = try? await BankClient.connect(endpoint, as: bank) else { return }
        while await !isOver {
            let orders = await orders(of: bank, count: road.ordersPerCall)
            do {
                try await submit(orders, by: client, over: road)
                if let uetr = await cancellation(of: bank) { try await cancel(uetr, client) }
                // Enough to be busy, few enough to read everything after every blow.
                try? await Task.sleep(for: .milliseconds(10))
            } catch {
                await learn(failure: reason(error))
                guard isPassing(error) else {
                    await complain("\(road): \(error)")
                    break
                }
                // A gateway that refuses is not to be hammered; one that is gone ends the road.
                guard (try? await client.send("GET", "/healthz")) != nil else { break }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        await client.close()
    }

    /// Sends again what never got an answer, until everything has one.
    nonisolated func retry(_ endpoint: Endpoint) async throws -> Int {
        let waiting = await unanswered
        for bank in Market.banks {
            let orders = waiting.values.filter { $0.bank == bank }.map(\.order)
                .sorted { $0.uetr < $1.uetr }
            let client = try await BankClient.connect(endpoint, as: bank)
            for start in stride(from: 0, to: orders.count, by: 100) {
                try await submit(
                    Array(orders[start..<min(start + 100, orders.count)]), by: client,
                    over: .grpcBatch)
            }
            await client.close()
        }
        return waiting.count
    }

    private nonisolated func submit(
        _ orders: [ProtoPaymentOrder], by client: BankClient, over road: Road
    ) async throws {
        switch road {
        case .json:
            let body = try orders[0].jsonString()
            let reply = try await client.send("PUT", "/v1/payments/\(orders[0].uetr)", body)
            try await take(reply, of: orders[0].uetr)
        case .grpc:
            do {
                let payment: ProtoPayment = try await client.call(
                    "PaymentService/SubmitPayment", orders[0])
                await learn(payment, fills: .some)
            } catch let status as GRPCStatus {
                guard let code = status.result?.code, !Traffic.passing.contains(code) else {
                    throw status
                }
                await learn(refusal: code, of: orders[0].uetr)
            }
        case .jsonBatch:
            var request = ProtoSubmitPaymentsRequest()
            request.orders = orders
            let answer: ProtoSubmitPaymentsResponse = try await client.get(
                "POST", "/v1/payments:batch", try request.jsonString())
            for answer in answer.answers { await take(answer) }
        case .grpcBatch:
            var request = ProtoSubmitPaymentsRequest()
            request.orders = orders
            let answer: ProtoSubmitPaymentsResponse = try await client.call(
                "PaymentService/SubmitPayments", request)
            for answer in answer.answers { await take(answer) }
        case .grpcStream:
            try await stream(orders, client)
        }
    }

    private nonisolated func stream(
        _ orders: [ProtoPaymentOrder], _ client: BankClient
    ) async throws {
        let call = try await client.open("PaymentService/StreamPayments")
        do {
            for order in orders {
                try await call.send(ByteBuffer(bytes: try order.serializedBytes() as [UInt8]))
            }
        } catch let error as GRPCStatus where error.transport?.code == .alreadyFinished {
            // The gateway has ended the call meanwhile; its status tells why.
        }
        call.finishSending()
        for try await message in call.messages {
            await take(
                try ProtoSubmitPaymentAnswer(
                    serializedBytes: Array(message.bytes.readableBytesView)))
        }
        let status = try await call.status()
        if status.code != .ok { throw status }
    }

    private nonisolated func cancel(_ uetr: String, _ client: BankClient) async throws {
        let reply = try await client.send("POST", "/v1/payments/\(uetr):cancel")
        // It may have been filled meanwhile.
        if reply.problem?.code != "PAYMENT_FINAL" { try await take(reply, of: uetr) }
    }

    /// Codes that say nothing about the order: it may be sent again.
    private static let passing: Set<String> = [
        "UNAVAILABLE", "OUTCOME_UNKNOWN", "OVERLOADED", "DEADLINE_EXCEEDED",
    ]

    private func take(_ answer: ProtoSubmitPaymentAnswer) {
        let code = answer.result.code
        if answer.result.number == 0 {
            learn(answer.payment, fills: .some)
        } else if Traffic.passing.contains(code) {
            learn(failure: code)
        } else {
            learn(refusal: code, of: answer.uetr)
        }
    }

    private func take(_ reply: Reply, of uetr: String) throws {
        if reply.status == 200 {
            return learn(try ProtoPayment(jsonUTF8Bytes: reply.body), fills: .some)
        }
        guard let code = reply.problem?.code, !Traffic.passing.contains(code) else {
            throw Refused(reply)
        }
        learn(refusal: code, of: uetr)
    }

    /// Whether an error is what a client must expect of a gateway that stops, dies or has lost its
    /// database: a clear refusal or the end of the connection, but no silence and no own fault.
    private nonisolated func isPassing(_ error: any Error) -> Bool {
        switch error {
        case let error as HTTP2Error: error.code != .deadlineExceeded && error.code != .malformed
        case let refused as Refused: Traffic.passing.contains(refused.code)
        case let status as GRPCStatus:
            status.result.map { Traffic.passing.contains($0.code) }
                ?? (status.code == .unavailable || status.code == .cancelled)
        default: false
        }
    }

    private nonisolated func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTP2Error: "\(error.code)"
        case let refused as Refused: refused.code
        case let status as GRPCStatus:
            status.result?.code ?? status.transport.map { "\($0.code)" } ?? "\(status.code)"
        default: "\(type(of: error))"
        }
    }
}
