package import Domain

/// When accounts were debited or credited already (ISO 20022 `SettlementDateTimeIndication1`).
package struct SettlementTimeIndication: Equatable, Sendable {
    /// `DbtDtTm`, nanoseconds since 1970 UTC.
    package var debit: Timestamp?
    /// `CdtDtTm`, nanoseconds since 1970 UTC.
    package var credit: Timestamp?

    package init(debit: Timestamp? = nil, credit: Timestamp? = nil) {
        self.debit = debit
        self.credit = credit
    }

    var isEmpty: Bool { debit == nil && credit == nil }
}

/// Within which times of the settlement date to settle (ISO 20022 `SettlementTimeRequest2`).
package struct SettlementTimeRequest: Equatable, Sendable {
    /// `CLSTm`: by when the funds must have come in.
    package var continuousLinkedSettlement: TimeOfDay?
    /// `TillTm`: until when it may settle.
    package var till: TimeOfDay?
    /// `FrTm`: as from when it may settle.
    package var from: TimeOfDay?
    /// `RjctTm`: when it is to be rejected if it has not settled.
    package var reject: TimeOfDay?

    package init(
        continuousLinkedSettlement: TimeOfDay? = nil, till: TimeOfDay? = nil,
        from: TimeOfDay? = nil, reject: TimeOfDay? = nil
    ) {
        self.continuousLinkedSettlement = continuousLinkedSettlement
        self.till = till
        self.from = from
        self.reject = reject
    }

    var isEmpty: Bool { self == SettlementTimeRequest() }

    /// The elements that set an end, in the order of the schema.
    var ends: [(name: String, time: TimeOfDay)] {
        [("CLSTm", continuousLinkedSettlement), ("TillTm", till), ("RjctTm", reject)]
            .compactMap { name, time in time.map { (name, $0) } }
    }
}
