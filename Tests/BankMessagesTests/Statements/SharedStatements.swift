import Foundation
import Testing

/// The statements that other people wrote, which lie beside the repository where they are present.
enum SharedStatements {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../shared/data/statements").standardizedFileURL

    static var arePresent: Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "manifest.json").path)
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    /// The days of the chain, in order.
    static func chain() throws -> [(day: String, bytes: [UInt8])] {
        let chain = folder.appending(path: "chain")
        return try FileManager.default.contentsOfDirectory(atPath: chain.path)
            .filter { $0.hasSuffix(".xml") }.sorted()
            .map { (String($0.dropLast(4)), try bytes("chain/\($0)")) }
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs the statements of ``SharedStatements``.
    static var needsSharedStatements: Self {
        .enabled(
            if: SharedStatements.arePresent,
            "not present beside the repository: shared/data/statements")
    }
}
