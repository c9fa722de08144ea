extension UsageRuleSet {
    /// pacs.008.
    static let customerCreditTransfer = UsageRuleSet(
        "pacs.008", root: "FIToFICstmrCdtTrf", transactions: "CdtTrfTxInf",
        [
            UsageRule.header(
                UsageRule.HeaderNumbers(
                    identifier: "R1", contained: "R7", definition: "R8", to: ("R2", "R3"),
                    from: "R5", priority: "R4"),
                transactions: "CdtTrfTxInf"),
            customerTransfer,
            UsageRule.agents([
                ("R12", "CdtTrfTxInf/ChrgsInf/Agt"),
                ("R19", "GrpHdr/SttlmInf/InstgRmbrsmntAgt"),
                ("R21", "GrpHdr/SttlmInf/InstdRmbrsmntAgt"),
                ("R22", "GrpHdr/SttlmInf/ThrdRmbrsmntAgt"),
                ("R35", "CdtTrfTxInf/PrvsInstgAgt1"), ("R36", "CdtTrfTxInf/PrvsInstgAgt2"),
                ("R37", "CdtTrfTxInf/PrvsInstgAgt3"), ("R38", "CdtTrfTxInf/IntrmyAgt1"),
                ("R39", "CdtTrfTxInf/IntrmyAgt2"), ("R40", "CdtTrfTxInf/IntrmyAgt3"),
                ("R52", "CdtTrfTxInf/DbtrAgt"), ("R53", "CdtTrfTxInf/CdtrAgt"),
            ]),
            UsageRule.addressedParties([
                ("R44", "CdtTrfTxInf/UltmtDbtr"), ("R45", "CdtTrfTxInf/InitgPty"),
                ("R48", "CdtTrfTxInf/Dbtr"), ("R56", "CdtTrfTxInf/Cdtr"),
                ("R60", "CdtTrfTxInf/UltmtCdtr"),
            ]),
            UsageRule.namedParties([("R50", "CdtTrfTxInf/Dbtr"), ("R55", "CdtTrfTxInf/Cdtr")]),
            UsageRule.partiesByBIC([("R47", "CdtTrfTxInf/Dbtr"), ("R54", "CdtTrfTxInf/Cdtr")]),
        ])

    private static let customerTransfer: [UsageRule] = [
        .creditorInstruction("R10", "CdtTrfTxInf", "PHOB", without: "TELB"),
        .creditorInstruction("R11", "CdtTrfTxInf", "CHQB", without: "HOLD"),
        .trackedService("R13", is: "G001"),
        .addressLines("R20"),
        .oneChargeForDebtor("R23", "CdtTrfTxInf"),
        .exclusive("R24", "CdtTrfTxInf", "RmtInf/Ustrd", "RmtInf/Strd"),
        .creditorInstructionsOnce("R25", "CdtTrfTxInf"),
        .chargesOfCreditor("R26", "CdtTrfTxInf"),
        .exclusive("R27", "CdtTrfTxInf", "RltdRmtInf", "RmtInf"),
        .instructionIdentification("R28", "CdtTrfTxInf/PmtId/InstrId"),
        .filledEndToEnd("R29"),
        .chargesForDifference("R30", "CdtTrfTxInf", ("InstdAmt", "IntrBkSttlmAmt")),
        .noCommodity("R31", "CdtTrfTxInf/IntrBkSttlmAmt"),
        .chargesForDifference("R33", "CdtTrfTxInf", ("InstdAmt", "IntrBkSttlmAmt")),
        .structuredRemittance("R63", each: "CdtTrfTxInf"),
        .bics(["CdtTrfTxInf/InstgAgt/FinInstnId/BICFI"]),
    ]

    /// pacs.008 that needs nobody's hands (`swift.cbprplus.stp.…`).
    static let straightThroughCreditTransfer = UsageRuleSet(
        "pacs.008_stp", root: "FIToFICstmrCdtTrf", transactions: "CdtTrfTxInf",
        [
            UsageRule.header(
                UsageRule.HeaderNumbers(
                    identifier: "R1", contained: "R7", definition: "R8", to: ("R4", "R3"),
                    from: "R5", priority: "R2"),
                transactions: "CdtTrfTxInf"),
            straightThrough, couples,
            UsageRule.addressedParties([
                ("R28", "CdtTrfTxInf/UltmtDbtr"), ("R30", "CdtTrfTxInf/InitgPty"),
                ("R31", "CdtTrfTxInf/Dbtr"), ("R40", "CdtTrfTxInf/Cdtr"),
                ("R43", "CdtTrfTxInf/UltmtCdtr"),
            ]),
            UsageRule.namedParties([("R33", "CdtTrfTxInf/Dbtr"), ("R41", "CdtTrfTxInf/Cdtr")]),
            UsageRule.partiesByBIC([("R35", "CdtTrfTxInf/Dbtr"), ("R38", "CdtTrfTxInf/Cdtr")]),
        ])

    private static let straightThrough: [UsageRule] = [
        .trackedService("R10", is: "G001"),
        .exclusive("R11", "CdtTrfTxInf", "RltdRmtInf", "RmtInf"),
        .oneChargeForDebtor("R13", "CdtTrfTxInf"),
        .chargesOfCreditor("R14", "CdtTrfTxInf"),
        .instructionIdentification("R19", "CdtTrfTxInf/PmtId/InstrId"),
        .filledEndToEnd("R20"),
        .noCommodity("R21", "CdtTrfTxInf/IntrBkSttlmAmt"),
        .chargesForDifference("R23", "CdtTrfTxInf", ("InstdAmt", "IntrBkSttlmAmt")),
        .addressLines("R29"),
        .bics(["CdtTrfTxInf/InstgAgt/FinInstnId/BICFI"]),
    ]

    /// Countries between which a payment is as good as domestic.
    private static let couples: [UsageRule] = [
        domestic(
            "R12",
            [
                "AT", "BE", "BG", "BV", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GF",
                "GI", "GP", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MQ", "MT",
                "NL", "NO", "PL", "PM", "PT", "RE", "RO", "SE", "SI", "SJ", "SK",
            ]),
        domestic("R15", ["IT", "VA"]), domestic("R16", ["FR", "MC"]),
        domestic("R17", ["ES", "AD"]), domestic("R18", ["IT", "SM"]),
    ]

    private static func domestic(_ number: String, _ countries: [String]) -> UsageRule {
        UsageRule(
            number: number,
            sentence: "Between banks of \(countries.joined(separator: ", ")) debtor and creditor "
                + "must have Nm and an account with IBAN.",
            check: .each(
                "CdtTrfTxInf",
                when: [
                    .countries("DbtrAgt/FinInstnId/BICFI", countries),
                    .countries("CdtrAgt/FinInstnId/BICFI", countries),
                ],
                then: [
                    .has("Dbtr/Nm"), .has("Cdtr/Nm"), .has("DbtrAcct/Id/IBAN"),
                    .has("CdtrAcct/Id/IBAN"),
                ]))
    }
}
