/// An order with one wrong field, and what the gateway says to it.
struct BadField {
    let field: String
    /// As JSON.
    let value: any Sendable
    let code: String
    /// What the detail names; nil where the code says it all.
    let named: String?
    /// Other fields that the case needs.
    let others: [String: any Sendable]

    private init(
        _ field: String, _ value: any Sendable, _ code: String = "MALFORMED_REQUEST",
        named: String? = nil, others: [String: any Sendable] = [:]
    ) {
        self.field = field
        self.value = value
        self.code = code
        self.named = named
        self.others = others
    }

    /// Values that are no amount of any currency.
    private static let noAmounts: [String] = [
        "", "NaN", "Infinity", "-Infinity", "1e3", "0x10", "1,000.00", "1.000,00", " 1.00",
        "1.00 ", "+1.00", "1.", ".5", ".", "-", "--1", "١٢.٠٠", "１.００", "99999999999999999999.00",
        "9223372036854775808", "92233720368547758.08", "1.001", "1.0000000000000000000000001",
        "null", "1\u{0}", String(repeating: "9", count: 10_000),
    ]

    static let orders: [BadField] =
        noAmounts.map { BadField("payAmount", $0, named: "pay_amount") }
        + noAmounts.map { BadField("receiveAmount", $0, named: "receive_amount") }
        + terms + banks

    private static let terms: [BadField] = [
        BadField("payAmount", "0.00", "AMOUNT_NOT_POSITIVE", named: "pay_amount must be more"),
        BadField("payAmount", "-1.00", "AMOUNT_NOT_POSITIVE", named: "not -1.00"),
        BadField("payAmount", "0.99", "AMOUNT_BELOW_MINIMUM", named: "at least 1.00 CNY, not 0.99"),
        BadField("payAmount", "1000000.01", "AMOUNT_ABOVE_MAXIMUM", named: "at most 1000000.00"),
        BadField("payAmount", 100, named: "payAmount must be a string holding a decimal number"),
        BadField("payAmount", true, named: "payAmount must be a string"),
        BadField("payAmount", ["1"], named: "payAmount must be a string"),
        BadField("limitRate", 4.9, named: "limitRate must be a string holding a decimal number"),
        BadField("uetr", 1, named: "uetr must be a string"),
        BadField("payer", ["a": 1], named: "payer must be a string, not an object"),
        BadField("limitRate", "NaN", named: "limit_rate"),
        BadField("limitRate", "0", named: "limit_rate"),
        BadField("limitRate", "-4.9", named: "limit_rate"),
        BadField("limitRate", "4.900000001", named: "limit_rate"),
        BadField("limitRate", "99999999999999999999", named: "limit_rate"),
        BadField(
            "limitRate", "4.90005", "RATE_OFF_TICK",
            named: "multiple of the tick 0.0001, not 4.90005"),
        BadField(
            "limitRate", "9.00", "RATE_OUTSIDE_COLLAR", named: "between 4.41 and 5.39, not 9.00"),
        BadField("timeInForce", "SOMETIMES", named: "timeInForce must be one of"),
        BadField("timeInForce", 99, named: "time_in_force"),
        BadField("fillPolicy", 99, named: "fill_policy"),
        BadField("timeInForce", "GOOD_TILL_DATE", "EXPIRY_INVALID", named: "expires_at must be"),
        BadField("expiresAt", "yesterday", named: "expiresAt must be a time"),
        BadField("expiresAt", "9999-12-31T23:59:59Z", named: "expires_at"),
        BadField("expiresAt", "2030-01-01T00:00:00Z", "EXPIRY_INVALID", named: "expires_at must"),
        BadField(
            "expiresAt", "2000-01-01T00:00:00Z", "EXPIRY_INVALID",
            others: ["timeInForce": "GOOD_TILL_DATE"]),
        BadField("minimumFill", "NaN", named: "minimum_fill"),
        BadField("minimumFill", "1.00", "MINIMUM_FILL_INVALID", named: "minimum_fill must be"),
        BadField("fillPolicy", "MINIMUM", "MINIMUM_FILL_INVALID", named: "minimum_fill must be"),
        BadField(
            "minimumFill", "1000.00", "MINIMUM_FILL_INVALID", others: ["fillPolicy": "MINIMUM"]),
        BadField(
            "details", ["remittance": [String(repeating: "a", count: 20_000)]], named: "details"),
        BadField("details", "text", named: "details must be a JSON object"),
        BadField("details", ["debtor": ["name": 1]], named: "details.debtor.name must be"),
        BadField("details", ["nothing": "a"], named: "details.nothing is no field"),
        BadField("nothing", "text", named: "nothing is no field; known are uetr"),
    ]

    private static let banks: [BadField] = [
        BadField("uetr", "11111111-1111-4111-8111-111111111111", named: "uetr"),
        BadField("payer", "bkchcnbj", named: "payer"),
        BadField("payer", "BKCH", named: "payer"),
        BadField("payer", "BKKBTHBK", "SUBMITTER_NOT_PAYER"),
        BadField("payer", "NOBACNBJ", "PAYER_UNKNOWN", named: "NOBACNBJ"),
        BadField("creditorParticipant", "", named: "creditor_participant"),
        BadField("creditorParticipant", "BKKBTHBK1", named: "creditor_participant"),
        BadField("creditorParticipant", "NOBATHBK", "CREDITOR_UNKNOWN", named: "NOBATHBK"),
        BadField("payCurrency", "", named: "pay_currency"),
        BadField("payCurrency", "CNH", named: "pay_currency"),
        BadField("payCurrency", "cny", named: "pay_currency"),
        BadField("payCurrency", "XXX", named: "pay_currency"),
        BadField("receiveCurrency", "BTC", named: "receive_currency"),
        BadField("payCurrency", "USD", "CORRIDOR_UNKNOWN", named: "USD"),
        BadField("receiveCurrency", "CNY", "CORRIDOR_UNKNOWN", named: "CNY"),
        BadField("receiveCurrency", "MYR", "CORRIDOR_UNKNOWN"),
    ]
}
