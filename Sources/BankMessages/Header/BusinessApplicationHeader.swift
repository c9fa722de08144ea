package import Domain

/// The business application header (ISO 20022 `head.001.001.01` to `.04`; what is read of it has
/// one name in all of them).
package struct BusinessApplicationHeader: Equatable, Sendable {
    /// Of head.001.001, see ``versions``; answers are written in that of the request.
    package var version: Int
    /// `Fr/FIId/FinInstnId/BICFI`, or `Fr/OrgId/Id/OrgId/AnyBIC`, or the BIC of the participant
    /// with the clearing code or LEI there; nil when these name nobody. Written as the first.
    package var from: BIC?
    /// `To`, likewise.
    package var to: BIC?
    /// `BizMsgIdr`, at most 35 characters.
    package var businessMessageIdentifier: String
    /// `MsgDefIdr`, for example `pacs.008.001.08`.
    package var messageDefinitionIdentifier: String
    /// `BizSvc`, for example `swift.cbprplus.03`.
    package var businessService: String?
    /// `CreDt`, nanoseconds since 1970 UTC.
    package var creationDate: Timestamp
    /// `CpyDplct`: the message is a copy, or one that was sent before.
    package var copyDuplicate: CopyDuplicate?
    /// `PssblDplct`: the sender is not sure whether it sent the message before.
    package var possibleDuplicate: Bool?

    package init(
        version: Int = standardVersion, from: BIC?, to: BIC?, businessMessageIdentifier: String,
        messageDefinitionIdentifier: String, businessService: String? = nil,
        creationDate: Timestamp, copyDuplicate: CopyDuplicate? = nil,
        possibleDuplicate: Bool? = nil
    ) {
        self.version = version
        self.from = from
        self.to = to
        self.businessMessageIdentifier = businessMessageIdentifier
        self.messageDefinitionIdentifier = messageDefinitionIdentifier
        self.businessService = businessService
        self.creationDate = creationDate
        self.copyDuplicate = copyDuplicate
        self.possibleDuplicate = possibleDuplicate
    }

    /// The versions that are read and written.
    package static let versions = 1...4

    /// The version of the CBPR+ guidelines.
    package static let standardVersion = 2

    static func namespace(version: Int) -> String {
        "\(isoNamespacePrefix)head.001.001.0\(version)"
    }
}

/// ISO 20022 `CopyDuplicate1Code`.
package enum CopyDuplicate: String, CaseIterable, Hashable, Sendable {
    /// A copy of what is sent again.
    case copyOfDuplicate = "CODU"
    /// For information only.
    case copy = "COPY"
    /// Sent before.
    case duplicate = "DUPL"

    /// Whether the original is what counts, and went to somebody else.
    package var isForInformation: Bool { self != .duplicate }
}

extension OriginalMessage {
    /// The header of an answer to this message, in the version of its own; nil when it had none.
    package func answeringHeader(
        from sender: BIC, identifier: String, definition: String, businessService: String? = nil,
        creationDate: Timestamp
    ) -> BusinessApplicationHeader? {
        guard let header else { return nil }
        return BusinessApplicationHeader(
            version: header.version, from: sender, to: header.from,
            businessMessageIdentifier: identifier, messageDefinitionIdentifier: definition,
            businessService: businessService, creationDate: creationDate)
    }
}
