extension Component {
    /// How a payment is to be handled (ISO 20022 `PaymentTypeInformation`).
    static let paymentType = Component(
        "PaymentType",
        [
            Field("InstrPrty", 1, "instruction_priority", .codes("HIGH NORM")),
            Field("ClrChanl", 2, "clearing_channel", .codes("RTGS RTNS MPNS BOOK")),
            Field("SvcLvl", 3, "service_levels", .message(.code4), .any),
            Field("LclInstrm", 4, "local_instrument", .message(.code35)),
            Field("CtgyPurp", 5, "category_purpose", .message(.code4)),
        ])

    /// When a market infrastructure debited and credited
    /// (ISO 20022 `SettlementDateTimeIndication`).
    static let settlementTimeIndication = Component(
        "SettlementTimeIndication",
        [
            Field("DbtDtTm", 1, "debit_date_time", .dateTime),
            Field("CdtDtTm", 2, "credit_date_time", .dateTime),
        ])

    /// Until when, and from when, a payment is to settle (ISO 20022 `SettlementTimeRequest`).
    static let settlementTimeRequest = Component(
        "SettlementTimeRequest",
        [
            Field("CLSTm", 1, "cls_time", .time),
            Field("TillTm", 2, "till_time", .time),
            Field("FrTm", 3, "from_time", .time),
            Field("RjctTm", 4, "reject_time", .time),
        ])
}
