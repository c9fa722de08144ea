internal import Domain

/// Components that stand in many messages.
extension XMLWriter {
    /// A positive amount (`ActiveCurrencyAndAmount`).
    mutating func money(_ name: String, _ money: Money) throws(MessageWritingError) {
        guard money.minorUnits > 0 else {
            throw error(at: name, "The amount must be positive.")
        }
        try leaf(name, money.decimal, max: 20, currency: money.currency.code)
    }

    /// An amount that may be zero, or nothing (`ActiveOrHistoricCurrencyAndAmount`).
    mutating func amount(_ name: String, _ amount: Money?) throws(MessageWritingError) {
        guard let amount else { return }
        guard amount.minorUnits >= 0 else {
            throw error(at: name, "The amount must not be negative.")
        }
        try leaf(name, amount.decimal, max: 20, currency: amount.currency.code)
    }

    /// An instant in ISO 8601, or nothing.
    mutating func time(_ name: String, _ time: Timestamp?) throws(MessageWritingError) {
        try leaf(name, time?.isoDateTime, max: 35)
    }

    /// A day, or nothing.
    mutating func day(_ name: String, _ day: CalendarDate?) throws(MessageWritingError) {
        try leaf(name, day?.description, max: 10)
    }

    /// `true`, `false` or nothing.
    mutating func indicator(_ name: String, _ value: Bool?) throws(MessageWritingError) {
        try leaf(name, value.map { $0 ? "true" : "false" }, max: 5)
    }

    /// A `PartyIdentification135`.
    mutating func party(_ name: String, _ party: Party) throws(MessageWritingError) {
        guard let text = party.name else { return empty(name) }
        try element(name) { writer throws(MessageWritingError) in
            try writer.leaf("Nm", text, max: 140)
        }
    }

    /// The account, or nothing.
    mutating func account(
        _ name: String, _ account: CashAccount?, _ definition: MessageDefinition
    ) throws(MessageWritingError) {
        try self.account(name, account, hasIdentification: definition.accountsHaveIdentification)
    }

    /// The account, or nothing.
    ///
    /// - Parameter hasIdentification: whether the schema wants its `Id`.
    mutating func account(
        _ name: String, _ account: CashAccount?, hasIdentification: Bool
    ) throws(MessageWritingError) {
        guard let account else { return }
        try element(name) { writer throws(MessageWritingError) in
            try writer.content(of: account, hasIdentification: hasIdentification)
        }
    }

    /// What stands inside the element of an account.
    mutating func content(
        of account: CashAccount, hasIdentification: Bool
    ) throws(MessageWritingError) {
        guard account.identification != nil || account.currency != nil && !hasIdentification else {
            throw error(at: "Id", "The account has no identification.")
        }
        try identification(account.identification)
        try leaf("Ccy", account.currency?.code, max: 3)
    }

    private mutating func identification(
        _ identification: CashAccount.Identification?
    ) throws(MessageWritingError) {
        switch identification {
        case nil: return
        case .iban(let text):
            guard isIBAN(text.utf8) else { throw error(at: "IBAN", "The text is no IBAN.") }
            try chain(["Id", "IBAN"], text, max: 34)
        case .other(let text): try chain(["Id", "Othr", "Id"], text, max: 34)
        }
    }

    /// `Cd` or `Prtry` in an element of this name, or nothing.
    mutating func choice(
        _ name: String, _ choice: CodeOrProprietary?, max length: Int
    ) throws(MessageWritingError) {
        switch choice {
        case nil: return
        case .code(let text): try chain([name, "Cd"], text, max: length)
        case .proprietary(let text): try chain([name, "Prtry"], text, max: 35)
        }
    }

    /// `RmtInf`, or nothing when there is none.
    mutating func remittance(
        _ information: RemittanceInformation
    ) throws(MessageWritingError) {
        guard !information.isEmpty else { return }
        try element("RmtInf") { writer throws(MessageWritingError) in
            for line in information.unstructured {
                try writer.leaf("Ustrd", line, max: 140)
            }
            for reference in information.creditorReferences {
                try writer.chain(["Strd", "CdtrRefInf", "Ref"], reference, max: 35)
            }
        }
    }
}
