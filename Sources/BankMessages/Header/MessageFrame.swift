/// Which message in which version, and what stands around its document.
package struct MessageFrame: Equatable, Sendable {
    package var definition: MessageDefinition
    package var envelope: MessageEnvelope
    package var header: BusinessApplicationHeader?

    package init(
        definition: MessageDefinition, envelope: MessageEnvelope = .none,
        header: BusinessApplicationHeader? = nil
    ) {
        self.definition = definition
        self.envelope = envelope
        self.header = header
    }

    /// Opens a document of this version and writes what is below its root element. A header names
    /// the message that follows it, whatever name it came with.
    ///
    /// - Parameter related: what the message answers, for the header.
    func write(
        answering related: BusinessApplicationHeader? = nil,
        _ body: (inout XMLWriter) throws(MessageWritingError) -> Void
    ) throws(MessageWritingError) -> String {
        guard definition.isWritten else {
            throw MessageWritingError(
                path: "/Document", sentence: "\(definition.name) is not written here.")
        }
        var header = header
        header?.messageDefinitionIdentifier = definition.name
        return try writeMessage(
            envelope: envelope, header: header, related: related, namespace: definition.namespace
        ) { writer throws(MessageWritingError) in
            try writer.element(definition.rootName, body)
        }
    }
}
