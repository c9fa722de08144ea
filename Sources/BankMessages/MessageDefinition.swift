/// A message of ISO 20022 in one of its versions, for example `pacs.008.001.08`.
package struct MessageDefinition: Hashable, Sendable {
    /// Messages without their versions; the raw value is the first part of the name.
    package enum Message: String, CaseIterable, Hashable, Sendable {
        /// FI to FI customer credit transfer.
        case customerCreditTransfer = "pacs.008.001"
        /// Financial institution credit transfer; with an underlying customer transfer (COV) too.
        case financialInstitutionCreditTransfer = "pacs.009.001"
        /// Payment return.
        case paymentReturn = "pacs.004.001"
        /// FI to FI payment status report.
        case statusReport = "pacs.002.001"
        /// FI to FI payment status request.
        case statusRequest = "pacs.028.001"
        /// FI to FI payment cancellation request.
        case cancellationRequest = "camt.056.001"
        /// Resolution of investigation.
        case investigationResolution = "camt.029.001"
        /// Account reporting request.
        case reportRequest = "camt.060.001"
        /// Bank to customer account report.
        case accountReport = "camt.052.001"
        /// Bank to customer debit credit notification.
        case accountNotification = "camt.054.001"
        /// Bank to customer statement.
        case accountStatement = "camt.053.001"

        /// The versions that are read and written.
        package var versions: ClosedRange<Int> {
            switch self {
            case .customerCreditTransfer: 8...13
            case .financialInstitutionCreditTransfer: 8...12
            case .paymentReturn: 9...14
            case .statusReport: 10...15
            case .statusRequest: 3...6
            case .cancellationRequest: 8...12
            case .investigationResolution: 9...14
            case .reportRequest: 5...7
            case .accountReport, .accountNotification, .accountStatement: 8...14
            }
        }

        /// Whose transfer a credit transfer is; pacs.009 stands for all others.
        var transferKind: CreditTransferKind {
            self == .customerCreditTransfer ? .customer : .financialInstitution
        }

        /// Credit transfers of either kind.
        package static let creditTransfers = [
            Message.customerCreditTransfer, .financialInstitutionCreditTransfer,
        ]

        /// Whether it is read, that is whether banks may send it.
        package var isTaken: Bool {
            ![.accountReport, .accountNotification, .accountStatement].contains(self)
        }

        /// The element below `Document`, in all these versions.
        var rootName: String {
            switch self {
            case .customerCreditTransfer: "FIToFICstmrCdtTrf"
            case .financialInstitutionCreditTransfer: "FICdtTrf"
            case .paymentReturn: "PmtRtr"
            case .statusReport: "FIToFIPmtStsRpt"
            case .statusRequest: "FIToFIPmtStsReq"
            case .cancellationRequest: "FIToFIPmtCxlReq"
            case .investigationResolution: "RsltnOfInvstgtn"
            case .reportRequest: "AcctRptgReq"
            case .accountReport: "BkToCstmrAcctRpt"
            case .accountNotification: "BkToCstmrDbtCdtNtfctn"
            case .accountStatement: "BkToCstmrStmt"
            }
        }

        /// The first version in which an account may be without `Id`, named by other elements.
        fileprivate var firstVersionWithoutAccountIdentification: Int {
            switch self {
            case .customerCreditTransfer, .financialInstitutionCreditTransfer: 10
            case .paymentReturn: 11
            case .statusReport: 12
            case .statusRequest: 5
            case .cancellationRequest: 10
            case .investigationResolution: 11
            case .reportRequest: 6
            case .accountReport, .accountNotification, .accountStatement: 9
            }
        }
    }

    package let message: Message
    package let version: Int

    /// The oldest version, which is that of the CBPR+ guidelines.
    package init(_ message: Message) {
        self.message = message
        version = message.versions.lowerBound
    }

    /// Nil for a version that is not offered.
    package init?(_ message: Message, version: Int) {
        guard message.versions.contains(version) else { return nil }
        self.message = message
        self.version = version
    }

    /// The definition of this name; nil when it is neither read nor written here.
    package init?(name: String) {
        guard let known = MessageDefinition.all.first(where: { $0.name == name }) else {
            return nil
        }
        self = known
    }

    /// Whether the gateway can write it. Not what only banks send, and not the one version whose
    /// schema could not be had: what is read of it stands alike in its two neighbours.
    package var isWritten: Bool {
        switch message {
        case .statusRequest, .reportRequest: false
        case .paymentReturn: version != 12
        case .customerCreditTransfer, .financialInstitutionCreditTransfer, .statusReport,
            .cancellationRequest, .investigationResolution, .accountReport,
            .accountNotification, .accountStatement:
            true
        }
    }

    /// Whether the schema wants an `Id` in every account.
    var accountsHaveIdentification: Bool {
        version < message.firstVersionWithoutAccountIdentification
    }

    /// For example `pacs.008.001.08`.
    package var name: String { MessageDefinition.name(message, version) }

    /// `urn:iso:std:iso:20022:tech:xsd:` and the message's name.
    package var namespace: String { isoNamespacePrefix + name }

    var rootName: String { message.rootName }

    private static func name(_ message: Message, _ version: Int) -> String {
        "\(message.rawValue).\(version < 10 ? "0" : "")\(version)"
    }

    /// All messages in all their versions.
    package static let all = Message.allCases.flatMap { message in
        message.versions.compactMap { MessageDefinition(message, version: $0) }
    }

    /// What is carried out, for a sentence. Other messages that are read wait for their flows.
    static let accepted = Message.creditTransfers.map { message in
        let last = MessageDefinition.name(message, message.versions.upperBound)
        return "\(name(message, message.versions.lowerBound)) to \(last.suffix(3))"
    }.joined(separator: " or ")
}

/// Whose transfer a credit transfer is, which decides what its parties are.
enum CreditTransferKind {
    case customer
    case financialInstitution
}

let isoNamespacePrefix = "urn:iso:std:iso:20022:tech:xsd:"
