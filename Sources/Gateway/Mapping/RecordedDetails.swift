internal import Domain
internal import SwiftProtobuf

/// The details that came with an order, as they are on record: JSON of `PaymentDetails`, as
/// SwiftProtobuf writes it.
struct RecordedDetails {
    private enum Form {
        /// Text that can be shown as it is.
        case text(String)
        case message(ProtoPaymentDetails)
    }

    private let form: Form

    /// Nil for a text that is no such JSON.
    init?(_ text: String, payer: BIC) {
        // R3.16 The bank that an order names may have become a participant since.
        var text = text
        if text.withUTF8(RecordedDetails.namesOriginatingBank) {
            guard let details = try? ProtoPaymentDetails(jsonString: text) else { return nil }
            form = .message(details.asPaid(by: payer.description))
            return
        }
        let fault = text.withUTF8 {
            JSONCheck.fault(in: UnsafeRawBufferPointer($0), of: ProtoPaymentDetails.self)
        }
        guard fault == nil else { return nil }
        form = .text(text)
    }

    /// Whether a text may have that field; it may also be what a value says.
    private static func namesOriginatingBank(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let name = UnsafeBufferPointer(
            start: originatingBank.utf8Start, count: originatingBank.utf8CodeUnitCount)
        guard text.count >= name.count else { return false }
        return (0...text.count - name.count).contains { place in
            text[place] == UInt8(ascii: "\"") && text[place + 1] == UInt8(ascii: "o")
                && text[place..<place + name.count].elementsEqual(name)
        }
    }

    private static let originatingBank: StaticString = "\"originatingBank\""

    var json: [UInt8] {
        get throws {
            switch form {
            case .text(let text): Array(text.utf8)
            case .message(let details): try details.jsonUTF8Bytes()
            }
        }
    }

    var protobuf: [UInt8] {
        get throws {
            switch form {
            case .text(let text): try ProtoPaymentDetails(jsonString: text).serializedBytes()
            case .message(let details): try details.serializedBytes()
            }
        }
    }
}
