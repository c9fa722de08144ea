internal import ArgumentParser
internal import Domain

/// What this build is.
enum Version {
    static let text = "0.1.0"
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version of the program and of its rules.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() {
        let rules = RuleVersion.current
        print(
            json
                ? "{\"version\":\"\(Version.text)\",\"ruleVersion\":\(rules)}"
                : "langqiao \(Version.text), rule version \(rules)")
    }
}
