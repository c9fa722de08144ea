/// Which currency of the corridor the payer gives.
public enum Side: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Gives renminbi and wants foreign currency delivered: wants a high rate.
    case payRenminbi = 0
    /// Gives foreign currency and wants renminbi delivered: wants a low rate.
    case payForeign = 1

    @inlinable
    public var opposite: Side { self == .payRenminbi ? .payForeign : .payRenminbi }
}

/// Which of the two amounts an order fixes.
public enum FixedAmount: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The amount that leaves the payer's account, fees apart.
    case pay = 0
    /// The amount that reaches the creditor's participant.
    case receive = 1
}

/// How long an order stands.
public enum TimeInForce: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Immediate or cancel: fills what it can at once, the rest ends.
    case immediateOrCancel = 0
    /// Fill or kill: fills whole at once or not at all.
    case fillOrKill = 1
    /// To the corridor's cut-off of the day.
    case day = 2
    /// Until cancelled.
    case goodTillCancelled = 3
    /// To the stated time.
    case goodTillDate = 4
}

/// How much of an order one step must fill, if it fills any of it.
public enum FillPolicy: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// Any part.
    case any = 0
    /// At least the stated minimum, or the whole rest where that is less.
    case minimum = 1
    /// The whole order or nothing; it may rest.
    case complete = 2
}

/// A payment order as a bank submits it.
public struct PaymentOrder: BitwiseCopyable, Equatable, Sendable {
    public var uetr: UETR
    /// The first 128 bits of SHA-256 over the order's content; tells a repetition from a conflict.
    public var contentHash: UInt128
    /// The participant whose certificate submitted the order.
    public var submitter: BIC
    /// The participant that pays.
    public var payer: BIC
    /// The participant that receives for the creditor.
    public var creditor: BIC
    /// The corridor's currency beside renminbi.
    public var foreign: Currency
    public var side: Side
    public var fixed: FixedAmount
    public var timeInForce: TimeInForce
    public var fillPolicy: FillPolicy
    /// How many attempts at the payment the ledger has forgotten when it comes to this order, at
    /// most ``Limits/attempts``. No bank says it: the node counts them when it forms the batch
    /// (R2.15).
    public var forgottenAttempts: UInt8 = 0
    /// The date on which it is to enter the book; ``CivilDate/none`` where none is stated (R22). No
    /// part of its content.
    public var settlementDate = CivilDate.none
    /// The fixed amount, in minor units of the pay or receive currency.
    public var amount: Int64
    /// The worst acceptable rate; ``Rate/none`` leaves it to the corridor's collar.
    public var limit: Rate
    /// Smallest step for ``FillPolicy/minimum``, in the unit of `amount`; otherwise zero.
    public var minimumFill: Int64
    /// End of a ``TimeInForce/goodTillDate`` order; otherwise zero.
    public var expiresAt: Timestamp
    /// Which attempt at the payment this is: 128 bits of a hash of its identification; 0 when it
    /// has none (R2.14).
    public var attempt: UInt128

    @inlinable
    public init(
        uetr: UETR, contentHash: UInt128 = 0, submitter: BIC, payer: BIC, creditor: BIC,
        foreign: Currency, side: Side, fixed: FixedAmount, amount: Int64, limit: Rate = .none,
        timeInForce: TimeInForce = .goodTillCancelled, fillPolicy: FillPolicy = .any,
        minimumFill: Int64 = 0, expiresAt: Timestamp = 0, attempt: UInt128 = 0
    ) {
        self.uetr = uetr
        self.contentHash = contentHash
        self.submitter = submitter
        self.payer = payer
        self.creditor = creditor
        self.foreign = foreign
        self.side = side
        self.fixed = fixed
        self.timeInForce = timeInForce
        self.fillPolicy = fillPolicy
        self.amount = amount
        self.limit = limit
        self.minimumFill = minimumFill
        self.expiresAt = expiresAt
        self.attempt = attempt
    }

    /// The kind of the command that submits it.
    @inlinable
    public var kind: CommandKind {
        settlementDate == .none ? .submitPayment : .submitDatedPayment
    }

    /// The currency that the payer gives.
    @inlinable
    public var payCurrency: Currency { side == .payRenminbi ? .cny : foreign }

    /// The currency that the creditor's participant receives.
    @inlinable
    public var receiveCurrency: Currency { side == .payRenminbi ? foreign : .cny }
}
