internal import Domain

/// Walks over the details of a payment by the tables: to write them as elements of an edition, or
/// only to check them.
///
/// To check is to ask for what every edition asks for, and to allow what any allows. To write is to
/// give what the edition has: a text that is too long for it is cut, and what has no place in it,
/// or not all of its parts, is left out; each is counted.
struct ComponentWriter {
    private let scanner: WireScanner
    /// Nil when the details are only checked.
    private let edition: Edition?
    private let frame: TransferFrame?
    private(set) var xml: [UInt8] = []
    /// Values that were cut or left out.
    private(set) var omissions = 0
    /// The fields of the messages that are walked over, the innermost last.
    private var fields: [WireField] = []
    /// How one came to where one is.
    private var steps: [Step] = []
    private let outerDepth: Int

    private struct Step {
        let field: Field
        /// Among the values of a repeated field, from 0.
        let index: Int
    }

    /// The fields of one message: a range of ``fields``, and the numbers that are among them.
    private struct Message {
        let range: Range<Int>
        let present: UInt64
    }

    init(checking bytes: [UInt8]) {
        scanner = WireScanner(bytes: bytes)
        (edition, frame, outerDepth) = (nil, nil, 0)
    }

    /// - Parameters:
    ///   - frame: what the elements hold that the details do not have.
    ///   - depth: how many elements there are around the transaction.
    init(writing bytes: [UInt8], in edition: Edition, _ frame: TransferFrame, depth: Int) {
        scanner = WireScanner(bytes: bytes)
        self.edition = edition
        self.frame = frame
        outerDepth = depth
    }

    /// Walks over all.
    ///
    /// - Parameter beside: numbers that the table does not have and that are nothing to it.
    /// - Complexity: O(bytes).
    mutating func walk(_ table: Component, beside: UInt64) throws(DetailsFault) {
        let message = try message([WireField(number: 0, start: 0, end: scanner.bytes.count)])
        try checkNumbers(message, table.numbers(in: edition) | beside, table.message)
        _ = try write(table, message)
    }

    // MARK: Messages

    /// Opens a message that stands in one or several places, which protobuf puts together.
    private mutating func message(_ places: [WireField]) throws(DetailsFault) -> Message {
        let start = fields.count
        for place in places where !scanner.fields(in: place.start..<place.end, to: &fields) {
            throw fault(FormFault("cannot be read"))
        }
        var present: UInt64 = 0
        for field in fields[start...] { present |= 1 << UInt64(field.number) }
        return Message(range: start..<fields.count, present: present)
    }

    private func values(_ number: Int, in message: Message) -> [WireField] {
        guard message.present & 1 << UInt64(number) != 0 else { return [] }
        return fields[message.range].filter { $0.number == number }
    }

    /// What no element of the edition holds is left out; what none at all holds is a fault.
    private mutating func checkNumbers(
        _ message: Message, _ known: UInt64, _ type: String
    ) throws(DetailsFault) {
        let strangers = message.present & ~known
        guard strangers != 0 else { return }
        guard edition == nil else {
            omissions += strangers.nonzeroBitCount
            return
        }
        let label = Component.label(strangers.trailingZeroBitCount, in: type)
        throw fault(FormFault("has no place here; leave it out"), at: label)
    }

    /// Writes the elements of a component. Gives whether there are any.
    private mutating func write(
        _ component: Component, _ message: Message
    ) throws(DetailsFault) -> Bool {
        var covered: UInt64 = 0
        var last: Field?
        let fields = edition == nil ? component.newest : component.fields
        for field in fields where field.editions.contains(edition) {
            let present = message.present & field.numbers(in: edition) & ~covered
            // Of a choice one is written; a second one has numbers of its own.
            if component.isChoice, present == 0 { continue }
            guard try write(field, of: component, message, present != 0) else {
                if field.isRequired, isEnforced(field) { throw missing(field) }
                continue
            }
            if let last, component.isChoice || last.isAnotherWay(to: field) {
                throw fault(
                    FormFault("must not stand beside \(last.names); give one of them"),
                    at: field.names)
            }
            last = field
            if component.isChoice { covered |= field.numbers(in: edition) }
        }
        if component.isChoice, last == nil { throw missing(component.fields[0]) }
        return last != nil
    }

    /// Writes the elements of a field. Gives whether there are any.
    private mutating func write(
        _ field: Field, of component: Component, _ message: Message, _ isPresent: Bool
    ) throws(DetailsFault) -> Bool {
        switch field.form {
        case .notCarried: return false
        case .elsewhere:
            steps.append(Step(field: field, index: 0))
            defer { steps.removeLast() }
            return writeFrame(field)
        case .inline(let inner):
            guard isPresent || (field.isRequired && isEnforced(field)) else { return false }
            return try enclosed(field, 0) { writer throws(DetailsFault) in
                _ = try writer.write(inner, message)
            }
        case .message(let inner):
            return try writeMessages(field, of: component, inner, values(field.number, in: message))
        default:
            guard isPresent else { return false }
            return try writeValues(field, of: component, message)
        }
    }

    private mutating func writeMessages(
        _ field: Field, of component: Component, _ inner: Component, _ values: [WireField]
    ) throws(DetailsFault) -> Bool {
        guard !values.isEmpty || (field.isRequired && edition != nil) else { return false }
        let known = component.numbers(within: field, in: edition)
        // One that does not repeat is one message, wherever its parts stand.
        let messages = field.isRepeated ? values.map { [$0] } : [values]
        try checkCount(field, messages.count)
        var isWritten = false
        for (index, places) in messages.enumerated() {
            let start = fields.count
            defer { fields.removeLast(fields.count - start) }
            steps.append(Step(field: field, index: index))
            let message = try message(places)
            try checkNumbers(message, known, inner.message)
            steps.removeLast()
            // Of several elements that fill a message those are written that have a part in it.
            let isElsewhere = message.present & known & ~inner.numbers(in: edition) != 0
            let isFirst = component.fields.first { $0.number == field.number } === field
            if message.present & inner.numbers(in: edition) == 0, !field.isRequired,
                isElsewhere || !isFirst
            {
                continue
            }
            let wrote = try enclosed(field, index) { writer throws(DetailsFault) in
                _ = try writer.write(inner, message)
            }
            isWritten = isWritten || wrote
        }
        return isWritten
    }

    /// Writes an element and what is in it. When that lacks something in this edition, nothing is
    /// written unless it must be.
    private mutating func enclosed(
        _ field: Field, _ index: Int,
        _ body: (inout ComponentWriter) throws(DetailsFault) -> Void
    ) throws(DetailsFault) -> Bool {
        let (mark, depth, open) = (xml.count, steps.count, fields.count)
        startTag(field.element)
        let inside = xml.count
        steps.append(Step(field: field, index: index))
        do {
            try body(&self)
        } catch {
            guard error.isMissing, edition != nil, !field.isRequired else { throw error }
            xml.removeLast(xml.count - mark)
            steps.removeLast(steps.count - depth)
            fields.removeLast(fields.count - open)
            omissions += 1
            return false
        }
        steps.removeLast()
        endTag(field.element, isEmpty: xml.count == inside)
        return true
    }

    // MARK: Values

    private mutating func writeValues(
        _ field: Field, of component: Component, _ message: Message
    ) throws(DetailsFault) -> Bool {
        if case .iban(let others) = field.form {
            guard others.allSatisfy({ message.present & 1 << UInt64($0) == 0 }),
                let value = values(field.number, in: message).first,
                field.form.fault(in: scanner.bytes[value.start..<value.end]) == nil
            else { return false }
        }
        var found = values(field.number, in: message)
        if edition != nil, let echo = component.echo, echo.field.number == field.number {
            found.removeLast(echoes(echo, found, message))
        }
        try checkCount(field, found.count)
        var isWritten = false
        for (index, value) in found.enumerated() {
            steps.append(Step(field: field, index: index))
            let wrote = try writeValue(field, of: component, value)
            isWritten = isWritten || wrote
            steps.removeLast()
        }
        return isWritten
    }

    private mutating func writeValue(
        _ field: Field, of component: Component, _ place: WireField
    ) throws(DetailsFault) -> Bool {
        switch field.form {
        case .amount: return try writeAmount(field, place)
        case .indicator:
            let isTrue = scanner.bytes[place.start] != 0
            leaf(field.element, (isTrue ? "true" : "false").utf8)
            return true
        default: break
        }
        var value = scanner.bytes[place.start..<place.end]
        if let fault = fault(in: value, field, of: component) {
            guard edition != nil else { throw self.fault(fault) }
            omissions += 1
            guard let cut = field.form.cut(value) else { return false }
            value = cut
        }
        leaf(field.element, value)
        return true
    }

    /// To be checked, a value needs to have the form of one edition.
    private func fault(
        in value: ArraySlice<UInt8>, _ field: Field, of component: Component
    ) -> FormFault? {
        guard let fault = field.form.fault(in: value) else { return nil }
        guard edition == nil else { return fault }
        let isTakenElsewhere = component.fields.contains {
            $0.number == field.number && $0.form.fault(in: value) == nil
        }
        return isTakenElsewhere ? nil : fault
    }

    private mutating func writeAmount(
        _ field: Field, _ place: WireField
    ) throws(DetailsFault) -> Bool {
        let start = fields.count
        defer { fields.removeLast(fields.count - start) }
        let money = try message([place])
        let currency = values(1, in: money).last.map { scanner.bytes[$0.start..<$0.end] } ?? []
        let amount = values(2, in: money).last.map { scanner.bytes[$0.start..<$0.end] } ?? []
        if let fault = Form.currency.fault(in: currency) {
            throw self.fault(fault, at: "currency")
        }
        if let fault = field.form.fault(in: amount) { throw self.fault(fault, at: "amount") }
        leaf(field.element, amount, currency: currency)
        return true
    }

    /// How many of the last values repeat what stands deeper: all of them or none.
    private mutating func echoes(_ echo: Echo, _ values: [WireField], _ message: Message) -> Int {
        let start = fields.count
        defer { fields.removeLast(fields.count - start) }
        var places = self.values(echo.numbers[0], in: message)
        for number in echo.numbers.dropFirst() {
            var inner: [WireField] = []
            for place in places {
                let inside = fields.count
                guard scanner.fields(in: place.start..<place.end, to: &fields) else { return 0 }
                if let found = fields[inside...].last(where: { $0.number == number }) {
                    inner.append(found)
                }
            }
            places = inner
        }
        let isEcho =
            places.count <= values.count
            && zip(values.suffix(places.count), places).allSatisfy {
                scanner.bytes[$0.start..<$0.end] == scanner.bytes[$1.start..<$1.end]
            }
        return isEcho ? places.count : 0
    }

    private func checkCount(_ field: Field, _ count: Int) throws(DetailsFault) {
        guard count > field.occurrences.upperBound else { return }
        throw fault(
            FormFault("has \(count) values; at most \(field.occurrences.upperBound) are allowed"),
            at: field.label)
    }

    /// What the details do not have.
    private mutating func writeFrame(_ field: Field) -> Bool {
        guard let frame else { return false }
        if field.name == TransferFrame.uetrName {
            leaf(field.element, frame.uetr.description.utf8)
        } else {
            let amount = frame.interbankSettlementAmount
            leaf(field.element, amount.decimal.utf8, currency: amount.currency.code.utf8)
        }
        return true
    }

    // MARK: Faults

    /// The transaction itself may lack everything when it is only checked: an order in JSON says
    /// elsewhere what a message says here. What one edition alone asks for is not asked for either.
    private func isEnforced(_ field: Field) -> Bool {
        guard edition == nil else { return true }
        let inlines = steps.reversed().prefix { $0.field.label.isEmpty }
        guard inlines.count < steps.count else { return false }
        return field.editions == .all && inlines.allSatisfy { $0.field.editions == .all }
    }

    private func missing(_ field: Field) -> DetailsFault {
        var fault = fault(FormFault("must be given"), at: field.names)
        fault.isMissing = true
        return fault
    }

    private func fault(_ fault: FormFault, at label: String = "") -> DetailsFault {
        var labels = steps.filter { !$0.field.label.isEmpty }.map { step in
            step.field.label + (step.field.isRepeated ? "[\(step.index)]" : "")
        }
        if !label.isEmpty { labels.append(label) }
        return DetailsFault(
            path: (["details"] + labels).joined(separator: "."),
            elements: steps.map(\.field.element), rule: fault.rule)
    }
}

extension ComponentWriter {
    // MARK: Text

    private mutating func startTag(_ name: String) {
        guard edition != nil else { return }
        indent(steps.count)
        xml.append(UInt8(ascii: "<"))
        xml.append(contentsOf: name.utf8)
        xml.append(contentsOf: [UInt8(ascii: ">"), UInt8(ascii: "\n")])
    }

    private mutating func endTag(_ name: String, isEmpty: Bool) {
        guard edition != nil else { return }
        if isEmpty {
            xml.removeLast(2)
            xml.append(contentsOf: "/>\n".utf8)
            return
        }
        indent(steps.count)
        xml.append(contentsOf: "</".utf8)
        xml.append(contentsOf: name.utf8)
        xml.append(contentsOf: ">\n".utf8)
    }

    private mutating func leaf(
        _ name: String, _ value: some Sequence<UInt8>, currency: (some Sequence<UInt8>)?
    ) {
        guard edition != nil else { return }
        // The step of the value itself is the last.
        indent(steps.count - 1)
        xml.append(UInt8(ascii: "<"))
        xml.append(contentsOf: name.utf8)
        if let currency {
            xml.append(contentsOf: " Ccy=\"".utf8)
            xml.append(contentsOf: currency)
            xml.append(UInt8(ascii: "\""))
        }
        xml.append(UInt8(ascii: ">"))
        for byte in value { append(escaping: byte) }
        xml.append(contentsOf: "</".utf8)
        xml.append(contentsOf: name.utf8)
        xml.append(contentsOf: ">\n".utf8)
    }

    private mutating func leaf(_ name: String, _ value: some Sequence<UInt8>) {
        leaf(name, value, currency: [UInt8]?.none)
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "&"): xml.append(contentsOf: "&amp;".utf8)
        case UInt8(ascii: "<"): xml.append(contentsOf: "&lt;".utf8)
        case UInt8(ascii: ">"): xml.append(contentsOf: "&gt;".utf8)
        case UInt8(ascii: "\""): xml.append(contentsOf: "&quot;".utf8)
        default: xml.append(byte)
        }
    }

    private mutating func indent(_ depth: Int) {
        for _ in 0..<outerDepth + depth { xml.append(contentsOf: [0x20, 0x20]) }
    }
}
