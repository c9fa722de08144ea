extension Component {
    /// A garnishment (ISO 20022 `Garnishment`).
    static let garnishment = Component(
        "Garnishment",
        [
            Field("Tp", 1, "type", .message(.garnishmentType), .one),
            Field("Grnshee", 2, "garnishee", .message(.party)),
            Field("GrnshmtAdmstr", 3, "garnishment_administrator", .message(.party)),
            Field("RefNb", 4, "reference_number", .text(140)),
            Field("Dt", 5, "date", .date),
            Field("RmtdAmt", 6, "remitted_amount", .amount),
            Field("FmlyMdclInsrncInd", 7, "family_medical_insurance", .indicator),
            Field("MplyeeTermntnInd", 8, "employee_termination", .indicator),
        ])

    /// What kind of garnishment it is (ISO 20022 `GarnishmentType`).
    static let garnishmentType = Component(
        "DocumentType",
        [
            Field("CdOrPrtry", .inline(.code4), .one),
            Field("Issr", 3, "issuer", .text(35)),
        ])
}
