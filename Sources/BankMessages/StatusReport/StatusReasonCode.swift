/// Why a payment was refused: codes of the ISO 20022 external code set `ExternalStatusReason1Code`.
///
/// The raw value is what goes into `StsRsnInf/Rsn/Cd`. Only codes that the gateway can mean are
/// listed; ``narrative`` stands for everything that has no code of its own.
package enum StatusReasonCode: String, CaseIterable, Hashable, Sendable {
    case abortedSettlementTimeout = "AB03"
    case timeoutCreditorAgent = "AB05"
    case incorrectAccountNumber = "AC01"
    case closedAccountNumber = "AC04"
    case blockedAccount = "AC06"
    case transactionForbidden = "AG01"
    case agentSuspended = "AG10"
    case incorrectAgent = "AGNT"
    case zeroAmount = "AM01"
    case notAllowedAmount = "AM02"
    case notAllowedCurrency = "AM03"
    case insufficientFunds = "AM04"
    case duplication = "AM05"
    case blockedAmount = "AM07"
    case wrongAmount = "AM09"
    case invalidControlSum = "AM10"
    case invalidTransactionCurrency = "AM11"
    case invalidAmount = "AM12"
    case tooLowAmount = "AM06"
    case amountExceedsClearingSystemLimit = "AM13"
    case amountExceedsAgreedLimit = "AM14"
    case invalidNumberOfTransactions = "AM18"
    case elementContentFormallyIncorrect = "CH16"
    case elementNotAdmitted = "CH17"
    case decimalPointsNotCompatibleWithCurrency = "CH20"
    case requiredCompulsoryElementMissing = "CH21"
    case requestedByCustomer = "CUST"
    case invalidDate = "DT01"
    case orderCancelled = "DS02"
    case futureDateNotSupported = "DT04"
    case duplicateMessageID = "DU01"
    case duplicateTransaction = "DU03"
    case settlementFailed = "ED05"
    case invalidFileFormat = "FF01"
    case syntaxError = "FF02"
    case bankSystemProcessingError = "FF10"
    case notSpecifiedReasonAgentGenerated = "MS03"
    case narrative = "NARR"
    case bankIdentifierIncorrect = "RC01"
    case invalidDebtorBankIdentifier = "RC03"
    case invalidCreditorBankIdentifier = "RC04"
    case regulatoryReason = "RR04"
    case invalidCutOffTime = "TM01"
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
