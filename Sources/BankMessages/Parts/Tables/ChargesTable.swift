extension Component {
    /// One charge, and who takes or took it (ISO 20022 `Charges`).
    static let charge = Component(
        "Charge",
        [
            Field("Amt", 1, "amount", .amount, .one),
            Field("Agt", 2, "agent", .message(.institution), .one),
            Field("Tp", 3, "type", .message(.chargeType), in: .from(11)),
        ])

    /// What is charged for (ISO 20022 `ChargeTypeChoice`).
    static let chargeType = Component(
        "QualifiedCode", isChoice: true,
        [
            Field("Cd", 1, "code", .text(4)),
            Field("Prtry", 2, "proprietary", .message(.chargeTypeIdentification)),
        ])

    /// An own kind of charge (ISO 20022 `GenericIdentification3`).
    static let chargeTypeIdentification = Component(
        "GenericIdentification",
        [
            Field("Id", 1, "identification", .text(35), .one),
            Field("Issr", 2, "issuer", .text(35)),
        ])

    /// A rate agreed before (ISO 20022 `CurrencyExchange`).
    static let agreedRate = Component(
        "AgreedRate",
        [
            Field("UnitCcy", 1, "unit_currency", .currency),
            Field("QtdCcy", 2, "quoted_currency", .currency),
            Field("PreAgrdXchgRate", 3, "pre_agreed_exchange_rate", .decimal(11, 10), .one),
            Field("QtnDtTm", 4, "quotation_date_time", .dateTime),
            Field("QtId", 5, "quote_identification", .uuid),
            Field("FXAgt", 6, "fx_agent", .message(.institution)),
        ])
}
