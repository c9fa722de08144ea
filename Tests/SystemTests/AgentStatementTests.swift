internal import Domain
internal import Foundation
internal import Gateway
internal import SwiftProtobuf
internal import Testing

extension SystemTests {
    /// What agents say, by the API and over a restart (R23).
    @Suite("Statements of agents")
    struct AgentStatementTests {
        @Test("A day is missing, comes, and the account is proven", .timeLimit(.minutes(2)))
        func missingDay() async throws {
            let gateway = try await Market.open()
            do {
                let people = try await BankClient.connect(gateway.endpoint, as: "operator")
                try await firstDay(people)
                try await gap(people)
                try await abandoned(people)
                await people.close()
                try await gateway.killHard()
                try await gateway.start()
                let again = try await BankClient.connect(gateway.endpoint, as: "operator")
                try await fill(again)
                try await lists(again)
                await again.close()
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        private func begin(
            _ people: BankClient, _ day: Int, _ opening: String, _ closing: String, lines: Int = 0
        ) async throws -> ProtoBeginAgentStatementAnswer {
            try await people.get(
                "POST", "/v1/nostros/0/statements",
                """
                {"currency":"CNY","firstDate":"2026-11-0\(day)","lastDate":"2026-11-0\(day)",
                "opening":"\(opening)","closing":"\(closing)","lines":\(lines),
                "digest":"\(String(repeating: "\(day)", count: 32))","sequence":"\(day)",
                "format":"camt.053.001.08","findings":"none"}
                """)
        }

        private func refusal(
            _ people: BankClient, _ target: String, _ body: String
        ) async throws -> String {
            let reply = try await people.send("POST", target, body)
            return "\(reply.problem?.code ?? "\(reply.status)") \(reply.text)"
        }

        /// 700 lines in two calls, of which the second one begins too early at first.
        private func firstDay(_ people: BankClient) async throws {
            let answer = try await begin(people, 1, "-1.50", "698.50", lines: 700)
            #expect(answer.statement == 1 && !answer.repetition)
            let same = try await begin(people, 1, "-1.50", "698.50", lines: 700)
            #expect(same.statement == 1 && same.repetition)
            let path = "/v1/agentStatements/1"
            #expect(
                try await refusal(people, "\(path):take", #"{"way":"OPENING"}"#)
                    .contains("0 of 700 lines have come"))
            func add(
                _ first: Int, _ count: Int, _ id: String
            ) async throws -> ProtoAddAgentStatementLinesAnswer {
                let line = #"{"amount":"1.00","bookingDate":"2026-11-01","remittance":"=1+1"}"#
                let lines = [String](repeating: line, count: count).joined(separator: ",")
                return try await people.get(
                    "POST", "\(path)/lines",
                    """
                    {"currency":"CNY","firstPosition":\(first),"lines":[\(lines)],
                    "commandId":"\(id)"}
                    """)
            }
            let ids = (0..<3).map { _ in UUID().uuidString.lowercased() }
            let first = try await add(1, 400, ids[0])
            #expect(first.added == 400 && first.result.code == "ACCEPTED")
            let wrong = try await add(300, 1, ids[1])
            #expect(wrong.added == 0 && wrong.refusedPosition == 300)
            #expect(wrong.result.code == "AGENT_LINE_OUT_OF_ORDER")
            #expect(try await add(401, 300, ids[2]).added == 300)
            #expect(try await add(401, 300, ids[2]).added == 300)
            #expect(
                try await refusal(people, "\(path):take", "{}").hasPrefix("AGENT_STATEMENT_FIRST"))
            let _: ProtoCommandAnswer = try await people.get(
                "POST", "\(path):take", #"{"way":"OPENING"}"#)
        }

        /// The second day is missing: the third one counts as an exception alone.
        private func gap(_ people: BankClient) async throws {
            #expect(try await begin(people, 3, "650.00", "650.00").statement == 2)
            let path = "/v1/agentStatements/2"
            let words = try await refusal(people, "\(path):take", "{}")
            #expect(words.hasPrefix("AGENT_STATEMENT_GAP"))
            #expect(words.contains("opens with 650.00") && words.contains("closes with 698.50"))
            #expect(words.contains("-48.50 apart"))
            #expect(
                try await refusal(people, "\(path):take", #"{"way":"EXCEPTION"}"#)
                    .hasPrefix("MALFORMED_REQUEST"))
            let _: ProtoCommandAnswer = try await people.get(
                "POST", "\(path):take", #"{"way":"EXCEPTION","note":"Day 2 is late"}"#)
            let found: ProtoAgentStatementDetail = try await people.get("GET", path)
            #expect(found.statement.gap == "-48.50" && found.statement.difference == "0.00")
            #expect(found.earlier == 1 && found.reason == "Day 2 is late")
            #expect(found.provenThrough == "2026-11-01" && found.statement.way == .exception)
            let overlap = try await refusal(
                people, "/v1/nostros/0/statements",
                """
                {"currency":"CNY","firstDate":"2026-11-02","lastDate":"2026-11-03","opening":"0.00",
                "closing":"0.00","digest":"\(String(repeating: "f", count: 32))"}
                """)
            #expect(overlap.hasPrefix("AGENT_STATEMENT_OVERLAPS"))
            #expect(overlap.contains("statement 2, 2026-11-03 to 2026-11-03, is taken"))
        }

        /// What is given up leaves its lines on record, and nothing else.
        private func abandoned(_ people: BankClient) async throws {
            #expect(try await begin(people, 2, "0.00", "2.00", lines: 2).statement == 3)
            let path = "/v1/agentStatements/3"
            let _: ProtoCommandAnswer = try await people.get(
                "PUT", "\(path)/lines/1", #"{"amount":"2.00","currency":"CNY"}"#)
            let _: ProtoCommandAnswer = try await people.get("POST", "\(path):abandon", "{}")
            #expect(
                try await refusal(people, "\(path):take", "{}")
                    .hasPrefix("AGENT_STATEMENT_NOT_RECEIVING"))
        }

        private func fill(_ people: BankClient) async throws {
            #expect(try await begin(people, 2, "698.50", "650.00", lines: 1).statement == 4)
            let _: ProtoCommandAnswer = try await people.get(
                "PUT", "/v1/agentStatements/4/lines/1",
                #"{"amount":"-48.50","currency":"CNY","bookingDate":"2026-11-02"}"#)
            let _: ProtoCommandAnswer = try await people.get(
                "POST", "/v1/agentStatements/4:take", "{}")
            let found: ProtoAgentStatementDetail = try await people.get(
                "GET", "/v1/agentStatements/2")
            #expect(found.statement.gap == "0.00" && found.earlier == 4)
            #expect(found.provenThrough == "2026-11-03")
        }

        private func lists(_ people: BankClient) async throws {
            let taken: ProtoListAgentStatementsResponse = try await people.get(
                "GET", "/v1/agentStatements?currency=CNY&state=taken&page_size=2")
            #expect(taken.statements.map(\.statement) == [4, 2] && taken.nextPageToken == "2")
            #expect(taken.statements.map(\.format) == ["camt.053.001.08", "camt.053.001.08"])
            let page: ProtoListAgentStatementLinesResponse = try await people.get(
                "GET", "/v1/agentStatements/1/lines?page_size=2&page_token=698")
            #expect(page.lines.map(\.position) == [699, 700] && page.nextPageToken.isEmpty)
            #expect(page.lines.last?.amount == "1.00" && page.lines.last?.remittance == "=1+1")
            let table = try await people.send("GET", "/v1/agentStatements/1/lines?format=csv")
            #expect(table.text.contains("# rows 700,") && table.text.contains("700.00"))
        }
    }
}
