/// An enumeration whose cases have a word each, for tables and people. Words are data: none is
/// ever reused for another case. The names of the protocol buffers are the same words in capitals.
public protocol Worded: FieldValue, CaseIterable, RawRepresentable
where RawValue == UInt8, Bits == UInt8 {
    var word: String { get }
}

extension Worded {
    public var bits: UInt8 { rawValue }
    public init?(bits: UInt8) { self.init(rawValue: bits) }
    public static var column: FieldColumn { .text }
    public var text: String? { word }

    /// - Complexity: O(number of cases).
    public init?(text: String?) {
        guard let known = Self.allCases.first(where: { $0.word == text }) else { return nil }
        self = known
    }
}

extension Currency: Worded {
    /// Its alphabetic code.
    public var word: String { code }
}

extension AccountKind: Worded {
    public var word: String {
        switch self {
        case .settlement: "settlement"
        case .nostro: "nostro"
        case .feeIncome: "fee-income"
        case .suspense: "suspense"
        case .agentCharges: "agent-charges"
        case .agentInterest: "agent-interest"
        }
    }
}

extension NostroState: Worded {
    public var word: String {
        switch self {
        case .open: "open"
        case .closed: "closed"
        }
    }
}

extension WithdrawalState: Worded {
    public var word: String {
        switch self {
        case .requested: "requested"
        case .ordered: "ordered"
        case .confirmed: "confirmed"
        case .reversed: "reversed"
        }
    }
}

extension ReversalReason: Worded {
    public var word: String {
        switch self {
        case .none: "none"
        case .askedByBank: "asked-by-bank"
        case .refusedByAgent: "refused-by-agent"
        case .returnedByAgent: "returned-by-agent"
        case .refusedByOperator: "refused-by-operator"
        }
    }
}

extension AgentEntryKind: Worded {
    public var word: String {
        switch self {
        case .fee: "fee"
        case .interest: "interest"
        case .transfer: "transfer"
        }
    }
}

extension ParticipantState: Worded {
    public var word: String {
        switch self {
        case .active: "active"
        case .suspended: "suspended"
        }
    }
}

extension OperatorState: Worded {
    public var word: String {
        switch self {
        case .active: "active"
        case .suspended: "suspended"
        }
    }
}

extension CorridorState: Worded {
    public var word: String {
        switch self {
        case .open: "open"
        case .halted: "halted"
        case .closed: "closed"
        }
    }
}

extension SelfMatch: Worded {
    public var word: String {
        switch self {
        case .allow: "allow"
        case .cancelNewest: "cancel-newest"
        case .cancelOldest: "cancel-oldest"
        case .decrementBoth: "decrement-both"
        }
    }
}

extension Side: Worded {
    public var word: String {
        switch self {
        case .payRenminbi: "pay-cny"
        case .payForeign: "pay-foreign"
        }
    }
}

extension FixedAmount: Worded {
    public var word: String {
        switch self {
        case .pay: "pay"
        case .receive: "receive"
        }
    }
}

extension TimeInForce: Worded {
    /// The market's short forms; the protocol buffers spell them out.
    public var word: String {
        switch self {
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        case .day: "DAY"
        case .goodTillCancelled: "GTC"
        case .goodTillDate: "GTD"
        }
    }
}

extension FillPolicy: Worded {
    public var word: String {
        switch self {
        case .any: "any"
        case .minimum: "minimum"
        case .complete: "complete"
        }
    }
}

extension EndReason: Worded {
    public var word: String { name }
}

extension PaymentStatus: Worded {
    /// The code of ISO 20022.
    public var word: String { code }
}

extension MessageKind: Worded {
    public var word: String {
        switch self {
        case .statusReport: "status-report"
        case .creditTransfer: "credit-transfer"
        case .notification: "notification"
        case .accountReport: "account-report"
        case .paymentReturn: "payment-return"
        case .cancellationRequest: "cancellation-request"
        case .resolution: "resolution"
        case .statement: "statement"
        }
    }
}
