/// Elements of pacs.008 and pacs.009 that not every version has, or has elsewhere. All others that
/// are read and written have one name in all versions.
///
/// From the schemas of ISO 20022, version by version.
struct CreditTransferNames {
    /// Below `CdtTrfTxInf`: until when the instruction is good.
    var expiry: [String]?
    /// Below `GrpHdr`: the same for all transactions.
    var groupExpiry: String?
    /// Below `CdtTrfTxInf`: a rate that was agreed before, with the currencies it is quoted in.
    var agreedRate: String?
    /// Whether an account must have an `Id`; without one it is named by `Prxy` alone.
    var accountsHaveIdentification = true

    private typealias Row = (
        message: MessageDefinition.Message, versions: ClosedRange<Int>, names: CreditTransferNames
    )

    private static let table: [Row] = [
        (.customerCreditTransfer, 8...9, CreditTransferNames()),
        (.customerCreditTransfer, 10...12, CreditTransferNames(accountsHaveIdentification: false)),
        (
            .customerCreditTransfer, 13...13,
            CreditTransferNames(
                expiry: ["AddtlDtTm", "XpryDtTm"], groupExpiry: "XpryDtTm", agreedRate: "AgrdRate",
                accountsHaveIdentification: false)
        ),
        (.financialInstitutionCreditTransfer, 8...9, CreditTransferNames()),
        (
            .financialInstitutionCreditTransfer, 10...11,
            CreditTransferNames(accountsHaveIdentification: false)
        ),
        (
            .financialInstitutionCreditTransfer, 12...12,
            CreditTransferNames(
                expiry: ["XpryDtTm"], groupExpiry: "XpryDtTm", accountsHaveIdentification: false)
        ),
    ]

    static func of(_ definition: MessageDefinition) -> CreditTransferNames {
        let row = table.first {
            $0.message == definition.message && $0.versions.contains(definition.version)
        }
        guard let row else { preconditionFailure("the table has every version offered") }
        return row.names
    }
}
