internal import Gateway
internal import Testing

/// What the command line knows of the API.
@Suite struct MethodShapeTests {
    @Test("A method is found with its route and its fields")
    func fund() throws {
        let fund = try #require(MethodShape(named: "OperatorService/Fund"))
        #expect(fund.verb == "PUT" && fund.template.variables == ["reference"])
        #expect(fund.template.path(["reference": "a/b ü"]) == "/v1/fundings/a%2Fb%20%C3%BC")
        #expect(fund.template.path([:]) == "/v1/fundings/{reference}")
        let amount = try #require(fund.request["amount"])
        #expect(fund.request.comment(on: amount) == "Decimal string; negative withdraws.")
        #expect(fund.answer.rows == nil && fund.isForOperators)
        #expect(MethodShape(named: "PaymentService/SubmitPayment")?.isForOperators == false)
        #expect(MethodShape(named: "OperatorService/Moon") == nil)
        #expect(MethodShape(named: "MessageService/StreamMessages") == nil)
    }

    @Test("A list has one list of records")
    func lists() {
        let lists = MethodShape.names.filter {
            MethodShape(named: $0).map { $0.verb == "GET" && $0.answer.rows != nil } ?? false
        }
        let named = MethodShape.names.filter { $0.contains("/List") }
        #expect(Set(named).isSubset(of: lists))
        for other in [
            "CalendarService/GetAccountDay", "OperatorService/GetPolicy", "LedgerService/GetBook",
            "StatementService/GetFeeStatement",
        ] {
            #expect(lists.contains(other), "\(other)")
        }
        // Three lists of different things.
        #expect(!lists.contains("OperatorService/GetSummary"))
    }

    /// Whoever adds a list need not think of it.
    @Test("Every list is to be had as CSV, and its route says so")
    func csv() throws {
        let without = try MethodShape.names.filter { name in
            let shape = try #require(MethodShape(named: name))
            let isList = name.contains("/List") || shape.request["page_token"] != nil
            return isList && !shape.parameters.contains("format")
        }
        #expect(without == [])
        #expect(MethodShape(named: "OperatorService/GetSummary")?.parameters.isEmpty == true)
    }
}
