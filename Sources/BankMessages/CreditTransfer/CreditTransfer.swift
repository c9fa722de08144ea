package import Domain

/// One credit transfer as the message states it
/// (ISO 20022 `CreditTransferTransaction39` of pacs.008, `…36` of pacs.009).
package struct CreditTransfer: Equatable, Sendable {
    /// `PmtId/InstrId`, at most 35 characters.
    package var instructionIdentification: String?
    /// `PmtId/EndToEndId`, at most 35 characters.
    package var endToEndIdentification: String
    /// `PmtId/TxId`, at most 35 characters.
    package var transactionIdentification: String?
    /// `PmtId/UETR`; mandatory here, as in CBPR+, because the gateway names payments by it.
    package var uetr: UETR
    /// `PmtTpInf`, of the transaction or else of the group header.
    package var paymentType = PaymentType()
    /// `IntrBkSttlmAmt`: what the creditor's side receives, in minor units.
    package var interbankSettlementAmount: Money
    /// `IntrBkSttlmDt`, of the transaction or else of the group header.
    package var interbankSettlementDate: CalendarDate?
    /// `SttlmPrty`.
    package var settlementPriority: SettlementPriority?
    /// `SttlmTmIndctn`.
    package var settlementTimeIndication = SettlementTimeIndication()
    /// `SttlmTmReq`.
    package var settlementTimeRequest = SettlementTimeRequest()
    /// `XpryDtTm`, of the transaction or else of the group header, in versions that have it:
    /// until when the instruction is good, nanoseconds since 1970 UTC.
    package var expiryDateTime: Timestamp?
    /// `InstdAmt`: what the debtor ordered to be moved; never in a pacs.009.
    package var instructedAmount: Money?
    /// `XchgRate`, or the rate agreed before; never in a pacs.009.
    package var exchangeRate: ExchangeRate?
    /// `ChrgBr`: mandatory in a pacs.008, never in a pacs.009.
    package var chargeBearer: ChargeBearer?
    /// `ChrgsInf`; never in a pacs.009.
    package var charges: [Charge] = []
    /// `InstgAgt/FinInstnId/BICFI`, of the transaction or else of the group header.
    package var instructingAgent: BIC?
    /// `InstdAgt/FinInstnId/BICFI`, of the transaction or else of the group header.
    package var instructedAgent: BIC?
    /// `Dbtr`; a bank in a pacs.009.
    package var debtor: Party
    /// `DbtrAcct`.
    package var debtorAccount: CashAccount?
    /// `DbtrAgt`; mandatory in a pacs.008, though it may be empty.
    package var debtorAgent: Party
    /// `CdtrAgt`; mandatory in a pacs.008, though it may be empty.
    package var creditorAgent: Party
    /// `Cdtr`; a bank in a pacs.009.
    package var creditor: Party
    /// `CdtrAcct`.
    package var creditorAccount: CashAccount?
    /// `Purp`.
    package var purpose: CodeOrProprietary?
    /// `RmtInf`.
    package var remittanceInformation = RemittanceInformation()
    /// `UndrlygCstmrCdtTrf` of a pacs.009 that covers a customer's payment (COV).
    package var underlying: UnderlyingCustomerTransfer?
    /// Whether there is an `UndrlygFICdtTrf`; what it says stands in ``details`` alone.
    package var coversInstitutionTransfer = false

    /// All that the transaction says but UETR and settlement amount, as bytes of the protobuf
    /// message `PaymentDetails`; see ``TransferDetails``. Empty in a transfer that was not read.
    package var details: [UInt8] = []

    package init(
        endToEndIdentification: String, uetr: UETR, interbankSettlementAmount: Money,
        debtor: Party, debtorAgent: Party, creditorAgent: Party, creditor: Party
    ) {
        self.endToEndIdentification = endToEndIdentification
        self.uetr = uetr
        self.interbankSettlementAmount = interbankSettlementAmount
        self.debtor = debtor
        self.debtorAgent = debtorAgent
        self.creditorAgent = creditorAgent
        self.creditor = creditor
    }

    /// The references that a status report repeats.
    package var original: OriginalTransaction {
        OriginalTransaction(
            instructionIdentification: instructionIdentification,
            endToEndIdentification: endToEndIdentification,
            transactionIdentification: transactionIdentification, uetr: uetr)
    }
}

/// The customer's payment that a pacs.009 COV pays for (ISO 20022 `CreditTransferTransaction37`).
package struct UnderlyingCustomerTransfer: Equatable, Sendable {
    package var debtor: Party
    package var debtorAccount: CashAccount?
    package var debtorAgent: Party
    package var creditorAgent: Party
    package var creditor: Party
    package var creditorAccount: CashAccount?
    package var remittanceInformation = RemittanceInformation()
    /// `InstdAmt`: what the debtor ordered to be moved.
    package var instructedAmount: Money?

    package init(debtor: Party, debtorAgent: Party, creditorAgent: Party, creditor: Party) {
        self.debtor = debtor
        self.debtorAgent = debtorAgent
        self.creditorAgent = creditorAgent
        self.creditor = creditor
    }
}

/// How a payment is to be handled (ISO 20022 `PaymentTypeInformation28`).
package struct PaymentType: Equatable, Sendable {
    /// `InstrPrty`.
    package var instructionPriority: InstructionPriority?
    /// `SvcLvl`; proprietary texts and codes in the order of the message.
    package var serviceLevels: [CodeOrProprietary] = []
    /// `LclInstrm`.
    package var localInstrument: CodeOrProprietary?

    package init(
        instructionPriority: InstructionPriority? = nil, serviceLevels: [CodeOrProprietary] = [],
        localInstrument: CodeOrProprietary? = nil
    ) {
        self.instructionPriority = instructionPriority
        self.serviceLevels = serviceLevels
        self.localInstrument = localInstrument
    }

    var isEmpty: Bool { self == PaymentType() }
}

/// ISO 20022 `Priority2Code`.
package enum InstructionPriority: String, CaseIterable, Hashable, Sendable {
    case high = "HIGH"
    case normal = "NORM"
}

/// ISO 20022 `Priority3Code`.
package enum SettlementPriority: String, CaseIterable, Hashable, Sendable {
    case urgent = "URGT"
    case high = "HIGH"
    case normal = "NORM"
}

/// ISO 20022 `ChargeBearerType1Code`.
package enum ChargeBearer: String, CaseIterable, Hashable, Sendable {
    case debtor = "DEBT"
    case creditor = "CRED"
    case shared = "SHAR"
    case serviceLevel = "SLEV"
}

/// A choice that ISO 20022 makes in many places: a code of an external list, or own words.
package enum CodeOrProprietary: Hashable, Sendable {
    case code(String)
    case proprietary(String)
}

/// A person, firm or bank as far as the gateway carries it (ISO 20022 `PartyIdentification135` or
/// `FinancialInstitutionIdentification18`).
package struct Party: Hashable, Sendable {
    /// `Nm`, at most 140 characters.
    package var name: String?
    /// `FinInstnId/BICFI`, or that of the participant with its code or LEI; only of banks.
    package var bic: BIC?
    /// `FinInstnId/ClrSysMmbId` with the code of a system; only of banks. Not written out.
    package var clearingCode: ClearingCode?
    /// Its BIC was found by its clearing code.
    package internal(set) var isNamedByCode = false
    /// `FinInstnId/LEI`; only of banks. Not written out.
    package var lei: LEI?
    /// Identified by something beside name and BIC: a clearing member number, an LEI, an address or
    /// another scheme. Not written out.
    package var hasOtherIdentification: Bool

    package init(
        name: String? = nil, bic: BIC? = nil, clearingCode: ClearingCode? = nil, lei: LEI? = nil,
        hasOtherIdentification: Bool = false
    ) {
        self.name = name
        self.bic = bic
        self.clearingCode = clearingCode
        self.lei = lei
        self.hasOtherIdentification = hasOtherIdentification
    }

    /// Whether nothing at all says who it is.
    package var isEmpty: Bool {
        name == nil && bic == nil && clearingCode == nil && !hasOtherIdentification
    }
}

/// A cash account (ISO 20022 `CashAccount38`).
package struct CashAccount: Hashable, Sendable {
    package enum Identification: Hashable, Sendable {
        /// `Id/IBAN` with right check digits (ISO 13616).
        case iban(String)
        /// `Id/Othr/Id`, at most 34 characters.
        case other(String)
    }

    /// Nil in newer versions for an account that is named by its proxy alone.
    package var identification: Identification?
    /// `Ccy`, when it is a currency of the ledger.
    package var currency: Currency?

    package init(identification: Identification?, currency: Currency? = nil) {
        self.identification = identification
        self.currency = currency
    }
}

/// What the payment is for, told to the creditor (ISO 20022 `RemittanceInformation16`).
package struct RemittanceInformation: Equatable, Sendable {
    /// `Ustrd`, each at most 140 characters.
    package var unstructured: [String]
    /// `Strd/CdtrRefInf/Ref`, each at most 35 characters; the rest of `Strd` is not carried.
    package var creditorReferences: [String]

    package init(unstructured: [String] = [], creditorReferences: [String] = []) {
        self.unstructured = unstructured
        self.creditorReferences = creditorReferences
    }

    var isEmpty: Bool { unstructured.isEmpty && creditorReferences.isEmpty }
}
