internal import Foundation
internal import Gateway
internal import Testing

extension SystemTests {
    /// What the program says of a wrong command line, and by which exit status.
    @Suite("The command line")
    struct CommandLineTests {
        /// A command's end, its words on standard error included.
        private static func end(
            _ arguments: [String], environment: [String: String] = [:]
        ) async throws -> (status: Int32, errors: String, output: String) {
            let directory = FileManager.default.temporaryDirectory.path
            let name = "langqiao-words-\(UUID().uuidString.prefix(8))"
            let child = try ChildProgram(
                GatewayUnderTest.program, arguments, in: directory, name: name,
                environment: environment)
            let status = try await child.end()
            defer {
                for kind in ["out", "err"] { unlink("\(directory)/\(name).\(kind)") }
            }
            return (status, child.errorText, child.outputText)
        }

        @Test("Wrong settings from flags are errors of usage", .timeLimit(.minutes(1)))
        func settings() async throws {
            let rows: [([String], String)] = [
                (["--port", "99999"], "port must be a whole number from 0 to 65535, not '99999'"),
                (["--grace", "-1"], "grace must be a whole number from 0 to 3600, not '-1'"),
                (["--threads", "0"], "threads must be a whole number from 1 to 64, not '0'"),
                (
                    ["--bic", "LANG"],
                    "bic must be a BIC of 8 or 11 capitals and digits, not 'LANG'"
                ),
                (["--lei", "5493001KJTIIGC8Y1R13"], "lei must be a LEI with right check digits"),
                (["--log-level", "loud"], "log-level must be one of trace, debug, info, notice"),
                (["--schema", "Two Words"], "schema: \"Two Words\" is no schema name"),
                (["--config", "/nowhere/at-all.json"], "cannot read /nowhere/at-all.json"),
                (["--port", "x"], "The value 'x' is invalid for '--port"),
                (["--prot", "1"], "Unknown option '--prot'"),
            ]
            for (flags, words) in rows {
                // `=`: a value may look like an option.
                let end = try await Self.end(["serve", flags.joined(separator: "=")])
                #expect(end.status == 64 && end.output.isEmpty, "\(flags)")
                #expect(end.errors.hasPrefix("Error: \(words)"), "\(end.errors)")
            }
            // Not the command line's fault.
            let end = try await Self.end(["serve"], environment: ["LANGQIAO_PORT": "99999"])
            #expect(end.status == 1)
            #expect(end.errors == "Error: \(rows[0].1)\n")
        }

        @Test("Simulations say what they take", .timeLimit(.minutes(1)))
        func simulations() async throws {
            for (flags, words) in [
                ("--hours=0", "--hours must be more than 0 and at most 10000, not 0.0"),
                ("--runs=0", "--runs must be from 1 to 1000000, not 0"),
                ("--mutant=nobody", "no defect is called nobody; there are "),
            ] {
                let end = try await Self.end(["simulate", flags])
                #expect(end.status == 64 && end.errors.hasPrefix("Error: \(words)"))
            }
            let short = try await Self.end(["simulate", "--hours=0.001", "--runs=1"])
            let calms = "calms       none: every run ended before its first one"
            #expect(short.output.contains(calms))
            let help = try await Self.end(["simulate", "--help"])
            #expect(help.output.contains("asksForVotesEarly"))
        }

        /// Whoever looks beside a gateway is told that it is the reason, and nothing is proved.
        @Test("Verifying beside a running gateway", .timeLimit(.minutes(2)))
        func verification() async throws {
            let gateway = try await Market.open()
            do {
                let server = try #require(ServerUnderTest(of: gateway))
                let place = ["verify-store", "--limit", "1"]
                let beside = place + ["--database", server.connectionString]
                // A query waits for the tables, so nothing is written over the change.
                let operators = try await BankClient.connect(gateway.endpoint, as: "operator")
                #expect(try await operators.send("GET", "/v1/participants").status == 200)
                await operators.close()
                let script = "\(gateway.directory)/change.sql"
                try "UPDATE langqiao.participants SET country = 'XX';".write(
                    toFile: script, atomically: true, encoding: .utf8)
                try await server.session(running: script, in: gateway.directory).end()
                let running = try await Self.end(beside)
                #expect(running.status == 69)
                #expect(running.errors.contains("nothing was verified: a gateway writes to schema"))
                #expect(running.errors.hasSuffix("Stop it first.\n"))
                gateway.askToStop()
                #expect(try await gateway.waitForEnd() == 0)
                let stopped = try await Self.end(place + ["--data", gateway.data])
                #expect(stopped.status == 1 && stopped.errors.isEmpty, "\(stopped.errors)")
                #expect(stopped.output.contains("participants"))
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }
    }
}
