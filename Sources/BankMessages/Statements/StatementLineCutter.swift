/// Cuts a text that comes in pieces into lines.
struct StatementLineCutter {
    private let limit: Int
    private var held: [UInt8] = []
    private var endsWithCR = false
    /// The line that is being read, from 1.
    private(set) var number = 1

    init(limits: StatementLimits) { limit = limits.lineBytes }

    /// Hands over each line that has its end in the next characters: CR, LF, CRLF; SOH and ETX,
    /// which stand around messages of telex and SWIFT, end a line without counting one.
    ///
    /// - Complexity: O(number of bytes).
    mutating func cut(
        _ text: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, Int) throws(StatementRefusal) -> Void
    ) throws(StatementRefusal) {
        var start = text.startIndex
        for place in text.indices where text[place] <= 0x0D {
            let byte = text[place]
            let isSecond = endsWithCR && byte == 0x0A && start == place && held.isEmpty
            if isSecond {
                start = place + 1
                endsWithCR = false
                continue
            }
            guard byte == 0x0A || byte == 0x0D || byte == 0x01 || byte == 0x03 else { continue }
            try end(text[start..<place], body)
            start = place + 1
            if byte == 0x0A || byte == 0x0D { number += 1 }
            endsWithCR = byte == 0x0D
        }
        guard start < text.endIndex else { return }
        held.append(contentsOf: text[start...])
        try check(held.count)
    }

    /// Hands over what stands behind the last end of a line.
    mutating func finish(
        _ body: (ArraySlice<UInt8>, Int) throws(StatementRefusal) -> Void
    ) throws(StatementRefusal) {
        if !held.isEmpty { try end([], body) }
    }

    private mutating func end(
        _ rest: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, Int) throws(StatementRefusal) -> Void
    ) throws(StatementRefusal) {
        try check(held.count + rest.count)
        guard !held.isEmpty else { return try body(rest, number) }
        let line = held + rest
        held.removeAll(keepingCapacity: true)
        try body(line[...], number)
    }

    private func check(_ count: Int) throws(StatementRefusal) {
        guard count <= limit else {
            throw StatementRefusal(line: number, "A line has more than \(limit) bytes.")
        }
    }
}
