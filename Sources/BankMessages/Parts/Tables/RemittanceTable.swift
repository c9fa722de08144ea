extension Component {
    /// What a payment is for, in fields (ISO 20022 `StructuredRemittanceInformation`).
    static let structuredRemittance = Component(
        "StructuredRemittance",
        [
            Field("RfrdDocInf", 1, "referred_documents", .message(.referredDocument), .any),
            Field("RfrdDocAmt", 2, "referred_document_amount", .message(.remittanceAmount)),
            Field("CdtrRefInf", 3, "creditor_reference", .message(.creditorReference)),
            Field("Invcr", 4, "invoicer", .message(.party)),
            Field("Invcee", 5, "invoicee", .message(.party)),
            Field("TaxRmt", 6, "tax", .message(.tax)),
            Field("GrnshmtRmt", 7, "garnishment", .message(.garnishment)),
            Field("AddtlRmtInf", 8, "additional_information", .text(140), 0...3),
        ])

    /// The amounts of a document; those of editions before the twelfth by name, those since by type
    /// (ISO 20022 `RemittanceAmount`).
    static let remittanceAmount = Component(
        "RemittanceAmount",
        [
            Field(
                "RmtAmtAndTp", 1, "amounts_and_types", .message(.documentAmount), .any,
                in: .from(12)),
            Field("DuePyblAmt", 2, "due_payable_amount", .amount, in: .to(11)),
            Field(
                "DscntApldAmt", 3, "discount_applied_amounts", .message(.amountAndType), .any,
                in: .to(11)),
            Field("CdtNoteAmt", 4, "credit_note_amount", .amount, in: .to(11)),
            Field("TaxAmt", 5, "tax_amounts", .message(.amountAndType), .any, in: .to(11)),
            Field("AdjstmntAmtAndRsn", 6, "adjustments", .message(.amountAdjustment), .any),
            Field("RmtdAmt", 7, "remitted_amount", .amount, in: .to(11)),
        ])

    /// An amount and what it is (ISO 20022 `AmountAndType`).
    static let amountAndType = Component(
        "AmountAndType",
        [
            Field("Tp", 1, "type", .message(.code4)),
            Field("Amt", 2, "amount", .amount, .one),
        ])

    /// An amount of a document by its type (ISO 20022 `DocumentAmount1`).
    static let documentAmount = Component(
        "AmountAndType",
        [
            Field("Tp", 1, "type", .message(.code4), .one),
            Field("Amt", 2, "amount", .amount, .one),
        ])

    /// A correction of an amount and why (ISO 20022 `DocumentAdjustment`).
    static let amountAdjustment = Component(
        "AmountAdjustment",
        [
            Field("Amt", 1, "amount", .amount, .one),
            Field("CdtDbtInd", 2, "credit_debit_indicator", .codes("CRDT DBIT")),
            Field("Rsn", 3, "reason", .text(4)),
            Field("AddtlInf", 4, "additional_information", .text(140)),
        ])

    /// The creditor's reference (ISO 20022 `CreditorReferenceInformation`).
    static let creditorReference = Component(
        "CreditorReference",
        [
            Field("Tp", 1, "type", .message(.creditorReferenceType)),
            Field("Ref", 2, "reference", .text(35)),
        ])

    /// What kind of reference it is (ISO 20022 `CreditorReferenceType`).
    static let creditorReferenceType = Component(
        "DocumentType",
        [
            Field("CdOrPrtry", .inline(.creditorReferenceCode), .one),
            Field("Issr", 3, "issuer", .text(35)),
        ])
}
