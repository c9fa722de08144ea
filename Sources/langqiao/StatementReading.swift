internal import ArgumentParser
internal import BankMessages
internal import Foundation

/// How statement files are to be read, as options.
struct StatementReading: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How CSV files are laid out: a JSON file, see docs/statements.", valueName: "file"))
    var mapping: String?

    @Option(
        help: ArgumentHelp(
            "The encoding of files that do not say theirs: "
                + StatementEncoding.allCases.map(\.rawValue).joined(separator: ", ") + ".",
            valueName: "name"))
    var encoding: String?

    func validate() throws { _ = try options() }

    func options() throws -> StatementReadingOptions {
        var options = StatementReadingOptions()
        if let mapping {
            guard let data = FileManager.default.contents(atPath: mapping) else {
                throw ValidationError("cannot read \(mapping)")
            }
            do {
                options = StatementReadingOptions(
                    csv: try JSONDecoder().decode(CSVMapping.self, from: data))
            } catch {
                throw ValidationError("\(mapping): \(error)")
            }
        }
        if let encoding {
            guard
                let known = StatementEncoding.allCases.first(where: {
                    $0.rawValue.lowercased() == encoding.lowercased()
                })
            else { throw ValidationError("no encoding is called \(encoding)") }
            options.encoding = known
        }
        return options
    }
}
