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
    private var text: ElementText
    /// Values that were cut or left out.
    private(set) var omissions = 0
    /// The fields of the messages that are walked over, the innermost last.
    private var fields: [WireField] = []
    /// Whether what is mandatory is asked for: always in what is written. The transaction itself
    /// may lack everything when it is only checked, for an order in JSON says elsewhere what a
    /// message says here; what one edition alone asks for is not asked for either.
    private var isDemanding: Bool

    /// The fields of one message, in order of their numbers: a range of ``fields``, and the numbers
    /// that are among them.
    private struct Message {
        let range: Range<Int>
        let present: UInt64
    }

    /// The elements that were written.
    var xml: [UInt8] { text.bytes }

    init(checking bytes: [UInt8]) {
        scanner = WireScanner(bytes: bytes)
        (edition, frame, isDemanding) = (nil, nil, false)
        text = ElementText(depth: 0, capacity: 0)
    }

    /// - Parameters:
    ///   - frame: what the elements hold that the details do not have.
    ///   - depth: how many elements there are around the transaction.
    init(writing bytes: [UInt8], in edition: Edition, _ frame: TransferFrame, depth: Int) {
        scanner = WireScanner(bytes: bytes)
        self.edition = edition
        self.frame = frame
        isDemanding = true
        text = ElementText(depth: depth, capacity: 4 * bytes.count + 512)
    }

    /// Walks over all.
    ///
    /// - Parameter beside: what the details have that no element is for.
    /// - Complexity: O(bytes).
    mutating func walk(_ table: Component, beside: Component) throws(DetailsFault) {
        fields.append(WireField(number: 0, start: 0, end: scanner.bytes.count))
        let message = try message(0..<1)
        try checkNumbers(
            message, table.numbers(in: edition) | beside.numbers(in: nil), table.message)
        if edition == nil { _ = try write(beside, message) }
        _ = try write(table, message)
    }

    // MARK: Messages

    /// Opens a message that stands in one or several places, which protobuf puts together.
    private mutating func message(_ places: Range<Int>) throws(DetailsFault) -> Message {
        let start = fields.count
        for place in places {
            guard scanner.fields(in: fields[place].start..<fields[place].end, to: &fields) else {
                throw DetailsFault(FormFault("cannot be read"))
            }
        }
        var present: UInt64 = 0
        var isSorted = true
        for place in start..<fields.count {
            present |= 1 << UInt64(fields[place].number)
            if place > start, fields[place - 1].number > fields[place].number { isSorted = false }
        }
        if !isSorted { sort(from: start, present) }
        return Message(range: start..<fields.count, present: present)
    }

    /// A pass for each number, so that the order in which many come costs nothing.
    private mutating func sort(from start: Int, _ present: UInt64) {
        let unsorted = Array(fields[start...])
        fields.removeLast(unsorted.count)
        for number in 0...63 where present & 1 << UInt64(number) != 0 {
            for field in unsorted where field.number == number { fields.append(field) }
        }
    }

    /// Where the values of a number are in ``fields``.
    private func values(_ number: Int, in message: Message) -> Range<Int> {
        guard message.present & 1 << UInt64(number) != 0 else { return 0..<0 }
        var start = message.range.lowerBound
        while fields[start].number < number { start += 1 }
        var end = start + 1
        while end < message.range.upperBound, fields[end].number == number { end += 1 }
        return start..<end
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
        throw DetailsFault(FormFault("has no place here; leave it out"), at: label)
    }

    /// Writes the elements of a component. Gives whether there are any.
    private mutating func write(
        _ component: Component, _ message: Message
    ) throws(DetailsFault) -> Bool {
        var covered: UInt64 = 0
        var last: Field?
        let parts = component.parts(in: edition)
        for place in parts.indices {
            let present = message.present & parts[place].numbers & ~covered
            // Of a choice one is written; a second one has numbers of its own.
            if present == 0, component.isChoice || parts[place].mayLack { continue }
            let part = parts[place]
            guard try write(part, of: component, message, present != 0) else {
                if part.field.isRequired, demands(part.field) { throw missing(part.field) }
                continue
            }
            if let last, component.isChoice || last.isAnotherWay(to: part.field) {
                throw DetailsFault(
                    FormFault("must not stand beside \(last.names); give one of them"),
                    at: part.field.names)
            }
            last = part.field
            if component.isChoice { covered |= part.numbers }
        }
        if component.isChoice, last == nil { throw missing(component.fields[0]) }
        return last != nil
    }

    /// Writes the elements of a field. Gives whether there are any.
    private mutating func write(
        _ part: Component.Part, of component: Component, _ message: Message, _ isPresent: Bool
    ) throws(DetailsFault) -> Bool {
        let field = part.field
        switch field.form {
        case .elsewhere: return writeFrame(field)
        case .inline(let inner):
            guard isPresent || (field.isRequired && demands(field)) else { return false }
            return try enclosed(field, 0, demanding: isDemanding && field.editions == .all) {
                writer throws(DetailsFault) in _ = try writer.write(inner, message)
            }
        case .message(let inner):
            return try writeMessages(part, inner, values(field.number, in: message))
        default:
            guard isPresent else { return false }
            return try writeValues(field, of: component, message)
        }
    }

    private mutating func writeMessages(
        _ part: Component.Part, _ inner: Component, _ values: Range<Int>
    ) throws(DetailsFault) -> Bool {
        let field = part.field
        guard !values.isEmpty || (field.isRequired && edition != nil) else { return false }
        // One that does not repeat is one message, wherever its parts stand.
        guard field.isRepeated else { return try writeMessage(part, inner, values, 0) }
        try checkCount(field, values.count)
        var isWritten = false
        for (index, place) in values.enumerated() {
            let wrote = try writeMessage(part, inner, place..<place + 1, index)
            isWritten = isWritten || wrote
        }
        return isWritten
    }

    private mutating func writeMessage(
        _ part: Component.Part, _ inner: Component, _ places: Range<Int>, _ index: Int
    ) throws(DetailsFault) -> Bool {
        let start = fields.count
        defer { fields.removeLast(fields.count - start) }
        let message: Message
        do {
            message = try self.message(places)
            try checkNumbers(message, part.numbersWithin, inner.message)
        } catch {
            throw error.within(part.field, index)
        }
        // Of several elements that fill a message those are written that have a part in it.
        let own = inner.numbers(in: edition)
        let isElsewhere = message.present & part.numbersWithin & ~own != 0
        if message.present & own == 0, !part.field.isRequired, isElsewhere || !part.isFirst {
            return false
        }
        return try enclosed(part.field, index, demanding: true) { writer throws(DetailsFault) in
            _ = try writer.write(inner, message)
        }
    }

    /// Writes an element and what is in it. When that lacks something in this edition, nothing is
    /// written unless it must be.
    private mutating func enclosed(
        _ field: Field, _ index: Int, demanding: Bool,
        _ body: (inout ComponentWriter) throws(DetailsFault) -> Void
    ) throws(DetailsFault) -> Bool {
        let (before, open, outer) = (text.mark, fields.count, isDemanding)
        if edition != nil { text.start(field) }
        isDemanding = demanding || edition != nil
        defer { isDemanding = outer }
        do {
            try body(&self)
        } catch {
            guard error.isMissing, edition != nil, !field.isRequired else {
                throw error.within(field, index)
            }
            text.goBack(to: before)
            fields.removeLast(fields.count - open)
            omissions += 1
            return false
        }
        if edition != nil { text.end(field, since: before) }
        return true
    }

    // MARK: Values

    private mutating func writeValues(
        _ field: Field, of component: Component, _ message: Message
    ) throws(DetailsFault) -> Bool {
        var found = values(field.number, in: message)
        if case .iban(let others) = field.form {
            guard others.allSatisfy({ message.present & 1 << UInt64($0) == 0 }),
                let value = found.first, field.form.fault(in: bytes(value)) == nil
            else { return false }
        }
        if edition != nil, let echo = component.echo, echo.field.number == field.number {
            found = found.dropLast(echoes(echo, found, message))
        }
        try checkCount(field, found.count)
        var isWritten = false
        for (index, place) in found.enumerated() {
            do {
                let wrote = try writeValue(field, of: component, place)
                isWritten = isWritten || wrote
            } catch {
                throw error.within(field, index)
            }
        }
        return isWritten
    }

    private func bytes(_ place: Int) -> ArraySlice<UInt8> {
        scanner.bytes[fields[place].start..<fields[place].end]
    }

    private mutating func writeValue(
        _ field: Field, of component: Component, _ place: Int
    ) throws(DetailsFault) -> Bool {
        switch field.form {
        case .amount: return try writeAmount(field, place)
        case .indicator:
            let isTrue = scanner.bytes[fields[place].start] != 0
            if edition != nil { text.add(field, (isTrue ? "true" : "false").utf8) }
            return true
        default: break
        }
        var value = bytes(place)
        if let fault = fault(in: value, field, of: component) {
            guard edition != nil else { throw DetailsFault(fault) }
            omissions += 1
            guard let cut = field.form.cut(value) else { return false }
            value = cut
        }
        guard edition != nil else { return true }
        if case .foreign = field.form {
            text.add(field, element: value)
        } else {
            text.add(field, value)
        }
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
        _ field: Field, _ place: Int
    ) throws(DetailsFault) -> Bool {
        let start = fields.count
        defer { fields.removeLast(fields.count - start) }
        let money = try message(place..<place + 1)
        let currency = values(1, in: money).last.map { bytes($0) } ?? []
        let amount = values(2, in: money).last.map { bytes($0) } ?? []
        if let fault = Form.currency.fault(in: currency) {
            throw DetailsFault(fault, at: "currency")
        }
        if let fault = field.form.fault(in: amount) { throw DetailsFault(fault, at: "amount") }
        if edition != nil { text.add(field, amount, currency: currency) }
        return true
    }

    /// How many of the last values repeat what stands deeper: all of them or none.
    private mutating func echoes(_ echo: Echo, _ values: Range<Int>, _ message: Message) -> Int {
        let start = fields.count
        defer { fields.removeLast(fields.count - start) }
        var places = self.values(echo.numbers[0], in: message)
        for number in echo.numbers.dropFirst() {
            let inside = fields.count
            for place in places {
                let (last, range) = (fields.count, fields[place].start..<fields[place].end)
                guard scanner.fields(in: range, to: &fields) else { return 0 }
                let found = fields[last...].last { $0.number == number }
                fields.removeLast(fields.count - last)
                if let found { fields.append(found) }
            }
            places = inside..<fields.count
        }
        let isEcho =
            places.count <= values.count
            && zip(values.suffix(places.count), places).allSatisfy { bytes($0) == bytes($1) }
        return isEcho ? places.count : 0
    }

    private func checkCount(_ field: Field, _ count: Int) throws(DetailsFault) {
        guard count > field.occurrences.upperBound else { return }
        throw DetailsFault(
            FormFault("has \(count) values; at most \(field.occurrences.upperBound) are allowed"),
            at: field.label)
    }

    /// What the details do not have.
    private mutating func writeFrame(_ field: Field) -> Bool {
        guard let frame else { return false }
        if field.name == TransferFrame.uetrName {
            text.add(field, frame.uetr.description.utf8)
        } else {
            let amount = frame.interbankSettlementAmount
            text.add(field, amount.decimal.utf8, currency: amount.currency.code.utf8)
        }
        return true
    }

    // MARK: What is missing

    private func demands(_ field: Field) -> Bool {
        isDemanding && (edition != nil || field.editions == .all)
    }

    private func missing(_ field: Field) -> DetailsFault {
        var fault = DetailsFault(FormFault("must be given"), at: field.names)
        fault.isMissing = true
        return fault
    }
}
