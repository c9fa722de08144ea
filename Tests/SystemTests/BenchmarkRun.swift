internal import ForeignPrograms
internal import Foundation
internal import Testing

/// Runs `langqiao benchmark` to its end and checks what it writes.
///
/// - Parameters:
///   - arguments: the kind of benchmark first.
///   - links: programs that the benchmark finds by their names, and no others; nil changes nothing.
func runBenchmark(
    _ arguments: [String], onlyFinding links: [String]? = nil,
    _ check: (_ text: String, _ errors: String) throws -> Void
) async throws {
    let directory = FileManager.default.temporaryDirectory
        .appending(path: "langqiao-system-\(UUID().uuidString.prefix(8))").path
    try FileManager.default.createDirectory(
        atPath: "\(directory)/bin", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    for name in links ?? [] {
        guard let path = Installed.path(of: name) else { continue }
        try FileManager.default.createSymbolicLink(
            atPath: "\(directory)/bin/\(name)", withDestinationPath: path)
    }
    let child = try ChildProgram(
        GatewayUnderTest.program, ["benchmark"] + arguments, in: directory, name: "benchmark",
        environment: links == nil ? [:] : ["PATH": "\(directory)/bin"])
    #expect(try await child.end(within: 200) == 0, "\(child.errorText) \(child.outputText)")
    try check(child.outputText, child.errorText)
}
