extension Component {
    /// An instruction for the creditor's bank (ISO 20022 `InstructionForCreditorAgent`).
    static let instructionForCreditorAgent = Component(
        "AgentInstruction",
        [
            Field("Cd", 1, "code", .codes("CHQB HOLD PHOB TELB"), in: .to(8)),
            Field("Cd", 1, "code", .text(4), in: .from(9)),
            Field("InstrInf", 2, "information", .text(140)),
        ])

    /// The same in a bank's own transfer, whose eighth edition knows fewer codes.
    static let instructionForCreditorBank = Component(
        "AgentInstruction",
        [
            Field("Cd", 1, "code", .codes("PHOB TELB"), in: .to(8)),
            Field("Cd", 1, "code", .text(4), in: .from(9)),
            Field("InstrInf", 2, "information", .text(140)),
        ])

    /// An instruction for the next bank (ISO 20022 `InstructionForNextAgent`).
    static let instructionForNextAgent = Component(
        "AgentInstruction",
        [
            Field("Cd", 1, "code", .codes("PHOA TELA")),
            Field("InstrInf", 2, "information", .text(140)),
        ])

    /// What proves a payment (ISO 20022 `CryptographicKeyChoice`).
    static let paymentSignature = Component(
        "PaymentSignature", isChoice: true,
        [
            Field("ILPV4", 1, "ilp_v4", .hexadecimal),
            Field("Sgntr", 2, "signature", .signature),
        ])
}
