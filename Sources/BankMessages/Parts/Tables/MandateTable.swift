extension Component {
    /// The mandate behind a payment (ISO 20022 `CreditTransferMandateData`).
    static let mandate = Component(
        "Mandate",
        [
            Field("MndtId", 1, "mandate_identification", .text(35)),
            Field("Tp", 2, "type", .message(.mandateType)),
            Field("DtOfSgntr", 3, "date_of_signature", .date),
            Field("DtOfVrfctn", 4, "date_of_verification", .dateTime),
            Field("ElctrncSgntr", 5, "electronic_signature", .base64(10_240)),
            Field("FrstPmtDt", 6, "first_payment_date", .date),
            Field("FnlPmtDt", 7, "final_payment_date", .date),
            Field("Frqcy", 8, "frequency", .message(.frequency)),
            Field("Rsn", 9, "reason", .message(.code4Reason70)),
        ])

    /// What kind of mandate it is (ISO 20022 `MandateTypeInformation`).
    static let mandateType = Component(
        "MandateType",
        [
            Field("SvcLvl", 1, "service_level", .message(.code4)),
            Field("LclInstrm", 2, "local_instrument", .message(.code35)),
            Field("CtgyPurp", 3, "category_purpose", .message(.code4)),
            Field("Clssfctn", 4, "classification", .message(.mandateClassification)),
        ])

    /// How often (ISO 20022 `FrequencyChoice`).
    static let frequency = Component(
        "Frequency", isChoice: true,
        [
            Field("Tp", 1, "type", .codes("YEAR MNTH QURT MIAN WEEK DAIL ADHO INDA FRTN")),
            Field("Prd", 2, "period", .message(.frequencyPeriod)),
            Field("PtInTm", 3, "point_in_time", .message(.frequencyMoment)),
        ])

    /// How often in a period (ISO 20022 `FrequencyPeriod`).
    static let frequencyPeriod = Component(
        "FrequencyPeriod",
        [
            Field("Tp", 1, "type", .codes("YEAR MNTH QURT MIAN WEEK DAIL ADHO INDA FRTN"), .one),
            Field("CntPerPrd", 2, "count_per_period", .decimal(18, 17), .one),
        ])

    /// When in a period (ISO 20022 `FrequencyAndMoment`).
    static let frequencyMoment = Component(
        "FrequencyMoment",
        [
            Field("Tp", 1, "type", .codes("YEAR MNTH QURT MIAN WEEK DAIL ADHO INDA FRTN"), .one),
            Field("PtInTm", 2, "point_in_time", .digits(2), .one),
        ])
}
