internal import Domain
internal import Foundation

/// What goes on record beside an operator's command: who gave it, and words for people.
struct OperatorRecord: Codable, Sendable {
    var `operator`: String
    var name: String?
    var note: String?

    /// UTF-8 JSON within the bound of attachments; what does not fit is named.
    func bounded() throws(GatewayError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self),
            data.count <= Domain.Limits.bytesPerAttachment
        else { throw Field.malformed(note == nil ? "name" : "note", "is too long") }
        return Array(data)
    }

    init(operator: String, name: String? = nil, note: String? = nil) {
        self.operator = `operator`
        self.name = name
        self.note = note
    }

    /// The record as stored, or nil.
    init?(json: String?) {
        guard let json,
            let record = try? JSONDecoder().decode(OperatorRecord.self, from: Data(json.utf8))
        else { return nil }
        self = record
    }
}
