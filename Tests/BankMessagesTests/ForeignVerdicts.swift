/// What the gateway should say to every example message of other people's packages, judged from the
/// standard before the messages were run. `docs/messages.md` says how, and shows the table.
///
/// `taken`, `notice`, or the code and the path of the refusal, where `…` stands for `/Document` and
/// the element below it. The gateway is taken to be whom each is addressed to, for every example
/// names somebody else.
enum ForeignVerdicts {
    static let expected: [(message: String, verdict: String)] = table.split(separator: "\n").map {
        let cells = $0.split(separator: " | ")
        return (String(cells[0]), String(cells[1]))
    }

    private static let table = """
        cbpr_rules y2025/camt.052.max.xml | FF01 /Document
        cbpr_rules y2025/camt.052.min.xml | FF01 /Document
        cbpr_rules y2025/camt.054.max.xml | FF01 /Document
        cbpr_rules y2025/camt.054.min.xml | FF01 /Document
        cbpr_rules y2025/pacs.002.max.xml | notice
        cbpr_rules y2025/pacs.002.min.xml | CH16 …/TxInfAndSts[1]/TxSts
        cbpr_rules y2025/pacs.004.max.xml | notice
        cbpr_rules y2025/pacs.004.min.xml | CH16 …/TxInf[1]/RtrRsnInf/Rsn/Cd
        cbpr_rules y2025/pacs.008.max.xml | notice
        cbpr_rules y2025/pacs.008.min.xml | AM03 …/CdtTrfTxInf[1]/InstdAmt
        cbpr_rules y2025/pacs.008_stp.max.xml | notice
        cbpr_rules y2025/pacs.008_stp.min.xml | AM03 …/CdtTrfTxInf[1]/InstdAmt
        cbpr_rules y2025/pacs.009.max.xml | notice
        cbpr_rules y2025/pacs.009.min.xml | AM03 …/CdtTrfTxInf[1]/DbtrAcct/Ccy
        cbpr_rules y2025/pacs.009_adv.max.xml | notice
        cbpr_rules y2025/pacs.009_adv.min.xml | notice
        cbpr_rules y2025/pacs.009_cov.max.xml | notice
        cbpr_rules y2025/pacs.009_cov.min.xml | AM03 …/CdtTrfTxInf[1]/DbtrAcct/Ccy
        cbpr_rules y2025/pain.001.max.xml | FF01 /Document
        cbpr_rules y2025/pain.001.min.xml | FF01 /Document
        cbpr_rules y2026/camt.052.max.xml | FF01 /Document
        cbpr_rules y2026/camt.052.min.xml | FF01 /Document
        cbpr_rules y2026/camt.054.max.xml | FF01 /Document
        cbpr_rules y2026/camt.054.min.xml | FF01 /Document
        cbpr_rules y2026/pacs.002.max.xml | notice
        cbpr_rules y2026/pacs.002.min.xml | CH16 …/TxInfAndSts[1]/TxSts
        cbpr_rules y2026/pacs.004.max.xml | notice
        cbpr_rules y2026/pacs.004.min.xml | CH16 …/TxInf[1]/RtrRsnInf/Rsn/Cd
        cbpr_rules y2026/pacs.008.max.xml | notice
        cbpr_rules y2026/pacs.008.min.xml | AM03 …/CdtTrfTxInf[1]/IntrBkSttlmAmt/@Ccy
        cbpr_rules y2026/pacs.008_stp.max.xml | notice
        cbpr_rules y2026/pacs.008_stp.min.xml | AM03 …/CdtTrfTxInf[1]/IntrBkSttlmAmt/@Ccy
        cbpr_rules y2026/pacs.009.max.xml | notice
        cbpr_rules y2026/pacs.009.min.xml | AM03 …/CdtTrfTxInf[1]/DbtrAcct/Ccy
        cbpr_rules y2026/pacs.009_adv.max.xml | notice
        cbpr_rules y2026/pacs.009_adv.min.xml | notice
        cbpr_rules y2026/pacs.009_cov.max.xml | notice
        cbpr_rules y2026/pacs.009_cov.min.xml | AM03 …/CdtTrfTxInf[1]/IntrBkSttlmAmt/@Ccy
        cbpr_rules y2026/pain.001.max.xml | FF01 /Document
        cbpr_rules y2026/pain.001.min.xml | FF01 /Document
        pacs008 pacs.002.001.12.xml | taken
        pacs008 pacs.003.001.09.xml | FF01 /Document
        pacs008 pacs.004.001.11.xml | CH21 …/GrpHdr/SttlmInf
        pacs008 pacs.007.001.11.xml | FF01 /Document
        pacs008 pacs.008.001.01.xml | FF01 /Document
        pacs008 pacs.008.001.02.xml | FF01 /Document
        pacs008 pacs.008.001.03.xml | FF01 /Document
        pacs008 pacs.008.001.04.xml | FF01 /Document
        pacs008 pacs.008.001.05.xml | FF01 /Document
        pacs008 pacs.008.001.06.xml | FF01 /Document
        pacs008 pacs.008.001.07.xml | FF01 /Document
        pacs008 pacs.008.001.08.xml | AM03 …/CdtTrfTxInf[1]/InstdAmt
        pacs008 pacs.008.001.09.xml | AM03 …/CdtTrfTxInf[1]/InstdAmt
        pacs008 pacs.008.001.10.xml | AM03 …/CdtTrfTxInf[1]/InstdAmt
        pacs008 pacs.008.001.11.xml | AM03 …/CdtTrfTxInf[1]/InstdAmt
        pacs008 pacs.008.001.12.xml | AM03 …/CdtTrfTxInf[1]/InstdAmt
        pacs008 pacs.008.001.13.xml | AM03 …/CdtTrfTxInf[1]/InstdAmt
        pacs008 pacs.009.001.10.xml | CH21 …/CdtTrfTxInf[1]/Dbtr
        pacs008 pacs.010.001.05.xml | FF01 /Document
        pacs008 pacs.028.001.05.xml | taken
        tollgate baseline-seed-1-USD | AM03 …/CdtTrfTxInf[1]/InstdAmt
        tollgate baseline-seed-2-EUR | AM03 …/CdtTrfTxInf[1]/InstdAmt
        tollgate baseline-seed-3-GBP | AM03 …/CdtTrfTxInf[1]/IntrBkSttlmAmt/@Ccy
        tollgate baseline-seed-4-JPY | AM03 …/CdtTrfTxInf[1]/InstdAmt
        tollgate address_freeform_only | AM03 …/CdtTrfTxInf[1]/InstdAmt
        tollgate address_missing_town_country | AM03 …/CdtTrfTxInf[1]/InstdAmt
        tollgate address_too_many_lines | AM03 …/CdtTrfTxInf[1]/InstdAmt
        tollgate charset_violation | AM03 …/CdtTrfTxInf[1]/InstdAmt
        tollgate currency_decimal_mismatch | CH20 …/CdtTrfTxInf[1]/IntrBkSttlmAmt
        tollgate mandatory_field_gap | CH21 …/CdtTrfTxInf[1]/PmtId/UETR
        tollgate truncation_suspected | AM03 …/CdtTrfTxInf[1]/InstdAmt
        tollgate xsd_structural | CH21 …/CdtTrfTxInf[1]/ChrgBr
        """
}

extension ForeignVerdicts {
    /// What is said instead, and why that is right too.
    static let differences: [String: (verdict: String, reason: String)] = [
        "cbpr_rules y2025/pacs.004.min.xml": (
            verdict: "CH21 …/TxInf[1]/RtrId", reason: "a return is known by it"
        ),
        "cbpr_rules y2026/pacs.004.min.xml": returnReason,
    ]

    private static let returnReason = (
        verdict: "CH16 …/TxInf[1]/RtrRsnInf[1]/Rsn/Cd", reason: "reasons may repeat: numbered"
    )
}
