extension Component {
    /// How somebody is reached (ISO 20022 `Contact`).
    static let contactDetails = Component(
        "ContactDetails",
        [
            Field("NmPrfx", 1, "name_prefix", .codes("DOCT MADM MISS MIST MIKS")),
            Field("Nm", 2, "name", .text(140)),
            Field("PhneNb", 3, "phone_number", .phone),
            Field("MobNb", 4, "mobile_number", .phone),
            Field("FaxNb", 5, "fax_number", .phone),
            Field("URLAdr", 6, "url_address", .text(2_048), in: .from(12)),
            Field("EmailAdr", 7, "email_address", .text(2_048), in: .to(11)),
            Field("EmailAdr", 7, "email_address", .text(256), in: .from(12)),
            Field("EmailPurp", 8, "email_purpose", .text(35)),
            Field("JobTitl", 9, "job_title", .text(35)),
            Field("Rspnsblty", 10, "responsibility", .text(35)),
            Field("Dept", 11, "department", .text(70)),
            Field("Othr", 12, "other", .message(.otherContact), .any),
            Field(
                "PrefrdMtd", 13, "preferred_method", .codes("LETT MAIL PHON FAXX CELL"), in: .to(11)
            ),
            Field(
                "PrefrdMtd", 13, "preferred_method", .codes("MAIL FAXX LETT CELL ONLI PHON"),
                in: .from(12)),
        ])

    /// Another channel to somebody (ISO 20022 `OtherContact`).
    static let otherContact = Component(
        "OtherContact",
        [
            Field("ChanlTp", 1, "channel_type", .text(4), .one),
            Field("Id", 2, "identification", .text(128)),
        ])
}
