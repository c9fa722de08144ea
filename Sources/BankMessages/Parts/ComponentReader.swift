/// Makes the details of payments of a document's elements.
///
/// Elements are checked as their schema says: presence, number, form and length, in whatever order
/// they come. What the tables do not have is refused, so that nothing is lost in silence. The same
/// elements give the same bytes: fields are in the order of their numbers.
struct ComponentReader {
    private let tree: XMLTree
    private let edition: Edition
    /// The names of the document's symbols.
    private let names: [ElementName]
    private let currency: XMLTree.Symbol?
    /// Elements of messages that are being made, the innermost last.
    private var entries: [Entry] = []
    private var wire = WireWriter()
    /// Elements at which paths begin.
    private var roots: [MessageElement] = []
    private var table = Component.customerTransfer

    private struct Entry {
        let field: Field
        let number: Int
        let node: Int

        init(field: Field, node: Int) {
            self.field = field
            number = field.number
            self.node = node
        }
    }

    init(_ tree: XMLTree, edition: Edition) {
        self.tree = tree
        self.edition = edition
        names = ElementName.names(of: tree.symbols)
        currency = tree.symbols.symbol(of: "Ccy")
    }

    /// The details in a transaction, as bytes of a `PaymentDetails`.
    ///
    /// - Parameter group: the group header, whose elements count where the transaction has none.
    /// - Complexity: O(elements).
    mutating func details(
        of transaction: MessageElement, _ component: Component, defaults group: MessageElement
    ) throws(MessageRejection) -> [UInt8] {
        roots = [transaction, group]
        table = component
        entries.removeAll(keepingCapacity: true)
        _ = wire.take()
        try collect(component, transaction.element.index)
        addDefaults(of: group.element.index)
        try emit(from: 0)
        return wire.take()
    }

    /// Takes what the group header says for all its transactions.
    private mutating func addDefaults(of group: Int) {
        let component = Component.groupDefaults
        for node in tree.children(of: group) {
            let name = names[Int(tree.nodes[node].name)]
            guard let place = component.place(of: name, in: edition, from: 0) else { continue }
            let field = component.fields[place]
            guard !entries.contains(where: { $0.number == field.number }) else { continue }
            entries.append(Entry(field: field, node: node))
        }
    }

    // MARK: Elements

    /// Adds the children of an element to the entries, those of inline elements in their stead.
    private mutating func collect(_ component: Component, _ node: Int) throws(MessageRejection) {
        try checkHasNoText(node)
        var seen: UInt64 = 0
        var place = 0
        for child in tree.children(of: node) {
            let name = names[Int(tree.nodes[child].name)]
            guard let found = component.place(of: name, in: edition, from: place) else {
                throw unknown(child, in: node)
            }
            place = found
            try checkNamespace(of: child, in: node)
            let field = component.fields[place]
            if seen & 1 << UInt64(place) != 0 { try checkMayRepeat(field, child, in: node) }
            seen |= 1 << UInt64(place)
            switch field.form {
            case .inline(let inner): try collect(inner, child)
            case .elsewhere: continue
            default: entries.append(Entry(field: field, node: child))
            }
        }
        try checkPresence(component, seen, node)
        if let echo = component.echo { addEcho(echo, node) }
    }

    private func checkPresence(
        _ component: Component, _ seen: UInt64, _ node: Int
    ) throws(MessageRejection) {
        if component.isChoice, seen.nonzeroBitCount != 1 {
            let names = component.fields.filter { $0.editions.contains(edition) && $0.isRead }
                .map(\.element).joined(separator: ", ")
            throw seen == 0
                ? missing(component.fields[0].element, in: node)
                : .malformed(path(of: node), "\(name(of: node)) must have one of \(names).")
        }
        let absent = component.required(in: edition) & ~seen
        guard absent != 0 else { return }
        throw missing(component.fields[absent.trailingZeroBitCount].element, in: node)
    }

    private mutating func addEcho(_ echo: Echo, _ node: Int) {
        for first in tree.children(of: node)
        where names[Int(tree.nodes[first].name)] == echo.elements[0] {
            var found: Int? = first
            for name in echo.elements.dropFirst() {
                found = found.flatMap { child(of: $0, name) }
            }
            if let found { entries.append(Entry(field: echo.field, node: found)) }
        }
    }

    // MARK: Bytes

    /// Writes the entries from `base` on, which are those of one message, and takes them away.
    private mutating func emit(from base: Int) throws(MessageRejection) {
        sort(from: base)
        let end = entries.count
        var index = base
        while index < end {
            let entry = entries[index]
            index += 1
            switch entry.field.form {
            case .message(let component):
                let start = wire.begin(entry.number)
                try collect(component, entry.node)
                while index < end, !entry.field.isRepeated,
                    entries[index].number == entry.number,
                    case .message(let other) = entries[index].field.form
                {
                    try collect(other, entries[index].node)
                    index += 1
                }
                try emit(from: end)
                wire.end(start)
            case .amount: try emitAmount(entry)
            case .foreign: try emitForeign(entry)
            default: try emitValue(entry)
            }
        }
        entries.removeLast(entries.count - base)
    }

    /// By number; what comes in the order of the tables is nearly sorted.
    private mutating func sort(from base: Int) {
        guard entries.count - base <= 32 else { return sortMany(from: base) }
        for index in entries.indices.dropFirst(base + 1) {
            let entry = entries[index]
            var place = index
            while place > base, entries[place - 1].number > entry.number {
                entries[place] = entries[place - 1]
                place -= 1
            }
            if place < index { entries[place] = entry }
        }
    }

    /// A pass for each number, so that the order in which many come costs nothing.
    private mutating func sortMany(from base: Int) {
        let unsorted = Array(entries[base...])
        var place = base
        for number in 0...63 {
            for entry in unsorted where entry.number == number {
                entries[place] = entry
                place += 1
            }
        }
    }

    private mutating func emitValue(_ entry: Entry) throws(MessageRejection) {
        let value = try value(of: entry)
        if case .indicator = entry.field.form {
            wire.add(
                entry.number,
                flag: value.first == UInt8(ascii: "t") || value.first == UInt8(ascii: "1"))
        } else {
            wire.add(entry.number, value)
        }
    }

    private mutating func emitAmount(_ entry: Entry) throws(MessageRejection) {
        let code = try currency(of: entry.node)
        let value = foldedAmount(try value(of: entry), code)
        let start = wire.begin(entry.number)
        wire.add(1, code)
        wire.add(2, value)
        wire.end(start)
    }

    private mutating func emitForeign(_ entry: Entry) throws(MessageRejection) {
        do {
            wire.add(
                entry.number, try ForeignElement.text(inside: entry.node, of: tree))
        } catch {
            throw rejection(error, entry.node)
        }
    }

    private func value(of entry: Entry) throws(MessageRejection) -> ArraySlice<UInt8> {
        let node = tree.nodes[entry.node]
        guard Int(node.end) == entry.node + 1 else {
            throw .malformed(
                path(of: entry.node),
                "Element \(name(of: entry.node)) must hold text, not other elements.")
        }
        let value = entry.field.form.folded(tree.text[Int(node.textStart)..<Int(node.textEnd)])
        if let fault = entry.field.form.fault(in: value) { throw rejection(fault, entry.node) }
        return value
    }

    private func currency(of node: Int) throws(MessageRejection) -> ArraySlice<UInt8> {
        let next = node + 1 < tree.nodes.count ? Int(tree.nodes[node + 1].attributes) : nil
        let attributes = Int(tree.nodes[node].attributes)..<(next ?? tree.attributes.count)
        for attribute in tree.attributes[attributes]
        where attribute.name == currency && attribute.namespace == 0 {
            let code = tree.text[Int(attribute.valueStart)..<Int(attribute.valueEnd)]
            guard Form.currency.fault(in: code) == nil else { break }
            return code
        }
        throw .malformed(
            "\(path(of: node))/@Ccy", "Ccy must be three capital letters, such as CNY.",
            code: .invalidTransactionCurrency)
    }

    // MARK: The tree

    private func child(of node: Int, _ name: ElementName) -> Int? {
        tree.children(of: node).first { names[Int(tree.nodes[$0].name)] == name }
    }

    private func name(of node: Int) -> String {
        tree.symbols.texts[Int(tree.nodes[node].name)]
    }
}

extension ComponentReader {
    // MARK: What is wrong

    private func checkHasNoText(_ node: Int) throws(MessageRejection) {
        let text = tree.text[Int(tree.nodes[node].textStart)..<Int(tree.nodes[node].textEnd)]
        guard !tree.nodes[node].isMixed, text.allSatisfy(isBlank) else {
            throw .malformed(
                path(of: node), "Element \(name(of: node)) must hold other elements, not text.")
        }
    }

    private func checkNamespace(of child: Int, in node: Int) throws(MessageRejection) {
        guard tree.nodes[child].namespace == tree.nodes[node].namespace else {
            let namespace = tree.symbols.texts[Int(tree.nodes[node].namespace)]
            throw MessageRejection(
                cause: .wrongNamespace, code: .invalidFileFormat, path: path(of: child),
                sentence: "Element \(name(of: child)) must be in namespace \(namespace).")
        }
    }

    private func checkMayRepeat(
        _ field: Field, _ child: Int, in node: Int
    ) throws(MessageRejection) {
        guard field.occurrences.upperBound < Int.max else { return }
        let count = number(of: child)
        guard count > field.occurrences.upperBound else { return }
        throw MessageRejection(
            cause: .repeatedElement, code: .invalidFileFormat, path: path(of: child),
            sentence: field.isRepeated
                ? "Element \(field.element) stands more than \(field.occurrences.upperBound) times."
                : "Element \(field.element) stands more than once; send it once.")
    }

    /// A name that the schema does not have is the sender's own text, and is not repeated.
    private func unknown(_ child: Int, in node: Int) -> MessageRejection {
        MessageRejection(
            cause: .malformedValue, code: .invalidFileFormat, path: "\(path(of: node))/*",
            sentence: "\(name(of: node)) has an element that its version does not; leave it out.")
    }

    private func missing(_ name: String, in node: Int) -> MessageRejection {
        MessageRejection(
            cause: .missingElement, code: .requiredCompulsoryElementMissing,
            path: "\(path(of: node))/\(name)",
            sentence: "Mandatory element \(name) is missing; add it.")
    }

    private func rejection(_ fault: FormFault, _ node: Int) -> MessageRejection {
        .malformed(path(of: node), "\(name(of: node)) \(fault.rule).", code: fault.code)
    }

    /// Where an element stands; steps that may repeat carry their number.
    private func path(of node: Int) -> String {
        var steps: [Int] = []
        var current = node
        while !roots.contains(where: { $0.element.index == current }), current > 0 {
            steps.append(current)
            current = Int(tree.nodes[current].parent)
        }
        var text = roots.first { $0.element.index == current }?.path ?? ""
        var component: Component? = table
        for step in steps.reversed() {
            let field = component?.fields.first { $0.element == name(of: step) && $0.isRead }
            text += "/" + cut(name(of: step), to: 64)
            if field?.isRepeated == true { text += "[\(number(of: step))]" }
            switch field?.form {
            case .message(let inner), .inline(let inner): component = inner
            default: component = nil
            }
        }
        return text
    }

    /// How many elements of this name its parent has up to this one.
    private func number(of node: Int) -> Int {
        XMLElement(tree: tree, index: node).number
    }
}
