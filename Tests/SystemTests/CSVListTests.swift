internal import Foundation
internal import Gateway
internal import HTTP2
internal import Testing

extension SystemTests {
    /// Lists as CSV: all pages, sums, and nothing that a spreadsheet would run.
    @Suite("Lists come as CSV")
    struct CSVListTests {
        @Test(.timeLimit(.minutes(3)))
        func lists() async throws {
            let gateway = try await Market.open()
            do {
                let people = try await BankClient.connect(gateway.endpoint, as: "operator")
                let bank = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
                try await longList(people, bank)
                try await sums(people)
                try await formulas(people)
                try await forms(people, bank)
                try await rest(bank: Market.thai[0], gateway.endpoint)
                try await everyList(people)
                try await messages(people, bank)
                try await withdrawals(gateway.endpoint, people, bank)
                await bank.close()
                await people.close()
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        /// More rows than any page has.
        private func longList(_ people: BankClient, _ bank: BankClient) async throws {
            var sent: Set<String> = []
            for _ in 0..<3 {
                var request = ProtoSubmitPaymentsRequest()
                request.orders = (0..<500).map { _ in
                    var order = Market.order(from: Market.chinese[0], to: Market.thai[0])
                    order.timeInForce = .immediateOrCancel
                    order.details.endToEndID = "=1+1"
                    return order
                }
                sent.formUnion(request.orders.map(\.uetr))
                let _: ProtoSubmitPaymentsResponse = try await bank.call(
                    "PaymentService/SubmitPayments", request)
            }
            for client in [people, bank] {
                let table = try await Table(client, "/v1/payments?format=csv&page_size=7")
                #expect(Set(table.column("uetr")) == sent)
                #expect(table.column("uetr").count == sent.count)
                #expect(table.notes.contains("# rows 1500"))
                #expect(table.notes.contains { $0.hasPrefix("# log index ") })
                #expect(Set(table.column("details_end_to_end_id")) == ["'=1+1"])
                #expect(Set(table.column("status")) == ["CANC"])
            }
            let none = try await Table(people, "/v1/payments?format=csv&status=PDNG")
            #expect(none.rows.isEmpty && none.notes.contains("# rows 0"))
        }

        /// Every currency sums to zero.
        private func sums(_ people: BankClient) async throws {
            let table = try await Table(people, "/v1/accounts?format=csv")
            let place = try #require(table.heading.firstIndex(of: "balance"))
            #expect(table.totals.map { $0[0] } == ["# total CNY", "# total THB"])
            #expect(table.totals.map { $0[place] } == ["0.00", "0.00"])
            let account = try #require(table.rows.first { $0[1] == "settlement" })[0]
            let moved = try await Table(people, "/v1/accounts/\(account)/transfers?format=csv")
            #expect(moved.totals.map { $0[0] } == ["# total CNY credited"])
        }

        private func formulas(_ people: BankClient) async throws {
            let name = #"@SUM(1,2) "quoted""#
            let body = #"{"name": "@SUM(1,2) \"quoted\"", "roles": ["PAYER"]}"#
            let reply = try await people.send("PUT", "/v1/participants/CITIUS33", body)
            #expect(reply.status == 200, "\(reply.text)")
            let table = try await Table(people, "/v1/participants?format=csv")
            #expect(table.column("name").contains("'" + name))
        }

        /// By the query or by the header, and an error is one in JSON.
        private func forms(_ people: BankClient, _ bank: BankClient) async throws {
            let header = try await people.send(
                "GET", "/v1/corridors", headers: ["accept": "text/csv"])
            #expect(header.headers["content-type"] == "text/csv; charset=utf-8; header=present")
            let both = try await people.send(
                "GET", "/v1/corridors", headers: ["accept": "text/csv, application/json"])
            #expect(both.headers["content-type"] == "application/json")
            let json = try await people.send(
                "GET", "/v1/corridors?format=json", headers: ["accept": "text/csv"])
            #expect(json.headers["content-type"] == "application/json")
            for (target, code) in [
                ("/v1/corridors?format=xml", "MALFORMED_REQUEST"),
                ("/v1/accounts/99/transfers?format=csv", "NOT_FOUND"),
                ("/v1/payments?format=csv&status=LATE", "MALFORMED_REQUEST"),
                ("/v1/summary?format=csv", "MALFORMED_REQUEST"),
            ] {
                let reply = try await people.send("GET", target)
                #expect(reply.problem?.code == code, "\(target): \(reply.text)")
            }
            let secret = try await bank.send("GET", "/v1/nostros?format=csv")
            #expect(secret.problem?.code == "PERMISSION_DENIED")
            let head = try await people.send("HEAD", "/v1/corridors?format=csv")
            #expect(head.status == 200 && head.body.isEmpty)
        }

        /// An order that stands in the book.
        private func rest(bank name: String, _ endpoint: Endpoint) async throws {
            let client = try await BankClient.connect(endpoint, as: name)
            var order = Market.order(from: name, to: Market.chinese[0])
            order.limitRate = "4.95"
            let payment: ProtoPayment = try await client.call("PaymentService/SubmitPayment", order)
            #expect(payment.status == "PDNG")
            await client.close()
        }

        private func everyList(_ people: BankClient) async throws {
            for target in [
                "participants", "nostros", "operators", "proposals", "corridors", "accounts",
                "withdrawals", "cases", "calendars/CNY", "calendars/CNY/staged",
                "calendars/CNY/days", "payments", "agentStatements",
            ] {
                let table = try await Table(people, "/v1/\(target)?format=csv")
                #expect(table.heading.count > 2, "\(target)")
            }
            // Two lists in one, which the first column tells apart.
            let policy = try await Table(people, "/v1/policy?format=csv")
            #expect(policy.heading.prefix(2) == ["list", "command"])
            #expect(Set(policy.column("list")) == ["standing"] && policy.rows.count > 20)
            let book = try await Table(people, "/v1/corridors/THB/book?format=csv")
            #expect(book.heading == ["list", "rate", "orders", "renminbi", "foreign"])
            #expect(book.column("list") == ["pay_foreign"] && book.column("rate") == ["4.95"])
        }

        /// A bank's messages, without the documents, behind the last that it has.
        private func messages(_ people: BankClient, _ bank: BankClient) async throws {
            let reply = try await people.send(
                "PUT", "/v1/participants/\(Market.chinese[0])/messaging",
                #"{"wishes": ["NOTIFICATIONS"]}"#)
            #expect(reply.status == 200, "\(reply.text)")
            for _ in 0..<3 {
                let bank = Market.chinese[0]
                let body =
                    #"{"participant": "\#(bank)", "currency": "CNY", "amount": "1.00"}"#
                let funded = try await people.send(
                    "PUT", "/v1/fundings/\(UUID().uuidString.lowercased())", body)
                #expect(funded.status == 200, "\(funded.text)")
            }
            var list = ProtoListMessagesResponse()
            for _ in 0..<200 where list.messages.isEmpty {
                list = try await bank.get("GET", "/v1/messages")
                try await Task.sleep(for: .milliseconds(50))
            }
            let table = try await Table(bank, "/v1/messages?format=csv&page_size=1")
            #expect(table.heading == ["number", "name", "time", "note", "part", "parts"])
            #expect(table.column("number") == list.messages.map { "\($0.number)" })
            #expect(table.column("name").allSatisfy { $0.hasPrefix("camt.054") })
            let none = try await Table(bank, "/v1/messages?format=csv&after=\(list.newest)")
            #expect(none.rows.isEmpty && none.notes.contains("# filter after=\(list.newest)"))
        }

        /// Newest first, page by page, by state and bank.
        private func withdrawals(
            _ endpoint: Endpoint, _ people: BankClient, _ bank: BankClient
        ) async throws {
            var references: [String] = []
            for amount in 1...5 {
                let reference = UUID().uuidString.lowercased()
                let reply = try await bank.send(
                    "PUT", "/v1/withdrawals/\(reference)",
                    #"{"currency": "CNY", "amount": "\#(amount).00"}"#)
                #expect(reply.status == 200, "\(reply.text)")
                references.insert(reference, at: 0)
            }
            var seen: [String] = []
            var token = ""
            repeat {
                let page: ProtoListWithdrawalsResponse = try await bank.get(
                    "GET", "/v1/withdrawals?page_size=2&page_token=\(token)")
                seen += page.withdrawals.map(\.reference)
                token = page.nextPageToken
            } while !token.isEmpty
            #expect(seen == references)
            for step in ["order", "confirm"] {
                let reply = try await people.send(
                    "POST", "/v1/withdrawals/\(references[1]):\(step)")
                #expect(reply.status == 200, "\(reply.text)")
            }
            let underWay = try await Table(
                people,
                "/v1/withdrawals?format=csv&state=under-way&participant=\(Market.chinese[0])")
            #expect(underWay.column("reference") == references.filter { $0 != references[1] })
            let place = try #require(underWay.heading.firstIndex(of: "amount"))
            #expect(underWay.totals.map { $0[place] } == ["11.00"])
            let confirmed: ProtoListWithdrawalsResponse = try await people.get(
                "GET", "/v1/withdrawals?state=confirmed")
            #expect(confirmed.withdrawals.map(\.reference) == [references[1]])
            let other = try await BankClient.connect(endpoint, as: Market.chinese[1])
            let own: ProtoListWithdrawalsResponse = try await other.get("GET", "/v1/withdrawals")
            #expect(own.withdrawals.isEmpty)
            await other.close()
        }
    }
}

/// A list as CSV, taken apart.
private struct Table {
    let heading: [String]
    /// Without the last lines.
    let rows: [[String]]
    let totals: [[String]]
    /// First cells of the lines behind them.
    let notes: [String]

    init(_ client: BankClient, _ target: String) async throws {
        let reply = try await client.send("GET", target)
        guard reply.status == 200 else { throw Refused(reply) }
        let text = reply.text
        #expect(text.hasPrefix("\u{FEFF}") && text.hasSuffix("\r\n"))
        let lines = text.dropFirst().split(separator: "\r\n").map { Table.cells(String($0)) }
        heading = lines[0]
        for line in lines { #expect(line.count == lines[0].count, "\(line)") }
        let body = lines.dropFirst()
        rows = body.filter { !$0[0].hasPrefix("# ") }
        totals = body.filter { $0[0].hasPrefix("# total") }
        notes = body.map { $0[0] }.filter { $0.hasPrefix("# ") && !$0.hasPrefix("# total") }
    }

    func column(_ name: String) -> [String] {
        guard let place = heading.firstIndex(of: name) else { return [] }
        return rows.map { $0[place] }
    }

    /// RFC 4180, without ends of lines in quotes.
    private static func cells(_ line: String) -> [String] {
        var cells = [""]
        var (isQuoted, last) = (false, Character(" "))
        for character in line {
            defer { last = character }
            switch character {
            case "\"":
                // Two of them within quotes are one.
                if !isQuoted, last == "\"" { cells[cells.count - 1].append("\"") }
                isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }
}
