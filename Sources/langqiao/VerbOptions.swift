internal import ArgumentParser

/// The options that all commands of operators share.
struct VerbOptions: ParsableArguments {
    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Print the whole list as CSV.")
    var csv = false

    @Flag(help: "Print the request, what the policy says of it and whether you may give it.")
    var dryRun = false

    @Option(help: "UUID version 4.")
    var commandId: String?

    /// Each with what stands for its value, if it takes one, and words for the help.
    static let all: [(name: String, value: String?, words: String)] = [
        ("as", "who", "Whose certificate to use: a bank's BIC, operator or second-operator."),
        ("host", "host", "The gateway's host; localhost when left out."),
        ("port", "port", "The gateway's port; 8443 when left out."),
        ("certificates", "dir", "Directory of certificates; certificates when left out."),
        ("json", nil, "Print the answer as it came."),
        ("csv", nil, "Lists: print all of it as CSV, with sums and the log index."),
        (
            "dry-run", nil,
            "Print the request, what the policy says of it and whether you may give it; send no "
                + "command."
        ),
        (
            "command-id", "uuid",
            "Commands: a UUID version 4 by which a repetition is known; a new one is printed "
                + "when left out."
        ),
        ("help", nil, "Show this."),
    ]

    /// Whether each takes a value.
    static var takingValues: [String: Bool] {
        Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.value != nil) })
    }

    /// For the help of a command.
    ///
    /// - Parameters:
    ///   - isList: the command's answer is a list.
    ///   - takesID: it has an identification of its own.
    static func help(isList: Bool, takesID: Bool) -> [(option: String, words: String)] {
        all.filter { option in
            switch option.name {
            case "csv": isList
            case "command-id": takesID
            default: true
            }
        }.map { option in
            (
                option: "--\(option.name)\(option.value.map { " <\($0)>" } ?? "")",
                words: option.words
            )
        }
    }
}
