internal import Domain

/// Reads MT940, MT942 and their like (MT941, MT950), as files of banks and of their customers'
/// programs have them: with SWIFT blocks, with telex lines in front, or bare.
///
/// A message ends at its `-`, at the next field 20, or where a next one is announced; what stands
/// between messages is not read. A line that begins no field goes on with the field before it. The
/// mark decides: C and RD come in, D and RC go out (rule 4), whatever the type says.
///
/// It keeps one field and one line of a statement. O(bytes) in all.
package struct MTStatementReader: StatementLineReader {
    private let limits: StatementLimits
    private var field: OpenField?
    private var message: OpenMessage?
    /// What block 2, `:942:` or a telex line says of the message to come.
    private var announced: String?
    private var isInBlock = false
    private var formatBefore = StatementFormat.mt940

    /// A field whose lines still come.
    private struct OpenField {
        var field: MTField
        var tag: String
        /// The line of the file with which it begins.
        var number: Int
        var lines: [ArraySlice<UInt8>]
        var bytes: Int
    }

    package init(options: StatementReadingOptions) { limits = options.limits }

    package mutating func read(
        _ line: ArraySlice<UInt8>, number: Int, _ take: StatementTake
    ) throws(StatementRefusal) {
        if let rest = MTStatementReader.behindEnd(line) {
            try endMessage(take)
            isInBlock = false
            try readBlocks(rest, number: number, take)
        } else if line.starts(with: "{1:") || (message == nil && line.first == UInt8(ascii: "{")) {
            try endMessage(take)
            try readBlocks(line, number: number, take)
        } else if let (begun, tag, content) = MTField.begun(by: line), !isClock(line, content) {
            try endField(take)
            try begin(begun, tag, line[content...], number: number, take)
        } else if field != nil {
            append(line)
        } else if message == nil, line.starts(with: "940") || line.starts(with: "942") {
            announced = line.prefix(3).string
        }
    }

    package mutating func finish(_ take: StatementTake) throws(StatementRefusal) {
        try endField(take)
        if isInBlock, message != nil {
            try take(
                .finding(
                    StatementFinding(
                        .isCutOff, "The last message begins with '{4:' and has no end '-}'.")))
        }
        try endMessage(take)
    }
}

// What stands around messages.
extension MTStatementReader {
    /// What stands behind the end of a message on the same line; nil for a line that is no end.
    ///
    /// `-`, `-}` with its trailer, `-å` (the Swedish form of seven bits), `-XXX` (ING).
    private static func behindEnd(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.first == UInt8(ascii: "-") else { return nil }
        let rest = line.dropFirst().trimmed
        if rest.isEmpty || rest.first == UInt8(ascii: "}") || rest.elementsEqual("å".utf8) {
            return rest
        }
        return rest.elementsEqual("XXX".utf8) ? rest.prefix(0) : nil
    }

    /// Reads the blocks of SWIFT in front of a message: its type stands in block 2, behind I or O.
    private mutating func readBlocks(
        _ line: ArraySlice<UInt8>, number: Int, _ take: StatementTake
    ) throws(StatementRefusal) {
        if let block = line.lastIndex(of: "{2:") {
            let rest = line[block...].dropFirst(3)
            let type = rest.dropFirst().prefix(3)
            if rest.first == UInt8(ascii: "I") || rest.first == UInt8(ascii: "O"), type.count == 3 {
                announced = type.string
                try refuseStranger(type.string, number: number)
            }
        }
        guard let text = line.lastIndex(of: "{4:") else { return }
        isInBlock = true
        let rest = line[(text + 3)...]
        if rest.first == UInt8(ascii: ":") { try read(rest, number: number, take) }
    }

    private func refuseStranger(_ type: String, number: Int) throws(StatementRefusal) {
        guard type.utf8.allSatisfy(\.isDigit),
            !["940", "941", "942", "950"].contains(type)
        else { return }
        throw StatementRefusal(
            line: number, "The message is an MT\(type); statements are MT940, MT942 and MT950.")
    }

    /// Whether `:20:37` is the rest of a time of day that was wrapped in a text: the line before it
    /// is as long as lines are made and ends with two digits.
    private func isClock(_ line: ArraySlice<UInt8>, _ content: Int) -> Bool {
        guard let field, field.field.holdsText, let before = field.lines.last, before.count >= 60,
            before.suffix(2).allSatisfy(\.isDigit), content - line.startIndex == 4
        else { return false }
        let seconds = line[content...].prefix(2)
        return seconds.count == 2 && seconds.allSatisfy(\.isDigit)
            && line[content...].dropFirst(2).first?.isLetterOrDigit != true
    }
}

// Fields and the message they make.
extension MTStatementReader {
    private mutating func begin(
        _ begun: MTField, _ tag: String, _ content: ArraySlice<UInt8>, number: Int,
        _ take: StatementTake
    ) throws(StatementRefusal) {
        if begun == .messageType {
            try endMessage(take)
            announced = tag
            return
        }
        if begun == .reference { try endMessage(take) }
        if message == nil {
            message = OpenMessage(
                announced: announced, before: formatBefore, limits: limits)
            announced = nil
        }
        field = OpenField(
            field: begun, tag: tag, number: number, lines: [ArraySlice(Array(content))],
            bytes: content.count)
    }

    /// Texts beyond ``StatementLimits/textBytes`` are cut.
    private mutating func append(_ line: ArraySlice<UInt8>) {
        let room = limits.textBytes - field!.bytes
        guard room > 0 else { return }
        let kept = line.bounded(to: room)
        // An empty line costs room too: a file of them must not grow.
        field!.bytes += kept.count + 1
        field!.lines.append(ArraySlice(Array(kept)))
    }

    private mutating func endField(_ take: StatementTake) throws(StatementRefusal) {
        guard let ended = field else { return }
        field = nil
        let texts = ended.field.holdsText ? ended.lines : Array(ended.lines.prefix(1))
        try message!.take(ended.field, ended.tag, texts, number: ended.number, take)
        guard !ended.field.holdsText, ended.tag != "25P",
            let stray = ended.lines.dropFirst().first(where: { !$0.trimmed.isEmpty })
        else { return }
        try message!.note(
            .passedOver,
            "Behind field \(ended.tag) stands \(stray.quoted), which belongs to no field.",
            number: ended.number, take)
    }

    private mutating func endMessage(_ take: StatementTake) throws(StatementRefusal) {
        try endField(take)
        guard var ended = message else { return }
        message = nil
        try ended.end(take)
        formatBefore = ended.format
    }
}

extension ArraySlice<UInt8> {
    /// Where a word stands last.
    fileprivate func lastIndex(of word: StaticString) -> Int? {
        var (found, next) = (Int?.none, firstIndex(of: word))
        while let index = next {
            found = index
            next = firstIndex(of: word, from: index + 1)
        }
        return found
    }
}
