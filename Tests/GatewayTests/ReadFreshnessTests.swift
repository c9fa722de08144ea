import Domain
import Gateway
import HTTP2
import Testing

/// What `langqiao-read` says.
@Suite struct ReadFreshnessTests {
    @Test func theHeaderIsReadToTheLetter() throws {
        #expect(try ReadFreshness(asked: Headers()) == .linearizable)
        let read: [(String, ReadFreshness)] = [
            ("linearizable", .linearizable), ("local", .local), ("min-index=0", .atLeast(0)),
            ("min-index=0042", .atLeast(42)),
            ("min-index=18446744073709551615", .atLeast(.max)),
        ]
        for (text, freshness) in read {
            #expect(try ReadFreshness(asked: ["langqiao-read": text]) == freshness, "\(text)")
        }
    }

    @Test(arguments: [
        "", " ", "Local", "LOCAL", "local, local", "min-index", "min-index=", "min-index=-1",
        "min-index=+1", "min-index=0x10", "min-index=١",
        "min-index=18446744073709551616", "Min-Index=1", "strong", "local;q=1",
    ])
    func anythingElseIsRefused(_ text: String) {
        let error = #expect(throws: GatewayError.self) {
            _ = try ReadFreshness(asked: ["langqiao-read": text])
        }
        #expect(error?.code == .malformedRequest)
        #expect(error?.detail.contains("linearizable, local or min-index=N") == true)
    }
}
