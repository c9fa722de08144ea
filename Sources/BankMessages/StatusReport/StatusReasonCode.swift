/// Why a payment was refused, or is not settled or credited: a code of the ISO 20022 external code
/// set `ExternalStatusReason1Code`.
///
/// The raw value is what goes into `StsRsnInf/Rsn/Cd`. Codes that the gateway means itself have
/// names here; banks may say any other one of the set. ``narrative`` stands for everything that has
/// no code of its own.
package struct StatusReasonCode: RawRepresentable, CaseIterable, Hashable, Sendable {
    package let rawValue: String

    /// Nil for what is no code of the set.
    package init?(rawValue: String) {
        guard ExternalCodeSet.statusReason.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    private init(_ code: StaticString) {
        rawValue = "\(code)"
        precondition(ExternalCodeSet.statusReason.contains(rawValue), "no code of the set")
    }

    /// All of the set, in alphabetical order.
    package static var allCases: [StatusReasonCode] {
        ExternalCodeSet.statusReason.sorted.compactMap(StatusReasonCode.init(rawValue:))
    }
}

extension StatusReasonCode {
    package static let abortedSettlementTimeout = StatusReasonCode("AB03")
    package static let timeoutCreditorAgent = StatusReasonCode("AB05")
    package static let incorrectAccountNumber = StatusReasonCode("AC01")
    package static let closedAccountNumber = StatusReasonCode("AC04")
    package static let blockedAccount = StatusReasonCode("AC06")
    package static let transactionForbidden = StatusReasonCode("AG01")
    package static let agentSuspended = StatusReasonCode("AG10")
    package static let incorrectAgent = StatusReasonCode("AGNT")
    package static let zeroAmount = StatusReasonCode("AM01")
    package static let notAllowedAmount = StatusReasonCode("AM02")
    package static let notAllowedCurrency = StatusReasonCode("AM03")
    package static let insufficientFunds = StatusReasonCode("AM04")
    package static let duplication = StatusReasonCode("AM05")
    package static let blockedAmount = StatusReasonCode("AM07")
    package static let wrongAmount = StatusReasonCode("AM09")
    package static let invalidControlSum = StatusReasonCode("AM10")
    package static let invalidTransactionCurrency = StatusReasonCode("AM11")
    package static let invalidAmount = StatusReasonCode("AM12")
    package static let tooLowAmount = StatusReasonCode("AM06")
    package static let amountExceedsClearingSystemLimit = StatusReasonCode("AM13")
    package static let amountExceedsAgreedLimit = StatusReasonCode("AM14")
    package static let invalidNumberOfTransactions = StatusReasonCode("AM18")
    package static let elementContentFormallyIncorrect = StatusReasonCode("CH16")
    package static let elementNotAdmitted = StatusReasonCode("CH17")
    package static let decimalPointsNotCompatibleWithCurrency = StatusReasonCode("CH20")
    package static let requiredCompulsoryElementMissing = StatusReasonCode("CH21")
    package static let requestedByCustomer = StatusReasonCode("CUST")
    package static let invalidDate = StatusReasonCode("DT01")
    package static let orderCancelled = StatusReasonCode("DS02")
    package static let futureDateNotSupported = StatusReasonCode("DT04")
    package static let duplicateMessageID = StatusReasonCode("DU01")
    package static let duplicateTransaction = StatusReasonCode("DU03")
    package static let settlementFailed = StatusReasonCode("ED05")
    package static let invalidFileFormat = StatusReasonCode("FF01")
    package static let syntaxError = StatusReasonCode("FF02")
    package static let bankSystemProcessingError = StatusReasonCode("FF10")
    package static let notSpecifiedReasonAgentGenerated = StatusReasonCode("MS03")
    package static let narrative = StatusReasonCode("NARR")
    package static let bankIdentifierIncorrect = StatusReasonCode("RC01")
    package static let invalidDebtorBankIdentifier = StatusReasonCode("RC03")
    package static let invalidCreditorBankIdentifier = StatusReasonCode("RC04")
    package static let regulatoryReason = StatusReasonCode("RR04")
    package static let invalidCutOffTime = StatusReasonCode("TM01")
}

/// What is wrong with a received message, finer than the ISO code: one case per kind of defect.
package enum RejectionCause: String, CaseIterable, Hashable, Sendable {
    /// The bytes are no well-formed XML (or no namespace-well-formed XML).
    case notWellFormed
    /// The document has a document type declaration.
    case documentType
    /// More bytes, elements or attributes than ``MessageLimits`` allows.
    case tooLarge
    case tooDeep
    case textTooLong
    /// No `Document`, several of them, or an application header that is none of its siblings.
    case envelope
    /// An element is in another namespace than the schema says.
    case wrongNamespace
    /// The document is a message that the gateway does not take.
    case unsupportedMessage
    case missingElement
    /// An element that the schema has once is there several times.
    case repeatedElement
    /// The text of an element or attribute does not have the form that the schema says.
    case malformedValue
    /// A currency that no corridor has.
    case unsupportedCurrency
    /// The two currencies of the payment are not renminbi and one other.
    case noCorridor
    /// Zero, too large, or with more decimals than the currency has.
    case amount
    /// Amounts, rate, counts or sums contradict each other.
    case contradiction
    case tooManyTransactions
    /// Two transactions of one message carry the same UETR.
    case duplicateTransaction
    /// An agent without a BIC.
    case unidentifiedAgent
    /// The application header names another receiver.
    case wrongAddressee
    /// What stands there breaks a usage rule of CBPR+, and the bank wants such messages refused.
    case usageRule
}
