extension Component {
    /// A person, firm or body (ISO 20022 `PartyIdentification135`, `…272` since the twelfth
    /// edition).
    static let party = Component(
        "Party",
        [
            Field("Nm", 1, "name", .text(140)),
            Field("PstlAdr", 5, "postal_address", .message(.postalAddress)),
            Field("PstlAdr", .inline(.shortAddress), isRead: false),
            Field("Id", .inline(.partyIdentification)),
            Field("CtryOfRes", 8, "country_of_residence", .country),
            Field("CtctDtls", 9, "contact_details", .message(.contactDetails)),
        ])

    /// An organisation or a person (ISO 20022 `Party38Choice`).
    static let partyIdentification = Component(
        "Party", isChoice: true,
        [
            Field("OrgId", 6, "organisation_identification", .message(.organisation)),
            Field("PrvtId", 7, "person_identification", .message(.person)),
        ])

    /// The identifications of an organisation (ISO 20022 `OrganisationIdentification`).
    static let organisation = Component(
        "OrganisationIdentification",
        [
            Field("AnyBIC", 1, "any_bic", .bic),
            Field("LEI", 2, "lei", .lei),
            Field("Othr", 3, "other", .message(.organisationOther), .any),
        ])

    /// Another identification of an organisation (ISO 20022 `GenericOrganisationIdentification`).
    static let organisationOther = Component(
        "OtherIdentification",
        [
            Field("Id", 1, "identification", .text(35), .one, in: .to(11)),
            Field("Id", 1, "identification", .text(256), .one, in: .from(12)),
            Field("SchmeNm", 2, "scheme", .message(.code4)),
            Field("Issr", 3, "issuer", .text(35)),
        ])

    /// The identifications of a person (ISO 20022 `PersonIdentification`).
    static let person = Component(
        "PersonIdentification",
        [
            Field("DtAndPlcOfBirth", 1, "birth", .message(.birth)),
            Field("Othr", 2, "other", .message(.personOther), .any),
        ])

    /// Another identification of a person (ISO 20022 `GenericPersonIdentification`).
    static let personOther = Component(
        "OtherIdentification",
        [
            Field("Id", 1, "identification", .text(35), .one, in: .to(11)),
            Field("Id", 1, "identification", .text(256), .one, in: .from(12)),
            Field("SchmeNm", 2, "scheme", .message(.code4)),
            Field("Issr", 3, "issuer", .text(35)),
        ])

    /// Where and when a person was born (ISO 20022 `DateAndPlaceOfBirth`).
    static let birth = Component(
        "Birth",
        [
            Field("BirthDt", 1, "date", .date, .one),
            Field("PrvcOfBirth", 2, "province", .text(35)),
            Field("CityOfBirth", 3, "city", .text(35), .one),
            Field("CtryOfBirth", 4, "country", .country, .one),
        ])
}
