internal import Foundation
internal import Testing

/// A gateway, and somebody who types commands of operators beside its certificates.
struct OperatorLine {
    let gateway: GatewayUnderTest

    /// What a line of a shell led to.
    struct End: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs a line as it stands in a document: `langqiao` speaks to the gateway.
    ///
    /// - Parameter port: another one than the gateway's.
    func end(of line: String, port: Int? = nil) async throws -> End {
        let name = "line-\(UUID().uuidString.prefix(8))"
        let script = #"""
            cd "$1" && langqiao() { "$0" "$@" --port "$PORT"; }
            \#(line)
            """#
        let child = try ChildProgram(
            "/bin/sh", ["-c", script, GatewayUnderTest.program, gateway.directory],
            in: gateway.directory, name: name, environment: ["PORT": "\(port ?? gateway.port)"])
        let status = try await child.end()
        return End(status: status, output: child.outputText, errors: child.errorText)
    }

    /// Runs a line that must succeed. A hash that ends in an ellipsis is that of the proposal which
    /// the line names.
    @discardableResult
    func run(_ line: String) async throws -> String {
        let end = try await end(of: try await whole(line))
        #expect(end.status == 0, "\(line)\n\(end.errors)\(end.output)")
        return end.output
    }

    private func whole(_ line: String) async throws -> String {
        guard let hash = line.firstMatch(of: /[0-9a-f]+…/),
            let number = line.firstMatch(of: /approvals (?:approve|refuse) ([0-9]+)/)?.output.1
        else { return line }
        let shown = try await run("langqiao approvals get \(number) --as second-operator --json")
        let found = try #require(shown.firstMatch(of: /"contentHash":"([0-9a-f]{32})"/)?.output.1)
        return line.replacing(hash.output, with: found)
    }

    /// Puts a currency's calendar in force, made of the files that the documents have.
    func adoptCalendar(_ currency: String) async throws {
        let documents = URL(filePath: #filePath).appending(path: "../../../docs/calendars")
            .standardizedFileURL.path
        let made = try await run(
            "langqiao calendar import --as operator --currency \(currency) "
                + "--hours '\(documents)/hours.csv' --holidays '\(documents)/holidays.csv'")
        let adopt = try #require(made.firstMatch(of: /langqiao calendar adopt .*/)).output
        try await run("\(adopt) --as operator")
    }
}
