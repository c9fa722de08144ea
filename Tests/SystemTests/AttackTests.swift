internal import ForeignPrograms
internal import Testing

extension SystemTests {
    @Suite("Hostile clients")
    struct AttackTests {
        /// All attacks for a second or two each: memory, counts and processor time decide.
        @Test(
            "cost a bounded amount, which is given back",
            .needsPython("h2", "hpack", "hyperframe"))
        func attackBriefly() async throws {
            let suite = try await PythonSuite.run([
                "attack", "--short", "--program", GatewayUnderTest.program,
            ])
            // An aim that is missed is named in the last lines; the table is worth seeing as well.
            print(suite.text)
            #expect(suite.status == 0, "\(suite.text.suffix(6_000))")
        }

        /// The short run ends with a few kills; here is that their checker would notice.
        @Test(
            "that find nothing after a kill would have found it",
            .needsPython("h2", "hpack", "hyperframe"))
        func plantedFaultsAreFound() async throws {
            let suite = try await PythonSuite.run(["attack.kills.selftest"])
            #expect(suite.status == 0, "\(suite.text.suffix(6_000))")
        }

        /// A cluster of three processes; every cell of a table, by leader and follower.
        @Test(
            "neither look at nodes nor hand over leadership",
            .needsPython("h2", "hpack", "hyperframe"))
        func nodesAreForOperators() async throws {
            let suite = try await PythonSuite.run([
                "attack.nodes", "--program", GatewayUnderTest.program,
            ])
            #expect(suite.status == 0, "\(suite.text.suffix(6_000))")
        }

        /// A cluster of three processes: what waits at a node that does not come along is told.
        @Test(
            "do not wait for ever at a node that is cut off, or whose disk is nearly full",
            .needsPython("h2", "hpack", "hyperframe"))
        func whoWaitsIsTold() async throws {
            let suite = try await PythonSuite.run([
                "attack.standstill", "--program", GatewayUnderTest.program,
            ])
            #expect(suite.status == 0, "\(suite.text.suffix(6_000))")
        }

        @Test("whose arguments are wrong say so", .needsPython("h2", "hpack", "hyperframe"))
        func usage() async throws {
            let program = ["--program", GatewayUnderTest.program]
            for (flags, words) in [
                (["--minutes", "x"], "--minutes: must be a number from 0.1 to 600, not 'x'"),
                (["--minutes", "nan"], "--minutes: must be a number from 0.1 to 600, not 'nan'"),
                (["--kills", "1.5"], "--kills: must be a whole number, not '1.5'"),
            ] {
                let suite = try await PythonSuite.run(["attack"] + flags + program)
                #expect(suite.status == 2)
                #expect(suite.text == "ops/attack: argument \(words); --help explains.\n")
            }
        }
    }
}
