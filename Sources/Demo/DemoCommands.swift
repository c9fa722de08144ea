internal import Clients
internal import Domain
internal import Foundation
internal import Gateway

/// Commands with which to look further, ready to be pasted.
struct DemoCommands: Codable, Sendable {
    let curl: String
    let psql: String
    let langqiao: [String]
    /// Whether the gateway goes on so that the commands can be tried.
    let serves: Bool

    init(_ stage: DemoStage, example: ProtoPayment?, serves: Bool) {
        let uetr = example?.uetr ?? ""
        let bank = example?.payer ?? DemoWorld.yangtze.description
        let node = stage.gateway.nodes[0]
        let port = node.port
        let files = stage.files
        func shell(_ text: String) -> String {
            let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "/._-".contains($0) }
            return isPlain ? text : "'\(text.replacing("'", with: "'\\''"))'"
        }
        let name = "bank-\(bank)"
        curl = """
            curl --http2 --cacert \(shell(files.certificate("ca"))) \\
              --cert \(shell(files.certificate(name))) \\
              --key \(shell(files.key(name))) \\
              https://localhost:\(port)/v1/payments/\(uetr)
            """
        psql = """
            psql "\(node.database)" \\
              -c 'SELECT status, count(*) FROM payments GROUP BY status'
            """
        let program = shell(CommandLine.arguments[0])
        let reach = "--port \(port) --certificates \(shell(files.directory))"
        langqiao =
            [
                "\(program) status \(uetr) --as \(bank) \\\n  \(reach)",
                "\(program) accounts --as operator \\\n  \(reach)",
                "\(program) book THB --as operator \\\n  \(reach)",
            ]
            + (stage.gateway.nodes.count > 1
                ? ["\(program) node status --as operator \\\n  \(reach)"] : [])
        self.serves = serves
    }

    var text: String {
        let heading =
            serves
            ? "To look further, in another terminal"
            : "To look further, run it without --once; it then serves until Ctrl-C, and shows"
        return ([heading, curl, psql] + langqiao).joined(separator: "\n")
    }
}
