package import Domain

/// Who hands a case to whom (ISO 20022 `CaseAssignment5`, `Assgnmt`).
package struct CaseAssignment: Equatable, Sendable {
    /// `Id`: the name of this message, at most 35 characters.
    package var identification: String
    /// `Assgnr`: who sends it.
    package var assigner: PartyOrAgent
    /// `Assgne`: who shall act.
    package var assignee: PartyOrAgent
    /// `CreDtTm`, nanoseconds since 1970 UTC.
    package var creationDateTime: Timestamp

    package init(
        identification: String, assigner: PartyOrAgent, assignee: PartyOrAgent,
        creationDateTime: Timestamp
    ) {
        self.identification = identification
        self.assigner = assigner
        self.assignee = assignee
        self.creationDateTime = creationDateTime
    }
}

/// The case that messages about one payment share (ISO 20022 `Case5`).
package struct InvestigationCase: Hashable, Sendable {
    /// `Id`, at most 35 characters; unique for its creator.
    package var identification: String
    /// `Cretr`.
    package var creator: PartyOrAgent
    /// `ReopCaseIndctn`: the case was closed before.
    package var isReopened: Bool?

    package init(identification: String, creator: PartyOrAgent, isReopened: Bool? = nil) {
        self.identification = identification
        self.creator = creator
        self.isReopened = isReopened
    }
}

extension MessageElement {
    func caseAssignment() throws(MessageRejection) -> CaseAssignment {
        CaseAssignment(
            identification: try required("Id").text(max: 35),
            assigner: try required("Assgnr").partyOrAgent(),
            assignee: try required("Assgne").partyOrAgent(),
            creationDateTime: try required("CreDtTm").dateTime())
    }

    func investigationCase() throws(MessageRejection) -> InvestigationCase {
        InvestigationCase(
            identification: try required("Id").text(max: 35),
            creator: try required("Cretr").partyOrAgent(),
            isReopened: try child("ReopCaseIndctn")?.indicator())
    }
}

extension XMLWriter {
    mutating func assignment(_ assignment: CaseAssignment) throws(MessageWritingError) {
        try element("Assgnmt") { writer throws(MessageWritingError) in
            try writer.leaf("Id", assignment.identification, max: 35)
            try writer.side("Assgnr", assignment.assigner)
            try writer.side("Assgne", assignment.assignee)
            try writer.time("CreDtTm", assignment.creationDateTime)
        }
    }

    /// The case in an element of this name, or nothing.
    mutating func investigationCase(
        _ name: String, _ value: InvestigationCase?
    ) throws(MessageWritingError) {
        guard let value else { return }
        try element(name) { writer throws(MessageWritingError) in
            try writer.leaf("Id", value.identification, max: 35)
            try writer.side("Cretr", value.creator)
            try writer.indicator("ReopCaseIndctn", value.isReopened)
        }
    }
}
