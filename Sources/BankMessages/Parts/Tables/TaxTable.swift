extension Component {
    /// Taxes of a payment (ISO 20022 `TaxData1`).
    static let tax = Component("Tax", taxFields)

    /// The same before the twelfth edition, where the payment itself has them
    /// (ISO 20022 `TaxInformation8`).
    static let taxInformation = Component(
        "Tax", taxFields.filter { $0.label != "ultimate_debtor" })

    private static let taxFields = [
        Field("Cdtr", 1, "creditor", .message(.taxCreditor)),
        Field("Dbtr", 2, "debtor", .message(.taxParty)),
        Field("UltmtDbtr", 3, "ultimate_debtor", .message(.taxParty)),
        Field("AdmstnZone", 4, "administration_zone", .text(35)),
        Field("RefNb", 5, "reference_number", .text(140)),
        Field("Mtd", 6, "method", .text(35)),
        Field("TtlTaxblBaseAmt", 7, "total_taxable_base_amount", .amount),
        Field("TtlTaxAmt", 8, "total_tax_amount", .amount),
        Field("Dt", 9, "date", .date),
        Field("SeqNb", 10, "sequence_number", .decimal(18, 0)),
        Field("Rcrd", 11, "records", .message(.taxRecord), .any),
    ]

    /// A party by its tax numbers (ISO 20022 `TaxParty2`).
    static let taxParty = Component(
        "TaxParty",
        taxNumbers + [Field("Authstn", 4, "authorisation", .message(.taxAuthorisation))])

    /// The creditor by its tax numbers (ISO 20022 `TaxParty1`).
    static let taxCreditor = Component("TaxParty", taxNumbers)

    private static let taxNumbers = [
        Field("TaxId", 1, "tax_identification", .text(35)),
        Field("RegnId", 2, "registration_identification", .text(35)),
        Field("TaxTp", 3, "tax_type", .text(35)),
    ]

    /// Who signed for a tax party (ISO 20022 `TaxAuthorisation`).
    static let taxAuthorisation = Component(
        "TaxAuthorisation",
        [
            Field("Titl", 1, "title", .text(35)),
            Field("Nm", 2, "name", .text(140)),
        ])

    /// One tax (ISO 20022 `TaxRecord`).
    static let taxRecord = Component(
        "TaxRecord",
        [
            Field("Tp", 1, "type", .text(35)),
            Field("Ctgy", 2, "category", .text(35)),
            Field("CtgyDtls", 3, "category_details", .text(35)),
            Field("DbtrSts", 4, "debtor_status", .text(35)),
            Field("CertId", 5, "certificate_identification", .text(35)),
            Field("FrmsCd", 6, "forms_code", .text(35)),
            Field("Prd", 7, "period", .message(.taxPeriod)),
            Field("TaxAmt", 8, "tax_amount", .message(.taxAmount)),
            Field("AddtlInf", 9, "additional_information", .text(140)),
        ])

    /// The period of a tax (ISO 20022 `TaxPeriod`).
    static let taxPeriod = Component(
        "TaxPeriod",
        [
            Field("Yr", 1, "year", .date, in: .to(9)),
            Field("Yr", 1, "year", .year, in: .from(10)),
            Field(
                "Tp", 2, "type",
                .codes(
                    "MM01 MM02 MM03 MM04 MM05 MM06 MM07 MM08 MM09 "
                        + "MM10 MM11 MM12 QTR1 QTR2 QTR3 QTR4 HLF1 HLF2"
                )),
            Field("FrToDt", 3, "from_to_date", .message(.datePeriod)),
        ])

    /// From one day to another (ISO 20022 `DatePeriod`).
    static let datePeriod = Component(
        "DatePeriod",
        [
            Field("FrDt", 1, "from_date", .date, .one),
            Field("ToDt", 2, "to_date", .date, .one),
        ])

    /// What a tax comes to (ISO 20022 `TaxAmount`).
    static let taxAmount = Component(
        "TaxAmount",
        [
            Field("Rate", 1, "rate", .decimal(11, 10)),
            Field("TaxblBaseAmt", 2, "taxable_base_amount", .amount),
            Field("TtlAmt", 3, "total_amount", .amount),
            Field("Dtls", 4, "details", .message(.taxRecordDetails), .any),
        ])

    /// A part of a tax (ISO 20022 `TaxRecordDetails`).
    static let taxRecordDetails = Component(
        "TaxRecordDetails",
        [
            Field("Prd", 1, "period", .message(.taxPeriod)),
            Field("Amt", 2, "amount", .amount, .one),
        ])
}
