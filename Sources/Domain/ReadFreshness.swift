/// How fresh what is read has to be.
public enum ReadFreshness: Equatable, Sendable {
    /// All that anybody was told before the read began, at whichever node (linearizable).
    case linearizable
    /// As the node has it now: all that it has answered itself, perhaps less than others have.
    case local
    /// At least up to this entry of the log.
    case atLeast(UInt64)
}
