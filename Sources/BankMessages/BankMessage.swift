package import Domain

/// A message that a bank submitted.
package enum BankMessage: Equatable, Sendable {
    /// pacs.008 or pacs.009.
    case creditTransfers(CreditTransferMessage)

    package var definition: MessageDefinition {
        switch self {
        case .creditTransfers(let message): message.definition
        }
    }

    package var header: BusinessApplicationHeader? {
        switch self {
        case .creditTransfers(let message): message.header
        }
    }

    /// The references that an answer repeats.
    package var original: OriginalMessage {
        switch self {
        case .creditTransfers(let message): message.original
        }
    }

    /// Why the message moves no money, whatever amounts it states; nil when it does.
    package var notice: NoticeKind? {
        switch self {
        case .creditTransfers(let message): message.notice
        }
    }
}

extension BankMessage {
    /// Reads a submitted document: a bare `Document`, or `AppHdr` and `Document` in envelopes of
    /// any names and depths, as elements or as text that is XML itself.
    ///
    /// Elements that the gateway uses are checked as their schema says: presence, number, form and
    /// length, and so is all of a transaction. Other elements of the group header are skipped
    /// without a look, and so is the order of elements.
    ///
    /// - Throws: ``MessageRejection``, with whatever references could be read for the answer, when
    ///   nothing of the message can be taken. A transaction that is faulty by itself is a failure
    ///   in ``CreditTransferMessage/transactions``.
    /// - Complexity: O(number of bytes).
    package init(
        xml bytes: [UInt8], limits: MessageLimits = MessageLimits()
    ) throws(MessageRejection) {
        let parts = try MessageParts(bytes, limits: limits)
        do {
            self = try parts.message(limits: limits)
        } catch {
            var rejection = error
            rejection.original = parts.original
            throw rejection
        }
    }
}

extension BankMessage {
    /// A message that is for somebody else must not be carried out here.
    ///
    /// - Parameter gateway: whom the header's `To` must name; a branch of it counts as itself, and
    ///   so does a message without a header.
    /// - Throws: ``MessageRejection`` otherwise, also when `To` names nobody by BIC.
    package func checkAddressee(gateway: BIC) throws(MessageRejection) {
        guard let header, header.to?.primaryOfficeBIC != gateway.primaryOfficeBIC else { return }
        let named = header.to.map { "names \($0)" } ?? "names no BIC"
        throw MessageRejection(
            cause: .wrongAddressee, code: .incorrectAgent,
            path: "/AppHdr/To/FIId/FinInstnId/BICFI",
            sentence: "To \(named), but this is \(gateway); send the message there, or correct To.",
            original: original)
    }
}
