/// A data-driven test file: cases of a command, optional input lines, `----` and the output.
struct TranscriptFile {
    struct Command {
        var name: String
        /// `key` has no values, `key=value` one, `key=(a,b c)` several.
        var arguments: [(key: String, values: [String])]
        var input: [String]

        func values(_ key: String) -> [String]? { arguments.first { $0.key == key }?.values }
        func value(_ key: String) -> String? { values(key)?.first }
        func flag(_ key: String) -> Bool { value(key) == "true" }
        /// Arguments without a value.
        var plain: [String] { arguments.filter(\.values.isEmpty).map(\.key) }
    }

    struct Case {
        var line: Int
        var command: Command
        var expected: String
        /// The lines of the file that hold the expected output, fences included.
        var outputLines: Range<Int>
    }

    private(set) var cases: [Case] = []

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var place = 0
        while place < lines.count {
            let line = lines[place].trimmingSpaces
            if line.isEmpty || line.hasPrefix("#") {
                place += 1
                continue
            }
            let start = place
            var input: [String] = []
            place += 1
            while place < lines.count, lines[place] != "----" {
                input.append(lines[place])
                place += 1
            }
            place += 1
            let first = place
            let output = Self.output(lines, &place)
            cases.append(
                Case(
                    line: start + 1, command: Self.command(line, input: input), expected: output,
                    outputLines: min(first, lines.count)..<min(place, lines.count)))
        }
    }

    private static func output(_ lines: [String], _ place: inout Int) -> String {
        var output: [String] = []
        if place + 1 < lines.count, lines[place] == "----" {
            place += 1
            while place + 1 < lines.count, lines[place] != "----" || lines[place + 1] != "----" {
                output.append(lines[place])
                place += 1
            }
            place += 2
        } else {
            while place < lines.count, !lines[place].isEmpty {
                output.append(lines[place])
                place += 1
            }
        }
        return output.joined(separator: "\n")
    }

    private static func command(_ line: String, input: [String]) -> Command {
        var words: [String] = []
        var word = ""
        var depth = 0
        for character in line {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == " ", depth == 0 {
                if !word.isEmpty { words.append(word) }
                word = ""
            } else {
                word.append(character)
            }
        }
        if !word.isEmpty { words.append(word) }
        let arguments = words.dropFirst().map { word -> (key: String, values: [String]) in
            guard let equals = word.firstIndex(of: "=") else { return (word, []) }
            let value = word[word.index(after: equals)...]
            let list = value.hasPrefix("(") ? value.dropFirst().dropLast() : value
            return (
                String(word[..<equals]), list.split { $0 == "," || $0 == " " }.map(String.init)
            )
        }
        return Command(name: words[0], arguments: Array(arguments), input: input)
    }
}

extension TranscriptFile {
    /// The text of this file with other outputs in the place of the expected ones.
    func rewriting(_ text: String, outputs: [String]) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (entry, output) in zip(cases, outputs).reversed() {
            let new = output.split(separator: "\n", omittingEmptySubsequences: false)
                .map(String.init)
            let needsFence = new.contains("")
            lines.replaceSubrange(
                entry.outputLines,
                with: needsFence ? ["----"] + new + ["----", "----"] : new)
        }
        return lines.joined(separator: "\n")
    }
}

extension StringProtocol {
    var trimmingSpaces: String {
        var part = Substring(self)
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return String(part)
    }
}

/// The rule of comparison: log sentences of the implementation do not count.
enum TranscriptComparison {
    static func holds(expected: String, actual: String) -> Bool {
        let expected = withoutLogLines(expected)
        let actual = withoutLogLines(actual)
        return expected == actual || expected.isEmpty && actual == "ok"
    }

    /// Where the two part, and what both say from there on.
    static func difference(expected: String, actual: String) -> String {
        let expected = withoutLogLines(expected).split(separator: "\n")
        let actual = withoutLogLines(actual).split(separator: "\n")
        let same = zip(expected, actual).prefix { $0 == $1 }.count
        func rest(_ lines: [Substring]) -> String {
            lines.dropFirst(same).prefix(12).joined(separator: "\n")
        }
        return "after \(same) equal lines\nexpected:\n\(rest(expected))\nactual:\n\(rest(actual))"
    }

    private static func withoutLogLines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { line in
                let first = line.trimmingSpaces.split(separator: " ").first ?? ""
                return !["DEBUG", "INFO", "WARN", "ERROR"].contains(String(first))
            }
            .map { $0.hasSuffix(" ") ? String($0.dropLast()) : String($0) }
            .joined(separator: "\n")
            .trimmingNewlines
    }
}

extension String {
    fileprivate var trimmingNewlines: String {
        var part = Substring(self)
        while part.last == "\n" { part.removeLast() }
        return String(part)
    }
}
