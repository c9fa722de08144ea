extension UsageRuleSet {
    /// camt.052.
    static let accountReport = UsageRuleSet(
        "camt.052", root: "BkToCstmrAcctRpt", transactions: "Rpt/Ntry",
        [
            UsageRule.header(
                UsageRule.HeaderNumbers(identifier: "R2", contained: "R4", definition: "R5"),
                transactions: "Rpt/Ntry"),
            UsageRule.addressedParties([("R9", "Rpt/Acct/Ownr")]),
            [
                copy("R1", "Rpt/CpyDplctInd"),
                page("R7", "Rpt/RptPgntn/PgNb"),
                interest("R12"),
                .instructionIdentification("R13", "Rpt/Ntry/NtryDtls/TxDtls/Refs/InstrId"),
                interest("R16"),
                .structuredRemittance("R17", each: "Rpt/Ntry/NtryDtls/TxDtls"),
                .bics(["Rpt/Acct/Svcr/FinInstnId/BICFI"]),
            ],
        ])

    /// camt.054.
    static let accountNotification = UsageRuleSet(
        "camt.054", root: "BkToCstmrDbtCdtNtfctn", transactions: "Ntfctn/Ntry",
        [
            UsageRule.header(
                UsageRule.HeaderNumbers(identifier: "R2", contained: "R4", definition: "R5"),
                transactions: "Ntfctn/Ntry"),
            [
                copy("R1", "Ntfctn/CpyDplctInd"),
                page("R8", "Ntfctn/NtfctnPgntn/PgNb"),
                UsageRule(
                    number: "R10", sentence: "A booked entry must have BookgDt or ValDt.",
                    check: .each(
                        "Ntfctn/Ntry", when: [.every("Sts/Cd", "BOOK")],
                        then: [.hasAny(["BookgDt", "ValDt"])])),
                .instructionIdentification("R13", "Ntfctn/Ntry/NtryDtls/TxDtls/Refs/InstrId"),
                .bics(["Ntfctn/Acct/Svcr/FinInstnId/BICFI"]),
            ],
        ])

    private static func copy(_ number: String, _ path: UsagePath) -> UsageRule {
        UsageRule(
            number: number,
            sentence: "CpyDplct of the header must be CpyDplctInd, if both are there.",
            check: .same("AppHdr/CpyDplct", path))
    }

    private static func page(_ number: String, _ path: UsagePath) -> UsageRule {
        UsageRule(
            number: number, sentence: "Pages are numbered from 1.",
            check: .values([path], .notOneOf(["0", "00", "000", "0000", "00000"])))
    }

    private static func interest(_ number: String) -> UsageRule {
        UsageRule(
            number: number, severity: .textual,
            sentence: "TtlIntrstAndTaxAmt must be the sum of its records.",
            check: .sum(
                each: "Rpt/Ntry/NtryDtls/TxDtls/Intrst", total: "TtlIntrstAndTaxAmt",
                parts: "Rcrd/Amt"))
    }
}
