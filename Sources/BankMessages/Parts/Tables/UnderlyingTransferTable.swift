extension Component {
    /// The customer's transfer that a bank's own transfer covers
    /// (ISO 20022 `CreditTransferTransaction37`, `…68` in the thirteenth edition).
    static let underlyingTransfer = Component(
        "UnderlyingCustomerTransfer",
        [
            Field("PmtId", .inline(.underlyingIdentification), in: .from(13)),
            Field("PmtTpInf", 10, "payment_type", .message(.paymentType), in: .from(13)),
            Field("UltmtDbtr", 37, "ultimate_debtor", .message(.party)),
            Field("InitgPty", 38, "initiating_party", .message(.party)),
            Field("Dbtr", 4, "debtor", .message(.party), .one),
            Field("DbtrAcct", 4, "debtor", .message(.account)),
        ] + agent("DbtrAgt", 39, "debtor_agent", .one) + previousAgents + intermediaryAgents
            + agent("CdtrAgt", 40, "creditor_agent", .one)
            + [
                Field("Cdtr", 5, "creditor", .message(.party), .one),
                Field("CdtrAcct", 5, "creditor", .message(.account)),
                Field("UltmtCdtr", 41, "ultimate_creditor", .message(.party)),
                Field(
                    "InstrForCdtrAgt", 42, "instructions_for_creditor_agent",
                    .message(.instructionForCreditorAgent), .any),
                Field(
                    "InstrForNxtAgt", 43, "instructions_for_next_agent",
                    .message(.instructionForNextAgent), .any),
                Field("Purp", .inline(.purpose), in: .from(13)),
                Field("Tax", 46, "tax", .message(.taxInformation), in: .to(11)),
                Field("Tax", 46, "tax", .message(.tax), in: .from(12)),
                Field("RmtInf", .inline(.underlyingRemittance)),
                Field("InstdAmt", 19, "instructed_amount", .amount),
            ])

    /// The bank's transfer that a bank's own transfer covers
    /// (ISO 20022 `CreditTransferTransaction69` of the thirteenth edition, the first to have it).
    static let underlyingInstitutionTransfer = Component(
        "UnderlyingInstitutionTransfer",
        [
            Field("PmtId", .inline(.underlyingIdentification), .one),
            Field("PmtTpInf", 10, "payment_type", .message(.paymentType)),
            Field("IntrBkSttlmAmt", 8, "interbank_settlement_amount", .amount, .one),
            Field("IntrBkSttlmDt", 12, "interbank_settlement_date", .date),
        ] + handling
            + [
                Field("XpryDtTm", 18, "expiry_date_time", .dateTime),
                signature,
            ] + previousAgents + instructedAgents + intermediaryAgents + institutionParties
            + ending(.instructionForCreditorBank)
            + [
                Field("RmtInf", .inline(.unstructuredRemittance)),
                allocations,
            ])

    private static let underlyingIdentification = Component(
        "UnderlyingTransfer",
        [
            Field("InstrId", 2, "instruction_id", .text(35)),
            Field("EndToEndId", 1, "end_to_end_id", .text(35), .one),
            Field("TxId", 3, "transaction_id", .text(35)),
            Field("UETR", 9, "uetr", .uuid),
            Field("ClrSysRef", 11, "clearing_system_reference", .text(35)),
        ])

    private static let underlyingRemittance = Component(
        "UnderlyingCustomerTransfer",
        [
            Field("Ustrd", 7, "remittance", .text(140), .any),
            Field("Strd", 48, "structured_remittance", .message(.structuredRemittance), .any),
        ])
}
