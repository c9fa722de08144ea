/// What holds application header and document together.
package enum MessageEnvelope: Hashable, Sendable {
    /// Nothing: `Document` is the root.
    case none
    /// An element of this name and namespace (empty for none) with both as its children.
    case element(name: String, namespace: String)

    /// `<Envelope>` without a namespace: what the gateway writes when it has a header to send and
    /// no envelope of the request to follow.
    package static let standard = MessageEnvelope.element(name: "Envelope", namespace: "")
}
