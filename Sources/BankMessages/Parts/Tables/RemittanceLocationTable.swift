extension Component {
    /// Where the remittance information was sent apart from the payment
    /// (ISO 20022 `RemittanceLocation`).
    static let remittanceLocation = Component(
        "RemittanceLocation",
        [
            Field("RmtId", 1, "remittance_identification", .text(35)),
            Field("RmtLctnDtls", 2, "locations", .message(.remittanceLocationDetails), .any),
        ])

    /// One such place (ISO 20022 `RemittanceLocationData`).
    static let remittanceLocationDetails = Component(
        "RemittanceLocationDetails",
        [
            Field("Mtd", 1, "method", .codes("FAXI EDIC URID EMAL POST SMSM"), .one),
            Field("ElctrncAdr", 2, "electronic_address", .text(2_048)),
            Field("PstlAdr", 3, "postal_address", .message(.nameAndAddress)),
        ])

    /// A name and an address (ISO 20022 `NameAndAddress`).
    static let nameAndAddress = Component(
        "NameAndAddress",
        [
            Field("Nm", 1, "name", .text(140), .one),
            Field("Adr", 2, "address", .message(.postalAddress), .one),
        ])
}
