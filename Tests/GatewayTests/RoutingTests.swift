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
        ("/v1/payments/{uetr}:cancel", "/v1/payments/abc%3Acancel", ["uetr": "abc"]),
        ("/v1/payments/{uetr}:cancel", "/%76%31/p%61yments/%61bc%3acanc%65l", ["uetr": "abc"]),
        ("/v1/payments:batch", "/v1/payments%3Abatch", [:]),
        ("/v1/payments/{uetr}", "/v1/payments/%7E%7e%2D%5F%2E", ["uetr": "~~-_."]),
        // Decoded once, and an encoded slash is part of its segment.
        ("/v1/payments/{uetr}", "/v1/payments/%2541", ["uetr": "%41"]),
        ("/v1/payments/{uetr}", "/v1/payments/a%2Fb", ["uetr": "a/b"]),
        ("/v1/payments/{uetr}", "/v1/payments/%E5%BB%8A", ["uetr": "廊"]),
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
        ("/v1/payments", "/v1%2Fpayments"), ("/v1/payments/{uetr}", "/v1/payments%2Fa"),
        ("/v1/payments/{uetr}", "/v1/payments/a%3Acancel"), ("/v1/payments", "/v1/payments/"),
        ("/v1/payments", "/v1/payments%3F"), ("/v1/payments", "/v1/payments%00"),
        ("/v1/payments/{uetr}", "/v1/payments/%"), ("/v1/payments/{uetr}", "/v1/payments/%2541%4"),
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
            ("POST", "/v1/payments/a:confirm", "ConfirmCredit"),
            ("POST", "/v1/payments/a:return", "ReturnPayment"),
            ("POST", "/v1/payments/a:requestCancellation", "RequestCancellation"),
            ("POST", "/v1/payments/a:answerCancellation", "AnswerCancellation"),
            ("GET", "/v1/cases", "ListCases"), ("GET", "/v1/cases/7", "GetCase"),
            ("GET", "/v1/payments:watch", "WatchPayments"),
            ("POST", "/v1/messages", "SubmitMessage"),
            ("GET", "/v1/corridors/THB/book", "GetBook"),
            ("PUT", "/v1/corridors/THB", "ConfigureCorridor"),
            ("POST", "/v1/corridors/THB:setState", "SetCorridorState"),
            ("POST", "/v1/corridors/THB:setReferenceRate", "SetReferenceRate"),
            ("GET", "/v1/accounts/7/transfers", "ListTransfers"),
            ("PUT", "/v1/fundings/a", "Fund"), ("GET", "/v1/summary", "GetSummary"),
            ("PUT", "/v1/participants/A/limits/CNY", "SetCreditLimit"),
            ("PUT", "/v1/participants/A/debitCaps/CNY", "SetDebitCap"),
            ("PUT", "/v1/rules", "RaiseRules"), ("POST", "/v1/nostros", "OpenNostro"),
            ("GET", "/v1/nostros", "ListNostros"),
            ("POST", "/v1/nostros/1:setState", "SetNostroState"),
            ("PUT", "/v1/participants/a/messaging", "SetMessaging"),
            ("PUT", "/v1/participants/a/dated_funding", "SetDatedFunding"),
            ("GET", "/v1/participants/a/messaging", "GetMessaging"),
            ("GET", "/v1/node", "GetNode"), ("POST", "/v1/node/transfer", "TransferLeadership"),
            ("GET", "/v1/messages", "ListMessages"), ("GET", "/v1/notices", "ListNotices"),
            ("POST", "/v1/messages:acknowledge", "AcknowledgeMessages"),
            ("PUT", "/v1/nostros/1/fundings/a", "FundNostro"),
            ("PUT", "/v1/withdrawals/a", "RequestWithdrawal"),
            ("GET", "/v1/withdrawals/a", "GetWithdrawal"),
            ("GET", "/v1/withdrawals", "ListWithdrawals"),
            ("POST", "/v1/withdrawals/a:order", "OrderWithdrawal"),
            ("POST", "/v1/withdrawals/a:confirm", "ConfirmWithdrawal"),
            ("POST", "/v1/withdrawals/a:reverse", "ReverseWithdrawal"),
            ("PUT", "/v1/agentEntries/a", "BookAgentEntry"),
            ("POST", "/v1/nostros/1/statements", "BeginAgentStatement"),
            ("PUT", "/v1/agentStatements/1/lines/2", "AddAgentStatementLine"),
            ("POST", "/v1/agentStatements/1/lines", "AddAgentStatementLines"),
            ("GET", "/v1/agentStatements/1/lines", "ListAgentStatementLines"),
            ("POST", "/v1/agentStatements/1:take", "TakeAgentStatement"),
            ("POST", "/v1/agentStatements/1:abandon", "AbandonAgentStatement"),
            ("GET", "/v1/agentStatements/1", "GetAgentStatement"),
            ("GET", "/v1/agentStatements", "ListAgentStatements"),
            ("PUT", "/v1/policy/fund", "SetPolicy"), ("GET", "/v1/policy", "GetPolicy"),
            ("PUT", "/v1/keys/ab", "RegisterKey"), ("GET", "/v1/keys", "ListKeys"),
            ("POST", "/v1/keys/ab:rotate", "RotateKey"),
            ("POST", "/v1/keys/ab:revoke", "RevokeKey"),
            ("GET", "/v1/proposals", "ListProposals"), ("GET", "/v1/proposals/7", "GetProposal"),
            ("POST", "/v1/proposals/7:approve", "ApproveProposal"),
            ("POST", "/v1/proposals/7:refuse", "RefuseProposal"),
        ] {
            #expect(try Router.all.route(verb, path).route.name?.hasSuffix("/\(method)") == true)
        }
        #expect(code { _ = try Router.all.route("DELETE", "/v1/payments") } == .methodNotAllowed)
        #expect(code { _ = try Router.all.route("GET", "/v2/payments") } == .methodUnknown)
    }

    /// Pages need no gRPC path and are not counted; nothing in their query is looked at unless they
    /// have a parameter.
    @Test func pagesAreRoutesLikeOthers() throws {
        for path in ["/healthz", "/readyz", "/metrics", "/%68ealthz"] {
            let page = try Router.all.route("GET", path).route
            #expect(page.name == nil)
            #expect(throws: Never.self) { try Query.check(["verbose": ""], for: page) }
            let words = detail { try Query.check(["a": "1"], for: page) }
            #expect(
                words
                    == (path == "/readyz"
                        ? "a is no parameter of this path; known are verbose" : ""))
        }
        for path in ["/", "/health", "/healthz/", "/metrics/a"] {
            #expect(code { _ = try Router.all.route("GET", path) } == .methodUnknown)
        }
    }

    /// Reflection names what is served; health is told of what is the API's own.
    @Test func servicesAreThoseOfTheMethods() {
        #expect(
            Router.all.services == [
                "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                "langqiao.v1.AgentStatementService", "langqiao.v1.CalendarService",
                "langqiao.v1.FollowUpService", "langqiao.v1.LedgerService",
                "langqiao.v1.MessageService", "langqiao.v1.Nodes",
                "langqiao.v1.OperatorService", "langqiao.v1.PaymentService",
                "langqiao.v1.StatementService",
            ])
        #expect(
            HealthCalls.services == [
                "", "langqiao.v1.AgentStatementService", "langqiao.v1.CalendarService",
                "langqiao.v1.FollowUpService", "langqiao.v1.LedgerService",
                "langqiao.v1.MessageService", "langqiao.v1.Nodes",
                "langqiao.v1.OperatorService", "langqiao.v1.PaymentService",
                "langqiao.v1.StatementService",
            ])
    }

    /// HEAD is wherever GET is, and a refusal names all verbs of the path.
    @Test func verbsOfAPathAreTold() throws {
        for (path, verbs) in [
            ("/v1/payments/a", "GET, HEAD, OPTIONS, PUT"), ("/v1/payments", "GET, HEAD, OPTIONS"),
            ("/v1/payments/a:cancel", "OPTIONS, POST"), ("/v1/fundings/a", "OPTIONS, PUT"),
            ("/v1/payments:watch", "GET, HEAD, OPTIONS"), ("/v2", ""), ("/v1/payments/%zz", ""),
            ("/v1/payments/a%3Acancel", "OPTIONS, POST"), ("/metrics", "GET, HEAD, OPTIONS"),
        ] {
            #expect(Router.all.verbs(path).joined(separator: ", ") == verbs, "\(path)")
        }
        let head = try Router.all.route("HEAD", "/v1/payments/a").route
        #expect(head.name?.hasSuffix("/GetPayment") == true)
        #expect(code { _ = try Router.all.route("HEAD", "/v1/fundings/a") } == .methodNotAllowed)
        #expect(code { _ = try Router.all.route("get", "/v1/payments") } == .methodNotAllowed)
        #expect(
            detail { _ = try Router.all.route("DELETE", "/v1/payments/a") }
                == "use GET, HEAD, OPTIONS or PUT")
    }

    @Test(arguments: [
        ("/v1/payments/%", "\"%\""), ("/v1/payments/%4", "\"%4\""), ("/%zz/a", "\"%zz\""),
        ("/v1/payments/%+1", "\"%+1\""), ("/v1/payments/%ff", "no UTF-8"),
        ("/v1/payments/%c0%af", "no UTF-8"),
    ])
    func brokenEncodingsOfPathsAreNamed(_ path: String, _ named: String) {
        #expect(code { _ = try Router.all.route("GET", path) } == .malformedRequest)
        #expect(detail { _ = try Router.all.route("GET", path) }.contains(named))
    }

    /// What a route takes in its query are the fields of its request that the path does not hold.
    @Test(
        arguments: [
            ("GET", "/v1/payments", "status=&page_size=1&as_creditor=true", nil),
            ("GET", "/v1/payments:watch", "uetr=a", nil),
            ("GET", "/v1/accounts/7/transfers", "page_token=a&page_size=2", nil),
            ("GET", "/v1/corridors/THB/book", "levels=3", nil),
            (
                "GET", "/v1/payments", "pagesize=1",
                "pagesize is no parameter of this path; known are status, foreign_currency, "
                    + "page_size, page_token, as_creditor, participant"
            ),
            (
                "GET", "/v1/payments", "status=&pageSize=1",
                "pageSize is no parameter of this path; "
            ),
            (
                "GET", "/v1/payments/a", "fills=1",
                "fills is no parameter of this path; known are fills_page_size, fills_page_token"
            ),
            (
                "GET", "/v1/payments/a", "uetr=a",
                "uetr stands in the path and must not stand in the query too"
            ),
            (
                "PUT", "/v1/payments/a", "payAmount=1",
                "payAmount is no parameter of this path; it has "
            ),
            ("POST", "/v1/payments:batch", "a", "a is no parameter of this path; it has none"),
            ("GET", "/v1/summary", "a=%41", "a is no parameter of this path; it has none"),
        ] as [(String, String, String, String?)])
    func unknownParametersAreNamed(
        _ verb: String, _ path: String, _ query: String, _ says: String?
    ) throws {
        let route = try Router.all.route(verb, path).route
        let said = detail { try Query.check(try Query.parse(query), for: route) }
        #expect(says == nil ? said.isEmpty : said.hasPrefix(says ?? "-"), "\(said)")
    }

    @Test func queriesAreDecoded() throws {
        let query = try Query.parse("status=ACSC&page_token=a%2Fb+c&flag")
        #expect(query == ["status": "ACSC", "page_token": "a/b c", "flag": ""])
        #expect(try Query.parse(nil).isEmpty)
        #expect(try Query.parse("a=1&&b=2&") == ["a": "1", "b": "2"])
        #expect(try Query.parse("a=b=c%26") == ["a": "b=c&"])
        for bad in [
            "a=%", "a=%4", "a=%zz", "a=%ff", "a=1&a=2", "a=%+1", "a=%-1", "=1", "=", "a&%61=2",
        ] {
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
        let table: [(Access, Caller?, String?)] = [
            (.anyone, nil, nil), (.anyone, bank, nil), (.anyone, person, nil),
            (.submitPayments, bank, nil),
            (.submitPayments, person, "this call is for participants"),
            (.operate, person, nil), (.operate, bank, "this call is for operators"),
            (.seeEveryBank, person, nil), (.seeEveryBank, bank, "this call is for operators"),
            (.readMetrics, person, nil), (.readMetrics, bank, "this call is for operators"),
            (.readLedger, bank, nil), (.readLedger, person, nil),
        ]
        for (access, caller, refusal) in table {
            let words = detail { try access.check(caller) }
            let refused = code { try access.check(caller) }
            #expect(words == refusal ?? "", "\(access) \(String(describing: caller))")
            #expect(refused == (refusal == nil ? nil : .permissionDenied))
            let unknown = code { try access.check(nil) }
            #expect(unknown == (access == .anyone ? nil : .unauthenticated))
        }
        for name in ["two words", "größer", String(repeating: "n", count: 35)] {
            let refused = detail { try Access.readLedger.check(.operator(name)) }
            #expect(refused.contains("1 to 34 printable characters"), "\(name)")
        }
        let stranger = PeerIdentity(subjectAlternativeURIs: ["urn:a", "urn:b"])
        #expect(
            detail { try Access.readLedger.check(nil, stranger) }
                == "the certificate must name one participant or operator as a URI; "
                + "it names urn:a and urn:b")
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

/// The detail of the ``GatewayError`` that `body` throws; empty when it throws none.
func detail(_ body: () throws -> Void) -> String {
    do {
        try body()
        return ""
    } catch {
        return (error as? GatewayError)?.detail ?? "\(error)"
    }
}
