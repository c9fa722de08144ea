/// Hands the UTF-8 of a text on where it lies; it is copied first if it lies in pieces.
@inlinable
func withUTF8<Result>(
    _ text: some StringProtocol, _ body: (UnsafeBufferPointer<UInt8>) -> Result
) -> Result {
    text.utf8.withContiguousStorageIfAvailable(body)
        ?? Array(text.utf8).withUnsafeBufferPointer(body)
}
