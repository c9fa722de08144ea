extension Component {
    /// What an authority is to be told (ISO 20022 `RegulatoryReporting`).
    static let regulatoryReporting = Component(
        "RegulatoryReporting",
        [
            Field("DbtCdtRptgInd", 1, "indicator", .codes("CRED DEBT BOTH")),
            Field("Authrty", 2, "authority", .message(.regulatoryAuthority)),
            Field("Dtls", 3, "details", .message(.regulatoryDetails), .any),
        ])

    /// An authority (ISO 20022 `RegulatoryAuthority`).
    static let regulatoryAuthority = Component(
        "RegulatoryAuthority",
        [
            Field("Nm", 1, "name", .text(140)),
            Field("Ctry", 2, "country", .country),
        ])

    /// One report for an authority (ISO 20022 `StructuredRegulatoryReporting`).
    static let regulatoryDetails = Component(
        "RegulatoryReportingDetails",
        [
            Field("Tp", 1, "type", .text(35)),
            Field("Dt", 2, "date", .date),
            Field("Ctry", 3, "country", .country),
            Field("Cd", 4, "code", .text(10)),
            Field("Amt", 5, "amount", .amount),
            Field("Inf", 6, "information", .text(35), .any),
        ])
}
