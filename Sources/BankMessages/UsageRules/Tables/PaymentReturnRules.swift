extension UsageRuleSet {
    /// pacs.004.
    static let paymentReturn = UsageRuleSet(
        "pacs.004", root: "PmtRtr", transactions: "TxInf",
        [
            UsageRule.header(
                UsageRule.HeaderNumbers(
                    identifier: "R1", contained: "R6", definition: "R7", to: ("R2", "R3"),
                    from: "R4"),
                transactions: "TxInf"),
            returnedAmounts, returnTexts,
            UsageRule.agents(agentsOfReturn),
            UsageRule.addressedParties([
                ("R34", "TxInf/RtrChain/UltmtDbtr/Pty"), ("R36", "TxInf/RtrChain/Dbtr/Pty"),
                ("R42", "TxInf/RtrChain/InitgPty/Pty"), ("R53", "TxInf/RtrChain/Cdtr/Pty"),
                ("R58", "TxInf/RtrChain/UltmtCdtr/Pty"), ("R64", "TxInf/RtrRsnInf/Orgtr"),
                ("R72", "TxInf/OrgnlTxRef/UltmtDbtr/Pty"), ("R75", "TxInf/OrgnlTxRef/Dbtr/Pty"),
                ("R81", "TxInf/OrgnlTxRef/Cdtr/Pty"), ("R88", "TxInf/OrgnlTxRef/UltmtCdtr/Pty"),
            ]),
            UsageRule.namedParties([
                ("R37", "TxInf/RtrChain/Dbtr/Pty"), ("R55", "TxInf/RtrChain/Cdtr/Pty"),
                ("R63", "TxInf/RtrRsnInf/Orgtr"), ("R74", "TxInf/OrgnlTxRef/Dbtr/Pty"),
                ("R83", "TxInf/OrgnlTxRef/Cdtr/Pty"),
            ]),
            UsageRule.partiesByBIC([
                ("R40", "TxInf/RtrChain/Dbtr/Pty"), ("R52", "TxInf/RtrChain/Cdtr/Pty"),
            ]),
        ])

    private static let returnedAmounts: [UsageRule] = [
        .exclusive("R9", "TxInf", "OrgnlIntrBkSttlmDt", "OrgnlTxRef/IntrBkSttlmDt"),
        .exclusive("R10", "TxInf", "OrgnlIntrBkSttlmAmt", "OrgnlTxRef/IntrBkSttlmAmt"),
        .chargesOfCreditor("R11", "TxInf"),
        .noCommodity("R20", "TxInf/OrgnlIntrBkSttlmAmt"),
        .chargesForDifference("R22", "TxInf", ("RtrdInstdAmt", "RtrdIntrBkSttlmAmt")),
        .noCommodity("R23", "TxInf/RtrdIntrBkSttlmAmt"),
        partialReturn(
            "A return of less than OrgnlIntrBkSttlmAmt must say PART in RtrRsnInf/AddtlInf.",
            [.some("RtrRsnInf/AddtlInf", ["PART"])]),
        partialReturn(
            "A return of less than OrgnlIntrBkSttlmAmt must have RtrRsnInf/Rsn.",
            [.has("RtrRsnInf/Rsn")]),
        .noCommodity("R65", "TxInf/OrgnlTxRef/IntrBkSttlmAmt"),
    ]

    private static func partialReturn(
        _ sentence: String, _ demands: [UsageCondition<UsagePath>]
    ) -> UsageRule {
        UsageRule(
            number: "R61", severity: .textual, sentence: sentence,
            check: .each(
                "TxInf", when: [.isLess("RtrdIntrBkSttlmAmt", "OrgnlIntrBkSttlmAmt")],
                then: demands))
    }

    private static let returnTexts: [UsageRule] = [
        UsageRule(
            number: "R13",
            sentence: "OrgnlMsgNmId must name pacs.002, pacs.008, pacs.009, camt.053 or camt.054 "
                + "with its version, or the MT that was returned.",
            check: .values(
                ["TxInf/OrgnlGrpInf/OrgnlMsgNmId"],
                .messageName(
                    families: [
                        "pacs.002.001.", "pacs.008.001.", "pacs.009.001.", "camt.053.001.",
                        "camt.054.001.",
                    ],
                    others: ["MT103", "MT202", "MT205", "MT900", "MT910", "MT940", "MT950"]))),
        .instructionIdentification("R14", "TxInf/OrgnlInstrId"),
        .addressLines("R30"),
        .exclusive("R70", "TxInf/OrgnlTxRef/RmtInf", "Ustrd", "Strd"),
        .structuredRemittance("R71", each: "TxInf/OrgnlTxRef"),
        .bics(["TxInf/InstgAgt/FinInstnId/BICFI", "TxInf/InstdAgt/FinInstnId/BICFI"]),
    ]

    private static let agentsOfReturn = [
        ("R29", "TxInf/ChrgsInf/Agt"), ("R41", "TxInf/RtrChain/Dbtr/Agt"),
        ("R43", "TxInf/RtrChain/DbtrAgt"), ("R44", "TxInf/RtrChain/PrvsInstgAgt1"),
        ("R45", "TxInf/RtrChain/PrvsInstgAgt2"), ("R46", "TxInf/RtrChain/PrvsInstgAgt3"),
        ("R47", "TxInf/RtrChain/IntrmyAgt1"), ("R48", "TxInf/RtrChain/IntrmyAgt2"),
        ("R49", "TxInf/RtrChain/IntrmyAgt3"), ("R50", "TxInf/RtrChain/CdtrAgt"),
        ("R57", "TxInf/RtrChain/Cdtr/Agt"),
        ("R67", "TxInf/OrgnlTxRef/SttlmInf/InstgRmbrsmntAgt"),
        ("R68", "TxInf/OrgnlTxRef/SttlmInf/InstdRmbrsmntAgt"),
        ("R69", "TxInf/OrgnlTxRef/SttlmInf/ThrdRmbrsmntAgt"),
        ("R77", "TxInf/OrgnlTxRef/Dbtr/Agt"), ("R78", "TxInf/OrgnlTxRef/DbtrAgt"),
        ("R80", "TxInf/OrgnlTxRef/CdtrAgt"), ("R85", "TxInf/OrgnlTxRef/Cdtr/Agt"),
    ]
}
