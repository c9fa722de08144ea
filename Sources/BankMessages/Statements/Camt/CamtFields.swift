/// What is read of camt.052, camt.053 and camt.054, versions 02 to 14. The names differ little
/// between them: what a version has elsewhere stands here beside it.
enum CamtField: UInt8 {
    case message, namespace, messageIdentification, messageCreated, messagePage, messageIsLast
    case statement, identification, sequence, legalSequence, page, isLastPage, created
    case copyIndicator, from, to, iban, otherAccount, accountCurrency
    case summary, lines, creditLines, credits, debitLines, debits
    case balance, balanceCode, balanceAmount, balanceCurrency, balanceDirection, balanceDate
    case entry, entryReference, amount, currency, direction, isReversal, status, bookingDate
    case valueDate, agentReference, domain, family, subFamily, proprietaryCode, entryText
    case detail, detailAmount, detailCurrency, detailDirection, settledAmount, settledCurrency
    case counterAmount, counterCurrency, instructedAmount, instructedCurrency
    case endToEnd, uetr, transaction, instruction, detailAgentReference, mandate
    case debtor, debtorBank, debtorAccount, creditor, creditorBank, creditorAccount
    case remittance, reference, returnReason, chargesTotal, charge
}

extension CamtField {
    private static let root = "BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn/"
    private static let account = root + "Stmt|Rpt|Ntfctn/"
    private static let line = account + "Ntry/"
    private static let payment = line + "NtryDtls/TxDtls/"

    static let table = XMLPathTable(
        group(root, messagePaths) + group(line, entryPaths) + group(payment, detailPaths)
            + group(account + "Bal/", balancePaths) + group(account, statementPaths))

    private static func group(
        _ prefix: String, _ paths: [(String, CamtField)]
    ) -> [(path: String, field: UInt8)] {
        paths.map { (prefix + $0, $1.rawValue) }
    }

    private static let messagePaths: [(String, CamtField)] = [
        ("", .message), ("@xmlns", .namespace),
        ("GrpHdr/MsgId", .messageIdentification), ("GrpHdr/CreDtTm", .messageCreated),
        ("GrpHdr/MsgPgntn/PgNb", .messagePage), ("GrpHdr/MsgPgntn/LastPgInd", .messageIsLast),
    ]

    private static let statementPaths: [(String, CamtField)] = [
        ("", .statement), ("Id", .identification),
        ("StmtPgntn|RptPgntn|NtfctnPgntn/PgNb", .page),
        ("StmtPgntn|RptPgntn|NtfctnPgntn/LastPgInd", .isLastPage),
        ("ElctrncSeqNb", .sequence), ("LglSeqNb", .legalSequence), ("CreDtTm", .created),
        ("FrToDt/FrDtTm|FrDt", .from), ("FrToDt/ToDtTm|ToDt", .to),
        ("CpyDplctInd", .copyIndicator),
        ("Acct/Id/IBAN", .iban), ("Acct/Id/Othr|PrtryAcct/Id", .otherAccount),
        ("Acct/Ccy", .accountCurrency),
        ("TxsSummry/", .summary), ("TxsSummry/TtlNtries/NbOfNtries", .lines),
        ("TxsSummry/TtlCdtNtries/NbOfNtries", .creditLines),
        ("TxsSummry/TtlCdtNtries/Sum", .credits),
        ("TxsSummry/TtlDbtNtries/NbOfNtries", .debitLines),
        ("TxsSummry/TtlDbtNtries/Sum", .debits),
    ]

    private static let balancePaths: [(String, CamtField)] = [
        ("", .balance), ("Tp/CdOrPrtry/Cd|Prtry", .balanceCode), ("Tp/Cd", .balanceCode),
        ("Amt", .balanceAmount), ("Amt/@Ccy", .balanceCurrency),
        ("CdtDbtInd", .balanceDirection), ("Dt/Dt|DtTm", .balanceDate),
    ]

    private static let entryPaths: [(String, CamtField)] = [
        ("", .entry), ("NtryRef", .entryReference), ("Amt", .amount), ("Amt/@Ccy", .currency),
        ("CdtDbtInd", .direction), ("RvslInd", .isReversal),
        ("Sts", .status), ("Sts/Cd|Prtry", .status),
        ("BookgDt/Dt|DtTm", .bookingDate), ("ValDt/Dt|DtTm", .valueDate),
        ("AcctSvcrRef", .agentReference),
        ("BkTxCd/Domn/Cd", .domain), ("BkTxCd/Domn/Fmly/Cd", .family),
        ("BkTxCd/Domn/Fmly/SubFmlyCd", .subFamily), ("BkTxCd/Prtry/Cd", .proprietaryCode),
        ("AddtlNtryInf", .entryText),
    ]

    private static let detailPaths: [(String, CamtField)] = [
        ("", .detail), ("Refs/EndToEndId", .endToEnd), ("Refs/UETR", .uetr),
        ("Refs/TxId", .transaction), ("Refs/InstrId", .instruction),
        ("Refs/AcctSvcrRef", .detailAgentReference), ("Refs/MndtId", .mandate),
        ("Amt", .detailAmount), ("Amt/@Ccy", .detailCurrency), ("CdtDbtInd", .detailDirection),
        ("AmtDtls/TxAmt/Amt", .settledAmount), ("AmtDtls/TxAmt/Amt/@Ccy", .settledCurrency),
        ("AmtDtls/CntrValAmt/Amt", .counterAmount),
        ("AmtDtls/CntrValAmt/Amt/@Ccy", .counterCurrency),
        ("AmtDtls/InstdAmt/Amt", .instructedAmount),
        ("AmtDtls/InstdAmt/Amt/@Ccy", .instructedCurrency),
        ("RltdPties/Dbtr/Nm", .debtor), ("RltdPties/Dbtr/Pty/Nm", .debtor),
        ("RltdPties/Dbtr/Agt/FinInstnId/Nm", .debtor),
        ("RltdPties/Dbtr/Agt/FinInstnId/BICFI|BIC", .debtorBank),
        ("RltdPties/DbtrAcct/Id/IBAN", .debtorAccount),
        ("RltdPties/DbtrAcct/Id/Othr/Id", .debtorAccount),
        ("RltdPties/Cdtr/Nm", .creditor), ("RltdPties/Cdtr/Pty/Nm", .creditor),
        ("RltdPties/Cdtr/Agt/FinInstnId/Nm", .creditor),
        ("RltdPties/Cdtr/Agt/FinInstnId/BICFI|BIC", .creditorBank),
        ("RltdPties/CdtrAcct/Id/IBAN", .creditorAccount),
        ("RltdPties/CdtrAcct/Id/Othr/Id", .creditorAccount),
        ("RltdAgts/DbtrAgt/FinInstnId/BICFI|BIC", .debtorBank),
        ("RltdAgts/CdtrAgt/FinInstnId/BICFI|BIC", .creditorBank),
        ("RmtInf/Ustrd", .remittance), ("RmtInf/Strd/CdtrRefInf/Ref", .reference),
        ("RmtInf/Strd/CdtrRefInf/CdtrRef", .reference),
        ("RtrInf/Rsn/Cd|Prtry", .returnReason), ("RtrInf/RtrRsn/Cd", .returnReason),
        ("Chrgs/TtlChrgsAndTaxAmt", .chargesTotal), ("Chrgs/Amt", .charge),
        ("Chrgs/Rcrd/Amt", .charge),
    ]
}
