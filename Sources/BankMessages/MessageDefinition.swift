/// A message of ISO 20022 in one of its versions, for example `pacs.008.001.08`.
package struct MessageDefinition: Hashable, Sendable {
    /// Messages without their versions; the raw value is the first part of the name.
    package enum Message: String, CaseIterable, Hashable, Sendable {
        /// FI to FI customer credit transfer.
        case customerCreditTransfer = "pacs.008.001"
        /// Financial institution credit transfer; with an underlying customer transfer (COV) too.
        case financialInstitutionCreditTransfer = "pacs.009.001"

        /// The versions that are read and written.
        package var versions: ClosedRange<Int> {
            switch self {
            case .customerCreditTransfer: 8...13
            case .financialInstitutionCreditTransfer: 8...12
            }
        }

        /// The element below `Document`, in all these versions.
        var rootName: String {
            switch self {
            case .customerCreditTransfer: "FIToFICstmrCdtTrf"
            case .financialInstitutionCreditTransfer: "FICdtTrf"
            }
        }
    }

    package let message: Message
    package let version: Int

    /// The oldest version, which is that of the CBPR+ guidelines.
    package init(_ message: Message) {
        self.message = message
        version = message.versions.lowerBound
    }

    /// Nil for a version that is not offered.
    package init?(_ message: Message, version: Int) {
        guard message.versions.contains(version) else { return nil }
        self.message = message
        self.version = version
    }

    /// The definition of this name; nil when it is not taken here.
    package init?(name: String) {
        guard let known = MessageDefinition.all.first(where: { $0.name == name }) else {
            return nil
        }
        self = known
    }

    /// For example `pacs.008.001.08`.
    package var name: String { MessageDefinition.name(message, version) }

    /// `urn:iso:std:iso:20022:tech:xsd:` and the message's name.
    package var namespace: String { isoNamespacePrefix + name }

    var rootName: String { message.rootName }

    private static func name(_ message: Message, _ version: Int) -> String {
        "\(message.rawValue).\(version < 10 ? "0" : "")\(version)"
    }

    /// All messages in all their versions.
    package static let all = Message.allCases.flatMap { message in
        message.versions.compactMap { MessageDefinition(message, version: $0) }
    }

    /// What is taken, for a sentence.
    static let accepted = Message.allCases.map { message in
        let last = MessageDefinition.name(message, message.versions.upperBound)
        return "\(name(message, message.versions.lowerBound)) to \(last.suffix(3))"
    }.joined(separator: " or ")
}

let isoNamespacePrefix = "urn:iso:std:iso:20022:tech:xsd:"
