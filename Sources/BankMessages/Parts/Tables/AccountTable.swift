extension Component {
    /// An account; its fields stand with those of its owner (ISO 20022 `CashAccount38`, `…40` since
    /// the tenth edition).
    static let account = Component(
        "Party",
        [
            Field("Id", .inline(.accountIdentification), .one, in: .to(9)),
            Field("Id", .inline(.accountIdentification), in: .from(10)),
            Field("Tp", 17, "account_type", .message(.code4)),
            Field("Ccy", 18, "account_currency", .currency),
            Field("Nm", 19, "account_name", .text(70)),
            Field("Prxy", 20, "account_proxy", .message(.accountProxy)),
        ])

    /// An IBAN, or a number of another scheme (ISO 20022 `AccountIdentification4Choice`).
    static let accountIdentification = Component(
        "Party", isChoice: true,
        [
            Field("IBAN", 2, "account", .iban(unless: [15, 16])),
            Field("Othr", .inline(.otherAccount)),
        ])

    /// (ISO 20022 `GenericAccountIdentification1`).
    static let otherAccount = Component(
        "Party",
        [
            Field("Id", 2, "account", .text(34), .one),
            Field("SchmeNm", 15, "account_scheme", .message(.code4)),
            Field("Issr", 16, "account_issuer", .text(35)),
        ])

    /// What stands for an account, such as a telephone number
    /// (ISO 20022 `ProxyAccountIdentification`).
    static let accountProxy = Component(
        "AccountProxy",
        [
            Field("Tp", 1, "type", .message(.code4)),
            Field("Id", 2, "identification", .text(2_048), .one),
        ])
}
