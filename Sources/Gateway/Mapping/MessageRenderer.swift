internal import BankMessages
internal import Domain
internal import Logging
internal import Store
internal import SwiftProtobuf

/// Makes the messages to a bank of what is on record.
///
/// Nothing of a message is stored but what the record says only now: the same message comes out
/// whenever it is pulled, as long as the details of its payment are not erased.
struct MessageRenderer {
    let reader: LedgerReader
    let directory: Directory
    /// The gateway's own BIC: the sender.
    let gateway: BIC
    let bank: BIC
    let versions: MessageVersions
    /// Names a message that is asked for and has no number, and a part of one.
    var requestIdentification: String?
    let outlines: StatementOutlines
    /// Told of what keeps a message back.
    let logger: Logger

    /// A part of a message, from 1 on: only statements have more than one.
    ///
    /// - Returns: nil when there is no such part.
    func message(_ row: BankMessageRow, part: Int = 1) throws -> ProtoOutgoingMessage? {
        var message = ProtoOutgoingMessage()
        message.number = row.number
        message.time = Google_Protobuf_Timestamp(row.timestamp)
        do {
            guard row.kind == .statement || part == 1 else { return nil }
            if row.kind == .statement {
                guard try write(statement: row, part: part, into: &message) else { return nil }
            } else if let (definition, xml) = try document(row) {
                message.name = definition.name
                message.xml = xml
            } else {
                message.note = "the details of the payment were erased"
            }
        } catch let error as MessageWritingError {
            // One that cannot be written must not keep back those behind it.
            message.note = "\(error.path): \(error.sentence)"
        } catch let error as StatementError {
            logger.error(
                "statement withheld",
                metadata: ["bank": "\(bank)", "number": "\(row.number)", "error": "\(error)"])
            message.note = "the statement does not add up and is withheld"
        }
        return message
    }

    /// False when there is no such part.
    private func write(
        statement row: BankMessageRow, part: Int, into message: inout ProtoOutgoingMessage
    ) throws -> Bool {
        let outline = try outlines.outline(
            of: AccountID(truncatingIfNeeded: row.subject), on: row.day, by: reader)
        guard part <= outline.parts.count else { return false }
        var renderer = self
        if outline.parts.count > 1 {
            renderer.requestIdentification = "\(identification(row))-\(part)"
            message.part = UInt32(part)
            message.parts = UInt32(outline.parts.count)
        }
        let (definition, xml) = try renderer.statement(outline, part: part, row)
        message.name = definition.name
        message.xml = xml
        return true
    }

    /// Nil when what the message would tell was erased.
    private func document(_ row: BankMessageRow) throws -> (MessageDefinition, String)? {
        switch row.kind {
        case .statusReport: try statusReport(row)
        case .creditTransfer: try creditTransfer(row)
        case .notification, .accountReport: try accountReport(row)
        case .paymentReturn: try paymentReturn(row)
        case .cancellationRequest: try cancellationRequest(row)
        case .resolution: try resolution(row)
        case .statement: preconditionFailure("a statement is written in parts")
        }
    }

    // MARK: What all have

    /// At most 35 characters: the bank and the number.
    func identification(_ row: BankMessageRow) -> String {
        requestIdentification ?? "\(bank)-\(row.number)"
    }

    /// The message in the bank's version, or in the usual one where that is not written.
    func definition(_ message: MessageDefinition.Message, _ kind: MessageKind) -> MessageDefinition
    {
        let wanted = MessageDefinition(message, version: Int(versions[kind]))
        return wanted.flatMap { $0.isWritten ? $0 : nil } ?? MessageDefinition(message)
    }

    func frame(_ definition: MessageDefinition, _ row: BankMessageRow) -> MessageFrame {
        MessageFrame(
            definition: definition, envelope: .standard, header: header(definition, row))
    }

    func header(
        _ definition: MessageDefinition, _ row: BankMessageRow
    ) -> BusinessApplicationHeader {
        let version = Int(versions.header)
        return BusinessApplicationHeader(
            version: BusinessApplicationHeader.versions.contains(version)
                ? version : BusinessApplicationHeader.standardVersion,
            from: gateway, to: bank, businessMessageIdentifier: identification(row),
            messageDefinitionIdentifier: definition.name, creationDate: row.timestamp)
    }

    func payment(_ id: PaymentID) throws -> PaymentRecord {
        guard let record = try reader.payment(id) else {
            throw GatewayError(.internalError, "payment \(id) is not on record")
        }
        return record
    }

    // MARK: pacs.002

    private func statusReport(_ row: BankMessageRow) throws -> (MessageDefinition, String) {
        guard let facts = try facts(of: [payment(row.subject)]).first else {
            throw GatewayError(.internalError)
        }
        var report = PaymentStatusReport(
            messageIdentification: identification(row), creationDateTime: row.timestamp,
            sender: gateway, original: facts.message, transactions: [facts.report(row)])
        report.definition = definition(.statusReport, .statusReport)
        // The report goes to the bank by itself: its header names the bank, not a message's sender.
        report.original.header = header(report.definition, row).answered(by: bank)
        report.original.envelope = .standard
        report.isUnasked = true
        return (report.definition, try report.xml())
    }
}

extension BusinessApplicationHeader {
    /// A header whose answer goes to this bank.
    fileprivate func answered(by bank: BIC) -> BusinessApplicationHeader {
        var header = self
        header.from = bank
        return header
    }
}
