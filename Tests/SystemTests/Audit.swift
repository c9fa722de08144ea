internal import Foundation
internal import Gateway
internal import HTTP2
internal import Testing

/// Looks at everything that is on record and compares it with what the banks were told.
struct Audit {
    let endpoint: Endpoint
    let traffic: Traffic

    /// Lists every bank's payments: each UETR once, none that nobody sent, all that were
    /// acknowledged, no step back; and sums of zero.
    func check() async throws -> ProtoSummary {
        for bank in Market.banks {
            let listed = try await list(bank)
            #expect(Set(listed.map(\.uetr)).count == listed.count, "a UETR twice")
            let sent = await traffic.sent
            for payment in listed {
                #expect(sent[payment.uetr]?.bank == bank, "\(payment.uetr) came from nowhere")
                await traffic.learn(payment, fills: .none)
            }
            let present = Set(listed.map(\.uetr))
            for payment in await traffic.acknowledged.values where payment.payer == bank {
                #expect(present.contains(payment.uetr), "\(payment.uetr) is lost")
            }
        }
        let complaints = await traffic.complaints
        #expect(complaints.isEmpty, "\(complaints.prefix(5))")
        return try await summary()
    }

    /// Counts and sums; the sums are zero.
    func summary() async throws -> ProtoSummary {
        let operators = try await BankClient.connect(endpoint, as: "operator")
        let summary: ProtoSummary = try await operators.get("GET", "/v1/summary")
        await operators.close()
        for currency in summary.currencies {
            #expect(currency.sum == "0.00", "\(currency.currency)")
        }
        return summary
    }

    /// Reads every payment with its fills: they add up to what was paid and received, and each is
    /// shared by exactly two payments that gave each other the same amounts.
    func checkFills() async throws -> Int {
        var sides: [UInt64: [ProtoFill]] = [:]
        for bank in Market.banks {
            let client = try await BankClient.connect(endpoint, as: bank)
            let uetrs = await traffic.acknowledged.values.filter { $0.payer == bank }.map(\.uetr)
            for payment in try await read(uetrs, client) {
                await traffic.learn(payment, fills: .all)
                let paid = payment.fills.reduce(Decimal()) { $0 + decimal($1.paid.amount) }
                let received = payment.fills.reduce(Decimal()) { $0 + decimal($1.received.amount) }
                #expect(paid == decimal(payment.paid.amount), "\(payment.uetr)")
                #expect(received == decimal(payment.received.amount), "\(payment.uetr)")
                for fill in payment.fills { sides[fill.fillID, default: []].append(fill) }
            }
            await client.close()
        }
        for (number, sides) in sides {
            #expect(sides.count == 2, "fill \(number) has \(sides.count) sides")
            guard sides.count == 2 else { continue }
            #expect(sides[0].paid == sides[1].received && sides[1].paid == sides[0].received)
        }
        let complaints = await traffic.complaints
        #expect(complaints.isEmpty, "\(complaints.prefix(5))")
        return sides.count
    }

    private func read(_ uetrs: [String], _ client: BankClient) async throws -> [ProtoPayment] {
        try await withThrowingTaskGroup(of: [ProtoPayment].self) { group in
            let lanes = 8
            for lane in 0..<lanes {
                group.addTask {
                    var found: [ProtoPayment] = []
                    for position in stride(from: lane, to: uetrs.count, by: lanes) {
                        found.append(
                            try await client.get("GET", "/v1/payments/\(uetrs[position])"))
                    }
                    return found
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// All payments of a bank, page by page.
    private func list(_ bank: String) async throws -> [ProtoPayment] {
        let client = try await BankClient.connect(endpoint, as: bank)
        var request = ProtoListPaymentsRequest()
        request.pageSize = 1_000
        var payments: [ProtoPayment] = []
        repeat {
            let page: ProtoListPaymentsResponse = try await client.call(
                "PaymentService/ListPayments", request)
            payments += page.payments
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty
        await client.close()
        return payments
    }

    private func decimal(_ text: String) -> Decimal { Decimal(string: text) ?? .nan }
}

/// What `langqiao verify-store --json` says.
struct Verification: Decodable {
    var batches: UInt64
    var batchesBehindTables: UInt64
    var stateHash: String
    var differences: Int

    /// Compares log and tables of a database that may still be running.
    static func run(_ gateway: GatewayUnderTest, _ place: [String]) async throws -> Verification {
        let text = try await gateway.run(["verify-store", "--json"] + place)
        return try JSONDecoder().decode(Verification.self, from: Data(text.utf8))
    }
}
