/// Why something is no evidence, or says otherwise than it should, in words.
package struct EvidenceFault: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
