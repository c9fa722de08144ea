/// Stops the process when an invariant is broken.
///
/// A broken invariant means that memory no longer describes the ledger: going on would settle
/// money on a wrong state, so the node stops and restarts from its log. Rules about input never use
/// this function; they answer with a ``ResultCode``. Stays on in release builds.
///
/// - Complexity: O(1); the message is built only on failure.
@inlinable
@inline(__always)
public func require(
    _ condition: Bool, _ message: @autoclosure () -> StaticString,
    file: StaticString = #fileID, line: UInt = #line
) {
    if !condition {
        brokenInvariant(message(), file: file, line: line)
    }
}

@usableFromInline
@inline(never)
func brokenInvariant(_ message: StaticString, file: StaticString, line: UInt) -> Never {
    fatalError("broken invariant: \(message)", file: file, line: line)
}
