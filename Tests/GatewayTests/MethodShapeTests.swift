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
        #expect(lists.contains("CalendarService/GetAccountDay"))
        #expect(!lists.contains("OperatorService/GetPolicy"))
    }
}
