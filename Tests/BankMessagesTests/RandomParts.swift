import BankMessages
internal import Chance
import Domain

/// Draws messages whose transactions may have every element that a version knows, by the tables
/// that the gateway reads and writes with; whether these are right the schemas say.
struct RandomParts {
    var random: RandomMessages
    let definition: MessageDefinition
    private var counter: UInt64 = 0

    init(_ definition: MessageDefinition, seed: UInt64) {
        self.definition = definition
        random = RandomMessages(seed: seed)
    }

    /// A message with one transaction, and the lines of that.
    mutating func message() -> (text: String, transaction: [String]) {
        counter += 1
        let lines = elements(of: definition.table, depth: 3)
        let head = """
            <?xml version="1.0" encoding="UTF-8"?>
            <Document xmlns="\(definition.namespace)">
              <\(rootName)>
                <GrpHdr>
                  <MsgId>MSG-1</MsgId>
                  <CreDtTm>2026-03-02T09:30:00+08:00</CreDtTm>
                  <NbOfTxs>1</NbOfTxs>
                  <SttlmInf>
                    <SttlmMtd>CLRG</SttlmMtd>
                  </SttlmInf>
                </GrpHdr>
                <CdtTrfTxInf>
            """
        let tail = "    </CdtTrfTxInf>\n  </\(rootName)>\n</Document>\n"
        return (head + "\n" + lines.joined(separator: "\n") + "\n" + tail, lines)
    }

    private var rootName: String {
        definition.message == .customerCreditTransfer ? "FIToFICstmrCdtTrf" : "FICdtTrf"
    }

    private mutating func elements(of component: Component, depth: Int) -> [String] {
        let fields = component.fields.filter {
            $0.editions.contains(definition.edition) && $0.isRead
        }
        guard component.isChoice else {
            return fields.flatMap { lines($0, times: times($0, depth: depth), depth: depth) }
        }
        return lines(fields.randomElement(using: &random.generator)!, times: 1, depth: depth)
    }

    /// The deeper, the less of what need not be there.
    private mutating func times(_ field: Field, depth: Int) -> Int {
        if field.element == "UETR" { return 1 }
        let least = field.occurrences.lowerBound
        let isThere = Int.random(in: 0..<depth + 1, using: &random.generator) < 2
        guard least > 0 || isThere else { return 0 }
        let most = min(field.occurrences.upperBound, 3)
        return Int.random(in: max(least, 1)...most, using: &random.generator)
    }

    private mutating func lines(_ field: Field, times: Int, depth: Int) -> [String] {
        (0..<times).flatMap { _ in
            switch field.form {
            case .message(let inner): element(field, inner, depth, isInline: false)
            case .inline(let inner): element(field, inner, depth, isInline: true)
            default: [leaf(field, depth)]
            }
        }
    }

    private mutating func element(
        _ field: Field, _ inner: Component, _ depth: Int, isInline: Bool
    ) -> [String] {
        let indent = String(repeating: "  ", count: depth)
        let content = elements(of: inner, depth: depth + 1)
        // An agent of whom nothing is said has no part in what its account fills with it, nor has
        // an account that is not told.
        if !field.isRequired, content == ["\(indent)  <FinInstnId/>"] { return [] }
        if !field.isRequired, content.isEmpty, field.element.hasSuffix("Acct") { return [] }
        guard content.isEmpty else {
            return ["\(indent)<\(field.element)>"] + content + ["\(indent)</\(field.element)>"]
        }
        // An empty element that is no message of its own says nothing.
        return isInline && !field.isRequired ? [] : ["\(indent)<\(field.element)/>"]
    }

    private mutating func leaf(_ field: Field, _ depth: Int) -> String {
        let indent = String(repeating: "  ", count: depth)
        let isAmount = field.element.hasSuffix("Amt")
        let currency =
            field.element == "IntrBkSttlmAmt"
            ? "THB"
            : field.element == "InstdAmt"
                ? "CNY" : ["CNY", "THB", "XAU"].randomElement(using: &random.generator)!
        let attribute = isAmount ? " Ccy=\"\(currency)\"" : ""
        let value = field.element == "IntrBkSttlmAmt" ? "4931.20" : value(field)
        return "\(indent)<\(field.element)\(attribute)>\(value)</\(field.element)>"
    }

    private mutating func value(_ field: Field) -> String {
        switch field.form {
        case .text(let length): return escaped(random.text(min(length, 150)))
        case .list(let codes):
            let code = codes.randomElement(using: &random.generator)!
            return String(decoding: code, as: UTF8.self)
        case .alphanumeric(let count): return draw(count, "aZ09")
        case .digits(let count): return draw(count, "0123456789")
        case .bic:
            let bic = random.bic().description
            return bic.count == 11 && bic.hasSuffix("XXX") ? String(bic.prefix(8)) : bic
        case .lei:
            let characters = draw(18, "AZ09")
            _ = draw(2, "0123456789")  // what is drawn behind it stays
            return LEI.text(characters)
        case .country: return draw(2, "CNTH")
        case .currency: return draw(3, "CNYTHB")
        case .iban: return "DE89370400440532013000"
        case .phone: return "+\(draw(2, "123456"))-\(draw(9, "0123456789()+-"))"
        case .uuid, .elsewhere: return random.uetr().description
        case .hexadecimal: return draw(8, "09afAF")
        case .signature: return draw(64, "09AF")
        case .base64: return draw(8, "azAZ09+/")
        case .date: return "20\(draw(2, "12"))-0\(draw(1, "123"))-1\(draw(1, "0123"))"
        case .dateTime: return "20\(draw(2, "12"))-03-02T1\(draw(1, "0123")):30:00.5+08:00"
        case .time: return "1\(draw(1, "0123")):30:00Z"
        case .year: return "20\(draw(2, "12"))"
        case .indicator: return Bool.random(using: &random.generator) ? "true" : "false"
        case .decimal(_, let fraction):
            return draw(3, "123456789") + (fraction > 0 ? "." + draw(2, "123456789") : "")
        case .amount: return draw(4, "123456789") + "." + draw(2, "0123456789")
        case .foreign: return foreignElement(2)
        case .message, .inline, .words: return ""
        }
    }

    /// An element that is as the gateway writes it, with others inside.
    private mutating func foreignElement(_ levels: Int, in namespace: String = "none") -> String {
        let own = ["", "urn:x:\(draw(1, "ab"))"].randomElement(using: &random.generator)!
        let declaration = own == namespace ? "" : " xmlns=\"\(own)\""
        let attribute = Bool.random(using: &random.generator) ? " a=\"\(escaped("<1>"))\"" : ""
        let name = draw(3, "xyz")
        let content =
            levels == 0
            ? escaped(random.text(9))
            : (0..<Int.random(in: 0...2, using: &random.generator)).map { _ in
                foreignElement(levels - 1, in: own)
            }.joined()
        let tag = "\(name)\(declaration)\(attribute)"
        return content.isEmpty ? "<\(tag)/>" : "<\(tag)>\(content)</\(name)>"
    }

    private mutating func draw(_ count: Int, _ alphabet: String) -> String {
        String((0..<count).map { _ in alphabet.randomElement(using: &random.generator)! })
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
    }
}
