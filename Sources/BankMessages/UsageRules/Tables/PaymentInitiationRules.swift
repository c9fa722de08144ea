extension UsageRuleSet {
    /// pain.001, which a bank may want to have judged though the gateway executes none.
    static let paymentInitiation = UsageRuleSet(
        "pain.001", root: "CstmrCdtTrfInitn", transactions: "PmtInf/CdtTrfTxInf",
        [
            UsageRule.header(
                UsageRule.HeaderNumbers(identifier: "R1", contained: "R3", definition: "R4"),
                transactions: "PmtInf/CdtTrfTxInf"),
            initiation,
            UsageRule.agents([
                ("R15", "PmtInf/DbtrAgt"), ("R24", "PmtInf/CdtTrfTxInf/IntrmyAgt1"),
                ("R25", "PmtInf/CdtTrfTxInf/IntrmyAgt2"),
                ("R26", "PmtInf/CdtTrfTxInf/IntrmyAgt3"), ("R27", "PmtInf/CdtTrfTxInf/CdtrAgt"),
            ]),
            UsageRule.addressedParties([
                ("R10", "GrpHdr/InitgPty"), ("R13", "PmtInf/Dbtr"), ("R18", "PmtInf/UltmtDbtr"),
                ("R22", "PmtInf/CdtTrfTxInf/UltmtDbtr"), ("R28", "PmtInf/CdtTrfTxInf/Cdtr"),
                ("R30", "PmtInf/CdtTrfTxInf/UltmtCdtr"),
                ("R32", "PmtInf/CdtTrfTxInf/RmtInf/Strd/Invcr"),
                ("R33", "PmtInf/CdtTrfTxInf/RmtInf/Strd/Invcee"),
                ("R34", "PmtInf/CdtTrfTxInf/RmtInf/Strd/GrnshmtRmt/Grnshee"),
                ("R35", "PmtInf/CdtTrfTxInf/RmtInf/Strd/GrnshmtRmt/GrnshmtAdmstr"),
            ]),
        ])

    private static let initiation: [UsageRule] = [
        .creditorInstruction("R6", "PmtInf/CdtTrfTxInf", "CHQB", without: "HOLD"),
        .creditorInstruction("R7", "PmtInf/CdtTrfTxInf", "PHOB", without: "TELB"),
        UsageRule(
            number: "R8", sentence: "PmtInfId must be MsgId of the group header.",
            check: .among("PmtInf/PmtInfId", "GrpHdr/MsgId")),
        .addressLines("R11"),
        .exclusive("R12", "PmtInf/CdtTrfTxInf", "RmtInf/Ustrd", "RmtInf/Strd"),
        .creditorInstructionsOnce("R20", "PmtInf/CdtTrfTxInf"),
        .structuredRemittance("R31", each: "PmtInf/CdtTrfTxInf"),
        .bics([
            "GrpHdr/FwdgAgt/FinInstnId/BICFI", "PmtInf/DbtrAgt/FinInstnId/BICFI",
            "PmtInf/ChrgsAcctAgt/FinInstnId/BICFI",
            "PmtInf/CdtTrfTxInf/IntrmyAgt1/FinInstnId/BICFI",
            "PmtInf/CdtTrfTxInf/IntrmyAgt2/FinInstnId/BICFI",
            "PmtInf/CdtTrfTxInf/IntrmyAgt3/FinInstnId/BICFI",
            "PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/BICFI",
        ]),
    ]
}
