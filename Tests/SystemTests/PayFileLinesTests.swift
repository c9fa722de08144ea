internal import Foundation
internal import Glibc
internal import Testing

extension SystemTests {
    /// What `pay --file` makes of a file before it looks for a gateway; there is none here.
    @Suite("langqiao pay --file, before it sends")
    struct PayFileLinesTests {
        private static let heading = "uetr,creditorParticipant,payCurrency,receiveCurrency,"

        @Test("A quote in a field that is not quoted is a fault of its line alone")
        func strayQuote() async throws {
            try await inDirectory { directory in
                let text = """
                    \(Self.heading)payAmount,endToEndId
                    ,BKKBTHBK,CNY,THB,1.00,ab"c
                    ,BKKBTHBK,CNY,THB,1.00,ab"
                    ,BKKBTHBK,CNY,THB,1.00,"a ""quoted"" word"
                    ,BKKBTHBK,CNY,THB,1.001,c
                    """
                let (status, _, errors) = try await pay(text, directory)
                let named = errors.split(separator: "\n").map {
                    $0.dropFirst("error: \(directory)/payments.csv".count).prefix(32)
                }
                #expect(status == 1)
                #expect(
                    named.dropLast() == [
                        ":2: a quote stands in a field th", ":3: a quote stands in a field th",
                        ":5: pay_amount must be an amount",
                    ], "\(errors)")
                let journal = "\(directory)/payments.csv.progress"
                #expect(!FileManager.default.fileExists(atPath: journal))
            }
        }

        @Test("Payments that may be in the file twice are named once, and sent")
        func repeatedLines() async throws {
            try await inDirectory { directory in
                let uetrs = (0..<2).map { _ in UUID().uuidString.lowercased() }
                let text = """
                    \(Self.heading)payAmount,endToEndId
                    ,BKKBTHBK,CNY,THB,1.00,
                    ,BKKBTHBK,CNY,THB,2.00,
                    ,BKKBTHBK,CNY,THB,1.0,
                    ,BKKBTHBK,CNY,THB,1.00,INV-1
                    ,BKKBTHBK,CNY,THB,3.00,INV-1
                    \(uetrs[0]),BKKBTHBK,CNY,THB,4.00,INV-2
                    \(uetrs[1]),BKKBTHBK,CNY,THB,4.00,INV-2
                    """
                let (status, output, errors) = try await pay(text, directory)
                #expect(status == 69 && output.contains("unanswered  7"), "\(output)")
                let warnings = errors.split(separator: "\n").filter { $0.hasPrefix("warning: ") }
                #expect(warnings.count == 1, "\(errors)")
                #expect(
                    warnings.first?.contains("2, in line 4 (as 2), 6 (as 5); each is") == true)
                let lines = text.split(separator: "\n")
                let distinct = lines[..<3].joined(separator: "\n")
                let (_, _, quiet) = try await pay(distinct, directory)
                #expect(!quiet.contains("warning"), "\(quiet)")
            }
        }

        @Test("Drafts of journals go when their process has gone, and nothing else does")
        func drafts() async throws {
            try await inDirectory { directory in
                // A number that no process has: one that has just ended.
                let ended = try ChildProgram("/bin/true", [], in: directory, name: "true")
                try await ended.end()
                let journal = "\(directory)/payments.csv.progress"
                let gone = "\(journal).\(ended.processID)"
                let contents = [
                    gone: "langqiao-progress 1 YTZGCNB0 localhost:1 00\n2 7c9e",
                    "\(journal).\(getpid())": "langqiao-progress 1 ",
                    "\(journal).999999998": "something of the bank's own",
                    "\(journal).old": "langqiao-progress 1 ",
                    "\(journal).999999999": "",
                ]
                for (path, text) in contents {
                    try text.write(toFile: path, atomically: false, encoding: .utf8)
                }
                let locked = open("\(journal).999999999", O_RDONLY)
                defer { close(locked) }
                #expect(flock(locked, LOCK_EX | LOCK_NB) == 0)
                let text = "\(Self.heading)payAmount\n,BKKBTHBK,CNY,THB,1.00\n"
                let (status, _, errors) = try await pay(text, directory)
                #expect(status == 69, "\(errors)")
                let left = try FileManager.default.contentsOfDirectory(atPath: directory)
                    .filter { $0.hasPrefix("payments.csv.") }
                let expected = contents.keys.filter { $0 != gone } + [journal]
                #expect(
                    left.sorted() == expected.map { ($0 as NSString).lastPathComponent }.sorted())
            }
        }

        private func inDirectory(_ body: (String) async throws -> Void) async throws {
            let directory = FileManager.default.temporaryDirectory
                .appending(path: "langqiao-system-\(UUID().uuidString.prefix(8))").path
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            _ = try await ChildProgram.run(
                GatewayUnderTest.program,
                ["init", "--certificates", directory, "--bank", Market.chinese[0]], in: directory)
            try await body(directory)
        }

        /// Writes the file anew and sends it to a port at which nobody listens.
        private func pay(
            _ text: String, _ directory: String
        ) async throws -> (status: Int32, output: String, errors: String) {
            let file = "\(directory)/payments.csv"
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            try? FileManager.default.removeItem(atPath: file + ".progress")
            let child = try ChildProgram(
                GatewayUnderTest.program,
                [
                    "pay", "--as", Market.chinese[0], "--certificates", directory, "--port", "1",
                    "--file", file,
                ], in: directory, name: "pay")
            let status = try await child.end()
            return (status, child.outputText, child.errorText)
        }
    }
}
