internal import Foundation
internal import Gateway
internal import HTTP2
internal import Testing

extension SystemTests {
    /// R15 through the wire: JSON for one side, gRPC for the other.
    @Suite("What follows a payment after it is settled")
    struct FollowUpTests {
        private static let payer = Market.chinese[0]
        private static let creditor = Market.thai[0]

        @Test("Credits, returns and cases are seen by both sides, and by nobody else")
        func bothSides() async throws {
            let gateway = try await Market.open()
            do {
                let payer = try await BankClient.connect(gateway.endpoint, as: Self.payer)
                let creditor = try await BankClient.connect(gateway.endpoint, as: Self.creditor)
                let other = try await BankClient.connect(gateway.endpoint, as: Market.bystander)
                let (first, second) = try await settle(payer, creditor)
                try await credit(second, payer, creditor)
                try await again(second, payer, gateway.endpoint)
                try await cancellation(first, payer, creditor)
                try await byOrder(first, payer, creditor)
                try await nothing(first, other)
                for client in [payer, creditor, other] { await client.close() }
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        /// Two payments that settle each other: the payer's and the creditor's.
        private func settle(
            _ payer: BankClient, _ creditor: BankClient
        ) async throws -> (String, String) {
            let first = Market.order(from: Self.payer, to: Self.creditor)
            let second = Market.order(from: Self.creditor, to: Self.payer)
            let open: ProtoPayment = try await payer.call("PaymentService/SubmitPayment", first)
            #expect(open.status == "PDNG")
            let early = try await creditor.send(
                "POST", "/v1/payments/\(first.uetr):confirm", #"{"status": "ACCC"}"#)
            #expect(early.problem?.code == "PAYMENT_UNDER_WAY")
            let done: ProtoPayment = try await creditor.call(
                "PaymentService/SubmitPayment", second)
            #expect(done.status == "ACSC" && !done.hasFollowUp)
            return (first.uetr, second.uetr)
        }

        /// R15.4, R15.5 The creditor of the second payment is the payer of the first.
        private func credit(
            _ uetr: String, _ payer: BankClient, _ creditor: BankClient
        ) async throws {
            let path = "/v1/payments/\(uetr):confirm"
            let wrongSide = try await creditor.send("POST", path, #"{"status": "ACCC"}"#)
            #expect(wrongSide.problem?.code == "PERMISSION_DENIED")
            let unsaid = try await payer.send("POST", path, #"{"status": "RJCT"}"#)
            #expect(unsaid.problem?.code == "REASON_INVALID")
            let rejected: ProtoFollowUpAnswer = try await payer.get(
                "POST", path, #"{"status": "RJCT", "reason": "AC04"}"#)
            #expect(rejected.caseNumber == 1 && !rejected.repetition)
            let seen: ProtoPayment = try await creditor.get("GET", "/v1/payments/\(uetr)")
            #expect(seen.status == "ACSC" && seen.followUp.creditStatus == "RJCT")
            #expect(seen.followUp.creditReason == "AC04" && seen.followUp.caseState == "open")
            let back = """
                {"returnId": "R-1", "currency": "CNY", "amount": "100.00", "reason": "AC04",
                "note": "account closed"}
                """
            for id in [#"R\u0007"#, "R" + String(repeating: "\u{301}", count: 35)] {
                let unsayable = try await payer.send(
                    "POST", "/v1/payments/\(uetr):return", back.replacing("R-1", with: id))
                #expect(unsayable.problem?.code == "MALFORMED_REQUEST")
            }
            let returned: ProtoFollowUpAnswer = try await payer.get(
                "POST", "/v1/payments/\(uetr):return", back)
            #expect(returned.caseNumber == 1)
            let again: ProtoFollowUpAnswer = try await payer.get(
                "POST", "/v1/payments/\(uetr):return", back)
            #expect(again.repetition)
            let conflict = try await payer.send(
                "POST", "/v1/payments/\(uetr):return", back.replacing("100.00", with: "1.00"))
            #expect(conflict.problem?.code == "RETURN_CONFLICT")
            let after: ProtoPayment = try await creditor.get("GET", "/v1/payments/\(uetr)")
            #expect(after.followUp.returned.amount == "100.00")
            #expect(after.followUp.returns.map(\.returnID) == ["R-1"])
            #expect(after.followUp.returns.first?.note == "account closed")
            #expect(after.followUp.caseState == "returned")
            try await statement(creditor)
        }

        /// R15.7 The identification of a return is known for the life of the record, also when the
        /// engine has forgotten it.
        private func again(
            _ uetr: String, _ payer: BankClient, _ endpoint: Endpoint
        ) async throws {
            let operators = try await BankClient.connect(endpoint, as: "operator")
            for _ in 0..<260 {
                let reply = try await operators.send(
                    "POST", "/v1/participants/\(Market.bystander):setState",
                    #"{"state": "ACTIVE"}"#)
                #expect(reply.status == 200)
            }
            await operators.close()
            let path = "/v1/payments/\(uetr):return"
            let back = """
                {"returnId": "R-1", "currency": "CNY", "amount": "100.00", "reason": "AC04",
                "note": "account closed"}
                """
            let repeated: ProtoFollowUpAnswer = try await payer.get("POST", path, back)
            #expect(repeated.repetition)
            let conflict = try await payer.send(
                "POST", path, back.replacing("100.00", with: "1.00"))
            #expect(conflict.problem?.code == "RETURN_CONFLICT")
        }

        /// A return is a line of the statement, also behind a page.
        private func statement(_ creditor: BankClient) async throws {
            let accounts: ProtoListAccountsResponse = try await creditor.get("GET", "/v1/accounts")
            let account = try #require(accounts.accounts.first { $0.currency == "CNY" })
            var kinds: [String] = []
            var token = ""
            repeat {
                let page: ProtoListTransfersResponse = try await creditor.get(
                    "GET",
                    "/v1/accounts/\(account.accountID)/transfers?page_size=1&page_token=\(token)")
                kinds += page.transfers.map(\.kind)
                token = page.nextPageToken
            } while !token.isEmpty
            #expect(kinds.first == "return" && kinds.count { $0 == "return" } == 1)
        }

        /// R15.9, R15.11
        private func cancellation(
            _ uetr: String, _ payer: BankClient, _ creditor: BankClient
        ) async throws {
            var ask = ProtoRequestCancellationRequest()
            ask.uetr = uetr
            ask.requestID = "C-1"
            ask.reason = "CUST"
            ask.note = "sent twice"
            let asked: ProtoFollowUpAnswer = try await payer.call(
                "FollowUpService/RequestCancellation", ask)
            #expect(asked.cancellationStatus == "PDCR" && asked.caseNumber == 2)
            let again: ProtoFollowUpAnswer = try await payer.call(
                "FollowUpService/RequestCancellation", ask)
            #expect(again.repetition && again.caseNumber == 2)
            let open: ProtoListCasesResponse = try await creditor.get(
                "GET", "/v1/cases?only_open=true")
            #expect(open.cases.map(\.number) == [2] && open.cases.first?.note == "sent twice")
            var answer = ProtoAnswerCancellationRequest()
            answer.uetr = uetr
            answer.caseNumber = 2
            answer.status = "RJCR"
            answer.reason = "CUST"
            let answered: ProtoFollowUpAnswer = try await creditor.call(
                "FollowUpService/AnswerCancellation", answer)
            #expect(answered.caseNumber == 2 && !answered.repetition)
            let late: ProtoFollowUpAnswer = try await payer.call(
                "FollowUpService/RequestCancellation", ask)
            #expect(late.repetition && late.cancellationStatus == "RJCR")
            let all: ProtoListCasesResponse = try await payer.get("GET", "/v1/cases?page_size=1")
            #expect(all.cases.map(\.state) == ["refused"] && all.nextPageToken == "2")
            let rest: ProtoListCasesResponse = try await payer.get(
                "GET", "/v1/cases?page_size=1&page_token=2")
            #expect(rest.cases.map(\.state) == ["returned"] && rest.nextPageToken.isEmpty)
            try await unsettled(payer)
        }

        /// What only rests is cancelled at once, as often as it is asked.
        private func unsettled(_ payer: BankClient) async throws {
            let order = Market.order(from: Self.payer, to: Self.creditor)
            let _: ProtoPayment = try await payer.call("PaymentService/SubmitPayment", order)
            let path = "/v1/payments/\(order.uetr):requestCancellation"
            let body = #"{"requestId": "C-2", "reason": "DUPL"}"#
            let ended: ProtoFollowUpAnswer = try await payer.get("POST", path, body)
            #expect(ended.cancellationStatus == "CNCL" && !ended.repetition)
            let again: ProtoFollowUpAnswer = try await payer.get("POST", path, body)
            #expect(again.cancellationStatus == "CNCL" && again.repetition)
        }

        /// R15.13 to R15.16 The payer's renminbi come back by an order of the creditor's bank.
        private func byOrder(
            _ uetr: String, _ payer: BankClient, _ creditor: BankClient
        ) async throws {
            var wish = ProtoReturnPaymentRequest()
            wish.uetr = uetr
            wish.returnID = "R-9"
            (wish.currency, wish.amount) = ("THB", "147.00")
            (wish.reason, wish.note, wish.limitRate) = ("FOCR", "in renminbi", "4.9")
            let method = "FollowUpService/ReturnPayment"
            let placed: ProtoFollowUpAnswer = try await creditor.call(method, wish)
            #expect(placed.order.status == "PDNG" && placed.order.paid.amount == "0.00")
            let again: ProtoFollowUpAnswer = try await creditor.call(method, wish)
            #expect(again.repetition && again.order == placed.order)
            let path = "/v1/payments/\(uetr):return"
            let kept = try await creditor.send(
                "POST", path,
                #"{"returnId":"R-8","currency":"THB","amount":"343.01","reason":"FOCR"}"#)
            #expect(kept.problem?.code == "RETURN_ABOVE_RECEIVED")
            let plain = try await creditor.send(
                "POST", path,
                #"{"returnId":"R-9","currency":"THB","amount":"147.00","reason":"FOCR"}"#)
            #expect(plain.problem?.code == "RETURN_CONFLICT")
            let untimely = try await creditor.send(
                "POST", path,
                #"{"returnId":"R-8","currency":"THB","amount":"1.00","timeInForce":"DAY"}"#)
            #expect(untimely.problem?.code == "MALFORMED_REQUEST")
            let other = Market.order(from: Self.payer, to: Self.creditor, amount: "20.00")
            let filled: ProtoPayment = try await payer.call("PaymentService/SubmitPayment", other)
            #expect(filled.status == "ACSC")
            for side in [payer, creditor] {
                let seen: ProtoPayment = try await side.get("GET", "/v1/payments/\(uetr)")
                let returned = try #require(seen.followUp.returns.first)
                #expect(seen.status == "ACSC" && seen.followUp.returned.amount == "98.00")
                #expect(returned.returnID == "R-9" && returned.note == "in renminbi")
                #expect(returned.amount.amount == "98.00" && returned.order.status == "ACSP")
                #expect(returned.order.received.amount == "20.00")
                #expect(returned.order.received.currency == "CNY")
            }
            var cancellation = ProtoCancelPaymentRequest()
            cancellation.uetr = placed.order.uetr
            let ended: ProtoPayment = try await creditor.call(
                "PaymentService/CancelPayment", cancellation)
            #expect(ended.status == "CANC")
            let rest: ProtoFollowUpAnswer = try await creditor.get(
                "POST", path,
                #"{"returnId":"R-8","currency":"THB","amount":"392.00","reason":"FOCR"}"#)
            #expect(!rest.repetition && !rest.hasOrder)
        }

        private func nothing(_ uetr: String, _ other: BankClient) async throws {
            for (verb, path, body) in [
                ("POST", "/v1/payments/\(uetr):confirm", #"{"status": "ACCC"}"#),
                ("GET", "/v1/cases/1", ""), ("GET", "/v1/payments/\(uetr)", ""),
            ] {
                #expect(try await other.send(verb, path, body).problem?.code == "NOT_FOUND")
            }
            let cases: ProtoListCasesResponse = try await other.get("GET", "/v1/cases")
            #expect(cases.cases.isEmpty)
        }
    }
}
