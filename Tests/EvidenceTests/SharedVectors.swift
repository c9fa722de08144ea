import Evidence
import Foundation
import Hexadecimal
import Testing

/// Right answers that lie beside the repository where they are present.
enum SharedVectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../shared/data/vectors").standardizedFileURL

    static var arePresent: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "README.md").path)
    }

    static func read<Content: Decodable>(_ path: String, as type: Content.Type) throws -> Content {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(contentsOf: folder.appending(path: path)))
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs the answers of ``SharedVectors``.
    static var needsSharedVectors: Self {
        .enabled(
            if: SharedVectors.arePresent, "not present beside the repository: shared/data/vectors")
    }
}

/// Bytes of hexadecimal digits.
func bytes(_ digits: String) -> [UInt8] {
    let values = digits.utf8.compactMap(hexadecimalValue)
    return (0..<values.count / 2).map { values[2 * $0] << 4 | values[2 * $0 + 1] }
}

func bytes(of text: String) -> [UInt8] { Array(text.utf8) }
