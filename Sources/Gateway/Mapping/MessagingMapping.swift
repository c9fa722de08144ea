internal import BankMessages
internal import Domain
internal import SwiftProtobuf

/// Between what banks want to be told of and its form on the wire.
enum MessagingMapping {
    private typealias VersionField = WritableKeyPath<ProtoMessageVersions, UInt32>

    /// The versions that are written of a message.
    private static func written(_ message: MessageDefinition.Message) -> [Int] {
        message.versions.filter { MessageDefinition(message, version: $0)?.isWritten ?? false }
    }

    /// The field of each kind of message, its name, and the message.
    private static var fields:
        [(
            name: String, kind: MessageKind, field: VersionField,
            message: MessageDefinition.Message
        )]
    {
        [
            ("status_report", .statusReport, \.statusReport, .statusReport),
            ("credit_transfer", .creditTransfer, \.creditTransfer, .customerCreditTransfer),
            ("notification", .notification, \.notification, .accountNotification),
            ("account_report", .accountReport, \.accountReport, .accountReport),
            ("payment_return", .paymentReturn, \.paymentReturn, .paymentReturn),
            (
                "cancellation_request", .cancellationRequest, \.cancellationRequest,
                .cancellationRequest
            ),
            ("resolution", .resolution, \.resolution, .investigationResolution),
        ]
    }

    /// - Throws: `MALFORMED_REQUEST` for a version in which the message is not written.
    static func versions(_ proto: ProtoMessageVersions) throws(GatewayError) -> MessageVersions {
        var versions = MessageVersions.usual
        versions.header = try version(
            proto.header, "header", Array(BusinessApplicationHeader.versions))
        for (name, kind, field, message) in fields {
            versions[kind] = try version(proto[keyPath: field], name, written(message))
        }
        return versions
    }

    /// - Parameter known: beside 0, the usual one.
    private static func version(
        _ number: UInt32, _ field: String, _ known: [Int]
    ) throws(GatewayError) -> UInt8 {
        guard number == 0 || known.contains(Int(number)) else {
            let words = known.map { "\($0)" }.joined(separator: " ")
            throw Field.malformed("versions.\(field)", "must be one of \(words)", "\(number)")
        }
        return UInt8(number)
    }

    fileprivate static func proto(_ versions: MessageVersions) -> ProtoMessageVersions {
        var proto = ProtoMessageVersions()
        proto.header = UInt32(versions.header)
        for (_, kind, field, _) in fields { proto[keyPath: field] = UInt32(versions[kind]) }
        return proto
    }
}

extension ProtoMessageVersions {
    init(_ versions: MessageVersions) { self = MessagingMapping.proto(versions) }
}

extension ProtoMessaging {
    init(_ row: MessagingRow, of bank: BIC) {
        self.init(saying: row)
        participant = bank.description
    }
}
