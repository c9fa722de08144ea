internal import Foundation
internal import Testing

/// The program of `ops/raft-oracle`, which plays the nodes of etcd's Raft 3.4.
enum OracleProgram {
    /// Why there is none.
    enum Unavailable: Error {
        /// Go or etcd's source is not installed; the text says which.
        case notInstalled(String)
        /// It does not build, or ended before its time.
        case broken(String)
    }

    /// Built when it is not there yet, or is not made of what lies there now.
    static let path: Result<URL, Unavailable> = Result { () throws(Unavailable) in
        do { return try build() } catch let error as Unavailable { throw error } catch {
            throw .broken("\(error)")
        }
    }

    private static func build() throws -> URL {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let build = Process()
        build.executableURL = URL(filePath: "/bin/bash")
        build.arguments = [root.appending(path: "ops/raft-oracle/build").path]
        let (output, errors) = (Pipe(), Pipe())
        build.standardOutput = output
        build.standardError = errors
        try build.run()
        // A compiler that complains at length fits into a pipe.
        let path = output.fileHandleForReading.readDataToEndOfFile()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        build.waitUntilExit()
        let complaint = String(decoding: text, as: UTF8.self).trimmingSpaces
        switch build.terminationStatus {
        case 0: return URL(filePath: String(decoding: path, as: UTF8.self).trimmingSpaces)
        case 3: throw Unavailable.notInstalled(complaint)
        default: throw Unavailable.broken(complaint)
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs Go and etcd's source; a program that does not build is a failure, not a lack.
    static var needsOracle: Self {
        guard case .failure(.notInstalled(let reason)) = OracleProgram.path else {
            return .enabled(if: true)
        }
        return .disabled("\(reason)")
    }
}
