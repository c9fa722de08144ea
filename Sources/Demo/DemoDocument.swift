internal import Benchmark
internal import Domain
internal import Foundation
internal import Gateway
internal import SwiftProtobuf

/// The morning as JSON for machines. Amounts and rates are decimal strings.
struct DemoDocument: Encodable {
    struct CorridorRow: Encodable {
        let foreignCurrency: String
        let payments: Int
        let settled: Int
        let fills: Int
        let renminbi: String
        let foreign: String
        let averageRate: String
    }

    struct AccountRow: Encodable {
        let account: UInt32
        let kind: String
        let participant: String
        let currency: String
        let balance: String
        let held: String
    }

    struct Example: Encodable {
        let channel: String
        /// As the API gives it, with its fills.
        let payment: JSONText
        let changes: [JSONText]
        let transfers: [JSONText]
    }

    struct Cluster: Encodable {
        let nodes: [DemoCluster.Node]
        let killed: UInt32?
        let paymentsBefore: Int?
        let secondsToNextSettled: Double?
        let nextLeader: UInt32?
        let entriesMissed: UInt64?
        let secondsToCatchUp: Double?
        /// Calls that were made again, by what was known of them.
        let callsAgain: [String: Int]

        init(_ cluster: DemoCluster) {
            nodes = cluster.nodes
            killed = cluster.incident?.node
            paymentsBefore = cluster.incident?.payments
            secondsToNextSettled = cluster.incident?.pause
            nextLeader = cluster.incident?.leader
            entriesMissed = cluster.incident?.missed
            secondsToCatchUp = cluster.incident?.catchUp
            callsAgain = cluster.again
        }
    }

    let seed: UInt64
    let holds: Bool
    let payments: Int
    let statuses: [String: Int]
    let channels: [String: Int]
    let corridors: [CorridorRow]
    let accounts: [AccountRow]
    let sums: [String: String]
    let stateHash: String
    let messages: [DemoCorrespondence.Line]
    let checks: [DemoCheck]
    let example: Example?
    /// Left out for a gateway of one node.
    let cluster: Cluster?
    let commands: DemoCommands

    init(_ report: DemoReport) throws {
        let diary = report.diary
        seed = report.seed
        holds = report.checks.allSatisfy(\.holds)
        payments = diary.payments.count
        statuses = diary.payments.reduce(into: [:]) { $0[$1.status, default: 0] += 1 }
        channels = Dictionary(
            uniqueKeysWithValues: DemoSummary.channels(diary).map {
                ($0.channel.rawValue, $0.count)
            })
        corridors = try DemoSummary.corridors(diary).map {
            CorridorRow(
                foreignCurrency: $0.foreign.code, payments: $0.payments, settled: $0.settled,
                fills: $0.fills,
                renminbi: Money(minorUnits: $0.renminbiPaid, currency: .cny).decimal,
                foreign: Money(minorUnits: $0.foreignPaid, currency: $0.foreign).decimal,
                averageRate: $0.averageRate)
        }
        accounts = diary.after.accounts.map {
            AccountRow(
                account: $0.accountID, kind: $0.kind, participant: $0.participant,
                currency: $0.currency, balance: $0.balance, held: $0.held)
        }
        sums = Dictionary(
            uniqueKeysWithValues: diary.after.summary.currencies.map { ($0.currency, $0.sum) })
        stateHash = diary.after.summary.stateHash
        messages = report.letters.lines
        checks = report.checks
        example = try report.history.map {
            Example(
                channel: $0.entry.channel.rawValue, payment: try JSONText($0.payment),
                changes: try $0.changes.map { try JSONText($0) },
                transfers: try $0.transfers.map { try JSONText($0) })
        }
        cluster = report.cluster.map { Cluster($0) }
        commands = report.commands
    }

    /// UTF-8 JSON, keys in alphabetical order.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

/// A message in the JSON form of protobuf, inside another document.
enum JSONText: Codable {
    case text(String)
    case number(Int64)
    case truth(Bool)
    case list([JSONText])
    case object([String: JSONText])

    init(_ message: some Message) throws {
        self = try JSONDecoder().decode(
            JSONText.self, from: Data(try message.jsonUTF8Bytes() as [UInt8]))
    }

    init(from decoder: any Swift.Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let truth = try? value.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? value.decode(Int64.self) {
            self = .number(number)
        } else if let list = try? value.decode([JSONText].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: JSONText].self))
        }
    }

    func encode(to encoder: any Swift.Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .text(let text): try value.encode(text)
        case .number(let number): try value.encode(number)
        case .truth(let truth): try value.encode(truth)
        case .list(let list): try value.encode(list)
        case .object(let object): try value.encode(object)
        }
    }
}
