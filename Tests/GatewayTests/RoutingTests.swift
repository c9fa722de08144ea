import Domain
import Gateway
import HTTP2
import Testing

@Suite struct RoutingTests {
    @Test(arguments: [
        ("/v1/payments/{uetr}", "/v1/payments/abc", ["uetr": "abc"]),
        ("/v1/payments/{uetr}:cancel", "/v1/payments/abc:cancel", ["uetr": "abc"]),
        ("/v1/payments:batch", "/v1/payments:batch", [:]),
        (
            "/v1/participants/{bic}/limits/{currency}", "/v1/participants/A/limits/THB",
            ["bic": "A", "currency": "THB"]
        ),
    ])
    func templatesMatch(_ template: String, _ path: String, _ variables: [String: String]) {
        #expect(PathTemplate(template).match(path) == variables)
    }

    @Test(arguments: [
        ("/v1/payments/{uetr}", "/v1/payments/"), ("/v1/payments/{uetr}", "/v1/payments/a/b"),
        ("/v1/payments/{uetr}", "/v1/payments/a:cancel"), ("/v1/payments/{uetr}", "v1/payments/a"),
        ("/v1/payments/{uetr}:cancel", "/v1/payments/:cancel"),
        ("/v1/payments/{uetr}:cancel", "/v1/payments/a:watch"),
        ("/v1/payments:batch", "/v1/payments"), ("/v1/payments", "/v1//payments"),
    ])
    func templatesRefuse(_ template: String, _ path: String) {
        #expect(PathTemplate(template).match(path) == nil)
    }

    /// Every JSON route leads to its own method: no two answer the same request.
    @Test func routesAreUnambiguous() throws {
        for (verb, path, method) in [
            ("PUT", "/v1/payments/a", "SubmitPayment"), ("GET", "/v1/payments/a", "GetPayment"),
            ("GET", "/v1/payments", "ListPayments"),
            ("POST", "/v1/payments:batch", "SubmitPayments"),
            ("POST", "/v1/payments/a:cancel", "CancelPayment"),
            ("GET", "/v1/payments:watch", "WatchPayments"),
            ("POST", "/v1/messages", "SubmitMessage"),
            ("GET", "/v1/corridors/THB/book", "GetBook"),
            ("PUT", "/v1/corridors/THB", "ConfigureCorridor"),
            ("POST", "/v1/corridors/THB:setState", "SetCorridorState"),
            ("POST", "/v1/corridors/THB:setReferenceRate", "SetReferenceRate"),
            ("GET", "/v1/accounts/7/transfers", "ListTransfers"),
            ("PUT", "/v1/fundings/a", "Fund"), ("GET", "/v1/summary", "GetSummary"),
            ("PUT", "/v1/participants/A/limits/CNY", "SetCreditLimit"),
        ] {
            #expect(try Methods.all.route(verb, path).method.path.hasSuffix("/\(method)"))
        }
        #expect(code { _ = try Methods.all.route("DELETE", "/v1/payments") } == .methodNotAllowed)
        #expect(code { _ = try Methods.all.route("GET", "/v2/payments") } == .methodUnknown)
    }

    @Test func queriesAreDecoded() throws {
        let query = try Query.parse("status=ACSC&page_token=a%2Fb+c&flag")
        #expect(query == ["status": "ACSC", "page_token": "a/b c", "flag": ""])
        #expect(try Query.parse(nil).isEmpty)
        for bad in ["a=%", "a=%4", "a=%zz", "a=%ff", "a=1&a=2"] {
            #expect(code { _ = try Query.parse(bad) } == .malformedRequest, "\(bad)")
        }
    }

    @Test func callersComeFromOneURI() {
        func caller(_ uris: String...) -> Caller? {
            Caller(PeerIdentity(subjectAlternativeURIs: uris))
        }
        #expect(
            caller("urn:langqiao:participant:BKCHCNB0") == BIC("BKCHCNB0").map { .participant($0) })
        #expect(caller("https://x", "urn:langqiao:operator:ann") == .operator("ann"))
        #expect(caller("urn:langqiao:operator:ann", "urn:langqiao:operator:bob") == nil)
        #expect(caller("urn:langqiao:participant:nobody") == nil)
        #expect(caller("urn:langqiao:operator:") == nil)
        #expect(caller() == nil)
        #expect(Caller(nil) == nil)
    }

    @Test func accessIsCheckedForEveryKindOfCaller() throws {
        let bank = Caller.participant(try #require(BIC("BKCHCNB0")))
        let person = Caller.operator("ann")
        let table: [(Access, Caller?, ResultCode?)] = [
            (.anyone, nil, nil), (.anyone, bank, nil), (.participants, bank, nil),
            (.participants, person, .permissionDenied), (.participants, nil, .unauthenticated),
            (.operators, person, nil), (.operators, bank, .permissionDenied),
            (.operators, nil, .unauthenticated), (.participantsAndOperators, bank, nil),
            (.participantsAndOperators, person, nil),
            (.participantsAndOperators, nil, .unauthenticated),
        ]
        for (access, caller, expected) in table {
            #expect(
                code { try access.check(caller) } == expected,
                "\(access) \(String(describing: caller))")
        }
    }
}

/// The code of the ``GatewayError`` that `body` throws.
func code(_ body: () throws -> Void) -> ResultCode? {
    do {
        try body()
        return nil
    } catch {
        return (error as? GatewayError)?.code
    }
}
