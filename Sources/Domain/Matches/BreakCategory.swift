/// What is wrong about a line or an expected entry that no match explains. One break has one.
public enum BreakCategory: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
    /// Money that should have come in and is not on a statement after its due date.
    case missingCredit = 0
    /// Money that should have gone out, and that the agent has not debited after its due date.
    case missingDebit
    /// A line that the ledger expects nothing for.
    case notInLedger
    /// The same payment with other figures, beyond what the rules tolerate.
    case amountDiffers
    case currencyDiffers
    /// The same payment, earlier than its window.
    case dateDiffers
    /// A second line for what one line has explained already.
    case duplicate
    /// A line that takes another one back.
    case reversal
    /// The same payment in the other direction.
    case wrongSign
    /// What the agent charged and the ledger does not know.
    case charge
    /// The same payment, valued behind its window: interest may be due.
    case lateValueDate

    /// For sentences, for example `missing credit`.
    public var words: String {
        switch self {
        case .missingCredit: "missing credit"
        case .missingDebit: "missing debit at the agent"
        case .notInLedger: "not in the ledger"
        case .amountDiffers: "amount differs"
        case .currencyDiffers: "currency differs"
        case .dateDiffers: "date differs"
        case .duplicate: "duplicate"
        case .reversal: "reversal"
        case .wrongSign: "wrong sign"
        case .charge: "charge"
        case .lateValueDate: "late value date"
        }
    }

    /// What an operator does about it.
    public var nextStep: String {
        switch self {
        case .missingCredit: "ask the agent, or the bank that was to pay, where the money is"
        case .missingDebit: "ask the agent whether the instruction was carried out"
        case .notInLedger: "find who paid and book it, or have the agent take it back"
        case .amountDiffers: "ask who kept the difference; book it, or match what is there"
        case .currencyDiffers: "have the agent correct the currency"
        case .dateDiffers: "confirm the date with the agent, then match"
        case .duplicate: "have the agent take the second booking back"
        case .reversal: "confirm the reversal; the payment is open again"
        case .wrongSign: "have the agent correct the direction"
        case .charge: "check the charge against the agent's tariff and book it"
        case .lateValueDate: "match, and claim the interest of the days between"
        }
    }
}
