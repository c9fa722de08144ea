extension Component {
    /// A document that is paid (ISO 20022 `ReferredDocumentInformation`).
    static let referredDocument = Component(
        "ReferredDocument",
        [
            Field("Tp", 1, "type", .message(.referredDocumentType)),
            Field("Nb", 2, "number", .text(35)),
            Field("RltdDt", 3, "related_date", .date, in: .to(11)),
            Field("RltdDt", .inline(.relatedDate), in: .from(12)),
            Field("LineDtls", 5, "lines", .message(.documentLine), .any),
        ])

    /// The date of a document and what date it is (ISO 20022 `DateAndType1`).
    static let relatedDate = Component(
        "ReferredDocument",
        [
            Field("Tp", 4, "related_date_type", .message(.code4), .one),
            Field("Dt", 3, "related_date", .date, .one),
        ])

    /// A line of a document (ISO 20022 `DocumentLineInformation`).
    static let documentLine = Component(
        "DocumentLine",
        [
            Field("Id", 1, "identifications", .message(.documentLineIdentification), .oneOrMore),
            Field("Desc", 2, "description", .text(2_048)),
            Field("Amt", 3, "amount", .message(.remittanceAmount)),
        ])

    /// By what a line is known (ISO 20022 `DocumentLineIdentification`).
    static let documentLineIdentification = Component(
        "DocumentLineIdentification",
        [
            Field("Tp", 1, "type", .message(.documentLineType)),
            Field("Nb", 2, "number", .text(35)),
            Field("RltdDt", 3, "related_date", .date),
        ])

    /// What kind of line it is (ISO 20022 `DocumentLineType`).
    static let documentLineType = Component(
        "DocumentType",
        [
            Field("CdOrPrtry", .inline(.code4), .one),
            Field("Issr", 3, "issuer", .text(35)),
        ])

    /// What kind of document it is (ISO 20022 `ReferredDocumentType`).
    static let referredDocumentType = Component(
        "DocumentType",
        [
            Field("CdOrPrtry", .inline(.documentTypeCode), .one),
            Field("Issr", 3, "issuer", .text(35)),
        ])
}
