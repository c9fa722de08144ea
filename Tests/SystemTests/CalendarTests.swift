internal import Domain
internal import Foundation
internal import Gateway
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// Calendars and business days of a gateway, by the API and the command line.
    @Suite("Calendars and business days")
    struct CalendarTests {
        private static let second: Timestamp = 1_000_000_000

        /// A business day turns though nobody sends anything, and its page adds up.
        @Test("A day turns by itself, and what is on its page adds up", .timeLimit(.minutes(2)))
        func aDayTurns() async throws {
            let gateway = try await Market.open()
            do {
                let people = try await BankClient.connect(gateway.endpoint, as: "operator")
                let turn = Timestamp(Date().timeIntervalSince1970) * Self.second + 8 * Self.second
                try await Market.adopt([.cny, .thb], until: turn, people)
                try await follow(people)
                let banks = try await trade(gateway)
                try await wait(for: turn, people)
                try await checkDay(people, banks)
                try await checkSession(gateway)
                for bank in banks { await bank.close() }
                await people.close()
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        /// Files become rows, rows are adopted by somebody else, and the check finds them.
        @Test("The command line makes, adopts and checks a calendar", .timeLimit(.minutes(2)))
        func fromFiles() async throws {
            let gateway = try await Market.open()
            do {
                let people = try await BankClient.connect(gateway.endpoint, as: "operator")
                await people.close()
                try await importAndAdopt("SGD", gateway)
                for code in ["ARS", "ETB", "KHR", "LAK", "MMK", "EUR", "CNY"] {
                    let made = try await calendar(
                        ["import", "--dry-run"] + files, code, "operator", gateway)
                    #expect(made.contains("401 dates from"), "\(made.suffix(300))")
                }
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        // MARK: Steps

        private func follow(_ people: BankClient) async throws {
            let _: ProtoCommandAnswer = try await people.get(
                "POST", "/v1/corridors/THB:setCalendars", #"{"followsCalendars":true}"#)
            let corridors: ProtoListCorridorsResponse = try await people.get(
                "GET", "/v1/corridors")
            #expect(corridors.corridors.map(\.followsCalendars) == [true])
            let metrics = try await people.send("GET", "/metrics").text
            #expect(metrics.contains("langqiao_business_day{currency=\"CNY\"} 1"))
            #expect(metrics.contains("langqiao_calendar_end_seconds{currency=\"THB\"}"))
        }

        /// Two payments that settle each other, and one that ends at the cut-off.
        private func trade(_ gateway: GatewayUnderTest) async throws -> [BankClient] {
            let names = [Market.chinese[0], Market.thai[0]]
            var clients: [BankClient] = []
            for (own, other) in [(names[0], names[1]), (names[1], names[0])] {
                let client = try await BankClient.connect(gateway.endpoint, as: own)
                let order = Market.order(from: own, to: other)
                let payment: ProtoPayment = try await client.call(
                    "PaymentService/SubmitPayment", order)
                #expect(payment.status == (clients.isEmpty ? "PDNG" : "ACSC"))
                clients.append(client)
            }
            var order = Market.order(from: names[0], to: names[1])
            order.timeInForce = .day
            let _: ProtoPayment = try await clients[0].call("PaymentService/SubmitPayment", order)
            return clients
        }

        /// Nobody sends anything until the day has turned.
        private func wait(for turn: Timestamp, _ people: BankClient) async throws {
            for _ in 0..<300 {
                let days: ProtoListBusinessDaysResponse = try await people.get(
                    "GET", "/v1/calendars/CNY/days")
                if days.days.count == 2 {
                    #expect(days.days.map(\.number) == [2, 1])
                    #expect(days.days[0].date.isEmpty && !days.days[1].date.isEmpty)
                    #expect(days.days[1].endedAt == days.days[0].beganAt)
                    #expect(days.days[1].lastLogIndex + 1 == days.days[0].firstLogIndex)
                    #expect(days.days[0].beganAt.seconds >= turn / Self.second)
                    return
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            Issue.record("the business day does not turn")
        }

        /// R20.5 opening + entries = closing, for every account of the day.
        private func checkDay(_ people: BankClient, _ banks: [BankClient]) async throws {
            for code in ["CNY", "THB"] {
                let page: ProtoBusinessDayBalances = try await people.get(
                    "GET", "/v1/calendars/\(code)/days/1")
                #expect(page.balances.count > 3)
                for balance in page.balances {
                    let day: ProtoAccountDay = try await people.get(
                        "GET", "/v1/accounts/\(balance.accountID)/days/1")
                    #expect(day.balance == balance && day.day == page.day)
                    let moved = day.transfers.reduce(Decimal(0)) { sum, transfer in
                        let amount = Decimal(string: transfer.amount.amount) ?? 0
                        // A bank that is its own creditor pays itself.
                        let isIn = transfer.creditAccount == balance.accountID
                        let isOut = transfer.debitAccount == balance.accountID
                        return sum + (isIn ? amount : 0) - (isOut ? amount : 0)
                    }
                    let opening = Decimal(string: balance.opening) ?? 0
                    #expect(opening + moved == Decimal(string: balance.closing), "\(balance)")
                }
                #expect(page.balances.contains { $0.opening != $0.closing })
                let payments: ProtoListPaymentsResponse = try await people.get(
                    "GET", "/v1/payments?currency=\(code)&day=1")
                #expect(payments.payments.count == 3)
                let later: ProtoListPaymentsResponse = try await people.get(
                    "GET", "/v1/payments?currency=\(code)&day=running")
                #expect(later.payments.isEmpty)
            }
            let own: ProtoBusinessDayBalances = try await banks[0].get(
                "GET", "/v1/calendars/CNY/days/1")
            #expect(own.balances.map(\.participant) == [Market.chinese[0]])
            #expect(try await banks[0].send("GET", "/v1/calendars/CNY/days/9").status == 404)
            #expect(try await banks[0].send("GET", "/v1/calendars/CNY/staged").status == 403)
        }

        /// The DAY order has ended, and behind the last date of the calendar nothing is open.
        private func checkSession(_ gateway: GatewayUnderTest) async throws {
            let client = try await BankClient.connect(gateway.endpoint, as: Market.chinese[0])
            let list: ProtoListPaymentsResponse = try await client.get("GET", "/v1/payments")
            #expect(list.payments.contains { $0.endReason == "expired" })
            let order = Market.order(from: Market.chinese[0], to: Market.thai[0])
            let reply = try await client.send(
                "PUT", "/v1/payments/\(order.uetr)", try order.jsonString())
            #expect(reply.problem?.code == "OUTSIDE_SESSION")
            await client.close()
        }

        // MARK: The command line

        private var files: [String] {
            let docs = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../docs/calendars").standardizedFileURL.path
            return ["--hours", "\(docs)/hours.csv", "--holidays", "\(docs)/holidays.csv"]
        }

        private func calendar(
            _ words: [String], _ currency: String, _ who: String, _ gateway: GatewayUnderTest,
            expecting: Int32 = 0
        ) async throws -> String {
            try await gateway.run(
                ["calendar"] + words + [
                    "--as", who, "--currency", currency, "--port", "\(gateway.port)",
                    "--certificates", gateway.certificates,
                ], expecting: expecting)
        }

        private func importAndAdopt(_ code: String, _ gateway: GatewayUnderTest) async throws {
            _ = try await calendar(["check"] + files, code, "operator", gateway, expecting: 1)
            let made = try await calendar(["import"] + files, code, "operator", gateway)
            let words = made.split(whereSeparator: \.isWhitespace).map(String.init)
            func value(_ option: String) -> String {
                words.firstIndex(of: option).map { words[$0 + 1] } ?? ""
            }
            let adoption = [
                "adopt", "--first", value("--first"), "--last", value("--last"), "--digest",
            ]
            let wrong = String(repeating: "0", count: 32)
            _ = try await calendar(
                adoption + [wrong], code, "second-operator", gateway, expecting: 1)
            let staged = try await calendar(["show", "--staged"], code, "operator", gateway)
            #expect(staged.contains(value("--digest")))
            _ = try await calendar(
                adoption + [value("--digest")], code, "second-operator", gateway)
            let shown = try await calendar(["show"], code, "operator", gateway)
            #expect(shown.contains(value("--digest")) && shown.contains("closed"))
            let checked = try await calendar(["check"] + files, code, "operator", gateway)
            #expect(checked.contains("0 dates differ"))
        }
    }
}

extension Market {
    /// One date of each calendar, today's, and no other.
    static func adopt(
        _ currencies: [Currency], until turn: Timestamp, _ people: BankClient
    ) async throws {
        let second: Timestamp = 1_000_000_000
        let date = CivilDate(rawValue: UInt16(turn / (86_400 * second)))
        for currency in currencies {
            let day = CalendarDay(
                currency, date, opens: turn - 3_600 * second, cutOff: turn, turn: turn)
            let _: ProtoCommandAnswer = try await people.call(
                "OperatorService/StageCalendarDay", ProtoStageCalendarDayRequest(day))
            let staged: ProtoListCalendarDaysResponse = try await people.get(
                "GET", "/v1/calendars/\(currency.code)/staged")
            #expect(try staged.days.map { try CalendarDay($0) } == [day])
            let _: ProtoCommandAnswer = try await people.get(
                "POST", "/v1/calendars/\(currency.code):adopt",
                """
                {"firstDate":"\(date)","lastDate":"\(date)","days":1,
                "digest":"\(staged.digest)"}
                """)
            let known: ProtoListCalendarDaysResponse = try await people.get(
                "GET", "/v1/calendars/\(currency.code)?first_date=\(date)&last_date=\(date)")
            #expect(known == staged)
        }
    }
}
