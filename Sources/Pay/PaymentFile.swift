internal import Clients
internal import Domain
internal import Evidence
internal import Foundation
internal import Gateway
internal import SwiftProtobuf

/// A file of payments (docs/records.md), read and checked as a whole.
struct PaymentFile {
    struct Payment: Sendable {
        /// The line of the file in which it begins, from 1; the heading is the first.
        let line: Int
        /// With the UETR of the file, or a new one when the file has none.
        var order: PaymentOrder
        let endToEndID: String
        /// The file states its UETR.
        let isNamed: Bool
    }

    /// A line that makes no payment.
    struct Fault: Error {
        let line: Int
        let reason: String
    }

    let path: String
    /// SHA-256 of the file, by which the journal knows it again.
    let digest: String
    private(set) var payments: [Payment] = []
    private(set) var faults: [Fault] = []

    private static let columns = [
        "uetr", "payer", "creditorParticipant", "payCurrency", "receiveCurrency", "payAmount",
        "receiveAmount", "limitRate", "timeInForce", "expiresAt", "fillPolicy", "minimumFill",
        "endToEndId",
    ]
    private static let times: [String: ProtoTimeInForce] = [
        "": .unspecified, "IMMEDIATE_OR_CANCEL": .immediateOrCancel, "FILL_OR_KILL": .fillOrKill,
        "DAY": .day, "GOOD_TILL_CANCELLED": .goodTillCancelled, "GOOD_TILL_DATE": .goodTillDate,
    ]
    private static let policies: [String: ProtoFillPolicy] = [
        "": .unspecified, "ANY": .any, "MINIMUM": .minimum, "COMPLETE": .complete,
    ]

    /// Reads the file; what is wrong with its lines is in ``faults``.
    ///
    /// - Throws: ``PayFailure`` when it cannot be read.
    init(path: String, submitter: BIC) throws(PayFailure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PayFailure("cannot read \(path)", code: "UNREADABLE")
        }
        let bytes = [UInt8](data)
        self.path = path
        digest = SHA256Digest(of: bytes).hexadecimal
        var rows = CSVReader(bytes)
        do {
            let heading = try heading(&rows)
            var known: [UETR: Int] = [:]
            while let row = nextRow(&rows) {
                do {
                    let payment = try payment(row, heading, submitter)
                    if let other = known.updateValue(row.line, forKey: payment.order.uetr) {
                        throw Fault(line: row.line, reason: "uetr is that of line \(other)")
                    }
                    payments.append(payment)
                } catch let fault as Fault {
                    faults.append(fault)
                }
            }
        } catch let fault as Fault {
            faults.append(fault)
        } catch {
            faults.append(Fault(line: 1, reason: "\(error)"))
        }
    }

    /// The next row that can be read; those that cannot are noted.
    private mutating func nextRow(_ rows: inout CSVReader) -> CSVReader.Row? {
        while true {
            do throws(CSVReader.Malformed) {
                return try rows.next()
            } catch {
                faults.append(Fault(line: error.line, reason: error.reason))
            }
        }
    }

    private mutating func heading(_ rows: inout CSVReader) throws(Fault) -> [String] {
        guard let row = nextRow(&rows) else {
            throw Fault(line: 1, reason: "the file has no heading")
        }
        for (position, name) in row.fields.enumerated() {
            guard PaymentFile.columns.contains(name) else {
                throw Fault(
                    line: row.line,
                    reason: "there is no column \"\(name)\"; there are "
                        + PaymentFile.columns.joined(separator: ", "))
            }
            guard !row.fields[..<position].contains(name) else {
                throw Fault(line: row.line, reason: "the column \(name) stands twice")
            }
        }
        return row.fields
    }

    private func payment(
        _ row: CSVReader.Row, _ heading: [String], _ submitter: BIC
    ) throws(Fault) -> Payment {
        guard row.fields.count == heading.count else {
            throw Fault(
                line: row.line,
                reason: "has \(row.fields.count) fields, the heading has \(heading.count)")
        }
        do {
            var proto = ProtoPaymentOrder()
            // The gateway makes the details of it; mapping them here would cost more than the rest.
            var endToEndID = ""
            for (name, text) in zip(heading, row.fields) where !text.isEmpty {
                if name == "endToEndId" {
                    endToEndID = text
                } else {
                    try PaymentFile.set(name, text, in: &proto)
                }
            }
            guard endToEndID.utf8.count <= OrderRecord.endToEndIDSize,
                !endToEndID.utf8.contains(0)
            else {
                throw Fault(
                    line: row.line,
                    reason: "endToEndId must fit \(OrderRecord.endToEndIDSize) bytes")
            }
            let isNamed = !proto.uetr.isEmpty
            if !isNamed { proto.uetr = PaymentFile.anyUETR }
            var order = try OrderMapping.order(from: proto, submitter: submitter).order
            if !isNamed { order.uetr = PaymentFile.newUETR() }
            return Payment(
                line: row.line, order: order, endToEndID: endToEndID, isNamed: isNamed)
        } catch let error as GatewayError {
            throw Fault(
                line: row.line, reason: error.detail.isEmpty ? "\(error)" : error.detail)
        } catch let error as Fault {
            throw Fault(line: row.line, reason: error.reason)
        } catch {
            throw Fault(line: row.line, reason: "\(error)")
        }
    }

    /// Stands for the UETR of a payment that has none yet, while its line is checked.
    private static let anyUETR = "00000000-0000-4000-8000-000000000000"

    /// A random UUID of version 4.
    private static func newUETR() -> UETR {
        let random = UInt128.random(in: 0...UInt128.max)
        return UETR(bits: random & ~(0xF << 76 | 3 << 62) | 4 << 76 | 2 << 62)
    }

    /// Puts one field into an order.
    private static func set(
        _ name: String, _ text: String, in proto: inout ProtoPaymentOrder
    ) throws(Fault) {
        switch name {
        case "uetr": proto.uetr = text
        case "payer": proto.payer = text
        case "creditorParticipant": proto.creditorParticipant = text
        case "payCurrency": proto.payCurrency = text
        case "receiveCurrency": proto.receiveCurrency = text
        case "payAmount", "receiveAmount":
            guard proto.fixed == nil else {
                throw Fault(line: 0, reason: "give one of payAmount and receiveAmount")
            }
            proto.fixed = name == "payAmount" ? .payAmount(text) : .receiveAmount(text)
        case "limitRate": proto.limitRate = text
        case "timeInForce": proto.timeInForce = try value(text, times, name)
        case "expiresAt":
            guard let time = try? Google_Protobuf_Timestamp(jsonString: "\"\(text)\"") else {
                throw Fault(
                    line: 0, reason: "expiresAt must be a time such as 2026-11-21T10:00:00Z")
            }
            proto.expiresAt = time
        case "fillPolicy": proto.fillPolicy = try value(text, policies, name)
        case "minimumFill": proto.minimumFill = text
        default: throw Fault(line: 0, reason: "there is no column \(name)")
        }
    }

    private static func value<Value>(
        _ text: String, _ values: [String: Value], _ name: String
    ) throws(Fault) -> Value {
        guard let value = values[text] else {
            let known = values.keys.filter { !$0.isEmpty }.sorted().joined(separator: ", ")
            throw Fault(line: 0, reason: "\(name) is one of \(known)")
        }
        return value
    }

    /// Takes the UETRs under which the payments are, or were, sent.
    mutating func assign(_ uetrs: [UETR]) {
        for position in payments.indices { payments[position].order.uetr = uetrs[position] }
    }
}

/// Why a file of payments cannot be sent.
struct PayFailure: Error {
    let message: String
    let code: String

    init(_ message: String, code: String) {
        self.message = message
        self.code = code
    }
}
