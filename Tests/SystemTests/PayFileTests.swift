internal import Foundation
internal import Gateway
internal import Testing

extension SystemTests {
    @Suite("langqiao pay --file")
    struct PayFileTests {
        private static let payments = 200_000
        private static let bank = Market.chinese[0]

        @Test("Killed three times, it has paid everything once", .timeLimit(.minutes(3)))
        func everyPaymentIsOnRecordOnce() async throws {
            let gateway = try await Market.open()
            do {
                try await sendInPieces(gateway)
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        private func sendInPieces(_ gateway: GatewayUnderTest) async throws {
            let given = try write(gateway)
            // The client is killed, once asked to stop, and then the gateway is killed.
            var answered = 0
            for (round, signal) in [SIGKILL, SIGINT, SIGKILL].enumerated() {
                let child = try pay(gateway, "pay-\(round)")
                try await waitForAnswers(gateway)
                if round == 2 { try await gateway.killHard() } else { child.send(signal) }
                if round == 2 { child.send(signal) }
                let status = try await child.end()
                #expect(status == (signal == SIGINT ? 130 : 128 + SIGKILL))
                answered = answers(gateway)
            }
            #expect(answered < Self.payments, "it was to be interrupted")
            try await gateway.start(port: gateway.port)
            let last = try pay(gateway, "pay-last")
            #expect(try await last.end() == 0, "\(last.errorText)")
            let summary = try JSONDecoder().decode(
                Summary.self, from: Data(last.outputText.utf8))
            #expect(summary.payments == Self.payments && summary.accepted == Self.payments)
            #expect(summary.answeredBefore == answered && summary.unanswered == 0)

            let again = try pay(gateway, "pay-again")
            #expect(try await again.end() == 0)
            try await expectRecord(gateway, given)
            print(
                """
                pay --file: \(Self.payments) payments, \(answered) answered in 3 interrupted runs, \
                \(summary.repetitions) repetitions, \
                \(Int(Double(Self.payments - answered) / summary.seconds)) a second at the end
                """)
        }

        /// What is on record: as many payments as the file has, the given UETR among them.
        private func expectRecord(_ gateway: GatewayUnderTest, _ given: String) async throws {
            let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
            let counts: ProtoSummary = try await operators.get("GET", "/v1/summary")
            #expect(
                counts.statuses.map { "\($0.status) \($0.payments)" } == [
                    "PDNG \(Self.payments)"
                ])
            let payment: ProtoPayment = try await operators.get("GET", "/v1/payments/\(given)")
            #expect(payment.details.endToEndID == "a \"quoted\", name")
            #expect(payment.fixed == .payAmount("2.50") && payment.payer == Self.bank)
            await operators.close()
        }

        @Test("Bad lines are named and nothing is sent")
        func badLines() async throws {
            let gateway = try await Market.open()
            do {
                let text = """
                    uetr,creditorParticipant,payCurrency,receiveCurrency,payAmount,endToEndId
                    ,BKKBTHBK,CNY,THB,1.00,fine
                    ,BKKBTHBK,CNY,THB,1.001,too fine
                    ,BKKBTHBK,CNY,THB,1.00
                    7c9e6679-7425-40de-944b-e07fc1f90ae7,nobody,CNY,THB,1.00,""

                    7c9e6679-7425-40de-944b-e07fc1f90ae7,BKKBTHBK,CNY,THB,1.00,x
                    7C9E6679-7425-40DE-944B-E07FC1F90AE7,BKKBTHBK,CNY,THB,1.00,"x
                    y"
                    ,BKKBTHBK,CNY,THB,1.00,"a"b
                    ,BKKBTHBK,CNY,CNY,1.00,0123456789012345678901234567890123456
                    """
                try text.write(toFile: file(gateway), atomically: true, encoding: .utf8)
                let child = try pay(gateway, "bad", json: false)
                #expect(try await child.end() == 1)
                let named = child.errorText.split(separator: "\n").dropLast().map {
                    $0.dropFirst("Error: \(file(gateway))".count).prefix(34)
                }
                #expect(
                    named == [
                        ":3: pay_amount must be an amount o", ":4: has 5 fields, the heading has ",
                        ":5: creditor_participant must be a", ":8: uetr is that of line 7",
                        ":10: a quoted field goes on behind", ":11: endToEndId must fit 35 bytes",
                    ], "\(child.errorText)")
                #expect(!FileManager.default.fileExists(atPath: file(gateway) + ".progress"))
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        // MARK: Journals and options

        /// A file and its journal as a run finds them, and how that run ends.
        private struct Finding {
            let name: String
            let status: Int32
            /// Part of what it says to standard error, or to standard output when that is good.
            let says: String
            var arguments: [String] = []
            var file: String?
            /// Nil leaves none.
            var journal: String?
        }

        @Test("Whatever the journal says, a run ends as documented and keeps it")
        func journals() async throws {
            let gateway = try await Market.open()
            do {
                let heading = "creditorParticipant,payCurrency,receiveCurrency,payAmount\n"
                let file = heading + "BKKBTHBK,CNY,THB,1.00\nBKKBTHBK,CNY,THB,2.00\n"
                try await expect(
                    Finding(
                        name: "new", status: 0, says: "\"answeredBefore\":0", file: file), gateway)
                let journal = try String(
                    contentsOfFile: self.file(gateway) + ".progress", encoding: .utf8)
                #expect(journal.hasSuffix("\n2 0 PDNG\n3 0 PDNG\n"))
                for finding in findings(heading, file, journal) {
                    try await expect(finding, gateway)
                }
            } catch {
                Issue.record("\(error)")
            }
            await gateway.remove()
        }

        private func findings(
            _ heading: String, _ file: String, _ journal: String
        ) -> [Finding] {
            let lines = journal.split(separator: "\n")
            let answered = lines[..<3].joined(separator: "\n") + "\n2 0 PDNG\n"
            let beside = [
                ["--limit", "4.9"], ["--time-in-force", "day"], ["--fill-policy", "any"],
                ["--payer", Self.bank], ["--end-to-end-id", "x"], ["--to", Market.thai[0]],
            ]
            return beside.map {
                Finding(
                    name: $0[0], status: 64, says: "give none beside it", arguments: $0,
                    file: file, journal: journal)
            } + [
                Finding(name: "empty", status: 1, says: "has no heading", file: ""),
                Finding(name: "heading", status: 0, says: "\"payments\":0", file: heading),
                Finding(
                    name: "changed", status: 1, says: "for another content",
                    file: file + "BKKBTHBK,CNY,THB,3.00\n",
                    journal: journal),
                Finding(
                    name: "bank", status: 1, says: "for another bank",
                    arguments: ["--as", Market.chinese[1]], file: file, journal: journal),
                Finding(
                    name: "gateway", status: 1, says: "is for the gateway localhost:",
                    arguments: ["--host", "127.0.0.1"], file: file, journal: journal),
                Finding(
                    name: "foreign", status: 1, says: "is no journal", file: file,
                    journal: "a text of somebody else"),
                Finding(
                    name: "line", status: 1, says: "is damaged at", file: file,
                    journal: "\(lines[0])\n2 7c9e6679\n\(lines[2])\n"),
                Finding(
                    name: "short", status: 1, says: "has no UETR for some lines", file: file,
                    journal: "\(lines[0])\n\(lines[1])\n"),
                Finding(
                    name: "half", status: 0, says: "\"repetitions\":1", file: file,
                    journal: answered + "3 0 PD"),
                Finding(
                    name: "unknown", status: 1, says: "\"code\":\"4711\",\"line\":3", file: file,
                    journal: answered + "3 4711 -\n"),
                Finding(
                    name: "away", status: 69, says: "\"unanswered\":2",
                    arguments: ["--port", "1"], file: file),
            ]
        }

        private func expect(_ finding: Finding, _ gateway: GatewayUnderTest) async throws {
            let journal = file(gateway) + ".progress"
            try finding.file?.write(toFile: file(gateway), atomically: true, encoding: .utf8)
            try? FileManager.default.removeItem(atPath: journal)
            try finding.journal?.write(toFile: journal, atomically: true, encoding: .utf8)
            let child = try pay(gateway, "pay-\(finding.name)", more: finding.arguments)
            let status = try await child.end()
            let text = child.outputText + child.errorText
            #expect(
                status == finding.status && text.contains(finding.says), "\(finding.name): \(text)")
            let kept = try? String(contentsOfFile: journal, encoding: .utf8)
            if status != 0, let before = finding.journal { #expect(kept == before) }
        }

        // MARK: Running it

        private struct Summary: Decodable {
            let payments: Int
            let accepted: Int
            let unanswered: Int
            let answeredBefore: Int
            let repetitions: Int
            let seconds: Double
        }

        private func file(_ gateway: GatewayUnderTest) -> String {
            "\(gateway.directory)/payments.csv"
        }

        /// Writes the file; gives the one UETR that it states.
        private func write(_ gateway: GatewayUnderTest) throws -> String {
            let given = UUID().uuidString.lowercased()
            var text = "uetr,creditorParticipant,payCurrency,receiveCurrency,payAmount,"
            text += "limitRate,timeInForce,endToEndId\r\n"
            for number in 1..<Self.payments {
                text += ",BKKBTHBK,CNY,THB,1.00,4.9,,INV-\(number)\r\n"
            }
            text += "\(given),BKKBTHBK,CNY,THB,2.50,4.9,GOOD_TILL_CANCELLED,"
            text += "\"a \"\"quoted\"\", name\"\r\n"
            try text.write(toFile: file(gateway), atomically: true, encoding: .utf8)
            return given
        }

        private func pay(
            _ gateway: GatewayUnderTest, _ name: String, json: Bool = true, more: [String] = []
        ) throws -> ChildProgram {
            try ChildProgram(
                GatewayUnderTest.program,
                [
                    "pay", "--as", Self.bank, "--certificates", gateway.certificates, "--host",
                    "localhost", "--port", "\(gateway.port)", "--file", file(gateway),
                ] + (json ? ["--json"] : []) + more, in: gateway.directory, name: name)
        }

        /// Returns soon after the first message of a run was answered.
        private func waitForAnswers(_ gateway: GatewayUnderTest) async throws {
            let journal = file(gateway) + ".progress"
            // A new journal appears whole, with all UETRs.
            var before = 0
            for _ in 0..<30_000 {
                if before == 0 { before = journalSize(journal) }
                if before > 0, journalSize(journal) > before + 60_000 { return }
                try await Task.sleep(for: .milliseconds(1))
            }
            throw TestFailure("no answers")
        }

        private func journalSize(_ path: String) -> Int {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return (attributes?[.size] as? NSNumber)?.intValue ?? 0
        }

        /// Answers in the journal: its lines behind the heading and the UETRs.
        private func answers(_ gateway: GatewayUnderTest) -> Int {
            guard
                let journal = FileManager.default.contents(atPath: file(gateway) + ".progress")
            else { return 0 }
            return journal.count { $0 == 10 } - 1 - Self.payments
        }
    }
}
