/// Two payments settled against each other: renminbi one way, foreign currency the other, in one
/// step. Every fill is four account entries at most twice over: two legs and two fees.
public struct FillRow: BitwiseCopyable, Equatable, Sendable {
    public var id: FillID
    public var timestamp: Timestamp
    public var foreign: Currency
    /// The side of the order that was resting; its rate is the fill's rate.
    public var restingSide: Side
    /// The payment that gave renminbi.
    public var renminbiPayment: PaymentID
    /// The payment that gave foreign currency.
    public var foreignPayment: PaymentID
    public var renminbiAmount: Int64
    public var foreignAmount: Int64
    public var rate: Rate
    /// Fee in fen of the payment that gave renminbi.
    public var renminbiFee: Int64
    /// Fee in foreign minor units of the payment that gave foreign currency.
    public var foreignFee: Int64
    public var renminbiDebit: AccountID
    public var renminbiCredit: AccountID
    public var foreignDebit: AccountID
    public var foreignCredit: AccountID

    @inlinable
    public init(
        id: FillID, timestamp: Timestamp, foreign: Currency, restingSide: Side,
        renminbiPayment: PaymentID, foreignPayment: PaymentID, renminbiAmount: Int64,
        foreignAmount: Int64, rate: Rate, renminbiFee: Int64, foreignFee: Int64,
        renminbiDebit: AccountID, renminbiCredit: AccountID, foreignDebit: AccountID,
        foreignCredit: AccountID
    ) {
        self.id = id
        self.timestamp = timestamp
        self.foreign = foreign
        self.restingSide = restingSide
        self.renminbiPayment = renminbiPayment
        self.foreignPayment = foreignPayment
        self.renminbiAmount = renminbiAmount
        self.foreignAmount = foreignAmount
        self.rate = rate
        self.renminbiFee = renminbiFee
        self.foreignFee = foreignFee
        self.renminbiDebit = renminbiDebit
        self.renminbiCredit = renminbiCredit
        self.foreignDebit = foreignDebit
        self.foreignCredit = foreignCredit
    }
}

extension FillRow {
    /// The row's part of the state hash.
    @inlinable @inline(__always)
    public var stateHash: UInt64 {
        var hasher = RowHasher(seed: 5)
        hasher.combine(id, pack(foreign.rawValue, restingSide.rawValue))
        hasher.combine(renminbiPayment, foreignPayment)
        hasher.combine(renminbiAmount, foreignAmount)
        hasher.combine(timestamp, rate.scaled)
        hasher.combine(renminbiFee, foreignFee)
        hasher.combine(pack(renminbiDebit, renminbiCredit), pack(foreignDebit, foreignCredit))
        return hasher.finish()
    }
}
