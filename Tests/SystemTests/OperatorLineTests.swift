internal import Clients
internal import Foundation
internal import Gateway
internal import Testing

extension SystemTests {
    /// What operators do by the command line.
    @Suite("The command line of operators")
    struct OperatorLineTests {
        /// Commands that have their own subcommand, and files instead of options.
        private static let ofCalendars: Set = [
            "OperatorService/StageCalendarDay", "OperatorService/AdoptCalendar",
        ]

        @Test("Every method for operators has a verb")
        func everyMethodHasAVerb() {
            let verbs = Verbs.all.flatMap(\.verbs)
            let methods = Set(verbs.map(\.method))
            let wanted = MethodShape.names.filter { $0.hasPrefix("OperatorService/") }
            #expect(wanted.count > 30)
            let missing = Set(wanted).subtracting(methods).subtracting(Self.ofCalendars)
            #expect(missing.isEmpty, "a line in Verbs.swift is missing: \(missing.sorted())")
            for verb in verbs {
                #expect(MethodShape(named: verb.method) != nil, "\(verb.method)")
                let flags = verb.options.map(\.flag)
                #expect(Set(flags).count == flags.count, "\(verb.method): \(flags)")
                #expect(!verb.example.isEmpty, "\(verb.method) has an example")
            }
            for noun in Verbs.all { #expect(Set(noun.verbs.map(\.name)).count == noun.verbs.count) }
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
                "langqiao withdraw request 0d5f7a52-8a34-4c1e-9d02-6b1f3c8e7a02 --as YTZGCNB0 "
                    + "--currency CNY --amount 10.00")
            try await line.run(
                "langqiao pay --as YTZGCNB0 --to CPLBTHB0 --pay-currency CNY "
                    + "--receive-currency THB --pay 100.00 --time-in-force immediate-or-cancel "
                    + "--uetr 5b9ff2d1-6c1f-4a54-8d34-1f1f6d2f9a01")
            try await line.adoptCalendar("CNY")
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
