extension UsageRuleSet {
    /// pacs.002.
    static let statusReport = UsageRuleSet(
        "pacs.002", root: "FIToFIPmtStsRpt", transactions: "TxInfAndSts",
        [
            UsageRule.header(
                UsageRule.HeaderNumbers(
                    identifier: "R3", contained: "R6", definition: "R7", to: ("R1", "R2"),
                    from: "R4"),
                transactions: "TxInfAndSts"),
            rejections,
            [
                .instructionIdentification("R14", "TxInfAndSts/OrgnlInstrId"),
                .addressLines("R21"),
                .bics([
                    "TxInfAndSts/InstgAgt/FinInstnId/BICFI",
                    "TxInfAndSts/InstdAgt/FinInstnId/BICFI",
                ]),
            ],
            UsageRule.addressedParties([("R19", "TxInfAndSts/StsRsnInf/Orgtr")]),
            UsageRule.namedParties([("R20", "TxInfAndSts/StsRsnInf/Orgtr")]),
        ])

    private static let rejections: [UsageRule] = [
        UsageRule(
            number: "R9", sentence: "With TxSts RJCT there must be StsRsnInf/Rsn.",
            check: .each(
                "TxInfAndSts", when: [.some("TxSts", ["RJCT"])], then: [.has("StsRsnInf/Rsn")])),
        UsageRule(
            number: "R10", sentence: "With TxSts RJCT there must be no FctvIntrBkSttlmDt.",
            check: .each(
                "TxInfAndSts", when: [.some("TxSts", ["RJCT"])],
                then: [.lacks("FctvIntrBkSttlmDt")])),
        UsageRule(
            number: "R12",
            sentence: "OrgnlMsgNmId must name pacs.003, pacs.004, pacs.008, pacs.009 or pacs.010 "
                + "with its version.",
            check: .values(
                ["TxInfAndSts/OrgnlGrpInf/OrgnlMsgNmId"],
                .messageName(families: [
                    "pacs.003.001.", "pacs.004.001.", "pacs.008.001.", "pacs.009.001.",
                    "pacs.010.001.",
                ]))),
    ]
}
