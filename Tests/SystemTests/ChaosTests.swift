internal import ForeignPrograms
internal import Testing

extension SystemTests {
    @Suite("A cluster under faults")
    struct ChaosTests {
        /// One fault of each kind, as far as the machine allows them; what is left out is named.
        @Test("loses nothing and shows nothing old", .needsPython("hpack"))
        func chaosBriefly() async throws {
            let suite = try await PythonSuite.run(
                ["chaos", "--short", "--program", GatewayUnderTest.program])
            print(suite.text)
            #expect(suite.status == 0, "\(suite.text.suffix(6_000))")
        }

        /// The checkers would notice.
        @Test("whose planted faults are found", .needsPython("hpack"))
        func plantedFaultsAreFound() async throws {
            let suite = try await PythonSuite.run(["chaos.selftest"])
            #expect(suite.status == 0, "\(suite.text.suffix(6_000))")
        }
    }
}
