extension Component {
    /// A bank or another institution, and its branch
    /// (ISO 20022 `BranchAndFinancialInstitutionIdentification6`).
    static let institution = Component(
        "Party",
        [
            Field("FinInstnId", .inline(.institutionIdentification), .one),
            Field("BrnchId", 14, "branch", .message(.branch)),
        ])

    /// (ISO 20022 `FinancialInstitutionIdentification18`).
    static let institutionIdentification = Component(
        "Party",
        [
            Field("BICFI", 10, "bic", .bic),
            Field(
                "ClrSysMmbId", 11, "clearing_system_member", .message(.clearingSystemMember)),
            Field("LEI", 12, "lei", .lei),
            Field("Nm", 1, "name", .text(140)),
            Field("PstlAdr", 5, "postal_address", .message(.postalAddress)),
            Field("PstlAdr", .inline(.shortAddress), isRead: false),
            Field("Othr", 13, "other_identification", .message(.institutionOther)),
        ])

    /// A bank by its number in a clearing system (ISO 20022 `ClearingSystemMemberIdentification`).
    static let clearingSystemMember = Component(
        "ClearingSystemMember",
        [
            Field("ClrSysId", 1, "clearing_system", .message(.code5)),
            Field("MmbId", 2, "member_identification", .text(35), .one),
        ])

    /// Another identification of an institution (ISO 20022 `GenericFinancialIdentification`).
    static let institutionOther = Component(
        "OtherIdentification",
        [
            Field("Id", 1, "identification", .text(35), .one),
            Field("SchmeNm", 2, "scheme", .message(.code4)),
            Field("Issr", 3, "issuer", .text(35)),
        ])

    /// A branch of an institution (ISO 20022 `BranchData`).
    static let branch = Component(
        "Branch",
        [
            Field("Id", 1, "identification", .text(35)),
            Field("LEI", 2, "lei", .lei),
            Field("Nm", 3, "name", .text(140)),
            Field("PstlAdr", 4, "postal_address", .message(.postalAddress)),
        ])
}
