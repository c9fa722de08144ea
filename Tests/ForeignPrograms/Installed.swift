internal import Foundation

/// Programs that other people made and that may be missing where the tests run.
package enum Installed {
    /// Where a program lies: on the search path, or where Debian puts servers, out of sight of
    /// ordinary users; nil when it is not installed.
    package static func path(of program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return "\(path):/usr/sbin".split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// The interpreter with packages from elsewhere, which `ops/python` makes.
package enum PythonInterpreter {
    /// The one that `LANGQIAO_PYTHON` names, or `.build/python/bin/python` of the package.
    package static let path: String? = {
        if let named = ProcessInfo.processInfo.environment["LANGQIAO_PYTHON"] { return named }
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let made = root.appending(path: ".build/python/bin/python").path
        return FileManager.default.isExecutableFile(atPath: made) ? made : nil
    }()

    /// Those modules that it lacks; all of them where there is no interpreter.
    static func missing(_ modules: [String]) -> [String] {
        modules.filter { !present.contains($0) }
    }

    /// The top-level modules that it finds; looked up once, for every test asks.
    private static let present: Set<String> = {
        guard let path else { return [] }
        let question = Process()
        question.executableURL = URL(filePath: path)
        question.arguments = [
            "-c", "import pkgutil; print(*(module.name for module in pkgutil.iter_modules()))",
        ]
        let answer = Pipe()
        question.standardOutput = answer
        guard (try? question.run()) != nil else { return [] }
        let names = answer.fileHandleForReading.readDataToEndOfFile()
        question.waitUntilExit()
        return Set(
            String(decoding: names, as: UTF8.self).split(whereSeparator: \.isWhitespace)
                .map(String.init))
    }()
}
