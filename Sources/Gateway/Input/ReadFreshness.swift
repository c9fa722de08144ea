package import Domain
package import HTTP2

extension ReadFreshness {
    /// The header by which a caller says how fresh what it reads has to be.
    static let header = "langqiao-read"
    /// The header of every answer with the last entry of the log that the node had applied.
    static let appliedHeader = "langqiao-applied-index"

    /// What the headers of a request ask for; linearizable when they say nothing.
    ///
    /// - Throws: `MALFORMED_REQUEST`.
    package init(asked headers: Headers) throws(GatewayError) {
        guard let text = headers[ReadFreshness.header] else {
            self = .linearizable
            return
        }
        switch text {
        case "linearizable": self = .linearizable
        case "local": self = .local
        default:
            let prefix = "min-index="
            let digits = text.dropFirst(prefix.count)
            guard text.hasPrefix(prefix), !digits.isEmpty,
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let index = UInt64(digits)
            else {
                throw GatewayError(
                    .malformedRequest,
                    "\(ReadFreshness.header) is linearizable, local or min-index=N, not \(text)")
            }
            self = .atLeast(index)
        }
    }
}
