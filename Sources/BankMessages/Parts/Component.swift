/// A part of a message as ISO 20022 defines it, declared once: how it is read, carried and written
/// follows from its fields.
///
/// A component is carried as a protobuf message. Values stand there as the document has them, so
/// that they come out as they went in; only blanks around and within them are folded, and numbers
/// lose signs and zeros that mean nothing.
package final class Component: Sendable {
    /// The protobuf message that carries it; that of the one around it where it is inline.
    package let message: String
    /// Exactly one of the fields must be there.
    package let isChoice: Bool
    /// In the order of the schema. Several fields may have one name or one number: see ``Field``.
    package let fields: [Field]
    /// The last lines of a field that repeat what stands in a deeper one.
    let echo: Echo?
    /// By the number of an edition; at 0 for all together.
    private let parts: [[Part]]
    private let masks: [UInt64]
    private let requiredPlaces: [UInt64]

    init(_ message: String, isChoice: Bool = false, echo: Echo? = nil, _ fields: [Field]) {
        precondition(fields.count <= 64 && fields.allSatisfy { (0...63).contains($0.number) })
        self.message = message
        self.isChoice = isChoice
        self.fields = fields
        parts = (0...13).map { Part.parts(of: fields, in: $0 < 8 ? nil : Edition($0)) }
        self.echo = echo
        requiredPlaces = Edition.masks { edition in
            fields.indices.reduce(0) {
                let isRequired = fields[$1].isRequired && fields[$1].editions.contains(edition)
                return isRequired ? $0 | 1 << UInt64($1) : $0
            }
        }
        masks = Edition.masks { edition in
            fields.reduce(0) {
                $1.editions.contains(edition) ? $0 | $1.numbers(in: edition) : $0
            }
        }
    }

    /// The numbers that it has in an edition, one bit each; without an edition in any.
    func numbers(in edition: Edition?) -> UInt64 { masks[edition?.number ?? 0] }

    /// The places of the fields that must be there, one bit each.
    func required(in edition: Edition) -> UInt64 { requiredPlaces[edition.number] }

    /// What is written and checked of it; without an edition what any edition can hold, of each
    /// value the newest form alone.
    func parts(in edition: Edition?) -> [Part] { parts[edition?.number ?? 0] }

    /// A field as one edition has it.
    struct Part {
        let field: Field
        /// The numbers in the message around it that it stands for, one bit each.
        let numbers: UInt64
        /// The numbers that its own message may have by all elements that fill it.
        let numbersWithin: UInt64
        /// It is the first of the elements that fill its message.
        let isFirst: Bool
        /// Where the details have nothing of it there is nothing to do.
        let mayLack: Bool

        private init(_ field: Field, of fields: [Field], in edition: Edition?) {
            self.field = field
            numbers = field.numbers(in: edition)
            let filling = fields.filter {
                $0.number == field.number && $0.editions.contains(edition)
            }
            numbersWithin = filling.reduce(0) {
                guard case .message(let inner) = $1.form else { return $0 }
                return $0 | inner.numbers(in: edition)
            }
            isFirst = filling.first === field
            if case .elsewhere = field.form { mayLack = false } else { mayLack = !field.isRequired }
        }

        fileprivate static func parts(of fields: [Field], in edition: Edition?) -> [Part] {
            let held = fields.enumerated().filter { place, field in
                edition != nil || !fields[(place + 1)...].contains { $0.isNewerForm(of: field) }
            }
            return held.map(\.element).filter { $0.editions.contains(edition) }
                .map { Part($0, of: fields, in: edition) }
        }
    }

    /// The place of the field that an element is, looked for from `place` on, for elements mostly
    /// come in the order of the schema.
    ///
    /// - Complexity: O(fields); O(1) where the order is kept and little is left out.
    func place(of name: ElementName, in edition: Edition, from place: Int) -> Int? {
        var current = place
        for _ in 0..<fields.count {
            let field = fields[current]
            if field.name == name, field.isRead, field.editions.contains(edition) {
                return current
            }
            current = current + 1 == fields.count ? 0 : current + 1
        }
        return nil
    }
}

/// One field of a component.
///
/// Fields with one name and different editions are one element that has changed. Message fields
/// with one number are one message that several elements fill, as an account stands beside its
/// owner. A field that is inline is an element without a message of its own: what is inside belongs
/// to the message around it.
package final class Field: Sendable {
    /// The element.
    package let element: String
    let name: ElementName
    /// `<Nm>`, and `</Nm>` with the end of its line.
    let startTag: [UInt8]
    let endTag: [UInt8]
    /// In the protobuf message, 1 to 63; 0 for an element that is inline or kept elsewhere.
    package let number: Int
    /// In the protobuf message; empty like ``number``.
    package let label: String
    package let form: Form
    package let occurrences: ClosedRange<Int>
    package let editions: Editions
    /// False for a second way to say what is read another way.
    package let isRead: Bool
    private let masks: [UInt64]

    /// Whether both are one value, whose form has changed.
    fileprivate func isNewerForm(of field: Field) -> Bool {
        switch form {
        case .message, .inline, .elsewhere: false
        default:
            number == field.number && element == field.element
                && !editions.overlaps(field.editions)
        }
    }

    init(
        _ element: String, _ number: Int, _ label: String, _ form: Form,
        _ occurrences: ClosedRange<Int> = .optional, in editions: Editions = .all,
        isRead: Bool = true
    ) {
        self.element = element
        name = ElementName(element)
        startTag = Array("<\(element)>".utf8)
        endTag = Array("</\(element)>\n".utf8)
        self.number = number
        self.label = label
        self.form = form
        self.occurrences = occurrences
        self.editions = editions
        self.isRead = isRead
        masks = Edition.masks { edition in
            if case .inline(let component) = form { return component.numbers(in: edition) }
            return number == 0 ? 0 : 1 << UInt64(number)
        }
    }

    convenience init(
        _ element: String, _ form: Form, _ occurrences: ClosedRange<Int> = .optional,
        in editions: Editions = .all, isRead: Bool = true
    ) {
        self.init(element, 0, "", form, occurrences, in: editions, isRead: isRead)
    }

    package var isRequired: Bool { occurrences.lowerBound > 0 }
    package var isRepeated: Bool { occurrences.upperBound > 1 }

    /// The numbers in the message around it that it stands for, one bit each.
    func numbers(in edition: Edition?) -> UInt64 { masks[edition?.number ?? 0] }
}

extension ClosedRange<Int> {
    static let optional = 0...1
    static let one = 1...1
    static let any = 0...Int.max
    static let oneOrMore = 1...Int.max
}

/// Values that a repeated field has at its end, and that are read from a deeper place: creditors'
/// references stand among the lines of remittance information, where they have always been told.
struct Echo: Sendable {
    let field: Field
    /// The elements that lead to the value; the first may repeat.
    let elements: [ElementName]
    /// The numbers of the fields that lead to it.
    let numbers: [Int]
}
