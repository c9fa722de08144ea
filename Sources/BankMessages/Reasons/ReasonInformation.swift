/// Why something was returned, cancelled or refused: `RtrRsnInf`, `CxlRsnInf`, `CxlStsRsnInf` and
/// `StsRsnInf`, which ISO 20022 builds alike (`PaymentReturnReason6`, `PaymentCancellationReason5`,
/// `CancellationStatusReason4`, `StatusReasonInformation12`).
package struct ReasonInformation: Equatable, Sendable {
    /// `Orgtr`: who gave the reason; only the name is carried.
    package var originator: Party?
    /// `Rsn`: a code of the external set that belongs to the element, or own words.
    package var reason: CodeOrProprietary?
    /// `AddtlInf`: lines of at most 105 characters.
    package var additionalInformation: [String]

    package init(
        _ reason: CodeOrProprietary?, originator: Party? = nil,
        additionalInformation: [String] = []
    ) {
        self.originator = originator
        self.reason = reason
        self.additionalInformation = additionalInformation
    }
}

extension MessageElement {
    /// All reasons with this name, their codes held against the set.
    func reasons(
        _ name: String, of set: ExternalCodeSet
    ) throws(MessageRejection) -> [ReasonInformation] {
        var reasons: [ReasonInformation] = []
        for element in try children(name) {
            var lines: [String] = []
            for line in try element.children("AddtlInf") {
                lines.append(try line.text(max: 105))
            }
            reasons.append(
                ReasonInformation(
                    try element.child("Rsn")?.reason(of: set),
                    originator: try element.child("Orgtr")?.party(),
                    additionalInformation: lines))
        }
        return reasons
    }

    private func reason(of set: ExternalCodeSet) throws(MessageRejection) -> CodeOrProprietary {
        let reason = try codeOrProprietary(max: 4)
        guard case .code = reason else { return reason }
        return .code(try required("Cd").code(of: set))
    }
}

extension XMLWriter {
    /// Each reason in an element of this name.
    mutating func reasons(
        _ name: String, _ reasons: [ReasonInformation]
    ) throws(MessageWritingError) {
        for reason in reasons {
            try element(name) { writer throws(MessageWritingError) in
                if let originator = reason.originator {
                    try writer.party("Orgtr", originator)
                }
                try writer.choice("Rsn", reason.reason, max: 4)
                for line in reason.additionalInformation {
                    try writer.leaf("AddtlInf", line, max: 105)
                }
            }
        }
    }
}
