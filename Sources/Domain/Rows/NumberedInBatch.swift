/// A row that a command leaves at most one of, numbered by its batch: so those of the last batches
/// are found.
public protocol NumberedInBatch: DeclaredRow {
    /// The log index of its batch × 2¹⁴ and its place among the rows of its kind in the batch.
    var id: UInt64 { get }
}

extension NumberedInBatch {
    /// The number of the `place`th row of a batch, counted from 0.
    public static func id(_ logIndex: UInt64, _ place: Int) -> UInt64 {
        require(place < Limits.commandsPerBatch, "a command leaves one row")
        return logIndex << 14 | UInt64(place)
    }

    /// The first number that a row of the batch can have.
    public static func firstID(in logIndex: UInt64) -> UInt64 { logIndex << 14 }

    /// The batch that it came in.
    public var logIndex: UInt64 { id >> 14 }

    /// Its place among the rows of its kind in the batch, from 0.
    public var place: Int { Int(id & (1 << 14 - 1)) }
}
