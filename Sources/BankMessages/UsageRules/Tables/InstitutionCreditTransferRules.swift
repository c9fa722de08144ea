extension UsageRuleSet {
    /// pacs.009 of its own.
    static let institutionCreditTransfer = UsageRuleSet(
        "pacs.009", root: "FICdtTrf", transactions: "CdtTrfTxInf",
        [
            institutionHeader,
            [
                .trackedService("R10", is: "G004"),
                .creditorInstructionsOnce("R11", "CdtTrfTxInf"),
                .instructionIdentification("R12", "CdtTrfTxInf/PmtId/InstrId"),
                .endToEndIdentification("R13", "CdtTrfTxInf/PmtId/EndToEndId"),
                .noCommodity("R16", "CdtTrfTxInf/IntrBkSttlmAmt"),
                .addressLines("R22"),
                .bics(bicsOfHeader + bicsOfTransaction),
            ],
            UsageRule.agents(
                [("R21", "CdtTrfTxInf/PrvsInstgAgt1")]
                    + chain(["R23", "R24", "R25", "R26", "R27", "R28", "R29", "R30", "R31"])),
        ])

    /// pacs.009 that covers a customer's payment.
    static let coverTransfer = UsageRuleSet(
        "pacs.009_cov", root: "FICdtTrf", transactions: "CdtTrfTxInf",
        [
            institutionHeader, cover,
            UsageRule.agents(
                [("R22", "CdtTrfTxInf/PrvsInstgAgt1")]
                    + chain(["R24", "R25", "R26", "R27", "R28", "R29", "R30", "R31", "R32"])),
            UsageRule.agents(agentsOfUnderlying),
            UsageRule.addressedParties(
                [
                    ("R33", "UltmtDbtr"), ("R37", "InitgPty"), ("R43", "Dbtr"), ("R53", "Cdtr"),
                    ("R59", "UltmtCdtr"),
                ].map(underlying)),
            UsageRule.namedParties([("R38", "Dbtr"), ("R54", "Cdtr")].map(underlying)),
            UsageRule.partiesByBIC([("R40", "Dbtr"), ("R52", "Cdtr")].map(underlying)),
        ])

    /// pacs.009 that only tells of money to come (`swift.cbprplus.adv.…`).
    static let adviceOfTransfer = UsageRuleSet(
        "pacs.009_adv", root: "FICdtTrf", transactions: "CdtTrfTxInf",
        [
            UsageRule.header(
                UsageRule.HeaderNumbers(
                    identifier: "R1", contained: "R7", definition: "R8", to: ("R4", "R3"),
                    from: "R5", priority: "R2"),
                transactions: "CdtTrfTxInf"),
            [
                .trackedService("R10", is: "G004"),
                .addressLines("R16"),
                .creditorInstructionsOnce("R18", "CdtTrfTxInf"),
                .instructionIdentification("R19", "CdtTrfTxInf/PmtId/InstrId"),
                .endToEndIdentification("R20", "CdtTrfTxInf/PmtId/EndToEndId"),
                .noCommodity("R21", "CdtTrfTxInf/IntrBkSttlmAmt"),
                .bics(bicsOfHeader + bicsOfReimbursement + bicsOfTransaction),
            ],
            UsageRule.agents(
                [
                    ("R15", "GrpHdr/SttlmInf/InstgRmbrsmntAgt"),
                    ("R17", "GrpHdr/SttlmInf/InstdRmbrsmntAgt"),
                    ("R22", "CdtTrfTxInf/PrvsInstgAgt1"),
                ] + chain(["R23", "R24", "R25", "R26", "R27", "R28", "R29", "R30", "R31"])),
        ])

    private static let institutionHeader = UsageRule.header(
        UsageRule.HeaderNumbers(
            identifier: "R1", contained: "R7", definition: "R8", to: ("R3", "R4"), from: "R5",
            priority: "R2"),
        transactions: "CdtTrfTxInf")

    private static let cover: [UsageRule] = [
        .exclusive("R10", "CdtTrfTxInf/UndrlygCstmrCdtTrf/RmtInf", "Ustrd", "Strd"),
        .trackedService("R11", is: "G001"),
        .creditorInstructionsOnce("R12", "CdtTrfTxInf"),
        .instructionIdentification("R13", "CdtTrfTxInf/PmtId/InstrId"),
        .endToEndIdentification("R15", "CdtTrfTxInf/PmtId/EndToEndId"),
        .noCommodity("R17", "CdtTrfTxInf/IntrBkSttlmAmt"),
        .addressLines("R23"),
        .structuredRemittance("R61", each: "CdtTrfTxInf/UndrlygCstmrCdtTrf"),
        .bics(["CdtTrfTxInf/InstgAgt/FinInstnId/BICFI"]),
    ]

    private static let agentsOfUnderlying = [
        ("R44", "DbtrAgt"), ("R45", "PrvsInstgAgt1"), ("R46", "PrvsInstgAgt2"),
        ("R47", "PrvsInstgAgt3"), ("R48", "IntrmyAgt1"), ("R49", "IntrmyAgt2"),
        ("R50", "IntrmyAgt3"), ("R51", "CdtrAgt"),
    ].map(underlying)

    private static func underlying(
        _ place: (number: String, path: String)
    ) -> (number: String, path: String) {
        (place.number, "CdtTrfTxInf/UndrlygCstmrCdtTrf/\(place.path)")
    }

    /// The agents of a transaction from the second before the instructing one to the creditor.
    private static let agentsOfChain = [
        "PrvsInstgAgt2", "PrvsInstgAgt3", "IntrmyAgt1", "IntrmyAgt2", "IntrmyAgt3", "Dbtr",
        "DbtrAgt", "CdtrAgt", "Cdtr",
    ]

    private static func chain(_ numbers: [String]) -> [(number: String, path: String)] {
        zip(numbers, agentsOfChain).map { ($0, "CdtTrfTxInf/\($1)") }
    }

    private static let bicsOfHeader: [UsagePath] = [
        "AppHdr/Fr/FIId/FinInstnId/BICFI", "AppHdr/To/FIId/FinInstnId/BICFI",
    ]

    private static let bicsOfReimbursement: [UsagePath] = [
        "GrpHdr/SttlmInf/InstgRmbrsmntAgt/FinInstnId/BICFI",
        "GrpHdr/SttlmInf/InstdRmbrsmntAgt/FinInstnId/BICFI",
    ]

    private static let bicsOfTransaction =
        (["InstgAgt", "InstdAgt", "PrvsInstgAgt1"] + agentsOfChain).map {
            UsagePath("CdtTrfTxInf/\($0)/FinInstnId/BICFI")
        }
}
