/// The stated bounds of one ledger. Running into a bound is a ``ResultCode``, never a trap.
public enum Limits {
    /// The largest amount of one payment order or funding, in minor units.
    public static let maximumAmount: Int64 = 10_000_000_000_000_000

    /// The largest sum of all positive balances and credit limits of one currency, in minor units.
    ///
    /// Because funding and limits stay below it, no settlement account can ever overflow `Int64`.
    public static let maximumCurrencyTotal: Int64 = 4_000_000_000_000_000_000

    /// The largest exchange rate, in units of 10⁻⁸.
    public static let maximumRate: Int64 = 10_000_000_000_000

    /// Rates of one corridor lie below this many ticks; the book indexes its price levels by tick.
    public static let ticksPerCorridor: Int64 = 1 << 20

    /// Participants of one ledger.
    public static let participants = 65_535

    /// Accounts of one ledger, the gateway's own included.
    public static let accounts = 262_144

    /// Orders that rest in all books together.
    public static let openOrders = 4_000_000

    /// Payment orders on record in one ledger.
    public static let payments = 200_000_000

    /// Batches after the one that ended a payment during which the engine still knows it. Later the
    /// tables answer for it, so they may lag behind by fewer batches than this.
    public static let finalBatches = 512

    /// The most payments that the engine knows at one time: open ones, those that were open when
    /// the oldest batch in memory began, and all that could have come since.
    public static let paymentsInMemory = openOrders * 2 + finalBatches * commandsPerBatch

    /// Fundings on record in one ledger.
    public static let fundings = 16_000_000

    /// Fills that one command may cause; an order that could take more ends there.
    public static let fillsPerCommand = 4_096

    /// Commands in one batch.
    public static let commandsPerBatch = 16_384

    /// Bytes of one encoded batch.
    public static let bytesPerBatch = 8 * 1_024 * 1_024

    /// Bytes of one command's attachment.
    public static let bytesPerAttachment = 16_384

    /// The highest fee of a corridor, in parts per million of the pay amount.
    public static let maximumFeePartsPerMillion: UInt32 = 100_000
}
