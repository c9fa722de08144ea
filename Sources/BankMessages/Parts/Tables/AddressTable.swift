extension Component {
    /// An address: structured, in lines, or both (ISO 20022 `PostalAddress`).
    static let postalAddress = Component(
        "PostalAddress",
        [
            Field("AdrTp", 1, "type", .message(.addressType)),
            Field("CareOf", 2, "care_of", .text(140), in: .from(12)),
            Field("Dept", 3, "department", .text(70)),
            Field("SubDept", 4, "sub_department", .text(70)),
            Field("StrtNm", 5, "street_name", .text(70), in: .to(11)),
            Field("StrtNm", 5, "street_name", .text(140), in: .from(12)),
            Field("BldgNb", 6, "building_number", .text(16)),
            Field("BldgNm", 7, "building_name", .text(35), in: .to(11)),
            Field("BldgNm", 7, "building_name", .text(140), in: .from(12)),
            Field("Flr", 8, "floor", .text(70)),
            Field("UnitNb", 9, "unit_number", .text(16), in: .from(12)),
            Field("PstBx", 10, "post_box", .text(16)),
            Field("Room", 11, "room", .text(70)),
            Field("PstCd", 12, "post_code", .text(16)),
            Field("TwnNm", 13, "town_name", .text(35), in: .to(11)),
            Field("TwnNm", 13, "town_name", .text(140), in: .from(12)),
            Field("TwnLctnNm", 14, "town_location_name", .text(35), in: .to(11)),
            Field("TwnLctnNm", 14, "town_location_name", .text(140), in: .from(12)),
            Field("DstrctNm", 15, "district_name", .text(35), in: .to(11)),
            Field("DstrctNm", 15, "district_name", .text(140), in: .from(12)),
            Field("CtrySubDvsn", 16, "country_sub_division", .text(35)),
            Field("Ctry", 17, "country", .country),
            Field("AdrLine", 18, "address_lines", .text(70), 0...7),
        ])

    /// A code, or an identification of somebody's own (ISO 20022 `AddressTypeChoice`).
    static let addressType = Component(
        "QualifiedCode", isChoice: true,
        [
            Field("Cd", 1, "code", .codes("ADDR PBOX HOME BIZZ MLTO DLVY")),
            Field("Prtry", 2, "proprietary", .message(.addressTypeIdentification)),
        ])

    /// An own kind of address (ISO 20022 `GenericIdentification30`).
    static let addressTypeIdentification = Component(
        "GenericIdentification",
        [
            Field("Id", 1, "identification", .alphanumeric(4), .one),
            Field("Issr", 2, "issuer", .text(35), .one),
            Field("SchmeNm", 3, "scheme_name", .text(35)),
        ])

    /// The short form of an address that a party may have in JSON: country and lines.
    static let shortAddress = Component(
        "Party",
        [
            Field("Ctry", 3, "country", .country),
            Field("AdrLine", 4, "address_lines", .text(70), 0...7),
        ])
}
