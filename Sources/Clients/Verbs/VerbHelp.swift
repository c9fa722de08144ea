internal import Gateway

extension Noun {
    package var help: String { "\(abstract)\n\n\(commands)" }

    /// What can be done with it, a line each.
    package var commands: String {
        let width = verbs.map(\.name.count).max() ?? 0
        let lines = verbs.map { verb in
            "  \(verb.name.padded(to: width))  \(verb.abstract)"
        }
        return """
            Commands:
            \(lines.joined(separator: "\n"))

            'langqiao \(name) COMMAND --help' shows the options of one of them.
            """
    }
}

extension Verb {
    /// Help for one command: usage, an option for each field, and an example.
    ///
    /// - Parameter shared: the help of the options that all commands share.
    package func help(in noun: String, shared: [(option: String, words: String)]) -> String {
        let shape = shape
        let places = shape.template.variables.map { name in
            let word = name.replacing("_", with: "-")
            return name == "reference" && drawsReference ? "[<\(word)>]" : "<\(word)>"
        }
        let usage = (["langqiao", noun, name] + places + ["--as <who>", "[options]"])
        var sections = [
            abstract,
            "Usage: \(usage.joined(separator: " "))",
        ]
        let named = shape.template.variables.compactMap { name in
            shape.request[name].map { field -> (option: String, words: String) in
                let choices = field.choices.isEmpty ? "" : field.choices.joined(separator: ", ")
                let words = shape.request.comment(on: field)
                return ("<\(name.replacing("_", with: "-"))>", words.isEmpty ? choices : words)
            }
        }
        .filter { !$0.words.isEmpty }
        sections += Verb.section("Arguments:", named)
        sections += Verb.section("Options:", options.map { (option: $0.usage, words: $0.words) })
        sections += Verb.section("Options of all commands:", shared)
        if !example.isEmpty {
            sections.append("Example:\n  langqiao \(noun) \(name) \(example)")
        }
        sections.append("In the API: \(shape.verb) \(shape.template.text), \(method)")
        return sections.joined(separator: "\n\n")
    }

    private static func section(
        _ title: String, _ rows: [(option: String, words: String)]
    ) -> [String] {
        guard !rows.isEmpty else { return [] }
        let width = min(rows.map(\.option.count).max() ?? 0, 30)
        let lines = rows.flatMap { row -> [String] in
            let words = row.words.wrapped(at: 76 - width)
            let first = row.option.padded(to: width)
            // A long option has a line of its own.
            let isLong = row.option.count > width && !words.isEmpty
            let head = isLong ? [row.option] : ["\(first)  \(words.first ?? "")"]
            let rest = isLong ? words[...] : words.dropFirst()
            return head + rest.map { String(repeating: " ", count: width + 2) + $0 }
        }
        return [([title] + lines.map { "  \($0)".trimmed }).joined(separator: "\n")]
    }
}

extension VerbOption {
    fileprivate var usage: String {
        let several = field.isRepeated ? ",…" : ""
        return takesValue ? "--\(flag) <\(valueName)\(several)>" : "--\(flag)"
    }

    private var valueName: String { field.choices.isEmpty ? placeholder : "word" }

    fileprivate var words: String {
        let choices =
            field.choices.isEmpty
            ? ""
            : "\(field.isRepeated ? "Some" : "One") of \(field.choices.joined(separator: ", "))."
        return [comment, choices].filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate var trimmed: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }

    /// In lines of so many columns, broken at blanks.
    fileprivate func wrapped(at columns: Int) -> [String] {
        split(separator: " ").reduce(into: [String]()) { lines, word in
            if let last = lines.last, last.count + 1 + word.count <= columns {
                lines[lines.count - 1] += " \(word)"
            } else {
                lines.append(String(word))
            }
        }
    }
}
