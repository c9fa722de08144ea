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
            try await gateway.start()
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
                    $0.dropFirst("error: \(file(gateway))".count).prefix(34)
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
            _ gateway: GatewayUnderTest, _ name: String, json: Bool = true
        ) throws -> ChildProgram {
            try ChildProgram(
                GatewayUnderTest.program,
                [
                    "pay", "--as", Self.bank, "--certificates", gateway.certificates, "--host",
                    "localhost", "--port", "\(gateway.port)", "--file", file(gateway),
                ] + (json ? ["--json"] : []), in: gateway.directory, name: name)
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
