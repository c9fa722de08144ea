internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import Testing

extension SystemTests {
    /// What operators do by the command line.
    @Suite("The command line of operators")
    struct OperatorLineTests {
        /// Methods that have a subcommand of another kind, one that goes on and on, and one of many
        /// commands at once.
        private static let others: Set = [
            "OperatorService/StageCalendarDay", "OperatorService/AdoptCalendar",
            "PaymentService/GetPayment", "LedgerService/GetBook", "Nodes/GetNode",
            "Nodes/TransferLeadership", "PaymentService/WatchPayments",
            "AgentStatementService/AddAgentStatementLines",
        ]

        @Test("Every method for operators has a verb")
        func everyMethodHasAVerb() {
            let verbs = Verbs.all.flatMap(\.verbs)
            let methods = Set(verbs.map(\.method))
            let wanted = MethodShape.names.filter {
                MethodShape(named: $0)?.isForOperators ?? false
            }
            #expect(wanted.count > 45)
            let missing = Set(wanted).subtracting(methods).subtracting(Self.others)
            #expect(missing.isEmpty, "a line in Verbs.swift is missing: \(missing.sorted())")
            for verb in verbs {
                #expect(MethodShape(named: verb.method) != nil, "\(verb.method)")
                let flags = verb.options.map(\.flag)
                #expect(Set(flags).count == flags.count, "\(verb.method): \(flags)")
                #expect(!verb.example.isEmpty, "\(verb.method) has an example")
            }
            for noun in Verbs.all { #expect(Set(noun.verbs.map(\.name)).count == noun.verbs.count) }
        }

        @Test("What a policy says of a command before it is given (R17.3)")
        func policyWords() {
            var policy = ProtoPolicy()
            func words(_ governance: Governance) -> PolicyWords {
                PolicyWords(Fund.kind, governance, under: policy)
            }
            let small = Governance(.payments, in: .cny, amount: 99)
            #expect(words(small).sentence.contains("any active operator gives fund alone"))
            policy.inForce = true
            for (currency, from, persons, role) in [
                ("", 0, 1, ProtoOperatorRole.payments), ("CNY", 100, 2, .limits),
                ("CNY", 1_000, 2, .security),
            ] as [(String, Int64, UInt32, ProtoOperatorRole)] {
                var line = ProtoPolicyLine()
                line.command = "fund"
                line.currency = currency
                line.from = from
                line.persons = persons
                line.roles = [role]
                policy.lines.append(line)
            }
            #expect(words(small).persons == 1 && words(small).roles == ["payments"])
            let more = words(Governance(.payments, in: .cny, amount: -100))
            #expect(more.persons == 2 && more.roles == ["limits"])
            #expect(words(Governance(.payments, in: .cny, amount: 1_000)).roles == ["security"])
            #expect(words(Governance(.payments, in: .thb, amount: 5_000)).persons == 1)
            #expect(words(Governance(.payments, .restriction, in: .cny, amount: 100)).persons == 1)
            #expect(words(Governance(.payments, .lifting)).persons == 2)
            // Of a withdrawal only the ledger knows how much it is.
            let unknown = words(Governance(.payments))
            #expect(unknown.persons == nil && unknown.sentence.contains("from 10.00 CNY: two"))
        }

        @Test("Whether somebody may give a command before he gives it (R13.1, R13.3, R17.2)")
        func callerWords() {
            var policy = ProtoPolicy()
            var operators: [ProtoOperator] = []
            func words(_ name: String?, _ amount: Int64? = 99) -> CallerWords {
                let governance =
                    amount.map { Governance(.payments, in: .cny, amount: $0) }
                    ?? Governance(.payments)
                return CallerWords(
                    name, PolicyWords(Fund.kind, governance, under: policy), among: operators)
            }
            #expect(words(nil).code == "PERMISSION_DENIED" && words(nil).isAllowed == false)
            #expect(words("li").isAllowed == true, "the first two come on record by it")
            for (name, roles, state) in [
                ("li", [.payments], .active), ("wang", [.limits, .read], .active),
                ("zhao", [.payments], .suspended),
            ] as [(String, [ProtoOperatorRole], ProtoOperator.State)] {
                var person = ProtoOperator()
                (person.name, person.roles, person.state) = (name, roles, state)
                operators.append(person)
            }
            #expect(words("sun").code == "OPERATOR_UNKNOWN")
            #expect(words("zhao").code == "OPERATOR_SUSPENDED")
            #expect(words("wang").isAllowed == true, "no policy is in force")
            policy.inForce = true
            for (currency, from, role) in [
                ("", 0, ProtoOperatorRole.payments), ("CNY", 100, .limits),
            ] as [(String, Int64, ProtoOperatorRole)] {
                var line = ProtoPolicyLine()
                (line.command, line.currency, line.from) = ("fund", currency, from)
                (line.persons, line.roles) = (1, [role])
                policy.lines.append(line)
            }
            #expect(words("li").isAllowed == true && words("wang").code == "ROLE_MISSING")
            #expect(words("li", 100).code == "ROLE_MISSING" && words("wang", 100).code == "")
            #expect(words("wang").sentence.contains("has the roles limits and read"))
            #expect(words("li", nil).isAllowed == nil, "of an amount only the ledger knows")
        }

        @Test("The examples of the help run, in their order", .timeLimit(.minutes(3)))
        func examples() async throws {
            try await with(banks: ["YTZGCNB0", "CPLBTHB0", "LCQBSGS0"]) { line in
                try await prepare(line)
                for noun in Verbs.all {
                    if noun.name == "approvals" { try await propose(line) }
                    for verb in noun.verbs {
                        let help = try await line.run("langqiao \(noun.name) \(verb.name) --help")
                        #expect(help.contains("langqiao \(noun.name) \(verb.name) \(verb.example)"))
                        try await line.run("langqiao \(noun.name) \(verb.name) \(verb.example)")
                    }
                }
            }
        }

        @Test("The examples of the document run, in their order", .timeLimit(.minutes(3)))
        func document() async throws {
            let file = URL(filePath: #filePath).appending(path: "../../../docs/command-line.md")
            let text = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
            let lines = text.replacing("\\\n", with: "").split(separator: "\n")
                .filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
            #expect(lines.count > 15)
            try await with(banks: ["YTZGCNB0", "CPLBTHB0"]) { line in
                for command in lines { try await line.run(command) }
                let file = "\(line.gateway.directory)/banks.csv"
                let banks = try String(contentsOfFile: file, encoding: .utf8)
                #expect(banks.contains("\r\n# rows 2,"))
            }
        }

        @Test("Whoever types something wrong is told what", .timeLimit(.minutes(2)))
        func wrongLines() async throws {
            try await with(banks: ["YTZGCNB0"]) { line in
                try await line.run("langqiao bank register YTZGCNB0 --as operator --roles payer")
                let limit = "limit set YTZGCNB0 CNY"
                for (command, status, words) in [
                    ("bank", 64, "name a command; there are register, list, set-state"),
                    ("bank destroy", 64, "there is no command 'destroy'; there are register"),
                    ("bank register --as operator", 64, "the bic is missing"),
                    ("\(limit) --limit 5", 64, "Missing expected argument '--as <who>'"),
                    ("\(limit) --limit 5 --as nobody", 64, "there is no certificate"),
                    ("\(limit) --limit", 64, "--limit needs a value"),
                    ("\(limit) --limt 5 --as operator", 64, "unknown option --limt; there are"),
                    ("\(limit) USD --as operator", 64, "unexpected argument 'USD'"),
                    ("\(limit) --as operator --csv", 64, "--csv is for lists"),
                    (
                        "corridor set-state THB --as operator --state stopped", 64,
                        "--state is open, halted, closed; not 'stopped'"
                    ),
                    (
                        "approvals get x --as operator", 1, "MALFORMED_REQUEST: "
                    ),
                    ("\(limit) --limit 5.001 --as operator", 1, "MALFORMED_REQUEST: "),
                    ("\(limit) --limit 5.001 --as operator --dry-run", 1, "MALFORMED_REQUEST: "),
                    ("\(limit) --limit 5 --as YTZGCNB0", 1, "PERMISSION_DENIED: "),
                    ("\(limit) --limit 5 --as operator --command-id 7", 1, "MALFORMED_REQUEST: "),
                    ("limit set ICBKCNBJ CNY --limit 5 --as operator", 1, "PARTICIPANT_UNKNOWN: "),
                ] {
                    let end = try await line.end(of: "langqiao \(command)")
                    #expect(end.status == Int32(status), "\(command): \(end.errors)")
                    #expect(end.errors.contains("Error: \(words)"), "\(command): \(end.errors)")
                    #expect(end.output.isEmpty, "\(command): \(end.output)")
                }
                let silent = try await line.end(
                    of: "langqiao \(limit) --limit 5 --as operator --json", port: 1)
                #expect(silent.status == 69)
                #expect(silent.errors.contains(#""code":"UNREACHABLE""#), "\(silent.errors)")
            }
        }

        @Test("A rehearsal sends nothing and tells what the policy says", .timeLimit(.minutes(2)))
        func rehearsals() async throws {
            try await with(banks: ["YTZGCNB0"]) { line in
                let limit = "langqiao limit set YTZGCNB0 CNY --as operator --limit 2000000.00"
                for person in ["operator", "second-operator"] {
                    try await line.run(
                        "langqiao bank register YTZGCNB0 --as \(person) --roles payer")
                }
                let free = try await line.run("\(limit) --dry-run")
                #expect(free.contains("PUT /v1/participants/YTZGCNB0/limits/CNY\n{\"limit\":"))
                #expect(free.contains("any active operator gives setCreditLimit alone"))
                try await line.run("langqiao ledger raise-rules --as operator --version 4")
                try await line.run(
                    "langqiao policy set setCreditLimit --as operator --currency CNY "
                        + "--from 100000000 --roles limits --persons 2")
                let bound = try await line.run("\(limit) --dry-run")
                #expect(bound.contains("takes two persons with the role limits"))
                #expect(bound.contains("As operator: you may give it: operator has the roles"))
                let little = try await line.run(
                    "langqiao limit set YTZGCNB0 CNY --as operator --limit 5 --dry-run --json")
                #expect(little.contains(#""persons":1"#), "\(little)")
                let proposals = try await line.run("langqiao approvals list --as operator")
                #expect(proposals == "no proposals\n")
                let waits = try await line.run("\(limit) --command-id \(Self.identification)")
                #expect(waits.contains("It waits for a second person: langqiao approvals get 1"))
                try await line.run(
                    "langqiao approvals approve 1 --as second-operator --proposal-hash 1…")
                let done = try await line.run(
                    "\(limit) --command-id \(Self.identification) --json")
                #expect(done.contains(#""repetition":true"#), "\(done)")
                try await line.run(
                    "langqiao operators set second-operator --as operator --state active --roles "
                        + "payments,reconciliation,security,read")
                try await line.run(
                    "langqiao approvals approve 2 --as second-operator --proposal-hash 1…")
                let refused = try await line.run(
                    limit.replacing("operator", with: "second-operator") + " --dry-run --json")
                #expect(refused.contains(#""code":"ROLE_MISSING""#), "\(refused)")
            }
        }

        // MARK: Steps

        private static let identification = "6c0f1b0a-7d5e-4f4b-9a55-0d2f6f6b1a27"

        private func with(
            banks: [String], _ body: (OperatorLine) async throws -> Void
        ) async throws {
            let gateway = try await GatewayUnderTest(banks: banks)
            do {
                try await gateway.start()
                try await body(OperatorLine(gateway: gateway))
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(2_000))")
            }
            await gateway.remove()
        }

        /// What the examples of the help find.
        private func prepare(_ line: OperatorLine) async throws {
            for bank in ["YTZGCNB0", "CPLBTHB0", "LCQBSGS0"] {
                try await line.run("langqiao bank register \(bank) --as operator --roles payer")
            }
            try await endDay(line)
            try await line.run(
                "langqiao bank register YTZGCNB0 --as second-operator --roles payer")
            try await line.run("langqiao ledger raise-rules --as operator --version 4")
            let configure = try #require(Verbs.corridor["configure"]?.example)
            try await line.run("langqiao corridor configure \(configure)")
            try await line.run(
                "langqiao fund book --as operator --participant YTZGCNB0 --currency CNY "
                    + "--amount 100000.00")
            try await line.run(
                "langqiao nostro open --as operator --agent ICBKCNBJ --account 1 --currency CNY")
            try await line.run(
                "langqiao statements begin 0 --as operator --currency CNY "
                    + "--first-date 2026-11-30 --last-date 2026-11-30 --opening 1.00 "
                    + "--closing 1.00 --digest 6b86b273ff34fce19d6b804eff5a3f57")
            try await line.run(
                "langqiao withdraw request 0d5f7a52-8a34-4c1e-9d02-6b1f3c8e7a02 --as YTZGCNB0 "
                    + "--currency CNY --amount 10.00")
            try await line.run(
                "langqiao pay --as YTZGCNB0 --to CPLBTHB0 --pay-currency CNY "
                    + "--receive-currency THB --pay 100.00 --time-in-force immediate-or-cancel "
                    + "--uetr 5b9ff2d1-6c1f-4a54-8d34-1f1f6d2f9a01")
            try await line.adoptCalendar("CNY")
            try await settle(line)
        }

        /// Account 1 is a bank's in ringgit, whose first business day ends.
        private func endDay(_ line: OperatorLine) async throws {
            try await line.run(
                "langqiao fund book --as operator --participant YTZGCNB0 --currency MYR "
                    + "--amount 100.00")
            let now = Date.now
            let date = now.ISO8601Format(.iso8601.year().month().day())
            let day = [("opens", -60.0), ("cutOff", 2), ("turn", 2)].map {
                "\"\($0)\": \"\((now + $1).ISO8601Format())\""
            }.joined(separator: ", ")
            let clerk = try await BankClient.connect(line.gateway.endpoint, as: "operator")
            let staged = try await clerk.send(
                "PUT", "/v1/calendars/MYR/staged/\(date)", #"{"kind": "WORKING", \#(day)}"#)
            #expect(staged.status == 200, "\(staged.text)")
            let seen = try await line.run("langqiao day staged MYR --as operator --json")
            let digest = try #require(seen.firstMatch(of: /"digest":"([0-9a-f]+)"/)?.output.1)
            let dates = #""firstDate": "\#(date)", "lastDate": "\#(date)", "days": 1"#
            let adopted = try await clerk.send(
                "POST", "/v1/calendars/MYR:adopt", #"{\#(dates), "digest": "\#(digest)"}"#)
            #expect(adopted.status == 200, "\(adopted.text)")
            while try await clerk.send("GET", "/v1/accounts/1/statements/1").status != 200 {
                try await Task.sleep(for: .milliseconds(100))
            }
            await clerk.close()
        }

        /// Two payments that settle each other, and a wish to undo one of them.
        private func settle(_ line: OperatorLine) async throws {
            try await line.run(
                "langqiao fund book --as operator --participant CPLBTHB0 --currency THB "
                    + "--amount 1000.00")
            let uetr = UUID().uuidString.lowercased()
            for terms in [
                "--as CPLBTHB0 --to YTZGCNB0 --pay-currency THB --receive-currency CNY "
                    + "--pay 498.00",
                "--as YTZGCNB0 --to CPLBTHB0 --pay-currency CNY --receive-currency THB "
                    + "--pay 100.00 --uetr \(uetr)",
            ] { try await line.run("langqiao pay \(terms)") }
            let bank = try await BankClient.connect(line.gateway.endpoint, as: "YTZGCNB0")
            let reply = try await bank.send(
                "POST", "/v1/payments/\(uetr):requestCancellation",
                #"{"requestId": "1", "reason": "CUST"}"#)
            #expect(reply.status == 200, "\(reply.text)")
            await bank.close()
        }

        /// Two commands that wait.
        private func propose(_ line: OperatorLine) async throws {
            for amount in ["2000000.00", "3000000.00"] {
                let answer = try await line.run(
                    "langqiao limit set YTZGCNB0 CNY --as operator --limit \(amount)")
                #expect(answer.contains("PROPOSED"))
            }
        }
    }
}
