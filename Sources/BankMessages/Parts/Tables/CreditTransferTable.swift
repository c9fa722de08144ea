extension Component {
    /// A customer's credit transfer, `CdtTrfTxInf` of a pacs.008
    /// (ISO 20022 `CreditTransferTransaction39`, `…70` in the thirteenth edition).
    package static let customerTransfer = Component(
        "PaymentDetails",
        identification + handling + customerAmounts + previousAgents + instructedAgents
            + intermediaryAgents + customerParties + ending
            + [
                Field(
                    "RgltryRptg", 45, "regulatory_reporting", .message(.regulatoryReporting), 0...10
                ),
                Field("Tax", 46, "tax", .message(.taxInformation), in: .to(11)),
                Field("Tax", 46, "tax", .message(.tax), in: .from(12)),
                Field(
                    "RltdRmtInf", 47, "related_remittance", .message(.remittanceLocation), 0...10),
                Field("RmtInf", .inline(.remittance)),
                supplement,
            ])

    /// A bank's own transfer, `CdtTrfTxInf` of a pacs.009
    /// (ISO 20022 `CreditTransferTransaction36`, `…67` in the thirteenth edition).
    package static let institutionTransfer = Component(
        "PaymentDetails",
        identification + handling
            + [
                Field("XpryDtTm", 18, "expiry_date_time", .dateTime, in: .from(13)),
                signature,
            ] + previousAgents + instructedAgents + intermediaryAgents + institutionParties
            + ending(.instructionForCreditorBank)
            + [
                Field("RmtInf", .inline(.unstructuredRemittance)),
                allocations,
                Field(
                    "UndrlygCstmrCdtTrf", 49, "underlying_customer_transfer",
                    .message(.underlyingTransfer)),
                Field(
                    "UndrlygFICdtTrf", 51, "underlying_institution_transfer",
                    .message(.underlyingInstitutionTransfer), in: .from(13)),
                supplement,
            ])

    /// What a group header may say for all transactions of its message.
    static let groupDefaults = Component(
        "PaymentDetails",
        [
            Field("PmtTpInf", 10, "payment_type", .message(.paymentType)),
            Field("IntrBkSttlmDt", 12, "interbank_settlement_date", .date),
            Field("XpryDtTm", 18, "expiry_date_time", .dateTime, in: .from(13)),
        ] + instructedAgents)

    // MARK: The parts of the two

    private static let identification = [
        Field("PmtId", .inline(.paymentIdentification), .one),
        Field("PmtTpInf", 10, "payment_type", .message(.paymentType)),
        Field("IntrBkSttlmAmt", .elsewhere, .one),
        Field("IntrBkSttlmDt", 12, "interbank_settlement_date", .date),
    ]

    static let handling = [
        Field("SttlmPrty", 13, "settlement_priority", .codes("URGT HIGH NORM")),
        Field(
            "SttlmTmIndctn", 14, "settlement_time_indication", .message(.settlementTimeIndication)),
        Field("SttlmTmReq", 15, "settlement_time_request", .message(.settlementTimeRequest)),
    ]

    private static let customerAmounts = [
        Field("AddtlDtTm", .inline(.additionalDateTime), in: .from(13)),
        Field("AccptncDtTm", 16, "acceptance_date_time", .dateTime, in: .to(12)),
        Field("PoolgAdjstmntDt", 17, "pooling_adjustment_date", .date, in: .to(12)),
        Field("InstdAmt", 19, "instructed_amount", .amount),
        Field("XchgRate", 20, "exchange_rate", .decimal(11, 10)),
        Field("AgrdRate", 21, "agreed_rate", .message(.agreedRate), in: .from(13)),
        Field("ChrgBr", 22, "charge_bearer", .codes("DEBT CRED SHAR SLEV"), .one),
        Field("ChrgsInf", 23, "charges", .message(.charge), .any),
        Field("MndtRltdInf", 24, "mandate", .message(.mandate), in: .from(9)),
        signature,
    ]

    static let signature = Field(
        "PmtSgntr", 25, "payment_signature", .message(.paymentSignature), in: .from(13))

    static let allocations = Field(
        "UndrlygAllcn", 50, "allocations", .message(.allocation), .any, in: .from(12))

    private static let supplement = Field(
        "SplmtryData", 52, "supplementary_data", .message(.supplementaryData), .any)

    static let previousAgents =
        agent("PrvsInstgAgt1", 26, "previous_instructing_agent_1")
        + agent("PrvsInstgAgt2", 27, "previous_instructing_agent_2")
        + agent("PrvsInstgAgt3", 28, "previous_instructing_agent_3")

    static let instructedAgents = [
        Field("InstgAgt", 29, "instructing_agent", .message(.institution)),
        Field("InstdAgt", 33, "instructed_agent", .message(.institution)),
    ]

    static let intermediaryAgents =
        agent("IntrmyAgt1", 34, "intermediary_agent_1")
        + agent("IntrmyAgt2", 35, "intermediary_agent_2")
        + agent("IntrmyAgt3", 36, "intermediary_agent_3")

    private static let customerParties =
        [
            Field("UltmtDbtr", 37, "ultimate_debtor", .message(.party)),
            Field("InitgPty", 38, "initiating_party", .message(.party)),
            Field("Dbtr", 4, "debtor", .message(.party), .one),
            Field("DbtrAcct", 4, "debtor", .message(.account)),
        ] + agent("DbtrAgt", 39, "debtor_agent", .one)
        + agent("CdtrAgt", 40, "creditor_agent", .one)
        + [
            Field("Cdtr", 5, "creditor", .message(.party), .one),
            Field("CdtrAcct", 5, "creditor", .message(.account)),
            Field("UltmtCdtr", 41, "ultimate_creditor", .message(.party)),
        ]

    static let institutionParties =
        [Field("UltmtDbtr", 37, "ultimate_debtor", .message(.institution))]
        + agent("Dbtr", 4, "debtor", .one) + agent("DbtrAgt", 39, "debtor_agent")
        + agent("CdtrAgt", 40, "creditor_agent") + agent("Cdtr", 5, "creditor", .one)
        + [Field("UltmtCdtr", 41, "ultimate_creditor", .message(.institution))]

    private static let ending = ending(.instructionForCreditorAgent)

    static func ending(_ instruction: Component) -> [Field] {
        [
            Field(
                "InstrForCdtrAgt", 42, "instructions_for_creditor_agent", .message(instruction),
                .any),
            Field(
                "InstrForNxtAgt", 43, "instructions_for_next_agent",
                .message(.instructionForNextAgent), .any),
            Field("Purp", .inline(.purpose)),
        ]
    }

    /// An agent and the account beside it.
    static func agent(
        _ element: String, _ number: Int, _ label: String,
        _ occurrences: ClosedRange<Int> = .optional
    ) -> [Field] {
        [
            Field(element, number, label, .message(.institution), occurrences),
            Field(element + "Acct", number, label, .message(.account)),
        ]
    }

    // MARK: What is inline

    /// (ISO 20022 `PaymentIdentification7`).
    private static let paymentIdentification = Component(
        "PaymentDetails",
        [
            Field("InstrId", 2, "instruction_id", .text(35)),
            Field("EndToEndId", 1, "end_to_end_id", .text(35), .one),
            Field("TxId", 3, "transaction_id", .text(35)),
            Field("UETR", .elsewhere),
            Field("ClrSysRef", 11, "clearing_system_reference", .text(35)),
        ])

    /// (ISO 20022 `AdditionalDateTime1`).
    private static let additionalDateTime = Component(
        "PaymentDetails",
        [
            Field("AccptncDtTm", 16, "acceptance_date_time", .dateTime),
            Field("PoolgAdjstmntDt", 17, "pooling_adjustment_date", .date),
            Field("XpryDtTm", 18, "expiry_date_time", .dateTime),
        ])

    static let purpose = Component(
        "PaymentDetails", isChoice: true,
        [
            Field("Cd", 6, "purpose", .text(4)),
            Field("Prtry", 44, "purpose_proprietary", .text(35)),
        ])

    /// (ISO 20022 `RemittanceInformation2`).
    static let unstructuredRemittance = Component(
        "PaymentDetails",
        [
            Field("Ustrd", 7, "remittance", .text(140), .any)
        ])

    /// (ISO 20022 `RemittanceInformation16`).
    private static let remittance = Component(
        "PaymentDetails",
        echo: Echo(
            field: Field("Ref", 7, "remittance", .text(35), .any),
            elements: ["Strd", "CdtrRefInf", "Ref"].map { ElementName($0) }, numbers: [48, 3, 2]),
        [
            Field("Ustrd", 7, "remittance", .text(140), .any),
            Field("Strd", 48, "structured_remittance", .message(.structuredRemittance), .any),
        ])
}
