/// The identification of an account at a settlement agent, as its statements name it: at most 34
/// characters (ISO 20022 `Id`: an IBAN, or whatever number the agent gives).
public struct AgentAccount: PrintableText {
    public var beginning: TextPart
    public var rest: TextPart

    public init(beginning: TextPart, rest: TextPart) {
        self.beginning = beginning
        self.rest = rest
    }
}
