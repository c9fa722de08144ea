internal import Domain
internal import Foundation

/// A command beside which texts of its request go on record: as JSON, under their names there.
protocol RecordsTexts: OperatorCommand {
    /// The fields of the request, and the most characters of each.
    static var recordedTexts: KeyValuePairs<String, Int> { get }
}

extension RecordsTexts {
    static func beside(_ request: Request, by name: String) throws(GatewayError) -> [UInt8] {
        let said = MessageFields(request)
        var record = ["operator": name]
        for (field, longest) in recordedTexts {
            let text = said.text(field)
            guard text.unicodeScalars.count <= longest else {
                throw Field.malformed(field, "must be at most \(longest) characters", text)
            }
            if !text.isEmpty { record[said.shape[field]?.jsonName ?? field] = text }
        }
        let note = said.text("note")
        if !note.isEmpty { record["note"] = note }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(record),
            data.count <= Domain.Limits.bytesPerAttachment
        else { throw Field.malformed("note", "is too long") }
        return Array(data)
    }

    static func say(_ attachment: ArraySlice<UInt8>, in request: inout MessageWriter) {
        let record = RecordedTexts(json: String(decoding: attachment, as: UTF8.self))
        for field in recordedTexts.map(\.key) + ["note"] {
            record.say(field, in: &request)
        }
    }
}

/// Texts that went on record beside a command.
struct RecordedTexts {
    /// By their names in JSON.
    private let texts: [String: String]

    /// Of anything else there are none.
    init(json: String?) {
        let data = Data((json ?? "").utf8)
        texts = (try? JSONDecoder().decode([String: String].self, from: data)) ?? [:]
    }

    /// Says one in a message, if it is there.
    ///
    /// - Parameter field: its name in the `.proto` file.
    func say(_ field: String, in message: inout MessageWriter) {
        guard let name = message.shape[field]?.jsonName, let text = texts[name] else { return }
        message.say(text, field)
    }
}
