/// A payment order as a bank states it, whatever form it came in: read, but not yet known to belong
/// to a corridor.
public struct OrderDraft: BitwiseCopyable, Equatable, Sendable {
    public var uetr: UETR
    /// The participant that pays; ``BIC/none`` when it is the one that submits the order.
    public var payer: BIC
    /// The participant that receives for the creditor.
    public var creditor: BIC
    /// What the payer gives.
    public var payCurrency: Currency
    /// What the creditor's participant receives.
    public var receiveCurrency: Currency
    public var fixed: FixedAmount
    public var timeInForce: TimeInForce
    public var fillPolicy: FillPolicy
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
    /// See ``PaymentOrder/settlementDate``.
    public var settlementDate = CivilDate.none

    @inlinable
    public init(
        uetr: UETR, payer: BIC = .none, creditor: BIC, payCurrency: Currency,
        receiveCurrency: Currency, fixed: FixedAmount, amount: Int64, limit: Rate = .none,
        timeInForce: TimeInForce = .goodTillCancelled, fillPolicy: FillPolicy = .any,
        minimumFill: Int64 = 0, expiresAt: Timestamp = 0, attempt: UInt128 = 0
    ) {
        self.uetr = uetr
        self.payer = payer
        self.creditor = creditor
        self.payCurrency = payCurrency
        self.receiveCurrency = receiveCurrency
        self.fixed = fixed
        self.timeInForce = timeInForce
        self.fillPolicy = fillPolicy
        self.amount = amount
        self.limit = limit
        self.minimumFill = minimumFill
        self.expiresAt = expiresAt
        self.attempt = attempt
    }

    /// The corridor that two currencies make: its currency beside renminbi, and the side that gives
    /// the first for the second. Nil unless exactly one of them is CNY.
    @inlinable
    public static func corridor(
        from pay: Currency, to receive: Currency
    ) -> (foreign: Currency, side: Side)? {
        guard (pay == .cny) != (receive == .cny) else { return nil }
        return pay == .cny ? (receive, .payRenminbi) : (pay, .payForeign)
    }

    /// The corridor of the order; nil when its currencies make none.
    @inlinable
    public var corridor: (foreign: Currency, side: Side)? {
        OrderDraft.corridor(from: payCurrency, to: receiveCurrency)
    }

    /// The order as a participant submits it, without its content hash; nil when its currencies
    /// make no corridor.
    @inlinable
    public func order(submitter: BIC) -> PaymentOrder? {
        guard let (foreign, side) = corridor else { return nil }
        var order = PaymentOrder(
            uetr: uetr, submitter: submitter, payer: payer == .none ? submitter : payer,
            creditor: creditor, foreign: foreign, side: side, fixed: fixed, amount: amount,
            limit: limit, timeInForce: timeInForce, fillPolicy: fillPolicy,
            minimumFill: minimumFill, expiresAt: expiresAt, attempt: attempt)
        order.settlementDate = settlementDate
        return order
    }
}
