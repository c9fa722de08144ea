internal import ForeignPrograms
import Foundation
internal import Testing

extension SystemTests {
    /// The documents show sessions of a shell: files, as `cat` shows them, and what `langqiao
    /// replay` makes of them. They are played here and compared to the letter.
    @Suite("Examples of replay in the documents")
    struct ReplayDocumentTests {
        @Test(
            "What a document shows of replay is what it prints", arguments: ["replay", "rulebook"])
        func sessions(name: String) async throws {
            let document = try Document(name)
            let replays = document.lines.filter {
                $0.hasPrefix("$ langqiao replay ") && !$0.contains("|")
            }
            #expect(!replays.isEmpty)
            try await Self.inDirectory { directory in
                var played = 0
                for step in document.steps {
                    if let file = step.shownFile {
                        let content = step.output.joined(separator: "\n") + "\n"
                        try content.write(
                            toFile: "\(directory)/\(file)", atomically: true, encoding: .utf8)
                    } else {
                        let output = try await Self.play(step.command, in: directory)
                        #expect(output == step.output, "docs/\(name).md: \(step.command)")
                        played += 1
                    }
                }
                #expect(played == replays.count)
            }
        }

        @Test(
            "The rulebook's program computes the state hash that replay prints",
            .needs("python3"))
        func stateHash() async throws {
            let document = try Document("rulebook")
            let program = try #require(document.blocks.first { $0.language == "python" })
            let shown = try #require(
                document.blocks.first { $0.lines.last?.hasPrefix("state ") == true })
            let output = try await ChildProgram.run(
                try #require(Installed.path(of: "python3")),
                ["-c", program.lines.joined(separator: "\n")],
                in: FileManager.default.temporaryDirectory.path)
            #expect(output.split(separator: "\n").map(String.init) == shown.lines)
            let hash = try #require(shown.lines.last?.suffix(16))
            #expect(
                document.steps.last?.output.last?.hasSuffix("\"stateHash\":\"\(hash)\"}") == true)
        }

        /// Plays a line of the shell; gives what it writes, standard error last.
        private static func play(_ command: String, in directory: String) async throws -> [String] {
            let script = """
                cd "$1" && langqiao() { "$0" "$@" 2> errors; set -- $?; cat errors; return $1; }
                \(command)
                true
                """
            let output = try await ChildProgram.run(
                "/bin/sh", ["-c", script, GatewayUnderTest.program, directory], in: directory)
            return output.split(separator: "\n").map(String.init)
        }

        private static func inDirectory(_ body: (String) async throws -> Void) async throws {
            let directory =
                FileManager.default.temporaryDirectory.path
                + "/langqiao-documents-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            try await body(directory)
        }
    }
}

/// A document, as far as its fenced blocks go.
private struct Document {
    struct Block {
        let language: String
        var lines: [String] = []
    }

    /// A line of a session, and what stands below it.
    struct Step {
        let command: String
        var output: [String] = []

        /// The file that `cat` shows.
        var shownFile: Substring? {
            command.hasPrefix("cat ") ? command.dropFirst("cat ".count) : nil
        }

        /// Takes a line of output; one that begins with spaces goes on the one before.
        mutating func take(_ line: String) {
            guard line.hasPrefix(" "), !output.isEmpty else { return output.append(line) }
            output[output.count - 1] += line.drop { $0 == " " }
        }
    }

    let lines: [String]
    private(set) var blocks: [Block] = []

    /// - Parameter name: of a file in `docs`, without `.md`.
    init(_ name: String) throws {
        let file = URL(filePath: #filePath)
            .appending(path: "../../../docs/\(name).md").standardizedFileURL
        lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
        var open: Block?
        for line in lines {
            if !line.hasPrefix("```") {
                open?.lines.append(line)
            } else if let block = open {
                blocks.append(block)
                open = nil
            } else {
                open = Block(language: String(line.dropFirst(3)))
            }
        }
    }

    /// The sessions of `cat` and `langqiao replay`, one behind the other.
    var steps: [Step] {
        var steps: [Step] = []
        for block in blocks {
            guard let first = block.lines.first,
                first.hasPrefix("$ cat ") || first.hasPrefix("$ langqiao replay ")
            else { continue }
            for line in block.lines {
                if line.hasPrefix("$ ") {
                    steps.append(Step(command: String(line.dropFirst(2))))
                } else {
                    steps[steps.count - 1].take(line)
                }
            }
        }
        return steps
    }
}
