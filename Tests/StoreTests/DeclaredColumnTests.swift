internal import Chance
internal import Domain
internal import Foundation
internal import PostgresForTests
internal import Scenarios
internal import Store
internal import Testing

/// Declared rows and the tables that the migrations make for them.
@Suite struct DeclaredColumnTests {
    /// The migrations' columns are those declared, in type and order.
    @Test func columnsAreThoseOfTheMigrations() throws {
        let address = try TestCluster.makeSchema()
        let connection = try PostgresConnection(to: address, applicationName: "test")
        for type in DeclaredRows.all {
            let declared = type.fieldNames.map { "\($0.name) \(Self.typeName($0))" }
            let same = try connection.query(
                """
                SELECT 1 FROM pg_attribute
                WHERE attrelid = '\(type.table)'::regclass AND attnum > 0 AND NOT attisdropped
                HAVING string_agg(
                    attname || ' ' || format_type(atttypid, NULL), ', ' ORDER BY attnum)
                    = '\(declared.joined(separator: ", "))'
                """)
            #expect(same.rowCount == 1, "\(type.table) is not \(declared)")
        }
    }

    private static func typeName(_ field: FieldName) -> String {
        switch field.column {
        case .int2: "smallint"
        case .int4: "integer"
        case .int8:
            field.isShown ? "timestamp with time zone" : "bigint"
        case .uuid: "uuid"
        case .bytes: "bytea"
        case .text: "text"
        }
    }

    /// The views write the words of Domain's enumerations, by number.
    @Test func viewsSayTheWordsOfDomain() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Store/Migrations").standardizedFileURL
        // The second one has the view of payments as it is now.
        let text = try ["0002_ledger.sql", "0021_dates.sql"].map {
            try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
        }.joined().replacing(/'\s+'/, with: "")
        for words in [
            words(of: PaymentStatus.self), words(of: EndReason.self), words(of: TimeInForce.self),
            words(of: FillPolicy.self), words(of: Currency.self),
        ] {
            #expect(text.contains("'{\(words.joined(separator: ","))}'"), "\(words)")
        }
        for words in [words(of: Side.self), words(of: FixedAmount.self)] {
            #expect(text.contains("WHEN 0 THEN '\(words[0])' ELSE '\(words[1])' END"))
        }
    }

    private func words<Case: Worded>(of type: Case.Type) -> [String] {
        Case.allCases.sorted { $0.rawValue < $1.rawValue }.map(\.word)
    }

    /// Any row that the fields can hold is written, and read back as it was.
    @Test func everyRowComesBack() throws {
        for type in DeclaredRows.all {
            var random = SplitMix64(seed: 31)
            try check(type, &random)
        }
    }

    private func check<Row: DeclaredRow>(_ type: Row.Type, _ random: inout SplitMix64) throws {
        let address = try TestCluster.makeSchema()
        var effects = Effects()
        effects.position = LedgerPosition(logIndex: 1, timestamp: 1)
        let rows = (0..<20).map { _ in random.declared(type) }
        effects.declared[type] = Dictionary(rows.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
            .values.sorted { $0.key < $1.key }
        let batch = Batch([], timestamp: 1)
        try LedgerWriter(address).write([(batch, effects)])
        let found = try LedgerReader(address).rows(type).sorted { $0.key < $1.key }
        #expect(found == effects.declared[type].map { $0.withoutDetails() })
    }
}
