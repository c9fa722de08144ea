/// What a stream reader has told since it was asked last.
struct XMLPathBatch {
    enum Kind {
        case start, value, end
    }

    struct Event: BitwiseCopyable {
        var kind: Kind
        var field: UInt8
        /// Of a start: which of its names the element has, from 0.
        var choice: UInt8 = 0
        /// The line of the document, from 1.
        var line: UInt32
        fileprivate var textStart: UInt32 = 0
        fileprivate var textEnd: UInt32 = 0
    }

    fileprivate(set) var events: [Event] = []
    fileprivate var text: [UInt8] = []

    /// The value of an event, UTF-8, without white space around it.
    func value(_ event: Event) -> ArraySlice<UInt8> {
        let value = text[Int(event.textStart)..<Int(event.textEnd)].drop(while: isBlank)
        let end = value.lastIndex { !isBlank($0) }
        return end.map { value[...$0] } ?? []
    }
}

/// Follows the parser through a document by an ``XMLPathTable``.
///
/// It keeps what is told until it is taken, and one open value; never what is passed over.
struct XMLPathEvents {
    private let table: XMLPathTable
    private let textBytes: Int
    private var batch = XMLPathBatch()
    /// The table's elements that are open; the table's first is below what is ``outside``.
    private var open: [OpenElement] = []
    /// How many elements are open around the first that the table has.
    private var outside = 0
    /// How many are open inside the last, of which nothing is told.
    private var skipped = 0
    private(set) var elements = 0

    private struct OpenElement: BitwiseCopyable {
        var node: XMLPathTable.Node
        var textStart: Int
        /// It is of character data only, so far, and that is told.
        var keepsText: Bool
    }

    /// - Parameter textBytes: the most that one value may have.
    init(table: XMLPathTable, textBytes: Int) {
        self.table = table
        self.textBytes = textBytes
    }

    /// What was told since the last time; an open value begins the next batch.
    mutating func takeBatch() -> XMLPathBatch {
        var taken = XMLPathBatch()
        swap(&taken, &batch)
        if let last = open.indices.last, open[last].keepsText {
            batch.text.append(contentsOf: taken.text[open[last].textStart...])
            open[last].textStart = 0
        }
        return taken
    }

    /// - Parameter namespace: told as the attribute `@xmlns`.
    mutating func start(
        name: UnsafeBufferPointer<UInt8>, namespace: UnsafeBufferPointer<UInt8>, line: UInt32
    ) throws(MessageRejection) {
        elements += 1
        guard skipped == 0 else {
            skipped += 1
            return
        }
        guard let entry = table.entry(below: open.last?.node ?? XMLPathTable.outside, name) else {
            if open.isEmpty { outside += 1 } else { skipped = 1 }
            closeText()
            return
        }
        closeText()
        if case .bounds(let field) = table.tellings[entry.node] {
            batch.events.append(
                XMLPathBatch.Event(kind: .start, field: field, choice: entry.choice, line: line))
        }
        open.append(
            OpenElement(
                node: entry.node, textStart: batch.text.count, keepsText: keepsText(entry.node)))
        try attribute(name: xmlns, value: namespace, line: line)
    }

    /// An attribute of the element that was started last.
    mutating func attribute(
        name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>, line: UInt32
    ) throws(MessageRejection) {
        guard skipped == 0, let last = open.indices.last else { return }
        if let node = table.attribute(of: open[last].node, name),
            case .value(let field) = table.tellings[node]
        {
            guard value.count <= textBytes else { throw tooLong(line) }
            let start = batch.text.count
            batch.text.append(contentsOf: value)
            tell(field, from: start, line: line)
        }
        open[last].textStart = batch.text.count
    }

    mutating func append(
        _ characters: UnsafeBufferPointer<UInt8>, line: UInt32
    ) throws(MessageRejection) {
        guard skipped == 0, let last = open.last, last.keepsText else { return }
        guard batch.text.count - last.textStart + characters.count <= textBytes else {
            throw tooLong(line)
        }
        batch.text.append(contentsOf: characters)
    }

    mutating func end(line: UInt32) {
        if skipped > 0 {
            skipped -= 1
        } else if let done = open.popLast() {
            switch table.tellings[done.node] {
            case .bounds(let field):
                batch.events.append(XMLPathBatch.Event(kind: .end, field: field, line: line))
            case .value(let field) where done.keepsText:
                tell(field, from: done.textStart, line: line)
            case .value, .nothing:
                break
            }
        } else {
            outside -= 1
        }
    }

    private mutating func tell(_ field: UInt8, from start: Int, line: UInt32) {
        batch.events.append(
            XMLPathBatch.Event(
                kind: .value, field: field, line: line, textStart: UInt32(start),
                textEnd: UInt32(batch.text.count)))
    }

    private func keepsText(_ node: XMLPathTable.Node) -> Bool {
        if case .value = table.tellings[node] { true } else { false }
    }

    /// An element begins inside the last one, whose own text then tells nothing.
    private mutating func closeText() {
        guard let last = open.indices.last, open[last].keepsText else { return }
        batch.text.removeLast(batch.text.count - open[last].textStart)
        open[last].keepsText = false
    }

    private func tooLong(_ line: UInt32) -> MessageRejection {
        .document(.textTooLong, "Line \(line) holds a text of more than \(textBytes) bytes.")
    }
}

private var xmlns: UnsafeBufferPointer<UInt8> {
    let name: StaticString = "xmlns"
    return UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
}
