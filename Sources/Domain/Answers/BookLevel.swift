/// All that rests at one rate of a book.
public struct BookLevel: Equatable, Sendable {
    public var rate: Rate
    public var orders: Int
    /// What rests, in fen; parts counted in foreign currency are converted at the level's rate.
    public var renminbi: Int64
    /// What rests, in foreign minor units; parts counted in renminbi are converted likewise.
    public var foreign: Int64

    public init(rate: Rate, orders: Int = 0, renminbi: Int64 = 0, foreign: Int64 = 0) {
        self.rate = rate
        self.orders = orders
        self.renminbi = renminbi
        self.foreign = foreign
    }
}

/// The best levels of both sides of a book, best first.
public struct BookSides: Equatable, Sendable {
    public var payRenminbi: [BookLevel]
    public var payForeign: [BookLevel]

    public init(payRenminbi: [BookLevel], payForeign: [BookLevel]) {
        self.payRenminbi = payRenminbi
        self.payForeign = payForeign
    }
}
