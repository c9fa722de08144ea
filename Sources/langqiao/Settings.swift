internal import Clients
internal import Configuration
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import Logging
internal import NIOCore
internal import Store
internal import SystemPackage

/// The settings of a gateway: flags before environment before file before defaults.
///
/// The key `port` is the flag `--port`, the variable `LANGQIAO_PORT`, and `langqiao.port` in the
/// JSON file.
struct Settings {
    var host: String
    var port: Int
    /// A libpq connection string; nil starts a private PostgreSQL in `data`.
    var database: String?
    var schema: String
    var data: String
    /// A directory outside of the database that remembers how far the log had come.
    var memory: String?
    var certificate: String
    var key: String
    var clientAuthority: String
    /// Lists of revoked client certificates; nil revokes none.
    var revocationList: String?
    /// The BIC under which the gateway sends messages.
    var bic: BIC
    /// The LEI by which messages may name it too; ``LEI/none`` without.
    var lei: LEI
    var logLevel: Logger.Level
    /// Seconds that calls under way have to finish when the gateway stops.
    var grace: Int
    /// Threads that serve connections.
    var threads: Int
    /// The nodes that run the gateway together; nil for a single one.
    var cluster: ClusterSettings?
    /// Megabytes on the database's disk below which nothing is written any more.
    var freeSpace = 256

    /// The files that TLS is made of.
    var certificateSources: CertificateSources<ServerTLS> {
        .server(
            certificate: certificate, key: key, clientAuthority: clientAuthority,
            revocationList: revocationList)
    }

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - flags: what the command line gave, by key.
    ///   - file: a JSON file, or nil.
    /// - Throws: when the file cannot be read or a value makes no sense.
    static func read(flags: [String: String], file: String?) async throws -> Settings {
        var providers: [any ConfigProvider] = [
            InMemoryProvider(
                name: "flags",
                values: Dictionary(
                    uniqueKeysWithValues: flags.map {
                        (
                            AbsoluteConfigKey(["langqiao", $0.key]),
                            ConfigValue(.string($0.value), isSecret: false)
                        )
                    })),
            EnvironmentVariablesProvider(),
        ]
        if let file {
            try checkKeys(of: file)
            providers.append(
                try await FileProvider<JSONSnapshot>(filePath: FilePath(file)))
        }
        let reader = ConfigReader(providers: providers).scoped(to: "langqiao")
        let certificates = reader.string(
            forKey: "certificates", default: CertificateFiles.defaultDirectory)
        let files = CertificateFiles(directory: certificates)
        return Settings(
            host: reader.string(forKey: "host", default: "127.0.0.1"),
            port: try number(reader, "port", 8_443, 0...65_535),
            database: reader.string(forKey: "database"),
            schema: try schema(
                reader.string(forKey: "schema", default: DatabaseAddress.defaultSchema)),
            data: reader.string(forKey: "data", default: "langqiao-data"),
            memory: reader.string(forKey: "memory"),
            certificate: reader.string(
                forKey: "certificate", default: files.certificate("server")),
            key: reader.string(forKey: "key", default: files.key("server")),
            clientAuthority: reader.string(
                forKey: "client-authority", default: files.certificate("ca")),
            revocationList: reader.string(forKey: "revocation-list"),
            bic: try bic(reader.string(forKey: "bic", default: "LANGCNB0")),
            lei: try lei(reader.string(forKey: "lei", default: "")),
            logLevel: try level(reader.string(forKey: "log-level", default: "info")),
            grace: try number(reader, "grace", 10, 0...3_600),
            threads: try number(
                reader, "threads", max(1, min(System.coreCount / 2, 64)), 1...64),
            cluster: try ClusterSettings.read(files) { text(reader, ConfigKey($0)) },
            freeSpace: try number(reader, "free-space", 256, 0...1_048_576))
    }

    private static let keys: Set = [
        "host", "port", "database", "schema", "data", "memory", "certificates", "certificate",
        "key", "client-authority", "revocation-list", "bic", "lei", "log-level", "grace",
        "threads", "cluster", "node", "peers", "peer-host", "node-certificate", "node-key",
        "node-authority", "free-space",
    ]

    /// A misspelled key in the file is an error: it would otherwise be silently without effect.
    private static func checkKeys(of file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw SettingsError("cannot read \(file)", key: "config")
        }
        let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
        guard let object, let settings = object["langqiao"] as? [String: Any] else {
            throw SettingsError("\(file) must be JSON of the form {\"langqiao\": {…}}")
        }
        let unknown = Set(settings.keys).subtracting(keys)
            .union(Set(object.keys).subtracting(["langqiao"]))
        guard unknown.isEmpty else {
            throw SettingsError(
                "\(file): no setting is called \(unknown.sorted().joined(separator: ", ")); "
                    + "there are \(keys.sorted().joined(separator: ", "))")
        }
    }

    /// A setting as text, so that flags, variables and files agree on one form of numbers.
    private static func text(_ reader: ConfigReader, _ key: ConfigKey) -> String? {
        reader.string(forKey: key) ?? reader.int(forKey: key).map(String.init)
    }

    private static func number(
        _ reader: ConfigReader, _ key: ConfigKey, _ missing: Int, _ range: ClosedRange<Int>
    ) throws -> Int {
        guard let text = text(reader, key) else { return missing }
        guard let value = Int(text), range.contains(value) else {
            throw SettingsError(
                "\(key) must be a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not '\(text)'", key: "\(key)")
        }
        return value
    }

    private static func lei(_ text: String) throws -> LEI {
        guard let lei = text.isEmpty ? LEI.none : LEI(text) else {
            throw SettingsError(
                "lei must be a LEI with right check digits, not '\(text)'", key: "lei")
        }
        return lei
    }

    private static func bic(_ text: String) throws -> BIC {
        guard let bic = BIC(text) else {
            throw SettingsError(
                "bic must be a BIC of 8 or 11 capitals and digits, not '\(text)'", key: "bic")
        }
        return bic
    }

    private static func schema(_ name: String) throws -> String {
        do {
            return try DatabaseAddress(connectionString: "", schema: name).schema
        } catch let error as StoreError {
            throw SettingsError("schema: \(error.message)", key: "schema")
        }
    }

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError(
                "log-level must be one of \(names), not '\(text)'", key: "log-level")
        }
        return level
    }
}

/// A setting that makes no sense.
struct SettingsError: Error, CustomStringConvertible {
    let description: String
    /// The setting, where it is a single one.
    let key: String?

    init(_ description: String, key: String? = nil) {
        self.description = description
        self.key = key
    }
}
