import BankMessages
import Foundation
import Testing

/// The MT and CSV files that others wrote, against the figures of their manifest.
@Suite("MT and CSV statements that nobody here wrote", .enabled(if: Manifest.lines != nil))
struct LineStatementFileTests {
    @Test("Every file gives its figures, or is flagged as its note says")
    func figures() throws {
        let files = try #require(Manifest.lines)
        var counts: [String: (same: Int, all: Int)] = [:]
        for file in files {
            let faults = try faults(of: file)
            counts[file.format, default: (0, 0)].all += 1
            if faults.isEmpty { counts[file.format]!.same += 1 }
            if file.confident {
                #expect(faults.isEmpty, "\(file.file): \(faults.joined(separator: "; "))")
            } else if !faults.isEmpty {
                print("\(file.file), not confident: \(faults.joined(separator: "; "))")
            }
        }
        for (format, count) in counts.sorted(by: { $0.key < $1.key }) {
            print("\(format): \(count.same) of \(count.all) files give the figures of the manifest")
        }
        #expect(files.count == 147)
    }

    /// Where a file differs from the manifest.
    private func faults(of file: Manifest.File) throws -> [String] {
        var options = StatementReadingOptions()
        if file.format == "CSV" {
            let name = try #require(
                CSVManifestMappings.all.keys.first { file.file.contains("csv__\($0).") })
            let json = Data(CSVManifestMappings.all[name]!.utf8)
            options = StatementReadingOptions(
                csv: try JSONDecoder().decode(CSVMapping.self, from: json))
        }
        let (tally, refusal) = try StatementTally.reading(file.bytes(), options)
        // Figures that nobody could state: the right answer is a refusal.
        guard file.facts.sumCredits != nil else {
            if file.confident { return refusal?.line == nil ? ["is not refused with a line"] : [] }
            return refusal.map { ["refused: \($0)"] } ?? []
        }
        guard refusal == nil else { return ["refused: \(refusal!)"] }
        return file.facts.faults(tally) + statementFaults(file.facts, tally)
    }

    private func statementFaults(_ facts: Manifest.Facts, _ tally: StatementTally) -> [String] {
        guard let told = facts.perStatement else { return [] }
        return zip(told, tally.statements).flatMap { told, read in told.faults(read) }
    }
}

extension StatementTally {
    /// Reads a file at once.
    static func reading(
        _ bytes: [UInt8], _ options: StatementReadingOptions = StatementReadingOptions()
    ) throws -> (StatementTally, StatementRefusal?) {
        var tally = StatementTally(limits: options.limits)
        var reader = StatementFileReader(options: options)
        do throws(StatementRefusal) {
            try reader.read(bytes[...]) { event throws(StatementRefusal) in try tally.take(event) }
            try reader.finish { event throws(StatementRefusal) in try tally.take(event) }
            tally.finish()
            return (tally, nil)
        } catch { return (tally, error) }
    }
}

/// The manifest beside the repository, of the formats that are made of lines.
private enum Manifest {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../shared/data/statements").standardized

    static let lines: [File]? = {
        guard let data = try? Data(contentsOf: folder.appending(path: "manifest.json")),
            let all = try? JSONDecoder().decode(Files.self, from: data)
        else {
            print("The statements of ../shared are not here: their tests are left out.")
            return nil
        }
        return all.files.filter { !$0.format.hasPrefix("camt") }
    }()

    struct Files: Decodable { let files: [File] }

    struct File: Decodable {
        let file: String
        let format: String
        let facts: Facts
        let confident: Bool

        func bytes() throws -> [UInt8] {
            [UInt8](try Data(contentsOf: Manifest.folder.appending(path: file)))
        }
    }

    struct Facts: Decodable {
        let statements: Int
        let entries: Int
        let sumCredits: String?
        let sumDebits: String?
        let opening: String?
        let closing: String?
        let perStatement: [Statement]?

        enum CodingKeys: String, CodingKey {
            case statements, entries, opening, closing
            case sumCredits = "sum_credits"
            case sumDebits = "sum_debits"
            case perStatement = "per_statement"
        }

        func faults(_ tally: StatementTally) -> [String] {
            let sums = tally.statements.flatMap(\.sums)
            let credits = sums.reduce(ExactSum.zero) { $0 + $1.credits }
            let debits = sums.reduce(ExactSum.zero) { $0 + $1.debits }
            var faults = [
                differs("statements", "\(statements)", "\(tally.statements.count)"),
                differs("entries", "\(entries)", "\(tally.rowsTaken)"),
                differs("credits", sumCredits, "\(credits)"),
                differs("debits", sumDebits, "\(debits)"),
            ]
            // The balances of several statements the manifest tells one by one.
            if let only = tally.statements.first, tally.statements.count == 1 {
                faults.append(differs("opening", opening, only.opening?.amount.description))
                faults.append(differs("closing", closing, only.closing?.amount.description))
            }
            return faults.compactMap(\.self)
        }
    }

    struct Statement: Decodable {
        let reference: String?
        let number: String?
        let currency: String?
        let opening: String?
        let openingTag: String?
        let openingDate: String?
        let closing: String?
        let closingTag: String?
        let closingDate: String?
        let entries: Int
        let sumCredits: String
        let sumDebits: String
        let addsUp: Bool?
        let difference: String?

        enum CodingKeys: String, CodingKey {
            case reference, number, currency, opening, closing, entries, difference
            case openingTag = "opening_tag"
            case openingDate = "opening_date"
            case closingTag = "closing_tag"
            case closingDate = "closing_date"
            case sumCredits = "sum_credits"
            case sumDebits = "sum_debits"
            case addsUp = "balances_add_up"
        }

        func faults(_ read: StatementFigures) -> [String] {
            let sums = read.ownSums
            let pages = read.head.page.map { "/\($0)" } ?? ""
            let compact = { (balance: StatementBalance?) -> String? in
                balance?.date.map { String("\($0)".dropFirst(2).filter { $0 != "-" }) }
            }
            return [
                differs("reference", reference, read.head.identification),
                differs("number", number ?? "", (read.head.sequence ?? "") + pages),
                // Of MT942 the manifest tells no currency.
                currency == nil ? nil : differs("currency", currency, read.currency),
                differs("entries", "\(entries)", "\(read.lines)"),
                differs("opening", opening, read.opening?.amount.description),
                differs("opening tag", openingTag, read.opening?.code),
                differs("opening date", openingDate, compact(read.opening)),
                differs("closing", closing, read.closing?.amount.description),
                differs("closing tag", closingTag, read.closing?.code),
                differs("closing date", closingDate, compact(read.closing)),
                differs("credits", sumCredits, "\(sums.credits)"),
                differs("debits", sumDebits, "\(sums.debits)"),
                differs("adds up", addsUp.map(String.init), read.difference.map { "\($0.isZero)" }),
                addsUp == false
                    ? differs("difference", difference, read.difference.map { "\($0)" }) : nil,
            ].compactMap(\.self)
        }
    }

    /// Numbers are compared by value, texts as they are.
    private static func differs(_ what: String, _ told: String?, _ read: String?) -> String? {
        let (told, read) = (told?.trimmingPrefix(" "), read?.trimmingPrefix(" "))
        if let told, let read, let a = ExactDecimal(Array(told.utf8)[...]),
            let b = ExactDecimal(Array(read.utf8)[...]), a == b
        {
            return nil
        }
        return told == read ? nil : "\(what) \(told ?? "none"), read \(read ?? "none")"
    }
}
