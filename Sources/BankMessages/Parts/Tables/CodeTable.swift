extension Component {
    /// A code of an external list, or own words.
    static let code4 = codeOrProprietary(.text(4))
    static let code5 = codeOrProprietary(.text(5))
    static let code35 = codeOrProprietary(.text(35))
    static let code4Reason70 = codeOrProprietary(.text(4), own: 70)
    static let mandateClassification = codeOrProprietary(.codes("FIXE USGB VARI"))

    /// The kind of a document; a list that is closed before the twelfth edition.
    static let documentTypeCode = codeOrProprietary(
        closed: "MSIN CNFA DNFA CINV CREN DEBN HIRI SBIN CMCN SOAC DISP BOLD VCHR AROI TSUT PUOR")

    /// The kind of a creditor's reference; likewise.
    static let creditorReferenceCode = codeOrProprietary(
        closed: "RADM RPIN FXDR DISP PUOR SCOR")

    private static func codeOrProprietary(closed codes: String) -> Component {
        Component(
            "CodeOrProprietary", isChoice: true,
            [
                Field("Cd", 1, "code", .codes(codes), in: .to(11)),
                Field("Cd", 1, "code", .text(4), in: .from(12)),
                Field("Prtry", 2, "proprietary", .text(35)),
            ])
    }

    private static func codeOrProprietary(_ code: Form, own length: Int = 35) -> Component {
        Component(
            "CodeOrProprietary", isChoice: true,
            [
                Field("Cd", 1, "code", code),
                Field("Prtry", 2, "proprietary", .text(length)),
            ])
    }
}
