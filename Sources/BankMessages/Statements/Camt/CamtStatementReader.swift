internal import Domain

/// Reads camt.052, camt.053 and camt.054 as they come in, whatever they are wrapped in.
///
/// It holds one entry with its details at a time.
struct CamtStatementReader: ~Copyable {
    private var document: XMLStreamReader
    private let limits: StatementLimits
    private var message = CamtMessage()
    private var statement: CamtStatement?
    private var balance = CamtBalance()
    private var entry = CamtEntry()
    private var detail = CamtDetail()

    /// - Throws: ``StatementRefusal`` when there is no memory for a parser.
    init(limits: StatementLimits) throws(StatementRefusal) {
        var bounds = MessageLimits(
            bytes: .max, depth: 64, textBytes: limits.textBytes, elements: .max)
        bounds.namespaces = .max
        bounds.attributesInAll = .max
        bounds.marks = .max
        guard let document = XMLStreamReader(table: CamtField.table, limits: bounds) else {
            throw StatementRefusal("There is no memory to read the file.")
        }
        self.document = document
        self.limits = limits
    }

    /// Takes the next characters in.
    ///
    /// - Parameter text: UTF-8, whole characters.
    mutating func read(
        _ text: ArraySlice<UInt8>, _ take: StatementTake
    ) throws(StatementRefusal) {
        let batch: XMLPathBatch
        do {
            batch = try document.read(text)
        } catch { throw StatementRefusal(line: document.line, error.sentence) }
        try tell(batch, take)
    }

    mutating func finish(_ take: StatementTake) throws(StatementRefusal) {
        let batch: XMLPathBatch
        do {
            batch = try document.finish()
        } catch { throw StatementRefusal(line: document.line, error.sentence) }
        try tell(batch, take)
        guard message.isSeen else {
            throw StatementRefusal(
                "The file is XML, but no camt.052, camt.053 or camt.054.")
        }
    }

    private mutating func tell(
        _ batch: XMLPathBatch, _ take: StatementTake
    ) throws(StatementRefusal) {
        for event in batch.events {
            guard let field = CamtField(rawValue: event.field) else { continue }
            switch event.kind {
            case .start: try start(field, event, take)
            case .value:
                let value = CamtValue(bytes: batch.value(event), line: Int(event.line))
                try self.value(field, value, take)
            case .end: try end(field, Int(event.line), take)
            }
        }
    }

    private mutating func start(
        _ field: CamtField, _ event: XMLPathBatch.Event, _ take: StatementTake
    ) throws(StatementRefusal) {
        switch field {
        case .message: message = CamtMessage(choice: event.choice)
        case .statement: statement = CamtStatement(head: message.head)
        case .summary: try tellHead(take)
        case .balance:
            try tellHead(take)
            balance = CamtBalance()
        case .entry:
            try tellHead(take)
            statement?.entries += 1
            entry = CamtEntry()
        case .detail:
            guard entry.details.count < limits.detailsPerLine else {
                throw StatementRefusal(
                    line: Int(event.line),
                    "An entry has more than \(limits.detailsPerLine) details; ask the agent for "
                        + "them in parts.")
            }
            detail = CamtDetail()
        default: break
        }
    }

    /// The head is told when something other than its parts begins.
    private mutating func tellHead(_ take: StatementTake) throws(StatementRefusal) {
        guard statement?.isTold == false, let head = statement?.head else { return }
        statement?.isTold = true
        try take(.head(head))
        for finding in statement?.findings ?? [] { try take(.finding(finding)) }
    }

    private mutating func value(
        _ field: CamtField, _ value: CamtValue, _ take: StatementTake
    ) throws(StatementRefusal) {
        guard value.bytes.count <= limits.identifierBytes || field.isText else {
            throw StatementRefusal(
                line: value.line,
                "An identification or a figure has more than \(limits.identifierBytes) bytes.")
        }
        guard !value.bytes.isEmpty else { return }
        var fault: String?
        if field.rawValue < CamtField.statement.rawValue {
            message.take(field, value)
        } else if field.rawValue < CamtField.balance.rawValue {
            statement?.take(field, value)
        } else if field.rawValue < CamtField.entry.rawValue {
            fault = balance.take(field, value)
        } else if field.rawValue < CamtField.detail.rawValue {
            fault = entry.take(field, value)
        } else {
            detail.take(field, value, limits)
        }
        guard let fault else { return }
        let position = field.rawValue < CamtField.entry.rawValue ? nil : statement?.entries
        let finding = StatementFinding(
            .impossibleDate, position: position, line: value.line, fault)
        try take(.finding(finding))
    }

    private mutating func end(
        _ field: CamtField, _ line: Int, _ take: StatementTake
    ) throws(StatementRefusal) {
        switch field {
        case .statement:
            guard statement != nil else { return }
            try tellHead(take)
            statement = nil
            try take(.end)
        case .summary:
            if let declared = statement?.declared { try take(.declared(declared)) }
        case .balance:
            for event in balance.events(line: line) { try take(event) }
        case .entry:
            let position = statement?.entries ?? 0
            switch entry.line(position: position) {
            case .success(let told): try take(.line(told))
            case .failure(let fault):
                try take(
                    .refusedLine(
                        StatementFinding(
                            .unreadableAmount, position: position, line: line, fault.sentence)))
            }
        case .detail: entry.details.append(detail)
        default: break
        }
    }
}
