/// What the ledger expects to see on an agent's statement.
public enum ExpectedKind: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
    case funding = 0
    case withdrawal
    case fee
    case interest
    /// Between two accounts of the gateway.
    case transfer
    /// A leg of a payment that settles at the agent.
    case paymentLeg
}

/// Some kinds of expected entries.
public struct ExpectedKinds: OptionSet, BitwiseCopyable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public init(_ kind: ExpectedKind) { self.init(rawValue: 1 << kind.rawValue) }

    public static let all = ExpectedKinds(rawValue: (1 << UInt8(ExpectedKind.allCases.count)) - 1)

    public func contains(_ kind: ExpectedKind) -> Bool { contains(ExpectedKinds(kind)) }
}

/// Why a match may leave a difference. It is booked under this name.
public enum DifferenceReason: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
    /// A bank on the way kept its charge (1,000 sent, 990 arrived).
    case chargeOnTheWay = 0
    /// The agent rounds where the ledger does not.
    case rounding
    /// The agent converted at another rate than the one on record.
    case exchange

    public var words: String {
        switch self {
        case .chargeOnTheWay: "charge deducted on the way"
        case .rounding: "rounding"
        case .exchange: "exchange difference"
        }
    }
}

/// Who bears a difference.
public enum DifferenceBearer: UInt8, BitwiseCopyable, CaseIterable, Hashable, Sendable {
    case gateway = 0
    /// The participant whose money it is.
    case participant
    case agent
}

/// How far a match may be off, and under which name the difference is booked.
public struct Tolerance: BitwiseCopyable, Hashable, Sendable {
    /// The largest difference of one match, in minor units of the account's currency.
    public var minorUnits: Int64
    public var reason: DifferenceReason
    public var bearer: DifferenceBearer
    /// Whether too much is tolerated as too little is.
    public var isBothWays: Bool

    public init(
        minorUnits: Int64, reason: DifferenceReason, bearer: DifferenceBearer,
        isBothWays: Bool = false
    ) {
        self.minorUnits = minorUnits
        self.reason = reason
        self.bearer = bearer
        self.isBothWays = isBothWays
    }

    /// Whether lines may differ from entries by so much; below zero the gateway has less than the
    /// ledger says.
    @inlinable
    public func covers(_ difference: Int128) -> Bool {
        difference < 0 ? -difference <= minorUnits : isBothWays && difference <= minorUnits
    }
}

/// One way in which lines are found for entries.
public struct MatchingRule: BitwiseCopyable, Hashable, Sendable {
    /// Names the rule within its version; from 1.
    public var number: UInt16
    /// A reference of one of these kinds is the same on all sides. None: by amount and date.
    public var kinds: ReferenceKinds
    /// The entries that it is about.
    public var entries: ExpectedKinds
    public var tolerance: Tolerance?
    /// Business days between a line's value date and an entry's due date, either way; nil: any.
    public var window: Int?
    /// Whether several lines or entries may stand on a side.
    public var allowsSets: Bool
    /// Whether less than an entry is proposed as a part of it, with what remains.
    public var proposesParts: Bool
    /// Whether it matches by itself; else it proposes.
    public var isAutomatic: Bool

    public init(
        _ number: UInt16, by kinds: ReferenceKinds, entries: ExpectedKinds = .all,
        tolerance: Tolerance? = nil, window: Int? = nil, allowsSets: Bool = true,
        proposesParts: Bool = true, isAutomatic: Bool
    ) {
        self.number = number
        self.kinds = kinds
        self.entries = entries
        self.tolerance = tolerance
        self.window = window
        self.allowsSets = allowsSets
        self.proposesParts = proposesParts
        self.isAutomatic = isAutomatic
    }

    public var isByReference: Bool { !kinds.isEmpty }
}

/// Why rules are none.
public enum MatchingRulesFault: Error, Equatable, Sendable {
    /// Numbers begin at 1 and rise.
    case numbersOutOfOrder(UInt16)
    /// Amount alone never settles by itself.
    case automaticByAmount(UInt16)
    /// By amount and date: there is no date without a window, and nothing that explains a
    /// difference.
    case amountRuleWithoutWindow(UInt16)
    case toleranceWithoutReference(UInt16)
    case toleranceOutOfRange(UInt16)
    case windowOutOfRange(UInt16)
}

/// The rules of one account, in the order in which they are tried. A change is a new version.
public struct MatchingRules: Hashable, Sendable {
    public let account: AccountID
    public let version: UInt32
    public let rules: [MatchingRule]
    /// Business days within which a line is held against what shares no reference with it: the line
    /// that it takes back, or an entry in the other direction or currency.
    public let lookAround: Int

    /// The longest window, in business days.
    public static var longestWindow: Int { 400 }

    public init(
        account: AccountID, version: UInt32, rules: [MatchingRule], lookAround: Int = 5
    ) throws(MatchingRulesFault) {
        var last: UInt16 = 0
        for rule in rules {
            guard rule.number > last else { throw .numbersOutOfOrder(rule.number) }
            last = rule.number
            if !rule.isByReference {
                guard !rule.isAutomatic else { throw .automaticByAmount(rule.number) }
                guard rule.window != nil else { throw .amountRuleWithoutWindow(rule.number) }
                guard rule.tolerance == nil else { throw .toleranceWithoutReference(rule.number) }
            }
            if let tolerance = rule.tolerance {
                guard (1...Limits.maximumAmount).contains(tolerance.minorUnits) else {
                    throw .toleranceOutOfRange(rule.number)
                }
            }
            guard (0...MatchingRules.longestWindow).contains(rule.window ?? 0) else {
                throw .windowOutOfRange(rule.number)
            }
        }
        guard (0...MatchingRules.longestWindow).contains(lookAround) else {
            throw .windowOutOfRange(0)
        }
        self.account = account
        self.version = version
        self.rules = rules
        self.lookAround = lookAround
    }

    /// - Complexity: O(rules).
    public subscript(number: UInt16) -> MatchingRule? { rules.first { $0.number == number } }
}
