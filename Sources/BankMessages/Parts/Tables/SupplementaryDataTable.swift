extension Component {
    /// What a scheme or a country adds to a transaction
    /// (ISO 20022 `SupplementaryData1`, `SupplementaryDataEnvelope1`).
    static let supplementaryData = Component(
        "SupplementaryData",
        [
            Field("PlcAndNm", 1, "place_and_name", .text(350)),
            Field("Envlp", 2, "envelope", .foreign, .one),
        ])
}
